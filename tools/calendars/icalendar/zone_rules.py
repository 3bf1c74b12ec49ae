"""A VTIMEZONE of an IANA zone: when its clocks change, as yearly rules where they have one, else as dates. Pure.

Not ``Calendar.add_missing_timezones`` of icalendar 7.3: it dates the change to summer time an hour late, and writes
dates alone, after which a client that believes them knows no summer.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from tools.calendars.series.rule import WEEKDAYS

_RULED_YEARS = 8  # so many years alike make a rule
_Change = tuple[timedelta, timedelta, str, bool]  # offset before, offset after, name, whether it is summer time


def define_zones(calendar: Calendar, first_year: int, last_year: int) -> None:
    """Adds a VTIMEZONE for every TZID of ``calendar`` that is an IANA zone and has none, before everything else."""
    for key in sorted(calendar.get_missing_tzids() & available_timezones(), reverse=True):
        calendar.subcomponents.insert(0, zone_component(key, first_year, last_year))


def zone_component(key: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of the IANA zone ``key``, right from ``first_year`` to ``last_year``, and on where it has rules."""
    component = Timezone()
    component.add("tzid", key)
    for (before, after, name, summer), walls in _changes(key, first_year, last_year).items():
        dates, rule = _as_rule(list(walls), last_year)
        for starts, rrule in ((dates, ""), (rule, _yearly(rule))):
            if starts:
                component.add_component(_observance(before, after, name, starts, rrule, summer=summer))
    return component


def _observance(
    before: timedelta, after: timedelta, name: str, walls: list[datetime], rrule: str, *, summer: bool
) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if summer else TimezoneStandard()
    part.add("dtstart", walls[0])
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("tzname", name)
    if rrule:
        part.add("rrule", vRecur.from_ical(rrule))
    elif walls[1:]:
        part.add("rdate", walls[1:])
    return part


@lru_cache(maxsize=256)
def _changes(key: str, first_year: int, last_year: int) -> dict[_Change, tuple[datetime, ...]]:
    """The wall times (of the clocks before) at which each kind of change happens, in order."""
    zone = ZoneInfo(key)
    day, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    found: dict[_Change, list[datetime]] = defaultdict(list)
    found[_shown(day, zone)[0], *_shown(day, zone)].append(day.replace(tzinfo=None))
    shown = _shown(day, zone)
    while day < end:
        following = day + timedelta(days=1)
        after = _shown(following, zone)
        if after != shown:
            moment = _first_of(day, following, zone)
            found[shown[0], *_shown(moment, zone)].append((moment + shown[0]).replace(tzinfo=None))
        day, shown = following, after
    return {change: tuple(walls) for change, walls in found.items()}


def _first_of(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first minute that shows what ``after`` shows."""
    while after - before > timedelta(minutes=1):
        middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
        before, after = (middle, after) if _shown(middle, zone) == _shown(before, zone) else (before, middle)
    return after


def _shown(moment: datetime, zone: ZoneInfo) -> tuple[timedelta, str, bool]:
    local = moment.astimezone(zone)
    return local.utcoffset() or timedelta(0), local.tzname() or zone.key, bool(local.dst())


def _as_rule(walls: list[datetime], last_year: int) -> tuple[list[datetime], list[datetime]]:
    """(what happens on dates alone, what has followed one rule up to ``last_year``)."""
    for start in range(len(walls)):
        run = walls[start:]
        years = [wall.year for wall in run]
        if len(run) < _RULED_YEARS:
            break
        if years == list(range(years[0], last_year + 1)) and _yearly(run):
            return walls[:start], run
    return walls, []


def _yearly(walls: list[datetime]) -> str:
    """The yearly rule that all of them follow, or nothing."""
    if len({(wall.month, wall.weekday(), wall.time()) for wall in walls}) != 1:
        return ""
    numbers = {(wall.day - 1) // 7 + 1 for wall in walls}
    last = all(wall.day + 7 > monthrange(wall.year, wall.month)[1] for wall in walls)
    if not last and len(numbers) > 1:
        return ""
    number = -1 if last else min(numbers)
    return f"FREQ=YEARLY;BYDAY={number}{WEEKDAYS[walls[0].weekday()]};BYMONTH={walls[0].month}"
