"""Answers that are kept for a moment: one question at a time, failures too, and nobody takes one from the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from ingest.recent import RecentAnswers
from store.clock import FixedClock
from store.errors import Unavailable


class Asked:
    """Something that counts how often it is asked, and answers when it may."""

    def __init__(self) -> None:
        self.times = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self) -> int:
        self.times += 1
        number = self.times
        await self.may_answer.wait()
        return number


async def test_a_flood_is_one_question(clock: FixedClock) -> None:
    recent, asked = RecentAnswers(clock), Asked()
    asked.may_answer.clear()
    flood = [asyncio.create_task(recent.get("ready", 1, asked)) for _ in range(50)]
    await asyncio.sleep(0)
    asked.may_answer.set()
    assert await asyncio.gather(*flood) == [1] * 50
    assert await recent.get("ready", 1, asked) == 1
    assert await recent.get("another", 1, asked) == 2


async def test_it_is_asked_again_after_its_time(clock: FixedClock) -> None:
    recent, asked = RecentAnswers(clock), Asked()
    assert await recent.get("ready", 1, asked) == 1
    clock.advance(timedelta(seconds=0.9))
    assert await recent.get("ready", 1, asked) == 1
    clock.advance(timedelta(seconds=0.1))
    assert await recent.get("ready", 1, asked) == 2
    clock.advance(timedelta(hours=-1))
    assert await recent.get("ready", 1, asked) == 3, "a clock that was put back does not keep it for an hour"


async def test_a_failure_is_kept_too(clock: FixedClock) -> None:
    recent, times = RecentAnswers(clock), 0

    async def fail() -> None:
        nonlocal times
        times += 1
        raise Unavailable("away")

    for _ in range(3):
        with pytest.raises(Unavailable):
            await recent.get("ready", 1, fail)
    assert times == 1


async def test_one_who_leaves_does_not_take_it_from_the_others(clock: FixedClock) -> None:
    recent, asked = RecentAnswers(clock), Asked()
    asked.may_answer.clear()
    leaves, stays = (asyncio.create_task(recent.get("ready", 1, asked)) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    await asyncio.wait({leaves})
    asked.may_answer.set()
    assert await stays == 1
