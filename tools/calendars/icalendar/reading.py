"""An .ics file as events: tolerant to what clients write, closed to what harms. Pure; bounded, but not for the loop.

Texts are data: cleaned, cut, never followed. What cannot be understood costs its event at most and is a Problem.
A second of work for some thousand events: callers run it in a thread or a child.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tools.calendars.backend import RemoteEvent
from tools.calendars.icalendar.events import Found, read_event
from tools.calendars.icalendar.lines import Component, Limits, read_components
from tools.calendars.icalendar.series import in_series
from tools.calendars.icalendar.times import Reading
from tools.calendars.icalendar.zones import named
from tools.plaintext import clean_line

__all__ = ["ImportedCalendar", "Limits", "Problem", "read_events"]

_MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """What was left out or guessed: the line its event begins at, the event's UID, a sentence for a person."""

    line: int
    uid: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportedCalendar:
    """``events``: singles, masters, then exceptions (``series_id`` is the master's id), in the order of the file.

    ``id`` is the UID; an exception's has its original start behind a ``#``, a series from a "this and future" change on
    likewise with a ``+``. ``etag`` is empty. At most 100 ``problems``. ``name`` and ``timezone`` as the file says.
    """

    events: tuple[RemoteEvent, ...]
    problems: tuple[Problem, ...]
    name: str = ""
    timezone: str = ""


def read_events(
    data: bytes, *, default_zone: ZoneInfo, now: datetime, limits: Limits | None = None
) -> ImportedCalendar:
    """Every event of an .ics file. Floating times and dates are those of the calendar's zone, else ``default_zone``.

    Raises TooLarge beyond ``limits``, Invalid for what is no calendar; nothing else.
    """
    limits = limits or Limits()
    problems: list[Problem] = []
    events: list[RemoteEvent] = []
    calendars = read_components(data, limits)
    for calendar in calendars:
        zone = named(calendar.text("X-WR-TIMEZONE")) or default_zone
        reading = Reading(
            zone, now.astimezone(UTC), limits, _definitions(calendars), calendar.text("X-WR-TIMEZONE") != ""
        )
        cancelled = calendar.text("METHOD").strip().upper() == "CANCEL"
        found = [read_event(part, reading, cancelled=cancelled) for part in calendar.parts if part.name == "VEVENT"]
        for one in found:
            problems += [Problem(one.line, one.uid, sentence) for sentence in one.problems]
        kept, twice = _latest(one for one in found if one.event is not None)
        problems += twice
        made, strange = in_series(kept, later_changes=limits.later_changes)
        events += made
        problems += [Problem(one.line, one.uid, sentence) for one, sentence in strange]
    first = calendars[0] if calendars else Component("VCALENDAR", 1)
    zone = named(first.text("X-WR-TIMEZONE"))
    name = clean_line(first.text("X-WR-CALNAME") or first.text("NAME"), limit=200)
    return ImportedCalendar(_apart(events), tuple(problems[:_MOST_PROBLEMS]), name, zone.key if zone else "")


def _definitions(calendars: Iterable[Component]) -> dict[str, Component]:
    zones = (part for calendar in calendars for part in calendar.parts if part.name == "VTIMEZONE")
    return {zone.text("TZID"): zone for zone in zones}


def _latest(found: Iterable[Found]) -> tuple[list[Found], list[Problem]]:
    """Of several that are the same event the one changed last: by SEQUENCE, LAST-MODIFIED, place in the file."""
    latest: dict[tuple[str, datetime | None, bool], Found] = {}
    problems: list[Problem] = []
    for one in found:
        key = (one.uid, one.recurrence_id, one.and_future)
        other = latest.get(key)
        if other is not None:
            problems.append(
                Problem(one.line, one.uid, "This event is in the file more than once; the latest one counts.")
            )
            if other.version > one.version:
                continue
        latest[key] = one
    return list(latest.values()), problems


def _apart(events: list[RemoteEvent]) -> tuple[RemoteEvent, ...]:
    """Two calendars of one file may hold the same event; it is one."""
    return tuple({event.id: event for event in events}.values())
