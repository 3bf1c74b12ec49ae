"""One VEVENT as an event of ours: times, repetition, people, texts. Pure; knows nothing of the file's other events.

What clients write otherwise than RFC 5545 is read as they mean it; where that is a guess, a sentence says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.backend import Attendee, Recurrence, RemoteEvent, Status
from tools.calendars.icalendar_lines import Component, Limits, Line
from tools.calendars.icalendar_zones import Meaning, meaning
from tools.calendars.recurrence import BadRule, tidied
from tools.plaintext import clean_line, clean_text

_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?(Z?))?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_STATUSES: Mapping[str, Status] = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
_YEARS = range(1583, 9000)
_LONGEST = timedelta(days=3660)
_MOST_ZONES = 50
_UTC = ZoneInfo("UTC")


@dataclass(slots=True)
class Reading:
    """How a calendar is read: the zone of its floating times, what its TZIDs mean (found out once each)."""

    zone: ZoneInfo
    now: datetime
    limits: Limits
    definitions: Mapping[str, Component]
    named: bool = False
    _meanings: dict[str, Meaning] = field(default_factory=dict[str, Meaning])

    def meaning(self, tzid: str) -> Meaning:
        if tzid not in self._meanings:
            definitions = self.definitions if len(self._meanings) < _MOST_ZONES else {}
            self._meanings[tzid] = meaning(tzid, definitions, self.zone, self.now)
        return self._meanings[tzid]


@dataclass(slots=True)
class Found:
    """What a VEVENT says; ``event`` is None without a usable start. ``by_day``: RECURRENCE-ID is a day's occurrence.

    ``periods``: RDATEs with an end of their own.
    """

    line: int
    uid: str
    event: RemoteEvent | None = None
    recurrence_id: datetime | None = None
    by_day: bool = False
    and_future: bool = False
    version: tuple[int, str, int] = (0, "", 0)
    periods: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])
    problems: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A date or time as written: the naive wall time, its zone, whether it is a date alone."""

    wall: datetime
    zone: ZoneInfo
    is_date: bool

    @property
    def aware(self) -> datetime:
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)


def read_event(part: Component, reading: Reading, *, cancelled: bool = False) -> Found:
    """Reads one VEVENT; never raises for its content."""
    found = Found(part.at, _uid(part))
    start = _stamp_of(part, "DTSTART", reading, found)
    identity = part.line("RECURRENCE-ID")
    original = _stamp_of(part, "RECURRENCE-ID", reading, found)
    start = start or original
    if start is None or (identity and original is None):
        found.problems.append("It has no start that can be read, so it was left out.")
        return found
    end = _end(part, start, reading, found)
    all_day = start.is_date and end == _Stamp(datetime.combine(end.date(), time(0)), start.zone, is_date=True).aware
    found.version = (_number(part.text("SEQUENCE")), part.text("LAST-MODIFIED")[:20], part.at)
    if original is not None and identity is not None:
        found.recurrence_id = _original(original, start, is_date=original.is_date)
        found.by_day = original.is_date and not start.is_date
        found.and_future = identity.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
    recurrence = None if original is not None else _recurrence(part, start, reading, found, all_day)
    begin, zone = start.aware, start.zone
    if recurrence is None and original is None and zone is _UTC and reading.named:
        begin, zone = begin.astimezone(reading.zone), reading.zone  # Google writes single events in UTC
    found.event = RemoteEvent(
        id=found.uid,
        uid=found.uid,
        etag="",
        summary=clean_line(part.text("SUMMARY"), limit=500),
        start=begin,
        end=end.astimezone(zone),
        timezone=zone.key,
        all_day=all_day,
        description=clean_text(part.text("DESCRIPTION"), limit=8000),
        location=clean_line(part.text("LOCATION"), limit=500),
        attendees=_attendees(part, reading.limits),
        organizer=_address(part.line("ORGANIZER")),
        busy=_busy(part),
        cancelled=cancelled or part.text("STATUS").strip().upper() == "CANCELLED",
        recurrence=recurrence,
    )
    return found


def _uid(part: Component) -> str:
    """The UID; for one without, always the same one for the same text; a very long one shortened likewise."""
    uid = clean_line(part.text("UID"), limit=1000)
    if uid and len(uid) <= 255:
        return uid
    names = ("UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "RECURRENCE-ID", "RRULE")
    told = "\n".join(f"{name}={part.text(name)}" for name in names)
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@derived"


def _stamp_of(part: Component, name: str, reading: Reading, found: Found) -> _Stamp | None:
    line = part.line(name)
    return _stamp(line.value, line, reading, found) if line else None


def _stamp(text: str, line: Line, reading: Reading, found: Found) -> _Stamp | None:
    """One date or time of a property; None (and a sentence) when it is none."""
    match = _STAMP.fullmatch(text.strip())
    try:
        if not match or int(match[1]) not in _YEARS:
            raise ValueError(text)
        day = date(int(match[1]), int(match[2]), int(match[3]))
        clock = time(int(match[4] or 0), int(match[5] or 0), min(int(match[6] or 0), 59))
    except ValueError:
        found.problems.append(f"Its {line.name} is no date that can be read: {clean_line(text, limit=40)!r}.")
        return None
    wall = datetime.combine(day, clock)
    if match[4] is None:
        return _Stamp(wall, reading.zone, is_date=True)
    if match[7]:
        return _Stamp(wall, _UTC, is_date=False)
    tzid = line.parameters.get("TZID", "")
    if not tzid:
        return _Stamp(wall, reading.zone, is_date=False)
    meant = reading.meaning(tzid)
    if meant.doubt and meant.doubt not in found.problems:
        found.problems.append(meant.doubt)
    return _Stamp(wall, meant.zone, is_date=False)


def _end(part: Component, start: _Stamp, reading: Reading, found: Found) -> datetime:
    """DTEND, else DURATION, else the day or nothing; one that lies before the start is told and left out."""
    least = timedelta(days=1) if start.is_date else timedelta(0)
    usual = _Stamp(start.wall + least, start.zone, start.is_date).aware
    written = _stamp_of(part, "DTEND", reading, found)
    if written is not None:
        end = written.aware.astimezone(start.zone)
    elif part.line("DURATION") is not None:
        end = _after(start, part.text("DURATION"), found) or usual
    else:
        return usual
    if end.astimezone(UTC) == start.aware.astimezone(UTC):
        return usual
    if end.astimezone(UTC) < start.aware.astimezone(UTC):
        found.problems.append("It ends before it starts; only its start was kept.")
        return usual
    if end - start.aware > _LONGEST:
        found.problems.append("It lasts longer than ten years; only its start was kept.")
        return usual
    return end


def _after(start: _Stamp, text: str, found: Found) -> datetime | None:
    """Days and weeks are counted on the calendar, hours and less on the clock (RFC 5545)."""
    match = _DURATION.fullmatch(text.strip())
    if not match or match[1] == "-" or not any(match.groups()[1:]):
        found.problems.append("Its duration cannot be read; only its start was kept.")
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups()[1:])
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    nominal = timedelta(days=min(weeks * 7 + days, 5000))
    day = _Stamp(start.wall + nominal, start.zone, start.is_date).aware
    return (day.astimezone(UTC) + min(exact, 2 * _LONGEST)).astimezone(start.zone)


def _recurrence(part: Component, start: _Stamp, reading: Reading, found: Found, all_day: bool) -> Recurrence | None:
    """RRULE, EXDATE and RDATE; a rule that cannot be kept leaves a single event, and a sentence."""
    rules = [line.value for line in part.all("RRULE") if line.value.strip()]
    if len(rules) > 1:
        found.problems.append("It repeats by several rules; only the first was kept.")
    rrule = ""
    if rules:
        try:
            rrule = tidied(rules[0].replace("COUNT=-1", ""), start.aware, all_day=all_day).text()
        except BadRule as error:
            found.problems.append(f"Its repetition was left out. {error.message}")
    rdates = _rdates(part, start, reading, found)
    if not rrule and not rdates:
        return None
    exdates = [
        _original(stamp, start, is_date=stamp.is_date)
        for line in part.all("EXDATE")
        for text in line.value.split(",")[: reading.limits.dates_per_event]
        if text.strip() and (stamp := _stamp(text, line, reading, found))
    ]
    most = reading.limits.dates_per_event
    if len(exdates) > most or len(rdates) > most:
        found.problems.append(f"It has more than {most} dates of its own; the first {most} were kept.")
    return Recurrence(rrule, tuple(dict.fromkeys(exdates[:most])), tuple(dict.fromkeys(rdates[:most])))


def _rdates(part: Component, start: _Stamp, reading: Reading, found: Found) -> list[datetime]:
    dates: list[datetime] = []
    for line in part.all("RDATE"):
        for text in line.value.split(",")[: reading.limits.dates_per_event]:
            begin, is_period, end = text.partition("/")
            stamp = _stamp(begin, line, reading, found) if begin.strip() else None
            if stamp is None:
                continue
            moment = _original(stamp, start, is_date=stamp.is_date)
            dates.append(moment)
            if is_period and (finish := _period_end(stamp, end, line, reading, found)):
                found.periods.append((moment, finish.astimezone(start.zone)))
    return dates


def _period_end(begin: _Stamp, end: str, line: Line, reading: Reading, found: Found) -> datetime | None:
    if end.strip().upper().startswith(("P", "+P")):
        finish = _after(begin, end, found)
    else:
        stamp = _stamp(end, line, reading, found)
        finish = stamp.aware if stamp else None
    return finish if finish is not None and timedelta(0) <= finish - begin.aware <= _LONGEST else None


def _original(stamp: _Stamp, start: _Stamp, *, is_date: bool) -> datetime:
    """A date in EXDATE, RDATE or RECURRENCE-ID of a timed series means that day's occurrence."""
    if is_date and not start.is_date:
        return _Stamp(datetime.combine(stamp.wall.date(), start.wall.time()), start.zone, is_date=False).aware
    if is_date or (start.is_date and stamp.wall.time() == time(0)):
        return _Stamp(datetime.combine(stamp.wall.date(), time(0)), start.zone, is_date=True).aware
    return stamp.aware.astimezone(start.zone)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else 0


def _busy(part: Component) -> bool:
    """Free for TRANSP:TRANSPARENT and for what Outlook calls free or working elsewhere."""
    outlook = part.text("X-MICROSOFT-CDO-BUSYSTATUS").strip().upper()
    return part.text("TRANSP").strip().upper() != "TRANSPARENT" and outlook not in {"FREE", "WORKINGELSEWHERE"}


def _attendees(part: Component, limits: Limits) -> tuple[Attendee, ...]:
    people: Iterable[Line] = list(part.all("ATTENDEE"))[: limits.attendees]
    found = [
        Attendee(
            _address(line),
            clean_line(line.parameters.get("CN", ""), limit=200),
            _STATUSES.get(line.parameters.get("PARTSTAT", "").upper(), "needs-action"),
        )
        for line in people
    ]
    return tuple(one for one in found if one.email or one.name)


def _address(line: Line | None) -> str:
    """The e-mail address behind ``mailto:``, else nothing."""
    value = clean_line(line.value, limit=300) if line else ""
    address = value[7:] if value.lower().startswith("mailto:") else value
    return address if re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}", address) else ""
