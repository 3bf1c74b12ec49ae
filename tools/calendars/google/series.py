"""Changing a part of a series in Google Calendar, which has calls for one occurrence and for all, but none in between.

A split first makes the second half with its changed occurrences, then ends the first: what breaks off on the way is
undone, or carried on by the next try with the same key. Nothing here sends an occurrence's body to its series.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from store.errors import Invalid, VoiceLoopError
from store.log import get_logger
from tools.calendars.backend import Patch, Recurrence, RemoteEvent, RemoteEventGone
from tools.calendars.google.events import Events
from tools.calendars.google.exceptions import NO_TIMES, OWN, Different, differences, find_occurrence, reapply
from tools.calendars.google.people import check_guests, writable_attendees
from tools.calendars.google.rules import check_divisible, lines_of, moved_along, recurrence_of
from tools.calendars.google.translate import changed, event_of, holds, merged
from tools.calendars.recurrence import split as divided

log = get_logger(__name__)
Json = dict[str, Any]

# what the second half of a split takes along
_COPIED = (
    *OWN,
    *("guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests", "anyoneCanAddSelf"),
    *("extendedProperties", "source", "attachments", "conferenceData"),
    *("eventType", "focusTimeProperties", "outOfOfficeProperties", "workingLocationProperties"),
)


async def change_all(events: Events, item: Json, patch: Patch, *, notify: bool) -> Json:
    """The whole event. When a series moves, its changed occurrences move along; left-out ones stay left out."""
    body = changed(item, patch, events.place)
    if not item.get("recurrence"):
        return await events.patch(item, body, notify=notify)
    if patch.make_single:
        single = {name: value for name, value in merged(item, body).items() if name != "recurrence"}
        return await events.replace(item, single, notify=notify)
    if "start" not in body or patch.recurrence is not None:
        return await events.patch(item, body, notify=notify)
    return await _move(events, item, body, notify=notify)


async def _move(events: Events, item: Json, body: Json, *, notify: bool) -> Json:
    """The series at its new times, with its changed occurrences; as it was when they cannot come along."""
    different = await differences(events, item)
    times = _times_of(events, merged(item, body), item, different)
    written = await events.patch(item, {**body, **times}, notify=notify)
    try:
        await reapply(events, item, written, different, notify=notify)
    except VoiceLoopError as error:
        try:
            before = {name: item.get(name) for name in body} | _times_of(events, item, item, different)
            await reapply(events, item, await events.patch(written, before, notify=notify), different, notify=notify)
        except VoiceLoopError as again:
            _left(error, again, "a moved series could not be put back", different)
        raise
    return written


def _left(error: VoiceLoopError, again: VoiceLoopError, what: str, different: Iterable[Different]) -> None:
    """What went wrong, and then again while it was undone: the first is raised, with the second; both are logged."""
    error.add_note(f"{what}: {again.message}")
    starts = [one.original.isoformat() for one in different if not one.cancelled]
    log.error(what, error=error.message, code=error.code, again=again.message, changed_occurrences=starts)


def _times_of(events: Events, there: Json, old: Json, different: Iterable[Different]) -> Json:
    """The times and the repetition of ``there``, where the cancelled occurrences of ``old`` are left out, too."""
    before, after = event_of(old, events.place), event_of(there, events.place)
    assert after.recurrence is not None
    left_out = [moved_along(one.original, before.start, after.start) for one in different if one.cancelled]
    lines = lines_of(_leaving_out(after.recurrence, left_out), ZoneInfo(after.timezone), all_day=after.all_day)
    return {"start": NO_TIMES | there["start"], "end": NO_TIMES | there["end"], "recurrence": lines}


async def change_from_first(events: Events, item: Json, occurrence: datetime, patch: Patch, *, notify: bool) -> Json:
    """As ``change_all``, said of the first occurrence: it is as ``patch`` says whatever it had of its own."""
    await find_occurrence(events, event_of(item, events.place), occurrence)
    written = await change_all(events, item, patch, notify=notify)
    after = event_of(written, events.place)
    if after.recurrence is not None:
        with contextlib.suppress(RemoteEventGone):
            there = await find_occurrence(events, after, after.start)
            body = changed(there, replace(patch, recurrence=None), events.place)
            if not holds(there, body, events.place):
                await events.patch(there, body, notify=notify)
    return written


async def split(events: Events, item: Json, occurrence: datetime, patch: Patch, *, tail_id: str, notify: bool) -> Json:
    """From ``occurrence`` on a series of its own, with id ``tail_id`` (any when empty).

    Raises RemoteEventGone when there is no such occurrence.
    """
    check_divisible(item["recurrence"])
    check_guests(item)
    series = event_of(item, events.place)
    found = event_of(await find_occurrence(events, series, occurrence), events.place)
    occurrence = found.original_start or occurrence
    different = await differences(events, item)
    later = [one for one in different if one.original >= occurrence]
    _, after = _divided(series, occurrence, [one.original for one in later if one.cancelled])
    body = _tail(events, item, occurrence, after, patch)
    tail = await events.insert_again(tail_id or uuid4().hex, body, notify=notify)
    try:
        there = _at(events, item, occurrence)
        await reapply(events, there, tail, later, notify=notify, given=patch, first=occurrence)
        await end_with(events, item, lines_before(events, item, occurrence, different), notify=notify)
    except VoiceLoopError as error:
        try:
            await events.delete(tail["id"], notify=notify)
        except VoiceLoopError as again:
            _left(error, again, "the second half of a split could not be taken back", later)
        raise
    return await events.get(tail["id"])


async def found_split(events: Events, item: Json, occurrence: datetime, tail_id: str) -> Json | None:
    """The second half, if an earlier try has done the whole of this split."""
    tail = await events.find_made(tail_id)
    if tail is None:
        return None
    with contextlib.suppress(RemoteEventGone):
        await find_occurrence(events, event_of(item, events.place), occurrence)
        return None
    return tail


async def end_with(events: Events, item: Json, lines: list[str] | None, *, notify: bool) -> None:
    """Give the series this end; None: nothing is left of it."""
    if lines is None:
        await events.delete(item["id"], etag=item.get("etag", ""), notify=notify)
    else:
        await events.patch(item, {"recurrence": lines}, notify=notify)


def lines_before(
    events: Events, item: Json, occurrence: datetime, different: Iterable[Different] = ()
) -> list[str] | None:
    """The repetition as it ends before ``occurrence``; None when nothing is left, cancelled ones aside."""
    check_divisible(item["recurrence"])
    series = event_of(item, events.place)
    before, _ = _divided(series, occurrence)
    left, _ = _divided(series, occurrence, [one.original for one in different if one.cancelled])
    if before is None or left is None:
        return None
    return lines_of(before, ZoneInfo(series.timezone), all_day=series.all_day)


def check_scope(patch: Patch) -> None:
    """Raises Invalid for a repetition of what is one occurrence."""
    if patch.recurrence is not None or patch.make_single:
        raise Invalid("One occurrence has no repetition of its own. Change the whole series, or from here on.")


def _divided(
    series: RemoteEvent, occurrence: datetime, left_out: Iterable[datetime] = ()
) -> tuple[Recurrence | None, Recurrence]:
    """The series before ``occurrence``, and from it on. Its UNTIL is made what its start is first, date or instant."""
    zone, when = ZoneInfo(series.timezone), occurrence.astimezone(UTC).astimezone(series.start.tzinfo)
    assert series.recurrence is not None
    rule = recurrence_of(lines_of(series.recurrence, zone, all_day=series.all_day), zone)
    assert rule is not None
    return divided(_leaving_out(rule, left_out), series.start, when, all_day=series.all_day)


def _at(events: Events, item: Json, occurrence: datetime) -> Json:
    """The series as if it began at ``occurrence``."""
    moved = {name: value for name, value in item.items() if name != "recurrence"}
    return merged(item, changed(moved, Patch(start=occurrence), events.place))


def _tail(events: Events, item: Json, occurrence: datetime, after: Recurrence, patch: Patch) -> Json:
    """What to insert as the second half: the first half's own, from ``occurrence`` on, as ``patch`` says."""
    series = event_of(item, events.place)
    lines = lines_of(after, ZoneInfo(series.timezone), all_day=series.all_day)
    there = {**_at(events, item, occurrence), "recurrence": lines}
    result = merged(there, changed(there, patch, events.place))
    if patch.make_single:
        del result["recurrence"]
    if "attendees" in result:
        result["attendees"] = writable_attendees(result["attendees"])
    return {name: result[name] for name in (*_COPIED, "start", "end", "recurrence") if name in result}


def _leaving_out(rule: Recurrence, starts: Iterable[datetime]) -> Recurrence:
    return replace(rule, exdates=tuple(sorted({*rule.exdates, *starts})))
