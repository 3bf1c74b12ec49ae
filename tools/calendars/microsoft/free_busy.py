"""When calendars and people are busy: of our own calendars from their events, of others from Graph's getSchedule.

Personal Microsoft accounts have no getSchedule: everybody asked about there cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tools.calendars.backend import CalendarForbidden, Interval, NotSupported, RemoteEvent, RemoteEventGone
from tools.calendars.microsoft.client import GraphClient, object_of
from tools.calendars.microsoft.translate import moment_of, stamp

_AT_ONCE = 20  # schedules that one request takes
_BUSY = frozenset({"busy", "oof", "tentative", "unknown"})


def busy_of(events: Iterable[RemoteEvent], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The busy ones' times within [start, end), merged, in order, UTC."""
    return _merged(((event.start, event.end) for event in events if event.busy), start, end)


async def others_busy(
    client: GraphClient, addresses: Sequence[str], start: datetime, end: datetime
) -> dict[str, tuple[Interval, ...] | None]:
    """By e-mail address; None for whom Graph does not tell."""
    found: dict[str, tuple[Interval, ...] | None] = dict.fromkeys(addresses)
    for first in range(0, len(addresses), _AT_ONCE):
        asked = addresses[first : first + _AT_ONCE]
        body = {"schedules": list(asked), "startTime": stamp(start, "UTC"), "endTime": stamp(end, "UTC")}
        try:
            answer = object_of(await client.ask("POST", "/me/calendar/getSchedule", body=body))
        except (CalendarForbidden, NotSupported, RemoteEventGone):
            continue
        told = {str(item.get("scheduleId")).lower(): item for item in answer.get("value", [])}
        found |= {address: _schedule(told.get(address.lower(), {}), start, end) for address in asked}
    return found


def _schedule(item: Mapping[str, Any], start: datetime, end: datetime) -> tuple[Interval, ...] | None:
    if item.get("error") or "scheduleItems" not in item:
        return None
    busy = [one for one in item["scheduleItems"] if one.get("status") in _BUSY]
    return _merged(((moment_of(one["start"], "UTC"), moment_of(one["end"], "UTC")) for one in busy), start, end)


def _merged(spans: Iterable[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for first, last in sorted(
        (max(first, start).astimezone(UTC), min(last, end).astimezone(UTC)) for first, last in spans
    ):
        if first >= last:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
