"""Any sequence of changes to a series leaves what the same changes leave in a list of days, and in a mirror of changes.

The list is the model: each day knows its series, where the series has it, and what it has of its own. What is said of
all from one day on replaces what that day had of its own; other days keep theirs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.calendars.contender import Contender, at, insist, timed, year_of
from tools.calendars.backend import Changes, Patch, RemoteEvent, Scope
from tools.calendars.recurrence import expand

START = at(2027, 3, 22, 9)  # the clocks change within the first week
KINDS = ["this", "this", "following", "all", "this, gone", "following, gone"]

Seen = list[tuple[str, str, str, str]]


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
    """What is known from changes alone; an exception goes when it is removed, or with its series."""

    events: dict[str, RemoteEvent] = field(default_factory=dict)
    token: str = ""

    def hear(self, changes: Changes) -> None:
        if changes.full:
            self.events.clear()
        for gone in changes.removed:
            self.events = {id: event for id, event in self.events.items() if gone not in (id, event.series_id)}
        self.events |= {event.id: event for event in changes.events}
        self.token = changes.token

    def occurrences(self) -> list[RemoteEvent]:
        found: list[RemoteEvent] = []
        own = {(event.series_id, event.original_start): event for event in self.events.values() if event.series_id}
        for series in self.events.values():
            if series.recurrence is None:
                continue
            for one in expand(series.start, series.end, series.recurrence, (at(2027, 1, 1), at(2028, 1, 1))):
                planned = replace(series, start=one.start, series_id=series.id, original_start=one.original_start)
                found.append(own.get((series.id, one.original_start), planned))
        return [event for event in found if not event.cancelled]


def told(events: list[RemoteEvent]) -> Seen:
    return sorted((one.series_id, f"{one.original_start}", f"{one.start}", one.summary) for one in events)


async def change(contender: Contender, dice: random.Random, days: list[Day], step: int) -> str:
    """One change at random, in the calendar and in the list; what it was."""
    day, kind = dice.choice(days), dice.choice(KINDS)
    scope: Scope = kind.partition(",")[0]  # type: ignore[assignment]
    later = [one for one in days if one.series == day.series and one.start >= day.start]
    if kind.endswith("gone"):
        await contender.backend.delete(contender.calendar_id, day.series, scope=scope, occurrence=day.start)
        for one in [day] if scope == "this" else later:
            days.remove(one)
        return f"{kind} {day.start}"
    first = (await contender.backend.read(contender.calendar_id, day.series)).start
    base = first if scope == "all" else day.start
    by = dice.choice([timedelta(minutes=step), timedelta(days=1, minutes=step), timedelta(minutes=-step)])
    patch = Patch(summary=f"Name {step}") if dice.random() < 0.5 else Patch(start=base + by)
    if contender.lose_next_answer is not None and step % 2:
        await contender.lose_next_answer()
    series = day.series
    made = await insist(
        lambda: contender.backend.update(
            contender.calendar_id, series, patch, scope=scope, occurrence=day.start, key=f"step {step}"
        )
    )
    if scope == "this":
        day.own_start, day.own_summary = patch.start or day.own_start, patch.summary or day.own_summary
        return f"{kind} {day.start} {patch}"
    if scope == "following":
        day.own_start = day.own_start if patch.start is None else None
        day.own_summary = day.own_summary if patch.summary is None else ""
    for one in [one for one in days if one.series == day.series] if scope == "all" else later:
        one.series, one.summary = made.id, patch.summary or one.summary
        one.start += by if patch.start else timedelta(0)
    return f"{kind} {day.start} {patch}"


@pytest.mark.parametrize("seed", range(8))
async def test_a_series_is_what_was_done_to_its_days(contender: Contender, seed: int) -> None:
    dice = random.Random(seed)
    weeks = dice.choice([1, 2])
    draft = timed(START, 30, rrule=f"FREQ=WEEKLY;INTERVAL={weeks};COUNT=12")
    made = await contender.backend.create(contender.calendar_id, draft, key="series")
    days = [Day(made.id, START + number * timedelta(weeks=weeks), "Stand-up") for number in range(12)]
    mirror, done = Mirror(), list[str]()
    for number in range(1, 9):
        if not days:
            break
        done.append(await change(contender, dice, days, number))
        wanted = sorted(one.seen() for one in days)
        assert told(await year_of(contender)) == wanted, done
        mirror.hear(await contender.backend.changes(contender.calendar_id, mirror.token))
        assert told(mirror.occurrences()) == wanted, ("in the mirror", done)
        assert all(event.start.astimezone(UTC) < event.end.astimezone(UTC) for event in mirror.events.values())
