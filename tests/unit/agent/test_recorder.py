"""Rows of a call are written in order, survive a database that is away, and never hold up the call."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from agent import recorder as module
from agent.recorder import Recorder
from store.errors import Unavailable


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_S", (0.0,))


async def test_rows_are_written_in_the_order_they_were_put() -> None:
    written: list[int] = []

    async def write(n: int) -> None:
        written.append(n)

    recorder = Recorder()
    for n in range(20):
        recorder.put(lambda n=n: write(n))
    await recorder.aclose()
    assert written == list(range(20))


async def test_a_database_that_was_away_loses_nothing() -> None:
    failures = 3
    written: list[str] = []

    async def flaky() -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise Unavailable("away")
        written.append("first")

    async def second() -> None:
        written.append("second")

    recorder = Recorder()
    recorder.put(flaky)
    recorder.put(second)
    await recorder.aclose()
    assert written == ["first", "second"]


async def test_one_bad_row_does_not_stop_the_rows_after_it() -> None:
    written: list[str] = []

    async def broken() -> None:
        raise ValueError("bad row")

    async def fine() -> None:
        written.append("fine")

    recorder = Recorder()
    recorder.put(broken)
    recorder.put(fine)
    with capture_logs() as logs:
        await recorder.aclose()
    assert written == ["fine"]
    assert [log["event"] for log in logs] == ["a row of a call could not be written"]


async def test_closing_waits_no_longer_than_it_may() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    recorder = Recorder()
    recorder.put(never)
    with capture_logs() as logs:
        await asyncio.wait_for(recorder.aclose(timeout_s=0.01), 1.0)
    assert "lost" in logs[0]["event"]
