"""A wrong value stops the worker and says which one it is; a secret is never shown."""

from __future__ import annotations

import pytest

from agent.settings import WorkerSettings
from store.errors import SettingsError

GOOD = {
    "DATABASE_URL": "postgresql://u:hunter2@db/x",
    "LIVEKIT_URL": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "k",
    "VOICELOOP_SECRET_KEY": "seal-me-" * 5,
}


def test_the_defaults_suffice_beside_the_database() -> None:
    settings = WorkerSettings.from_environment(GOOD)
    assert settings.tenant == "demo"
    assert settings.unsigned_dispatch == "default-tenant"
    assert settings.max_calls >= 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("VOICELOOP_SECRET_KEY", ""),
        ("VOICELOOP_SECRET_KEY", "short"),
        ("VOICELOOP_SECRET_KEY", "seal-me-" * 5 + ","),
        ("VOICELOOP_UNSIGNED_DISPATCH", "any"),
        ("VOICELOOP_INTERRUPTION", "no.such.module:Detector"),
        ("VOICELOOP_SILENCE_S", "soon"),
        ("VOICELOOP_SILENCE_S", "0"),
        ("VOICELOOP_MAX_CALLS", "-1"),
        ("VOICELOOP_STRAIN_GUARD", "maybe"),
        ("VOICELOOP_TIMEZONE", "Mars/Olympus"),
        ("VOICELOOP_NOW", "tomorrow"),
        ("VOICELOOP_NOW", "2026-11-21T09:00:00"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        WorkerSettings.from_environment({**GOOD, name: value})


def test_the_worker_needs_livekit_and_says_which_value_is_missing() -> None:
    with pytest.raises(SettingsError, match="LIVEKIT_API_SECRET"):
        WorkerSettings.from_environment(GOOD).require_livekit()


def test_secrets_are_not_in_its_representation() -> None:
    settings = WorkerSettings.from_environment({**GOOD, "LIVEKIT_API_SECRET": "s3cret"})
    assert "hunter2" not in repr(settings)
    assert "s3cret" not in repr(settings)
    assert "seal-me" not in repr(settings)
