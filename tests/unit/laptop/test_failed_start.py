"""What a person sees when a start fails in a way nobody foresaw: one sentence, never the error's own text."""

import socket
from pathlib import Path

import pytest

from ingest.laptop import postgres
from ingest.up import Options, up
from store.errors import Unavailable


async def test_an_unexpected_failure_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> str:
        raise ValueError("hunter2")

    monkeypatch.setattr(postgres, "start", broken)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = Options(home=tmp_path / "home", host="127.0.0.1", port=port, browser=False, page=False)
    environment = {"LIVEKIT_URL": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s" * 36}
    with pytest.raises(Unavailable) as failed:
        await up(options, environment)
    assert failed.value.code == "start_failed"
    assert "ValueError" in failed.value.message
    assert "hunter2" not in failed.value.message
    assert "\n" not in failed.value.message
    assert "hunter2" in (tmp_path / "home" / "logs" / "up.log").read_text("utf-8")
