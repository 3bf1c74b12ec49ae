"""What every answer tells browsers, streams and broken requests included."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ingest.settings import Settings
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.sidecars import exchange, serving

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Frame-Options": "DENY",
    "Server": "VoiceLoop",
}


@pytest.mark.parametrize(
    "path", ["/", "/assets/main-1.js", "/nothing", "/api/me", "/api/nothing", "/api/docs", "/api/events", "/health"]
)
async def test_every_answer_carries_the_same_headers(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path) as response:
        assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        policy = response.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in response.headers
        assert response.headers["X-Request-ID"]
        if path.startswith("/api"):
            assert response.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_pages_we_write_have_no_script_and_no_style_inside(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/docs") as response:
        text = await response.text()
    assert not re.search(r"<style|<script| style=| on\w+=", text)
    (style,) = re.findall(r"rel=stylesheet href=([^ >]+)", text)
    async with client.get(style) as response:
        assert (response.status, response.content_type) == (200, "text/css")


async def test_a_broken_request_does_not_tell_the_servers_version(sidecar: Sidecar) -> None:
    answer = await exchange(sidecar.url, b"NONSENSE\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert b"Server: VoiceLoop\r\n" in answer
    assert b"aiohttp" not in answer


async def test_only_the_widget_may_be_framed_and_only_by_those_listed(settings: Settings) -> None:
    embedders = "https://www.example.com, https://Shop.example.com:8443"
    async with serving(settings, embed_origins=embedders) as url, aiohttp.ClientSession(url) as session:
        async with session.get("/widget") as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert "X-Frame-Options" not in response.headers
            policy = response.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors https://www.example.com https://shop.example.com:8443")
        for path in ("/", "/widget/x", "/api/me"):
            async with session.get(path) as response:
                assert response.headers["X-Frame-Options"] == "DENY"
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_without_a_list_nobody_frames_the_widget(client: aiohttp.ClientSession) -> None:
    async with client.get("/widget") as response:
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changes", "proto", "expected"),
    [
        ({}, "", None),
        ({}, "https", None),
        ({"trusted_proxies": "127.0.0.1"}, "https", "max-age=31536000"),
        ({"trusted_proxies": "127.0.0.1"}, "https, http", None),
        ({"trusted_proxies": "127.0.0.1"}, "http", None),
        ({"trusted_proxies": "10.0.0.0/8"}, "https", None),
        ({"public_url": "https://voice.example.com"}, "", "max-age=31536000"),
        (
            {"public_url": "https://voice.example.com", "hsts_subdomains": True},
            "",
            "max-age=31536000; includeSubDomains",
        ),
    ],
)
async def test_browsers_are_held_to_tls_where_there_is_tls(
    settings: Settings, changes: dict[str, Any], proto: str, expected: str | None
) -> None:
    headers = {"X-Forwarded-Proto": proto} if proto else {}
    async with (
        serving(settings, **changes) as url,
        aiohttp.ClientSession(url, headers=headers) as session,
        session.get("/health") as response,
    ):
        assert response.headers.get("Strict-Transport-Security") == expected


async def test_query_strings_and_keys_are_in_no_log_line(sidecar: Sidecar, capfd: pytest.CaptureFixture[str]) -> None:
    async with sidecar.client() as session:
        async with session.get("/api/personas", params={"token": "in-the-address"}):
            pass
        async with session.get("/nothing", params={"password": "in-the-address"}):
            pass
    out = "".join(capfd.readouterr())
    assert "route=/api/personas" in out or "/api/personas" in out
    assert "in-the-address" not in out
    assert sidecar.key not in out


def test_the_built_page_has_nothing_inline(request: pytest.FixtureRequest) -> None:
    index = Path(str(request.config.rootpath)) / "web" / "index.html"
    text = index.read_text("utf-8")
    assert not re.search(r"<style| style=| on\w+=|<script(?![^>]* src=)", text)
