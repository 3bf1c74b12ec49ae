"""A process of its own that reads one .ics file: whatever the file does to it, it can be ended.

In: arguments (zone, now, horizon) and the file as stdin. Out: one JSON ``Answer``. No database, settings or secrets.
"""

from __future__ import annotations

import contextlib
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from store.errors import Invalid, TooLarge
from tools.calendars.backend import Recurrence, RemoteEvent
from tools.calendars.icalendar.reading import ImportedCalendar, read_events
from tools.calendars.recurrence import BadRule, expand

CPU_S: Final = 20
MOST_OCCURRENCES: Final = 60_000
_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_MOST_OF_SERIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The calendar, or why it could not be read."""

    calendar: ImportedCalendar | None = None
    error: str = ""
    code: str = ""
    too_large: bool = False


_ANSWER: Final = TypeAdapter(Answer)


def read(data: bytes, zone: ZoneInfo, now: datetime, horizon: datetime) -> Answer:
    """What ``read_events`` says, unless its series take place more often than a calendar can hold."""
    try:
        calendar = read_events(data, default_zone=zone, now=now)
        _require_few_occurrences(calendar.events, horizon)
    except Invalid as error:
        return Answer(error=error.message, code=error.code, too_large=isinstance(error, TooLarge))
    return Answer(calendar)


def packed(answer: Answer) -> bytes:
    return _ANSWER.dump_json(answer)


def unpacked(data: bytes) -> Answer:
    """The way back; times are on the clocks of their events' zones again. Raises ValueError for what is no answer."""
    answer = _ANSWER.validate_json(data)
    if answer.calendar is None:
        return answer
    events = tuple(_on_its_clocks(event) for event in answer.calendar.events)
    return replace(answer, calendar=replace(answer.calendar, events=events))


def _on_its_clocks(event: RemoteEvent) -> RemoteEvent:
    zone = ZoneInfo(event.timezone)
    kept = event.recurrence
    return replace(
        event,
        start=_in(zone, event.start),
        end=_in(zone, event.end),
        original_start=_in(zone, event.original_start) if event.original_start else None,
        recurrence=kept and Recurrence(kept.rrule, _all_in(zone, kept.exdates), _all_in(zone, kept.rdates)),
    )


def _all_in(zone: ZoneInfo, moments: Sequence[datetime]) -> tuple[datetime, ...]:
    return tuple(_in(zone, moment) for moment in moments)


def _in(zone: ZoneInfo, moment: datetime) -> datetime:
    return moment.astimezone(UTC).astimezone(zone)


def _require_few_occurrences(events: Sequence[RemoteEvent], horizon: datetime) -> None:
    count = len(events)
    for event in events:
        if event.recurrence is not None:
            count += _occurrences(event, event.recurrence, horizon)
        if count > MOST_OCCURRENCES:
            raise TooLarge(
                f"The repeating events of this file take place more than {MOST_OCCURRENCES} times. "
                "Export fewer of them, or a shorter time.",
                code="too_many_occurrences",
            )


def _occurrences(event: RemoteEvent, recurrence: Recurrence, horizon: datetime) -> int:
    since = min([event.start, *recurrence.rdates], key=lambda moment: moment.astimezone(UTC))
    with contextlib.suppress(BadRule):
        return len(expand(event.start, event.end, recurrence, (since, horizon), limit=_MOST_OF_SERIES))
    return 1


def _confine() -> None:
    """A little more processor time than the parent waits; no core dump. Best effort: the parent ends it anyway."""
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def main() -> int:
    zone, now, horizon = sys.argv[1:4]
    _confine()
    data = sys.stdin.buffer.read()
    answer = read(data, ZoneInfo(zone), datetime.fromisoformat(now), datetime.fromisoformat(horizon))
    sys.stdout.buffer.write(packed(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
