"""The media server's configuration from the shipped template, and which binary is taken."""

import asyncio
from pathlib import Path

import pytest
import yaml

from ingest.laptop import media_server, media_server_build, toolchains
from ingest.laptop.media_server import MediaServer
from store.errors import SettingsError, Unavailable

SERVER = MediaServer("127.0.0.1", "127.0.0.1", 8081, 8082)
SECRETS = {"LIVEKIT_API_KEY": "APIabc", "LIVEKIT_API_SECRET": 'a: "quoted" # secret'}


def rendered() -> dict:
    text = media_server.render(media_server.template(), SERVER, SECRETS, "http://127.0.0.1:8080/api/livekit/webhook")
    return yaml.safe_load(text)


def test_the_shipped_template_listens_on_loopback_only() -> None:
    config = rendered()
    assert config["bind_addresses"] == ["127.0.0.1"]
    assert config["port"] == 8081
    assert config["rtc"]["udp_port"] == 8082
    assert config["rtc"]["node_ip"] == "127.0.0.1"
    assert config["rtc"]["tcp_port"] == 0
    assert config["rtc"]["ips"] == {"includes": ["127.0.0.1/32"]}


def test_no_public_stun_server_is_ever_named() -> None:
    assert rendered()["rtc"]["stun_servers"] == ["127.0.0.1:9"]


def test_secrets_survive_yaml_and_sign_the_webhook() -> None:
    config = rendered()
    assert config["keys"] == {"APIabc": 'a: "quoted" # secret'}
    assert config["webhook"] == {"api_key": "APIabc", "urls": ["http://127.0.0.1:8080/api/livekit/webhook"]}


def test_an_unknown_variable_in_the_template_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="NEW_THING"):
        media_server.render("port: ${NEW_THING}", SERVER, SECRETS, "")


def test_a_binary_on_path_comes_before_the_cache(tmp_path: Path) -> None:
    binary = tmp_path / "livekit-server"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    environment = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    notes: list[str] = []
    assert asyncio.run(media_server.find_or_build(environment, None, notes.append)) == binary  # type: ignore[arg-type]
    assert notes == ["found on PATH"]


def test_the_cached_binary_is_used_without_building(tmp_path: Path) -> None:
    environment = {"PATH": "", "XDG_CACHE_HOME": str(tmp_path)}
    cached = media_server_build.cached_binary(environment)
    cached.parent.mkdir()
    cached.touch()
    assert asyncio.run(media_server.find_or_build(environment, None, lambda _: None)) == cached  # type: ignore[arg-type]


def test_without_go_and_uv_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchains, "find_uv", lambda _environment: None)
    environment = {"PATH": "", "XDG_CACHE_HOME": str(tmp_path)}
    with pytest.raises(Unavailable, match="LIVEKIT_URL") as refused:
        asyncio.run(media_server.find_or_build(environment, None, lambda _: None))  # type: ignore[arg-type]
    assert refused.value.code == "no_go"
