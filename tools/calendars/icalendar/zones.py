"""What a TZID means: an IANA zone, whatever a client calls it. Pure, bounded; a file's zones stay in the file.

In this order: the IANA name, Windows' name, the name after a vendor's prefix, the location a client noted, the IANA
zone whose clocks do the same as the definition in the file, the definition's offset, the offset in the name.
"""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tools.calendars.icalendar.lines import Component
from tools.calendars.series.days import pattern
from tools.calendars.series.rule import BadRule, parsed

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?\d\d)?", re.ASCII)
_IN_NAME = re.compile(r"(?:UTC|GMT)\s*(?:([+-])\s*(\d{1,2})(?::?(\d\d))?)?", re.ASCII)
_FLOATING_START = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?Z?", re.ASCII)
_MOST_OBSERVANCES = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """The zone, and why it may be wrong (a sentence), or nothing."""

    zone: ZoneInfo
    doubt: str = ""


def meaning(tzid: str, definitions: Mapping[str, Component], default: ZoneInfo, now: datetime) -> Meaning:
    """What ``tzid`` means in a file with these VTIMEZONEs (by TZID). Never raises."""
    if known := named(tzid):
        return Meaning(known)
    definition = definitions.get(tzid)
    if definition is not None:
        if noted := named(definition.text("X-LIC-LOCATION")):
            return Meaning(noted)
        clocks = _clocks(definition, now)
        if same := _same_clocks(clocks):
            return Meaning(same)
        if clocks and (fixed := _fixed(min(offset for _, offset in clocks))):
            return Meaning(fixed, f"Its time zone {tzid[:60]!r} is none that is known; it was read as {fixed.key}.")
    if (offset := _offset_in(tzid)) is not None and (fixed := _fixed(offset)):
        return Meaning(fixed)
    return Meaning(default, f"Its time zone {tzid[:60]!r} is unknown; it was read as {default.key}.")


def named(name: str) -> ZoneInfo | None:
    """The zone of an IANA or Windows name, with or without a vendor's prefix; None for others."""
    name = name.strip().strip('"').strip("/")[:200]
    if not name:
        return None
    name = WINDOWS_TO_OLSON.get(name, name)
    parts = name.split("/")
    for start in range(min(len(parts), 8)):
        if key := _names().get("/".join(parts[start:]).lower()):
            return ZoneInfo(key)
    return None


@cache
def _names() -> dict[str, str]:
    """IANA names by their lower case."""
    return {name.lower(): name for name in available_timezones() if not name.startswith(("posix", "right", "local"))}


def _offset_in(tzid: str) -> timedelta | None:
    match = _IN_NAME.match(tzid.strip().strip("(").upper())
    if not match:
        return None
    size = timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0))
    return -size if match[1] == "-" else size


def _clocks(definition: Component, now: datetime) -> list[tuple[datetime, timedelta]]:
    """What the definition's clocks show each day of the year around ``now``: (UTC instant, offset), ``now`` first."""
    onsets = sorted(onset for part in definition.parts[:_MOST_OBSERVANCES] for onset in _onsets(part, now))
    if not onsets:
        return []
    starts = [start for start, _ in onsets]
    days = [now, *(now + timedelta(days=day) for day in range(-180, 186))]
    return [(moment, onsets[max(bisect_right(starts, moment) - 1, 0)][1]) for moment in days]


def _onsets(part: Component, now: datetime) -> list[tuple[datetime, timedelta]]:
    """When an observance begins: its start, its RDATEs, and by its yearly rule in the years around ``now``; UTC."""
    start, before, after = (
        _start(part.text("DTSTART")),
        _offset(part.text("TZOFFSETFROM")),
        _offset(part.text("TZOFFSETTO")),
    )
    if start is None or after is None:
        return []
    walls = [start, *(wall for line in islice(part.all("RDATE"), 100) if (wall := _start(line.value)))]
    with contextlib.suppress(BadRule):
        rule = parsed(part.text("RRULE"))
        local = now.replace(tzinfo=None)
        if rule.freq == "YEARLY":
            found = pattern(rule, start).fires(local - timedelta(days=800), local + timedelta(days=400))
            until = rule.until.replace(tzinfo=None) if isinstance(rule.until, datetime) else local.replace(year=9000)
            walls += [wall for wall in islice(found, 24) if wall <= until]
    shift = before if before is not None else after
    return [((wall - shift).replace(tzinfo=UTC), after) for wall in walls]


def _start(text: str) -> datetime | None:
    match = _FLOATING_START.fullmatch(text)
    try:
        numbers = [int(number) for number in match.groups() if number is not None] if match else []
        found = datetime(*numbers) if numbers else None  # type: ignore[arg-type]  # noqa: DTZ001 a wall time
    except ValueError:
        return None
    return found if found is None or 1500 < found.year < 9000 else None


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text.strip())
    if not match or int(match[2]) > 15 or int(match[3]) > 59:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -size if match[1] == "-" else size


def _same_clocks(clocks: list[tuple[datetime, timedelta]]) -> ZoneInfo | None:
    """The zone that shows the same all year; well-known ones first."""
    if not clocks:
        return None
    for zone in _candidates():
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in clocks):
            return zone
    return None


@cache
def _candidates() -> tuple[ZoneInfo, ...]:
    """What Windows' zones are called, then the rest; kept, since zoneinfo itself keeps eight."""
    usual = ("UTC", "Europe/Berlin", "America/New_York", *WINDOWS_TO_OLSON.values(), *sorted(_names().values()))
    return tuple(ZoneInfo(key) for key in dict.fromkeys(usual) if key.lower() in _names())


@lru_cache(maxsize=64)
def _fixed(offset: timedelta) -> ZoneInfo | None:
    """A zone that has this offset and never changes its clocks."""
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    if not rest and -14 <= -hours <= 12:
        return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
    zones = (zone for zone in _candidates() if all(one.astimezone(zone).utcoffset() == offset for one in months))
    return next(zones, None)
