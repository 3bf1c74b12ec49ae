"""Google's ``recurrence`` lines (RFC 5545 without DTSTART) <-> Recurrence. Pure; what a rule means is not known here.

All reckoning is on the wall clock of the event's zone: that is where a series expands. UNTIL is written as an instant
(``…Z``) for timed events and as a date for whole days, which is what RFC 5545 wants.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.calendars.backend import NotSupported, Recurrence

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_END_OF_DAY = time(23, 59, 59)


def lines_of(recurrence: Recurrence, zone: ZoneInfo, *, all_day: bool) -> list[str]:
    """The lines that Google stores. Raises NotSupported for what is no rule, or one below a day."""
    parts = _parts(recurrence.rrule)
    if recurrence.rrule and (parts.get("FREQ") not in _FREQUENCIES or {"COUNT", "UNTIL"} <= parts.keys()):
        raise NotSupported("Google Calendar cannot hold this repetition. Make single events of it.")
    if "UNTIL" in parts:
        parts["UNTIL"] = _until_text(_until(parts["UNTIL"], zone, all_day=all_day), zone, all_day=all_day)
    lines = [f"RRULE:{_joined(parts)}"] if parts else []
    for name, dates in (("EXDATE", recurrence.exdates), ("RDATE", recurrence.rdates)):
        if dates:
            kind = "VALUE=DATE" if all_day else f"TZID={zone.key}"
            pattern = "%Y%m%d" if all_day else "%Y%m%dT%H%M%S"
            lines.append(f"{name};{kind}:{','.join(one.astimezone(zone).strftime(pattern) for one in dates)}")
    return lines


def recurrence_of(lines: Iterable[str], zone: ZoneInfo) -> Recurrence | None:
    """The series that the lines describe, None when there is none. Of several RRULEs only the first is told."""
    rrules: list[str] = []
    dates: dict[str, list[datetime]] = {"EXDATE": [], "RDATE": []}
    for line in lines:
        head, _, value = line.partition(":")
        name = head.upper().split(";")[0]
        if name == "RRULE":
            rrules.append(value)
        elif name in dates:
            dates[name] += _moments(value, head.split(";")[1:], zone)
    if not rrules and not dates["RDATE"]:
        return None
    return Recurrence(rrules[0] if rrules else "", tuple(sorted(dates["EXDATE"])), tuple(sorted(dates["RDATE"])))


def check_divisible(lines: Iterable[str]) -> None:
    """Raises NotSupported for a series of several rules or of periods, which we would not cut or move without loss."""
    heads = [line.upper().partition(":")[0] for line in lines]
    names = [head.split(";")[0] for head in heads]
    if names.count("RRULE") > 1 or "EXRULE" in names or any("PERIOD" in head for head in heads):
        raise NotSupported("This series follows several rules at once. Change it in Google Calendar itself.")


def moved_along(moment: datetime, old: datetime, new: datetime) -> datetime:
    """``moment`` as much later on the wall clock as ``new`` is later than ``old``, in the zone of ``new``."""
    difference = new.replace(tzinfo=None) - old.replace(tzinfo=None)
    return (_wall(moment, _zone_of(old)) + difference).replace(tzinfo=_zone_of(new))


def _zone_of(moment: datetime) -> ZoneInfo:
    return moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _parts(rrule: str) -> dict[str, str]:
    pieces = rrule.strip().upper().removeprefix("RRULE:").split(";")
    return dict(piece.split("=", 1) for piece in pieces if "=" in piece)


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _until(text: str, zone: ZoneInfo, *, all_day: bool) -> datetime:
    """UNTIL on the wall clock of ``zone``; a bare date means until that day ends, or that day of a whole-day series."""
    if len(text) == 8:
        day = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
        return datetime.combine(day, time(0) if all_day else _END_OF_DAY)
    return _wall(_moment(text, [], zone), zone)


def _until_text(until: datetime, zone: ZoneInfo, *, all_day: bool) -> str:
    if all_day:
        return until.strftime("%Y%m%d")
    return until.replace(tzinfo=zone).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _moments(value: str, options: Iterable[str], zone: ZoneInfo) -> list[datetime]:
    """Dates, date-times and starts of periods; what is none of them is left out, or the calendar would not be read."""
    found: list[datetime] = []
    for text in value.split(","):
        with contextlib.suppress(ValueError):
            found.append(_moment(text.partition("/")[0], options, zone))
    return found


def _moment(text: str, options: Iterable[str], zone: ZoneInfo) -> datetime:
    """A DATE or DATE-TIME of RFC 5545 as an aware moment of ``zone``."""
    if len(text) == 8:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return datetime.combine(day, time(0), zone)
    plain = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (the zone is named beside it)
    if text.endswith("Z"):
        return plain.replace(tzinfo=UTC).astimezone(zone)
    for name in (one.partition("=")[2] for one in options if one.upper().startswith("TZID=")):
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return plain.replace(tzinfo=ZoneInfo(name)).astimezone(zone)
    return plain.replace(tzinfo=zone)
