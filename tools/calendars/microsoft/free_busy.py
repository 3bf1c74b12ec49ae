"""When calendars and people are busy: of our own calendars from their events, of others from Graph's getSchedule.

Personal Microsoft accounts have no getSchedule: everybody asked about there cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.calendars.backend import CalendarForbidden, Interval, NotSupported, RemoteEvent, RemoteEventGone
from tools.calendars.microsoft.bodies import stamp
from tools.calendars.microsoft.client import GraphClient, object_of
from tools.calendars.microsoft.translate import moment_of

_AT_ONCE = 20  # schedules that one request takes
_LONGEST = timedelta(days=42)  # Exchange refuses a time much longer than this
_BUSY = frozenset({"busy", "oof", "tentative", "unknown"})


def busy_of(events: Iterable[RemoteEvent], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The busy ones' times within [start, end), merged, in order, UTC."""
    return _merged(((event.start, event.end) for event in events if event.busy), start, end)


async def others_busy(
    client: GraphClient, addresses: Sequence[str], start: datetime, end: datetime
) -> dict[str, tuple[Interval, ...] | None]:
    """By e-mail address; None for whom Graph does not tell."""
    found: dict[str, list[Interval] | None] = {address: [] for address in addresses}
    since = start
    while since < end:
        until = min(end, since + _LONGEST)
        for first in range(0, len(addresses), _AT_ONCE):
            asked = addresses[first : first + _AT_ONCE]
            for address, spans in (await _schedules(client, asked, since, until)).items():
                known = found[address]
                found[address] = None if spans is None or known is None else [*known, *spans]
        since = until
    return {address: None if spans is None else _merged(spans, start, end) for address, spans in found.items()}


async def _schedules(
    client: GraphClient, addresses: Sequence[str], start: datetime, end: datetime
) -> dict[str, list[Interval] | None]:
    """One request's answer; a refusal means that nobody asked about can be seen."""
    body = {"schedules": list(addresses), "startTime": stamp(start, "UTC"), "endTime": stamp(end, "UTC")}
    try:
        answer = object_of(await client.ask("POST", "/me/calendar/getSchedule", body=body))
    except (CalendarForbidden, NotSupported, RemoteEventGone):
        return dict.fromkeys(addresses)
    told = {str(item.get("scheduleId")).lower(): item for item in answer.get("value", [])}
    return {address: _spans(told.get(address.lower(), {})) for address in addresses}


def _spans(item: Mapping[str, Any]) -> list[Interval] | None:
    if item.get("error") or "scheduleItems" not in item:
        return None
    busy = [one for one in item["scheduleItems"] if one.get("status") in _BUSY]
    return [(moment_of(one["start"], "UTC"), moment_of(one["end"], "UTC")) for one in busy]


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
