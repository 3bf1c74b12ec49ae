"""When the events of a resource take place, worked out here: servers that expand get zones and exceptions wrong.

Pure, but slow for many series: call it in a thread. Strangers' broken rules cost their own series only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tools.calendars.backend import Interval, RemoteEvent
from tools.calendars.caldav.moments import stamp
from tools.calendars.caldav.reading import Reader, Resource, master_of
from tools.calendars.recurrence import BadRule, Occurrence, expand, next_occurrence

_MOMENT = timedelta(seconds=1)


def occurrences(reader: Reader, resources: Iterable[Resource], start: datetime, end: datetime) -> list[RemoteEvent]:
    """Every occurrence that touches [start, end), by start; cancelled ones are none."""
    found = [event for resource in resources for event in _of_resource(reader, resource, (start, end))]
    return sorted(found, key=lambda event: (event.start.astimezone(UTC), event.id))


def occurrence_at(reader: Reader, resource: Resource, original: datetime) -> RemoteEvent | None:
    """The occurrence that the series' rule has at ``original``, as the master describes it; None when it has none."""
    master = master_of(resource.calendar)
    whole = reader.event(resource, master) if master is not None else None
    if whole is None or whole.recurrence is None:
        return None
    at = original.astimezone(UTC)
    planned = _planned(whole, (at, at + _MOMENT))
    return next((event for event in planned if event.start.astimezone(UTC) == at), None)


def first_occurrence(event: RemoteEvent) -> datetime | None:
    """The first start that is left of a series."""
    if event.recurrence is None:
        return event.start
    earliest = min([event.start, *event.recurrence.rdates], key=lambda at: at.astimezone(UTC))
    return next_occurrence(event.start, event.recurrence, earliest - _MOMENT)


def _of_resource(reader: Reader, resource: Resource, window: Interval) -> Iterator[RemoteEvent]:
    events = reader.events(resource)
    changed = {event.original_start.astimezone(UTC) for event in events if event.original_start is not None}
    for event in events:
        if event.cancelled:
            continue
        if event.recurrence is None:
            yield from [event] if _touches(event, window) else []
        else:
            planned = _planned(event, window)
            yield from (one for one in planned if one.start.astimezone(UTC) not in changed)


def _planned(whole: RemoteEvent, window: Interval) -> list[RemoteEvent]:
    """What the rule itself makes, exceptions or not."""
    if whole.recurrence is None:
        return []
    try:
        found = expand(whole.start, whole.end, whole.recurrence, window)
    except BadRule:
        found = []
    return [_occurrence(whole, one) for one in found]


def _occurrence(whole: RemoteEvent, one: Occurrence) -> RemoteEvent:
    return replace(
        whole,
        id=f"{whole.id}#{stamp(one.original_start, day=whole.all_day)}",
        start=one.start,
        end=one.end,
        recurrence=None,
        series_id=whole.id,
        original_start=one.original_start,
    )


def _touches(event: RemoteEvent, window: Interval) -> bool:
    start, end = event.start.astimezone(UTC), event.end.astimezone(UTC)
    return start < window[1] and (end > window[0] or start >= window[0])
