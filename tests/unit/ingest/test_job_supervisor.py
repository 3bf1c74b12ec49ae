"""Job processes: started again when they end or cannot start, stopped side by side."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial

import pytest

from ingest.jobs import supervisor
from ingest.jobs.supervisor import JobProcess, keep_running
from ingest.metrics import Metrics

_SLOW_TO_GO = ("/bin/sh", "-c", "cat; sleep 1.5")


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_they_stop_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "JobProcess", partial(JobProcess, command=_SLOW_TO_GO))
    task = asyncio.create_task(keep_running(Metrics(), {}, 4))
    await asyncio.sleep(0.3)
    started = time.monotonic()
    await _stop(task)
    assert 1.4 < time.monotonic() - started < 5.0  # one after the other they would take six


async def test_one_that_cannot_be_started_is_tried_again() -> None:
    metrics = Metrics()
    jobs = JobProcess(metrics, {}, ("/nowhere/at/all",))
    task = asyncio.create_task(jobs.run())
    await asyncio.sleep(0.3)
    assert not task.done()
    await _stop(task)
    assert jobs.process is None
