"""Google's ``recurrence`` lines (RFC 5545 without DTSTART) <-> Recurrence, and moving one. Pure; no JSON.

All reckoning is on the wall clock of the event's zone: that is where a series expands. UNTIL is written as an instant
(``…Z``) for timed events and as a date for whole days, which is what RFC 5545 wants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tools.calendars.backend import NotSupported, Recurrence

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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
            dates[name] += [_moment(one, head.split(";")[1:], zone) for one in value.split(",") if one]
    if not rrules and not dates["RDATE"]:
        return None
    return Recurrence(rrules[0] if rrules else "", tuple(sorted(dates["EXDATE"])), tuple(sorted(dates["RDATE"])))


def check_divisible(lines: Iterable[str]) -> None:
    """Raises NotSupported for a series of several rules, which we would not cut or move without loss."""
    names = [line.upper().partition(":")[0].split(";")[0] for line in lines]
    if names.count("RRULE") > 1 or "EXRULE" in names:
        raise NotSupported("This series follows several rules at once. Change it in Google Calendar itself.")


def moved(recurrence: Recurrence, old: datetime, new: datetime, *, all_day: bool, was_all_day: bool) -> Recurrence:
    """The series whose start moves from ``old`` to ``new`` (aware, each in its own zone): its limits move along.

    Without that, a series that ends with its last occurrence (UNTIL) would lose it by starting an hour later.
    """
    zone = _zone_of(old)
    parts = _parts(recurrence.rrule)
    if "UNTIL" in parts:
        until = shifted(_until(parts["UNTIL"], zone, all_day=was_all_day).replace(tzinfo=zone), old, new)
        parts["UNTIL"] = _until_text(_wall(until, _zone_of(new)), _zone_of(new), all_day=all_day)
    days = (new.date() - old.date()).days % 7
    named = parts.get("BYDAY", "").split(",")
    if days and parts.get("FREQ") == "WEEKLY" and all(day in _DAYS for day in named):
        parts["BYDAY"] = ",".join(_DAYS[(_DAYS.index(day) + days) % 7] for day in named)
    return replace(
        recurrence,
        rrule=_joined(parts),
        exdates=tuple(shifted(one, old, new) for one in recurrence.exdates),
        rdates=tuple(shifted(one, old, new) for one in recurrence.rdates),
    )


def shifted(moment: datetime, old: datetime, new: datetime) -> datetime:
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


def _moment(text: str, options: Iterable[str], zone: ZoneInfo) -> datetime:
    """A DATE or DATE-TIME of RFC 5545 as an aware moment of ``zone``."""
    if len(text) == 8:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return datetime.combine(day, time(0), zone)
    plain = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (the zone is named beside it)
    if text.endswith("Z"):
        return plain.replace(tzinfo=UTC).astimezone(zone)
    named = [one.partition("=")[2] for one in options if one.upper().startswith("TZID=")]
    return plain.replace(tzinfo=ZoneInfo(named[0]) if named else zone).astimezone(zone)
