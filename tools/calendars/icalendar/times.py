"""The dates, times and durations of a calendar file, as they were written and as instants. Pure.

Floating times and dates are those of the calendar's zone. What cannot be read is None, and a sentence among the doubts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.icalendar.lines import Component, Limits, Line
from tools.calendars.icalendar.zones import Meaning, meaning
from tools.plaintext import clean_line

UTC_ZONE = ZoneInfo("UTC")
_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?(Z?))?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_YEARS = range(1583, 9000)
_LONGEST = timedelta(days=3660)
_MOST_ZONES = 50


@dataclass(slots=True)
class Reading:
    """How a calendar is read: the zone of its floating times, what its TZIDs mean (found out once each)."""

    zone: ZoneInfo
    now: datetime
    limits: Limits
    definitions: Mapping[str, Component]
    named: bool = False
    slow_rules: int = 0
    _meanings: dict[str, Meaning] = field(default_factory=dict[str, Meaning])

    def meaning(self, tzid: str) -> Meaning:
        if tzid not in self._meanings:
            definitions = self.definitions if len(self._meanings) < _MOST_ZONES else {}
            self._meanings[tzid] = meaning(tzid, definitions, self.zone, self.now)
        return self._meanings[tzid]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date or time as written: the naive wall time, its zone, whether it is a date alone."""

    wall: datetime
    zone: ZoneInfo
    is_date: bool

    @property
    def aware(self) -> datetime:
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)


def stamp_of(part: Component, name: str, reading: Reading, doubts: list[str]) -> Stamp | None:
    line = part.line(name)
    return stamp(line.value, line, reading, doubts) if line else None


def stamp(text: str, line: Line, reading: Reading, doubts: list[str]) -> Stamp | None:
    """One date or time of a property; None (and a sentence) when it is none."""
    match = _STAMP.fullmatch(text.strip())
    try:
        if not match or int(match[1]) not in _YEARS:
            raise ValueError(text)
        day = date(int(match[1]), int(match[2]), int(match[3]))
        clock = time(int(match[4] or 0), int(match[5] or 0), min(int(match[6] or 0), 59))
    except ValueError:
        doubts.append(f"Its {line.name} is no date that can be read: {clean_line(text, limit=40)!r}.")
        return None
    wall = datetime.combine(day, clock)
    if match[4] is None:
        return Stamp(wall, reading.zone, is_date=True)
    if match[7]:
        return Stamp(wall, UTC_ZONE, is_date=False)
    tzid = line.parameters.get("TZID", "")
    if not tzid:
        return Stamp(wall, reading.zone, is_date=False)
    meant = reading.meaning(tzid)
    if meant.doubt and meant.doubt not in doubts:
        doubts.append(meant.doubt)
    return Stamp(wall, meant.zone, is_date=False)


def end_of_event(part: Component, start: Stamp, reading: Reading, doubts: list[str]) -> datetime:
    """DTEND, else DURATION, else the day or nothing; one that lies before the start is told and left out."""
    least = timedelta(days=1) if start.is_date else timedelta(0)
    usual = Stamp(start.wall + least, start.zone, start.is_date).aware
    written = stamp_of(part, "DTEND", reading, doubts)
    if written is not None:
        end = written.aware.astimezone(start.zone)
    elif part.line("DURATION") is not None:
        end = _after(start, part.text("DURATION"), doubts) or usual
    else:
        return usual
    if end.astimezone(UTC) == start.aware.astimezone(UTC):
        return usual
    if end.astimezone(UTC) < start.aware.astimezone(UTC):
        doubts.append("It ends before it starts; only its start was kept.")
        return usual
    if end - start.aware > _LONGEST:
        doubts.append("It lasts longer than ten years; only its start was kept.")
        return usual
    return end


def _after(start: Stamp, text: str, doubts: list[str]) -> datetime | None:
    """Days and weeks are counted on the calendar, hours and less on the clock (RFC 5545)."""
    match = _DURATION.fullmatch(text.strip())
    if not match or match[1] == "-" or not any(match.groups()[1:]):
        doubts.append("Its duration cannot be read; only its start was kept.")
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups()[1:])
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    nominal = timedelta(days=min(weeks * 7 + days, 5000))
    day = Stamp(start.wall + nominal, start.zone, start.is_date).aware
    return (day.astimezone(UTC) + min(exact, 2 * _LONGEST)).astimezone(start.zone)


def period_end(begin: Stamp, end: str, line: Line, reading: Reading, doubts: list[str]) -> datetime | None:
    if end.strip().upper().startswith(("P", "+P")):
        finish = _after(begin, end, doubts)
    else:
        written = stamp(end, line, reading, doubts)
        finish = written.aware if written else None
    return finish if finish is not None and timedelta(0) <= finish - begin.aware <= _LONGEST else None


def original(moment: Stamp, start: Stamp) -> datetime:
    """A date in EXDATE, RDATE or RECURRENCE-ID of a timed series means that day's occurrence."""
    if moment.is_date and not start.is_date:
        return Stamp(datetime.combine(moment.wall.date(), start.wall.time()), start.zone, is_date=False).aware
    if moment.is_date or (start.is_date and moment.wall.time() == time(0)):
        return Stamp(datetime.combine(moment.wall.date(), time(0)), start.zone, is_date=True).aware
    return moment.aware.astimezone(start.zone)
