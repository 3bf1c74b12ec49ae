"""Changing a part of a series in Exchange, which has calls for one occurrence and for all, but not for "from here on".

A split makes the second half first, complete with its changed and left-out occurrences, and only then ends the first:
what breaks off in between is undone, and a next try with the same key finds what is there.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from store.errors import VoiceLoopError
from tools.calendars.backend import Patch, Recurrence, RemoteEvent, RemoteEventGone
from tools.calendars.microsoft.bodies import in_zone, moved, on_pattern, patch_of, rule, said_names, times
from tools.calendars.microsoft.comparing import copied, holds
from tools.calendars.microsoft.deviations import Deviations, agree_first, deviations, leave_out, occurrence_of, reapply
from tools.calendars.microsoft.events import Events
from tools.calendars.microsoft.recurrence import ended_before, follow
from tools.calendars.microsoft.translate import check_zone, event_of
from tools.calendars.recurrence import split as halves

Json = dict[str, Any]

_LOOKS_BACK = timedelta(days=400)


async def change_all(
    events: Events, item: Json, patch: Patch, reach: tuple[datetime, datetime], *, etag: str, from_first: bool = False
) -> Json:
    """The whole event, single or series. What Exchange forgets when a series moves is made again within ``reach``;
    further back and further ahead it is lost. ``from_first``: the first was spoken of and is no exception."""
    event = event_of(item, writable=True)
    body, start = _change(item, event, patch)
    if not body:
        return item
    moves = event.recurrence is not None and bool(body.get("recurrence"))
    known = await deviations(events, item, *reach) if moves else Deviations({}, frozenset())
    changed = await events.patch(event.id, body, etag=etag)
    if event.recurrence is None and patch.recurrence is None:
        # a PATCH's answer has the description as HTML whatever is preferred
        return changed | {"body": body.get("body") or item.get("body")}
    if patch.recurrence:
        await leave_out(events, await events.read(event.id), patch.recurrence.exdates)
        known = replace(known, cancelled=frozenset())
    if from_first:
        known = _theirs(known, event.start.date(), patch)
    if moves:
        shift = timedelta(days=(start.date() - event.start.date()).days)
        await reapply(events, await events.read(event.id), known, shift, yields=True)
    if from_first and not patch.make_single:
        await agree_first(events, await events.read(event.id), said_names(patch))
    return await events.read(event.id)


def _change(item: Json, event: RemoteEvent, patch: Patch) -> tuple[Json, datetime]:
    """PATCH's body for the whole event, and where it starts then."""
    body = patch_of(patch, event, item)
    if patch.make_single:
        body["recurrence"] = None
    target = moved(patch, event)
    if not target and not patch.recurrence:
        return body, event.start
    start, end, zone, all_day = target or (event.start, event.end, event.timezone, event.all_day)
    recurrence = None if patch.make_single else patch.recurrence or event.recurrence
    if recurrence:
        check_zone(item)
        if not patch.recurrence:
            recurrence = replace(recurrence, rrule=follow(recurrence.rrule, event.start, start))
        start, end = on_pattern(recurrence, start, end, zone)
        body["recurrence"] = rule(recurrence, start, zone)
    return body | times(start, end, zone, all_day=all_day, series=recurrence is not None), start


async def split(
    events: Events, item: Json, occurrence: datetime, patch: Patch, end: datetime, *, etag: str, key: str
) -> Json:
    """From ``occurrence`` on a series of its own. Deviations up to ``end`` go with it. Raises RemoteEventGone."""
    series = event_of(item, writable=True)
    assert series.recurrence
    try:
        await occurrence_of(events, series, occurrence)
    except RemoteEventGone:
        if key and (made := await events.made(f"split {key}")):
            return made
        raise
    local = in_zone(occurrence, series.timezone)
    kept = await deviations(events, item, occurrence.astimezone(UTC), end)
    body, start = _second_half(item, series, local, patch)
    made = await events.make(body, f"split {key or uuid4()}")
    try:
        if body.get("recurrence"):
            shift = timedelta(days=(start.date() - local.date()).days)
            await reapply(events, made, _theirs(kept, local.date(), patch), shift)
            await leave_out(events, made, patch.recurrence.exdates if patch.recurrence else ())
    except VoiceLoopError:
        await _unmake(events, made)
        raise
    await end_before(events, item, local, etag=etag, unless=made)
    return await events.read(str(made["id"]))


async def end_before(
    events: Events, item: Json, occurrence: datetime, *, etag: str, unless: Json | None = None
) -> None:
    """End the series on the day before ``occurrence``; its changed occurrences of a year before that stay
    (Exchange may forget them). ``unless``: what is removed when the series does not end. While nobody knows whether
    it did, both stay, until the next try."""
    series = event_of(item, writable=True)
    start = max(series.start, occurrence - _LOOKS_BACK)
    known = await deviations(events, item, start.astimezone(UTC), occurrence.astimezone(UTC))
    body = {"recurrence": ended_before(item["recurrence"], in_zone(occurrence, series.timezone).date())}
    try:
        await events.patch(series.id, body, etag=etag)
    except VoiceLoopError:
        if unless is None:
            raise
        if not holds(await events.read(series.id), body):
            await _unmake(events, unless)
            raise
    await reapply(events, await events.read(series.id), known)


async def _unmake(events: Events, made: Json) -> None:
    with contextlib.suppress(VoiceLoopError):
        await events.remove(str(made["id"]))


def _second_half(item: Json, series: RemoteEvent, local: datetime, patch: Patch) -> tuple[Json, datetime]:
    """POST's body of the series from ``local`` on, and where it starts."""
    assert series.recurrence
    length = series.end.replace(tzinfo=None) - series.start.replace(tzinfo=None)
    there = replace(series, start=local, end=local + length)
    start, end, zone, all_day = moved(patch, there) or (there.start, there.end, series.timezone, series.all_day)
    body = copied(item) | patch_of(patch, there, item)
    if patch.make_single:
        return body | times(start, end, zone, all_day=all_day, series=False), start
    check_zone(item)
    rest = halves(series.recurrence, series.start, local)[1]
    recurrence = patch.recurrence or Recurrence(follow(rest.rrule, local, start))
    start, end = on_pattern(recurrence, start, end, zone)
    body |= times(start, end, zone, all_day=all_day, series=True)
    return body | {"recurrence": rule(recurrence, start, zone)}, start


def _theirs(kept: Deviations, at: date, patch: Patch) -> Deviations:
    """What changed occurrences keep of their own when something is said of all from ``at`` on: that one becomes what
    was said, the others keep theirs. A new rule has left-out days of its own."""
    said = said_names(patch)
    changed = {
        original: {name: value for name, value in own.items() if original != at or name not in said}
        for original, own in kept.changed.items()
    }
    return Deviations(changed, frozenset() if patch.recurrence else kept.cancelled)
