"""Any sequence of changes leaves what it leaves in a list of days, though answers get lost and each is asked twice.

The list is the model: each day knows its series, where the series has it, and what it has of its own.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.contract.calendars.contender import at, timed
from tests.contract.calendars.google import Google, google_account
from tests.fakes.google_calendar import Fault
from tests.fakes.google_calendar.server import OWNER, WRITES
from tools.calendars.backend import Patch, RemoteEvent

START = at(2027, 3, 22, 9)  # the clocks change within the first week


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    async with google_account() as account:
        account.fake.lists.page_size = 250
        yield account


@dataclass
class Day:
    """One occurrence: ``start`` and ``summary`` are the series', ``own_…`` its own."""

    series: str
    start: datetime
    summary: str
    own_start: datetime | None = None
    own_summary: str = ""

    def seen(self) -> tuple[str, str, str, str]:
        return self.series, f"{self.start}", f"{self.own_start or self.start}", self.own_summary or self.summary


def told(events: list[RemoteEvent]) -> list[tuple[str, str, str, str]]:
    return sorted((one.series_id, f"{one.original_start}", f"{one.start}", one.summary) for one in events)


async def change(google: Google, dice: random.Random, days: list[Day], step: int) -> None:
    """One change at random, in the calendar and in the list."""
    day, scope = dice.choice(days), dice.choice(["this", "this", "following", "all", "this, gone", "following, gone"])
    later = [one for one in days if one.series == day.series and one.start >= day.start]
    if scope.endswith("gone"):
        scope = scope.partition(",")[0]
        for _ in range(2):
            await google.backend.delete(OWNER, day.series, scope=scope, occurrence=day.start)  # type: ignore[arg-type]
        for one in [day] if scope == "this" else later:
            days.remove(one)
        return
    first = (await google.backend.read(OWNER, day.series)).start
    base = first if scope == "all" else day.start
    by = dice.choice([timedelta(minutes=step), timedelta(days=1, minutes=step), timedelta(minutes=-step)])
    patch = Patch(summary=f"Name {step}") if dice.random() < 0.5 else Patch(start=base + by)

    async def act() -> RemoteEvent:
        return await google.backend.update(
            OWNER,
            day.series,
            patch,
            scope=scope,  # type: ignore[arg-type]
            occurrence=day.start,
            key=f"step {step}",
        )

    made = await act()
    assert (await act()).id == made.id  # whose answer was lost asks again
    if scope == "this":
        day.own_start, day.own_summary = patch.start or day.own_start, patch.summary or day.own_summary
        return
    if scope == "following":
        day.own_start = day.own_start if patch.start is None else None
        day.own_summary = day.own_summary if patch.summary is None else ""
    for one in [one for one in days if one.series == day.series] if scope == "all" else later:
        one.series, one.summary = made.id, patch.summary or one.summary
        one.start += by if patch.start else timedelta(0)


@pytest.mark.parametrize("seed", range(12))
async def test_a_series_is_what_was_done_to_its_days(google: Google, seed: int) -> None:
    dice = random.Random(seed)
    rrule = dice.choice(["FREQ=DAILY;COUNT=12", "FREQ=DAILY;INTERVAL=2;UNTIL=20270413T220000Z"])
    made = await google.backend.create(OWNER, timed(START, 30, rrule=rrule), key="series")
    step = timedelta(days=1 if "COUNT" in rrule else 2)
    days = [Day(made.id, START + number * step, "Stand-up") for number in range(12)]
    for number in range(1, 9):
        if not days:
            break
        google.fake.faults = [Fault(dice.choice(["cut before", "cut after", 503]), WRITES) for _ in range(3)]
        await change(google, dice, days, number)
        google.fake.faults.clear()
        assert told(await google.year()) == sorted(one.seen() for one in days), f"after step {number}"
