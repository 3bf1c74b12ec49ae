"""Settings: a wrong value stops the start and is named; a secret is never shown."""

from __future__ import annotations

import pytest

from ingest.settings import Settings, environment_of, settings_from_environment
from store.errors import SettingsError

GOOD = {
    "DATABASE_URL": "postgresql://u:hunter2@localhost/db",
    "LIVEKIT_URL": "http://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "devkey",
    "LIVEKIT_API_SECRET": "s" * 36,
    "VOICELOOP_SECRET_KEY": "hunter2" * 6,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VOICELOOP_PORT", "VOICELOOP_FILES", "VOICELOOP_TIMEZONE", "VOICELOOP_LOCAL_SIGN_IN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_good_settings_are_read_and_keep_their_secrets() -> None:
    settings = settings_from_environment()
    assert settings.livekit_url == "ws://127.0.0.1:7880"
    assert settings.host == "127.0.0.1"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VOICELOOP_SECRET_KEY", "hunter2"),
        ("VOICELOOP_PORT", "http"),
        ("VOICELOOP_PORT", "70000"),
        ("LIVEKIT_URL", "localhost:7880"),
        ("VOICELOOP_TIMEZONE", "Mars/Olympus"),
        ("VOICELOOP_FILES", "s3://"),
        ("VOICELOOP_FILES", "s3:bucket"),
        ("VOICELOOP_FILES", "gs://bucket"),
        ("VOICELOOP_FILES", "s3://bucket/../other"),
        ("S3_ENDPOINT_URL", "minio:9000"),
        ("CLAMD_URL", "scanner:3310"),
        ("DATABASE_URL", ""),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        settings_from_environment()
    assert name in caught.value.message
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("given", "kept"), [("s3://bucket/x/", "s3://bucket/x"), ("s3://bucket", "s3://bucket"), ("/data/f", "/data/f")]
)
def test_files_lie_in_a_directory_or_in_object_storage(monkeypatch: pytest.MonkeyPatch, given: str, kept: str) -> None:
    monkeypatch.setenv("VOICELOOP_FILES", given)
    assert settings_from_environment().files == kept


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICELOOP_LOCAL_SIGN_IN", "1")
    first = settings_from_environment()
    for name, value in environment_of(first).items():
        monkeypatch.setenv(name, value)
    assert settings_from_environment() == first
    assert isinstance(first, Settings)
