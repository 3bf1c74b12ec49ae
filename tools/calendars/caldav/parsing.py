"""A server's iCalendar text as the library's calendar, without what the library does beside: closed to strangers.

The library keeps every zone that a file defines for the whole process, lets a zone's rules run as long as they like,
and opens a text without line breaks as a file. Here a file's zones stay in the file, and are read by our own rules.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.error import GloballyUniqueTZIDGuessed
from icalendar.parser.ical.calendar import CalendarIcalParser
from icalendar.parser.ical.component import ComponentIcalParser

from store.errors import Invalid
from tools.calendars.icalendar.lines import Limits, read_components
from tools.calendars.icalendar.zones import meaning, named

_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_UNKNOWN = ZoneInfo.no_cache("UTC")  # itself, not its like: what a TZID means that nobody can tell
_LONGEST_ZONE = 20_000


class _Parser(CalendarIcalParser):
    def handle_end_component(self, vals: str) -> None:
        """The library asks for this name only to remember the zone."""
        super().handle_end_component("" if vals.upper() == "VTIMEZONE" else vals)


class _Calendar(Calendar):
    @classmethod
    def _get_ical_parser(cls, st: str | bytes) -> ComponentIcalParser:
        return _Parser(st, cls._get_component_factory(), cls.types_factory)


def parse(data: bytes | str) -> Calendar | None:
    """The calendar in ``data``; None when it is none. Its times are aware wherever their TZID means a zone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GloballyUniqueTZIDGuessed)  # what ``named`` does on purpose
            found: Any = _Calendar.from_ical(data.encode() if isinstance(data, str) else data)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    if not isinstance(found, Calendar):
        return None
    _put_zones(found)
    return found


def _put_zones(calendar: Calendar) -> None:
    """Give the times of zones that only this file knows the IANA zone with the same clocks; their TZID stays."""
    definitions: dict[str, bytes] | None = None
    for tzid, value in _zoned(calendar):
        if definitions is None:
            definitions = {str(zone.get("TZID", "")): zone.to_ical() for zone in calendar.walk("VTIMEZONE")}
        value.dt = _in_zone(value.dt, tzid, definitions)


def _zoned(calendar: Calendar) -> Iterator[tuple[str, Any]]:
    """The values whose TZID is no zone's name."""
    for part in calendar.walk("VEVENT"):
        for name in _TIMES:
            held: Any = part.get(name)
            for value in held if isinstance(held, list) else [held]:
                tzid = str(getattr(value, "params", {}).get("TZID", ""))
                if tzid and named(tzid) is None:
                    yield from ((tzid, one) for one in getattr(value, "dts", [value]) if hasattr(one, "dt"))


def _in_zone(said: Any, tzid: str, definitions: Mapping[str, bytes]) -> Any:
    if isinstance(said, tuple):  # a period: its end may be a length
        return tuple(_in_zone(one, tzid, definitions) for one in said)
    if not isinstance(said, datetime) or said.tzinfo is not None:
        return said
    zone = _meant(tzid, definitions.get(tzid, b"")[:_LONGEST_ZONE], said.year)
    return said if zone is None else said.replace(tzinfo=zone)


@lru_cache(maxsize=256)
def _meant(tzid: str, definition: bytes, year: int) -> ZoneInfo | None:
    """By the clocks of that year; a pure question, so that one tenant's answer tells another nothing."""
    try:
        files = read_components(b"BEGIN:VCALENDAR\r\n" + definition + b"END:VCALENDAR\r\n", Limits())
    except Invalid:
        return None
    zones = {zone.text("TZID"): zone for file in files for zone in file.parts}
    zone = meaning(tzid, zones, _UNKNOWN, datetime(min(max(year, 1970), 2100), 7, 1, tzinfo=UTC)).zone
    return None if zone is _UNKNOWN else zone
