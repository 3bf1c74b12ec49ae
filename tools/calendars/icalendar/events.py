"""One VEVENT as an event of ours: times, repetition, people, texts. Pure; knows nothing of the file's other events.

What clients write otherwise than RFC 5545 is read as they mean it; where that is a guess, a sentence says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from tools.calendars.backend import Attendee, Recurrence, RemoteEvent, Status
from tools.calendars.icalendar.lines import Component, Limits, Line
from tools.calendars.icalendar.times import (
    UTC_ZONE,
    Reading,
    Stamp,
    end_of_event,
    original,
    period_end,
    stamp,
    stamp_of,
)
from tools.calendars.recurrence import BadRule, tidied
from tools.calendars.series.days import is_slow
from tools.calendars.series.rule import parsed
from tools.calendars.walltime import start_of
from tools.plaintext import clean_line, clean_text

_STATUSES: Mapping[str, Status] = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}


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


def read_event(part: Component, reading: Reading, *, cancelled: bool = False) -> Found:
    """Reads one VEVENT; never raises for its content."""
    found = Found(part.at, _uid(part))
    identity = part.line("RECURRENCE-ID")
    replaces = stamp_of(part, "RECURRENCE-ID", reading, found.problems)
    start = stamp_of(part, "DTSTART", reading, found.problems) or replaces
    if start is None or (identity and replaces is None):
        found.problems.append("It has no start that can be read, so it was left out.")
        return found
    found.version = (_number(part.text("SEQUENCE")), part.text("LAST-MODIFIED")[:20], part.at)
    if replaces is not None and identity is not None:
        found.recurrence_id = original(replaces, start)
        found.by_day = replaces.is_date and not start.is_date
        found.and_future = identity.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
    event = _event(part, start, reading, found)
    found.event = replace(event, cancelled=True) if cancelled else event
    return found


def _event(part: Component, start: Stamp, reading: Reading, found: Found) -> RemoteEvent:
    end = end_of_event(part, start, reading, found.problems)
    all_day = start.is_date and end == start_of(end.date(), start.zone)
    recurrence = None if found.recurrence_id is not None else _recurrence(part, start, reading, found, all_day)
    zone = start.zone
    if recurrence is None and found.recurrence_id is None and zone is UTC_ZONE and reading.named:
        zone = reading.zone  # Google writes single events in UTC
    return RemoteEvent(
        id=found.uid,
        uid=found.uid,
        etag="",
        summary=clean_line(part.text("SUMMARY"), limit=500),
        start=start.aware.astimezone(zone),
        end=end.astimezone(zone),
        timezone=zone.key,
        all_day=all_day,
        description=clean_text(part.text("DESCRIPTION"), limit=8000),
        location=clean_line(part.text("LOCATION"), limit=500),
        attendees=_attendees(part, reading.limits),
        organizer=_address(part.line("ORGANIZER")),
        busy=_busy(part),
        cancelled=part.text("STATUS").strip().upper() == "CANCELLED",
        recurrence=recurrence,
    )


def _uid(part: Component) -> str:
    """The UID; for one without, always the same one for the same text; a very long one shortened likewise."""
    uid = clean_line(part.text("UID"), limit=1000)
    if uid and len(uid) <= 255:
        return uid
    names = ("UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "RECURRENCE-ID", "RRULE")
    told = "\n".join(f"{name}={part.text(name)}" for name in names)
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@derived"


def _recurrence(part: Component, start: Stamp, reading: Reading, found: Found, all_day: bool) -> Recurrence | None:
    """RRULE, EXDATE and RDATE; a rule that cannot be kept leaves a single event, and a sentence."""
    rules = [line.value for line in part.all("RRULE") if line.value.strip()]
    if len(rules) > 1:
        found.problems.append("It repeats by several rules; only the first was kept.")
    rrule = ""
    if rules:
        try:
            rrule = _rule(rules[0].replace("COUNT=-1", ""), start, reading, all_day=all_day)
        except BadRule as error:
            found.problems.append(f"Its repetition was left out. {error.message}")
    rdates = [_rdate(text, line, start, reading, found) for text, line in _dates(part, "RDATE", reading, found)]
    if not rrule and not any(rdates):
        return None
    exdates = [stamp(text, line, reading, found.problems) for text, line in _dates(part, "EXDATE", reading, found)]
    left_out = (original(one, start) for one in exdates if one)
    return Recurrence(rrule, tuple(dict.fromkeys(left_out)), tuple(dict.fromkeys(one for one in rdates if one)))


def _rule(text: str, start: Stamp, reading: Reading, *, all_day: bool) -> str:
    """The rule in its normal form. One that long does not fire takes long to look through: a file may have a few."""
    if is_slow(parsed(text), start.wall):
        reading.slow_rules += 1
        if reading.slow_rules > reading.limits.slow_rules:
            raise BadRule("The file has too many that seldom happen.")
    return tidied(text, start.aware, all_day=all_day).text()


def _dates(part: Component, name: str, reading: Reading, found: Found) -> list[tuple[str, Line]]:
    """The dates of all lines of that name, as many as an event may have."""
    most = reading.limits.dates_per_event
    every = ((text, line) for line in part.all(name) for text in line.value.split(",") if text.strip())
    dates = list(islice(every, most + 1))
    if len(dates) > most:
        found.problems.append(f"It has more than {most} dates of its own; the first {most} were kept.")
    return dates[:most]


def _rdate(text: str, line: Line, start: Stamp, reading: Reading, found: Found) -> datetime | None:
    begin, is_period, end = text.partition("/")
    written = stamp(begin, line, reading, found.problems)
    if written is None:
        return None
    moment = original(written, start)
    if is_period and (finish := period_end(written, end, line, reading, found.problems)):
        found.periods.append((moment, finish.astimezone(start.zone)))
    return moment


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
