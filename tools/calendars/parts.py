"""What a part of the day is, for times that are said and events that are there; and the events of some stretches. Pure.

The one table of it. Hours in which free time is offered are fewer: ``slots.PARTS_OF_DAY``. To add a part: its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.backend import Interval
from tools.calendars.model import Event
from tools.calendars.slots import Hours
from tools.calendars.walltime import bounds

PART_HOURS = {
    "morning": Hours(time(5), time(12)),
    "afternoon": Hours(time(12), time(18)),
    "evening": Hours(time(17), time(0)),
}


def is_in_part(part: str, moment: time) -> bool:
    """Whether a time of day lies in ``part``; every one does when no part ("", "any") was said."""
    return part not in PART_HOURS or PART_HOURS[part].has(moment)


def stretches(first: date, last: date, part: str, zone: ZoneInfo) -> list[Interval]:
    """From ``first`` to ``last`` inclusive, in order; with a ``part`` one of each day, for "Monday and Tuesday
    afternoon" has no Tuesday morning in it."""
    if part not in PART_HOURS:
        return [bounds(first, last, zone)]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [PART_HOURS[part].on(day, zone) for day in days]


def starting_in(events: Iterable[Event], spans: Sequence[Interval]) -> list[Event]:
    """Those that begin in one of the stretches: what was on already is not cancelled with an afternoon."""
    return [one for one in events if any(start <= one.starts_at < end for start, end in spans)]


def touching(events: Iterable[Event], spans: Sequence[Interval]) -> list[Event]:
    """Those that take place, also for a while only, in one of the stretches."""
    return [one for one in events if any(one.starts_at < end and start < one.ends_at for start, end in spans)]
