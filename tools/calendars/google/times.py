"""Times as Google writes them <-> aware moments. Pure.

Out they go as wall time beside an IANA zone, so that a series keeps its hour when clocks change; whole days as dates.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.calendars.backend import RemoteEvent

Json = dict[str, Any]


def zone_or(name: str, otherwise: str) -> ZoneInfo:
    """The zone of this name; Google hands on names that others made up."""
    for each in (name, otherwise):
        try:
            return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def moment_of(when: Json, zone: ZoneInfo) -> datetime:
    """Google's start, end or original start as an aware moment on the clocks of ``zone``."""
    if when.get("date"):
        return datetime.combine(date.fromisoformat(when["date"]), time(0), zone)
    moment = datetime.fromisoformat(when["dateTime"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def original_start_text(moment: datetime, event: RemoteEvent) -> str:
    """The original start of an occurrence as Google wants to be asked for it."""
    zone = ZoneInfo(event.timezone)
    return day_of(moment, zone).isoformat() if event.all_day else moment.astimezone(UTC).astimezone(zone).isoformat()


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that a moment of a whole-day event means: a midnight means its own day, wherever the calendar is."""
    return moment.date() if moment.time() == time(0) else moment.astimezone(zone).date()


def times_of(start: datetime, end: datetime, zone: ZoneInfo, *, all_day: bool, patch: bool = False) -> Json:
    """``start`` and ``end``; in a patch what belongs to the other kind (date or dateTime) is taken away."""
    first, last = (moment.astimezone(UTC).astimezone(zone) for moment in (start, end))
    if not all_day:
        kept = {"date": None} if patch else {}
        return {
            name: {"dateTime": _wall_text(moment), "timeZone": zone.key, **kept}
            for name, moment in (("start", first), ("end", last))
        }
    kept = {"dateTime": None, "timeZone": None} if patch else {}
    until = max(last.date(), first.date() + timedelta(days=1))
    return {name: {"date": day.isoformat(), **kept} for name, day in (("start", first.date()), ("end", until))}


def _wall_text(moment: datetime) -> str:
    """Wall time without offset: the zone beside it decides. Only an hour that comes twice needs to say which it is."""
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return moment.isoformat() if twice else moment.replace(tzinfo=None).isoformat()
