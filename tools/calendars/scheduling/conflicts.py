"""What on one calendar cannot all be attended: events at the same time, and places too far apart for the time between.

Pure. ``told`` says a clash as a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.scheduling.busy import travel_min
from tools.calendars.scheduling.model import Appointment, Clash
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.spans import MINUTE, wall

_SPOKEN: Final = 4  # of what lies on one whole day


def conflicts(appointments: Iterable[Appointment], preferences: Preferences) -> tuple[Clash, ...]:
    """Every pair that overlaps, and every two neighbours with too little time for the way; by start."""
    known = _ordered(appointments)
    clashes = list[Clash]()
    running = list[Appointment]()
    for one in known:
        running = [other for other in running if other.end > one.start]
        clashes += [Clash("overlap", other, one) for other in running]
        running.append(one)
    for first, second in pairwise(one for one in known if not one.all_day):
        way, gap = travel_min(first.place, second.place, preferences), (second.start - first.end) // MINUTE
        if 0 <= gap < way:
            clashes.append(Clash("travel", first, second, way - gap))
    return tuple(sorted(clashes, key=lambda clash: (clash.second.start, clash.first.start)))


def overlapping(appointments: Iterable[Appointment]) -> tuple[tuple[Appointment, ...], ...]:
    """Groups of two or more that hang together by overlaps, by start: all of "Tuesday at three" at once."""
    groups, until = list[list[Appointment]](), 0
    for one in _ordered(appointments):
        if groups and one.start < until:
            groups[-1].append(one)
        else:
            groups.append([one])
        until = max(until, one.end)
    return tuple(tuple(group) for group in groups if len(group) > 1)


def told_all(clashes: Iterable[Clash], zone: ZoneInfo, today: date) -> tuple[str, ...]:
    """As ``told``, by their order; but one sentence for all that lies on the same whole day."""
    groups: dict[object, list[Clash]] = {}
    for n, clash in enumerate(clashes):
        whole, _ = _whole_first(clash)
        day = wall(clash.second.start, zone).date()
        groups.setdefault((whole, day) if whole.all_day else n, []).append(clash)
    return tuple(_together(group, zone, today) for group in groups.values())


def _together(group: Sequence[Clash], zone: ZoneInfo, today: date) -> str:
    if len(group) == 1:
        return told(group[0], zone, today)
    others = [_whole_first(clash)[1].title or "another event" for clash in group]
    day = spoken.on_day(wall(group[0].second.start, zone).date(), today)
    named = others if len(others) <= _SPOKEN else [*others[: _SPOKEN - 1], f"{len(others) - _SPOKEN + 1} more"]
    whole = _whole_first(group[0])[0].title or "another event"
    return f"You have {whole} all day {day}, and also {spoken.listed(named)}."


def _whole_first(clash: Clash) -> tuple[Appointment, Appointment]:
    """The one that lasts all day, if one does, and the other."""
    pair = (clash.first, clash.second)
    return (pair[1], pair[0]) if clash.second.all_day and not clash.first.all_day else pair


def told(clash: Clash, zone: ZoneInfo, today: date) -> str:
    """ "You are double-booked tomorrow at 3 PM: Review and Dentist."."""
    first, second = (one.title or "another event" for one in (clash.first, clash.second))
    start = wall(clash.second.start, zone)
    if clash.kind == "travel":
        way = spoken.duration(clash.short_min)
        return f"The way from {first} to {second} {spoken.on_moment(start, today)} is {way} too long."
    if clash.first.all_day or clash.second.all_day:
        whole, other = (one.title or "another event" for one in _whole_first(clash))
        return f"You have {whole} all day {spoken.on_day(start.date(), today)}, and {other}."
    return f"You are double-booked {spoken.on_moment(start, today)}: {first} and {second}."


def _ordered(appointments: Iterable[Appointment]) -> Sequence[Appointment]:
    return sorted(appointments, key=lambda one: (one.start, one.end, one.title))
