"""A call that cannot be opened, for whatever reason, is answered with a sentence."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from agent import errors, worker
from store.errors import NotFound, TooMany, Unavailable

CONTEXT: Any = SimpleNamespace(
    job=SimpleNamespace(room=SimpleNamespace(name="room"), metadata=""),
    proc=SimpleNamespace(userdata={"embedder": None, "worker_id": "worker"}),
    is_fake_job=lambda: True,
)
SETTINGS: Any = SimpleNamespace(tenant="demo")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Unavailable("The database is away."), errors.NO_RECORDS),
        (NotFound("There is no such tenant."), errors.NOT_IN_SERVICE),
        (TooMany("All places are taken."), errors.ALL_BUSY),
        (ValueError("a bug"), errors.NO_RECORDS),
    ],
)
async def test_its_caller_hears_why(monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(worker, "open_call", fail)
    async with AsyncExitStack() as stack:
        assert await worker.open_or_refuse(CONTEXT, SETTINGS, stack) == (None, sentence)
