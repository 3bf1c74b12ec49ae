"""Any sequence of changes to a series in Outlook leaves what the same changes leave in a list of days.

A mirror that only hears of changes comes to the same.

The list is the model: each day knows its series, where the series has it, and what it has of its own.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.calendars.contender import at
from tests.contract.calendars.outlook import Outlook, opened
from tests.fakes.graph_calendar.server import Fault, writes
from tools.calendars.backend import Changes, Patch, RemoteEvent, Scope
from tools.calendars.recurrence import expand

START = at(2027, 3, 22, 9)  # the clocks change within the first week
YEAR = (at(2027, 1, 1), at(2028, 1, 1))
FAULTS = [{"cut_before": True}, {"cut_after": True}, {"status": 503}]

Seen = list[tuple[str, str, str, str]]


@pytest.fixture
async def outlook(waits: list[float]) -> AsyncIterator[Outlook]:
    async with opened() as made:
        made.graph.page_size = 50
        yield made


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


@dataclass
class Mirror:
    """What is known from changes alone. A series that is told again is told with all its exceptions."""

    events: dict[str, RemoteEvent] = field(default_factory=dict)
    token: str = ""

    def hear(self, changes: Changes) -> None:
        if changes.full:
            self.events.clear()
        for gone in [*changes.removed, *(event.id for event in changes.events if event.recurrence)]:
            self.events = {id: event for id, event in self.events.items() if gone not in (id, event.series_id)}
        self.events |= {event.id: event for event in changes.events}
        self.token = changes.token

    def occurrences(self) -> list[RemoteEvent]:
        found = [event for event in self.events.values() if event.series_id]
        changed = {(event.series_id, event.original_start) for event in found}
        for series in self.events.values():
            for one in expand(series.start, series.end, series.recurrence, YEAR) if series.recurrence else []:
                if (series.id, one.original_start) not in changed:
                    at_rule = replace(series, start=one.start, series_id=series.id, original_start=one.original_start)
                    found.append(at_rule)
        return found


def told(events: list[RemoteEvent]) -> Seen:
    return sorted((one.series_id, f"{one.original_start}", f"{one.start}", one.summary) for one in events)


async def change(outlook: Outlook, dice: random.Random, days: list[Day], step: int) -> None:
    """One change at random, in the calendar and in the list."""
    day, kind = dice.choice(days), dice.choice(["this", "this", "following", "all", "this, gone", "following, gone"])
    scope: Scope = kind.partition(",")[0]  # type: ignore[assignment]
    later = [one for one in days if one.series == day.series and one.start >= day.start]
    if kind.endswith("gone"):
        await outlook.backend.delete(outlook.calendar, day.series, scope=scope, occurrence=day.start)
        for one in [day] if scope == "this" else later:
            days.remove(one)
        return
    first = (await outlook.backend.read(outlook.calendar, day.series)).start
    base = first if scope == "all" else day.start
    by = dice.choice([timedelta(minutes=step), timedelta(days=1, minutes=step), timedelta(minutes=-step)])
    patch = Patch(summary=f"Name {step}") if dice.random() < 0.5 else Patch(start=base + by)
    made = await outlook.backend.update(
        outlook.calendar, day.series, patch, scope=scope, occurrence=day.start, key=f"step {step}"
    )
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
async def test_a_series_is_what_was_done_to_its_days(outlook: Outlook, seed: int) -> None:
    dice = random.Random(seed)
    outlook.graph.mailbox.forgets_exceptions = seed % 3 == 0
    weeks = dice.choice([1, 2])
    last = START + 11 * timedelta(weeks=weeks)
    end = dice.choice(["COUNT=12", f"UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"])
    made = await outlook.create(start=START, minutes=30, rrule=f"FREQ=WEEKLY;INTERVAL={weeks};{end}")
    days = [Day(made.id, START + number * timedelta(weeks=weeks), "Stand-up") for number in range(12)]
    mirror = Mirror()
    for number in range(1, 9):
        if not days:
            break
        if seed % 2:  # answers that get lost on the way are nobody's concern
            outlook.graph.faults = [Fault(writes, **dice.choice(FAULTS)) for _ in range(3)]
        await change(outlook, dice, days, number)
        outlook.graph.faults.clear()
        wanted = sorted(one.seen() for one in days)
        assert told(await outlook.all()) == wanted, f"after step {number}"
        mirror.hear(await outlook.backend.changes(outlook.calendar, mirror.token))
        assert told(mirror.occurrences()) == wanted, f"in the mirror after step {number}"
