"""How a series deviates from its rule, its changed and left-out occurrences: read, and made again on another series.

Exchange forgets them when a series' rule or hour changes, and a split leaves them behind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tools.calendars.backend import NotSupported, RemoteEvent, RemoteEventGone
from tools.calendars.microsoft.bodies import TIMES, in_zone, times
from tools.calendars.microsoft.comparing import copied, differences
from tools.calendars.microsoft.events import Events
from tools.calendars.microsoft.recurrence import longest_gap
from tools.calendars.microsoft.translate import event_of, original_start_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deviations:
    """How a series deviates from its rule in a span of time: PATCH bodies by the date that its rule names (Exchange has
    one occurrence a day at most), and dates left out."""

    changed: Mapping[date, Json]
    cancelled: frozenset[date]


async def occurrence_of(events: Events, series: RemoteEvent, occurrence: datetime) -> Json:
    """The occurrence with this original start, wherever it was moved. Raises RemoteEventGone."""
    assert series.recurrence
    reach = longest_gap(series.recurrence.rrule)
    for around in (timedelta(days=1), reach):  # Exchange moves none past its neighbours
        for item in await events.instances(series.id, occurrence - around, occurrence + around):
            if original_of(item, series) == occurrence.astimezone(UTC):
                return item
    raise RemoteEventGone("That occurrence is no longer in the Outlook calendar.")


def original_of(item: Mapping[str, Any], series: RemoteEvent) -> datetime:
    return original_start_of(item, series.timezone, all_day=series.all_day).astimezone(UTC)


async def deviations(events: Events, item: Json, start: datetime, end: datetime) -> Deviations:
    """Of the series ``item`` in [start, end)."""
    series = event_of(item, writable=True)
    assert series.recurrence
    changed = {
        date_of(original_of(one, series), series): differences(one, item)
        for one in await events.instances(series.id, start, end)
        if one.get("type") == "exception" and start <= original_of(one, series) < end
    }
    cancelled = (date_of(day, series) for day in series.recurrence.exdates if start <= day < end)
    return Deviations(changed, frozenset(cancelled))


def date_of(original: datetime, series: RemoteEvent) -> date:
    return in_zone(original, series.timezone).date()


async def reapply(
    events: Events, item: Json, wanted: Deviations, shift: timedelta = timedelta(0), *, yields: bool = False
) -> None:
    """Make the series ``item`` deviate as ``wanted``, each ``shift`` (days) later; what it has already is left,
    and what its rule does not have any more is forgotten. ``yields``: an occurrence that Exchange does not let stay
    where it was moved to, because of its neighbours, goes back to its series' time."""
    days = [*wanted.changed, *wanted.cancelled]
    if not days:
        return
    series, span = event_of(item, writable=True), timedelta(days=2)
    first, last = (datetime.combine(day + shift, time(), UTC) for day in (min(days), max(days)))
    instances = await events.instances(series.id, first - span, last + span)
    found = {date_of(original_of(one, series), series): one for one in instances}
    for day, body in wanted.changed.items():
        one = found.get(day + shift)
        if one and body and differences(one, item) != body:
            try:
                await events.patch(str(one["id"]), body)
            except NotSupported:
                if not yields:
                    raise
                await events.patch(str(one["id"]), {name: body[name] for name in body if name not in TIMES})
    for day in wanted.cancelled:
        if one := found.get(day + shift):
            await events.remove(str(one["id"]))


async def leave_out(events: Events, item: Json, starts: tuple[datetime, ...]) -> None:
    """Remove single occurrences of a new series (its EXDATEs)."""
    series = event_of(item, writable=True)
    await reapply(events, item, Deviations({}, frozenset(date_of(start, series) for start in starts)))


async def agree_first(events: Events, item: Json, names: set[str]) -> None:
    """Make the first occurrence, if it was changed, the same as the series ``item`` in these fields."""
    series = event_of(item, writable=True)
    with contextlib.suppress(RemoteEventGone):  # it may be left out
        one = await occurrence_of(events, series, series.start)
        own = names & differences(one, item).keys() if one.get("type") == "exception" else set[str]()
        whole = copied(item) | times(series.start, series.end, series.timezone, all_day=series.all_day, series=True)
        if own:
            await events.patch(str(one["id"]), {name: whole[name] for name in whole if name in own})
