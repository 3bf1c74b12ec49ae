"""When the events of a resource take place, worked out here: servers that expand get zones and exceptions wrong.

Pure, but slow for many series: call it in a thread. Strangers' broken rules cost their own series only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component

from store.log import get_logger
from tools.calendars.backend import Interval, RemoteEvent
from tools.calendars.caldav.moments import moment_in
from tools.calendars.caldav.reading import Reader, Resource, exception_id, master_of, rule_of
from tools.calendars.caldav.writing import calendar_with

log = get_logger(__name__)


def occurrences(reader: Reader, resources: Iterable[Resource], start: datetime, end: datetime) -> list[RemoteEvent]:
    """Every occurrence that touches [start, end), by start; cancelled ones are none."""
    found = [event for resource in resources for event in _of_resource(reader, resource, (start, end))]
    return sorted(found, key=lambda event: (event.start.astimezone(UTC), event.id))


def occurrence_at(reader: Reader, resource: Resource, original: datetime) -> RemoteEvent | None:
    """The occurrence that the series' rule has at ``original``, as the master describes it; None when it has none."""
    master = master_of(resource.calendar)
    if master is None:
        return None
    zones = [part for part in resource.calendar.subcomponents if part.name == "VTIMEZONE"]
    alone = replace(resource, calendar=calendar_with(*zones, master))
    window = (original - timedelta(days=1), original + timedelta(days=1))
    return next((event for event in _of_resource(reader, alone, window) if event.original_start == original), None)


def first_occurrence(reader: Reader, resource: Resource) -> datetime | None:
    """The original start of the first occurrence that is left of a series."""
    query: Any = recurring_ical_events.of(resource.calendar)
    for part in query.all():
        moment = moment_in(part, "RECURRENCE-ID", reader.home)
        return moment.at if moment else None
    return None


def _of_resource(reader: Reader, resource: Resource, window: Interval) -> list[RemoteEvent]:
    master = master_of(resource.calendar)
    if master is None or not (rule_of(master) or master.get("RDATE")):
        return [event for event in reader.events(resource) if not event.cancelled and _touches(event, window)]
    parts = _expanded(resource.calendar, window)
    whole = reader.event(resource, master)
    events = [_occurrence(reader, resource, part, whole) for part in parts] if whole else []
    return [event for event in events if event and not event.cancelled and _touches(event, window)]


def _expanded(calendar: Calendar, window: Interval) -> list[Component]:
    around = timedelta(days=1)  # days are somewhere else in other zones
    try:
        query: Any = recurring_ical_events.of(calendar)
        return list(query.between(window[0] - around, window[1] + around))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's rule breaks in the library
        log.warning("calendars.caldav.series_unreadable", error=type(error).__name__)
        return []


def _occurrence(reader: Reader, resource: Resource, part: Component, whole: RemoteEvent) -> RemoteEvent | None:
    event = reader.event(resource, part)
    if event is None:
        return None
    original = moment_in(part, "RECURRENCE-ID", reader.home) or moment_in(part, "DTSTART", reader.home)
    if original is None:
        return None
    if event.start.astimezone(UTC) >= event.end.astimezone(UTC) and not event.all_day:
        length = whole.end.astimezone(UTC) - whole.start.astimezone(UTC)  # the clocks skipped its start, not its end
        event = replace(event, end=(event.start.astimezone(UTC) + length).astimezone(event.start.tzinfo))
    return replace(
        event,
        id=exception_id(resource.name, original),
        series_id=resource.name,
        original_start=original.at,
        recurrence=None,
    )


def _touches(event: RemoteEvent, window: Interval) -> bool:
    start, end = event.start.astimezone(UTC), event.end.astimezone(UTC)
    return start < window[1] and (end > window[0] or start >= window[0])
