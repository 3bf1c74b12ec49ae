"""Which call a change or a removal becomes: the event, one occurrence, or a split; and what a stale etag means.

A change that is already there counts as done, because a caller whose answer was lost asks again with the old etag.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tools.calendars.backend import CalendarForbidden, ChangedElsewhere, NotSupported, Patch, RemoteEventGone, Scope
from tools.calendars.google import series
from tools.calendars.google.events import Events
from tools.calendars.google.exceptions import find_occurrence, is_first, occurrence_id
from tools.calendars.google.translate import FIXED_KINDS, changed, event_of, holds

Json = dict[str, Any]
T = TypeVar("T")

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a caller asked for. ``tail_id``: the id of a split's second half, empty without a key."""

    event_id: str
    scope: Scope
    occurrence: datetime | None
    etag: str
    notify: bool
    tail_id: str = ""

    @property
    def from_here_on(self) -> bool:
        return self.scope == "following"


async def update(events: Events, patch: Patch, wanted: Wanted) -> Json:
    """The event that holds the change. Raises ChangedElsewhere, RemoteEventGone, CalendarForbidden."""
    return await _again(lambda: _update(events, patch, wanted), once=bool(wanted.etag))


async def remove(events: Events, wanted: Wanted) -> None:
    """Remove; what is gone is no error. Raises ChangedElsewhere."""
    await _again(lambda: _remove(events, wanted), once=bool(wanted.etag))


async def bring_back(events: Events, event_id: str, occurrence: datetime, *, notify: bool) -> None:
    """A left-out occurrence is one whose status is cancelled. Raises RemoteEventGone, NotSupported."""
    event = event_of(await events.get(event_id), events.place)
    there = await events.find(occurrence_id(event, occurrence))
    if there is None or there.get("recurringEventId") != event.id:
        raise NotSupported("Google Calendar does not have this date of the series. Book it as an event of its own.")
    if there.get("status") == "cancelled":
        await events.patch(there, {"status": "confirmed"}, notify=notify)


async def _update(events: Events, patch: Patch, wanted: Wanted) -> Json:
    try:
        item = await events.get(wanted.event_id)
    except RemoteEventGone:
        if wanted.from_here_on and wanted.tail_id and (made := await events.find_made(wanted.tail_id)):
            return made  # nothing was left of the first half
        raise
    if item.get("eventType") in FIXED_KINDS:
        raise CalendarForbidden("Google Calendar makes this event out of something else; it cannot be changed.")
    occurrence, etag = wanted.occurrence, wanted.etag
    if item.get("recurringEventId") and wanted.from_here_on:
        _check_version(item, etag)
        occurrence, etag = event_of(item, events.place).original_start, ""
        item = await events.get(item["recurringEventId"])
    if item.get("recurrence") and occurrence is not None and wanted.scope != "all":
        if wanted.scope == "this":
            return await _update_one(events, item, occurrence, patch, wanted)
        if not is_first(event_of(item, events.place), occurrence):
            return await _split(events, item, occurrence, patch, wanted, etag)
    if item.get("recurringEventId"):
        series.check_scope(patch)
    if etag and item.get("etag") != etag and holds(item, changed(item, patch, events.place), events.place):
        return item
    _check_version(item, etag)
    if item.get("recurrence") and occurrence is not None and wanted.from_here_on:
        return await series.change_from_first(events, item, occurrence, patch, notify=wanted.notify)
    return await series.change_all(events, item, patch, notify=wanted.notify)


async def _update_one(events: Events, item: Json, occurrence: datetime, patch: Patch, wanted: Wanted) -> Json:
    series.check_scope(patch)
    there = await find_occurrence(events, event_of(item, events.place), occurrence)
    body = changed(there, patch, events.place)
    if wanted.etag not in ("", item.get("etag"), there.get("etag")) and not holds(there, body, events.place):
        _check_version(item, wanted.etag)
    return await events.patch(there, body, notify=wanted.notify)


async def _split(events: Events, item: Json, occurrence: datetime, patch: Patch, wanted: Wanted, etag: str) -> Json:
    if wanted.tail_id and (done := await series.found_split(events, item, occurrence, wanted.tail_id)):
        return done
    if await _has_moved(events, item, occurrence, patch):
        if not holds(item, changed(item, patch, events.place), events.place):
            _check_version(item, etag)
        assert patch.start is not None
        return await series.change_from_first(events, item, patch.start, patch, notify=wanted.notify)
    _check_version(item, etag)
    return await series.split(events, item, occurrence, patch, tail_id=wanted.tail_id, notify=wanted.notify)


async def _has_moved(events: Events, item: Json, occurrence: datetime, patch: Patch) -> bool:
    """Whether the series began with this occurrence until an earlier try moved it to where ``patch`` wants it."""
    event = event_of(item, events.place)
    if patch.start is None or not is_first(event, patch.start):
        return False
    try:
        await find_occurrence(events, event, occurrence)
    except RemoteEventGone:
        return True
    return False


async def _remove(events: Events, wanted: Wanted) -> None:
    occurrence, etag = wanted.occurrence, wanted.etag
    if wanted.scope == "all" or (occurrence is None and not wanted.from_here_on):
        return await events.delete(wanted.event_id, etag=etag, notify=wanted.notify)
    item = await events.find(wanted.event_id)
    if item is None or item.get("status") == "cancelled":
        return None
    if item.get("recurringEventId") and wanted.from_here_on:
        _check_version(item, etag)
        occurrence, etag = event_of(item, events.place).original_start, ""
        found = await events.find(item["recurringEventId"])
        if found is None or found.get("status") == "cancelled":
            return None
        item = found
    if not item.get("recurrence") or occurrence is None:
        return await events.delete(item["id"], etag=etag, notify=wanted.notify)
    if wanted.from_here_on:
        return await _remove_rest(events, item, occurrence, etag, notify=wanted.notify)
    try:
        there = await find_occurrence(events, event_of(item, events.place), occurrence)
    except RemoteEventGone:
        return None
    if etag != there.get("etag"):
        _check_version(item, etag)
    return await events.delete(there["id"], notify=wanted.notify)


async def _remove_rest(events: Events, item: Json, occurrence: datetime, etag: str, *, notify: bool) -> None:
    lines = series.lines_before(events, item, occurrence)
    if item["recurrence"] != lines:  # else it was done by an earlier try
        _check_version(item, etag)
        await series.end_with(events, item, lines, notify=notify)


def _check_version(item: Json, etag: str) -> None:
    if etag and item.get("etag") != etag:
        raise ChangedElsewhere("Somebody changed the event in Google Calendar. Look at it again.")


async def _again(act: Callable[[], Awaitable[T]], *, once: bool) -> T:
    """Read and write again when somebody was faster, unless the caller knows which version it means."""
    for _ in range(0 if once else _TRIES - 1):
        try:
            return await act()
        except ChangedElsewhere:
            continue
    return await act()
