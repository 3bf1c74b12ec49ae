"""The occurrences of a series that are different: found, and made different again in a series that takes its place.

Google forgets them when a series is cut or moved. An occurrence's own values stay its own; no series is written here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tools.calendars.backend import Patch, RemoteEvent, RemoteEventGone
from tools.calendars.google.events import Events
from tools.calendars.google.people import writable_attendees
from tools.calendars.google.rules import moved_along
from tools.calendars.google.times import original_start_text
from tools.calendars.google.translate import event_of

Json = dict[str, Any]

# what an occurrence may have of its own
OWN = ("summary", "description", "location", "attendees", "transparency", "visibility", "colorId", "reminders")
_EMPTY: Json = {"summary": "", "description": "", "location": "", "attendees": [], "transparency": "opaque"}
NO_TIMES: Json = {"date": None, "dateTime": None, "timeZone": None}


@dataclass(frozen=True, slots=True)
class Different:
    """A changed occurrence as Google has it; ``original`` is its original start."""

    original: datetime
    item: Json

    @property
    def cancelled(self) -> bool:
        return self.item.get("status") == "cancelled"


def is_first(series: RemoteEvent, occurrence: datetime) -> bool:
    """Whether the series begins with this occurrence."""
    return original_start_text(occurrence, series) == original_start_text(series.start, series)


async def find_occurrence(events: Events, series: RemoteEvent, occurrence: datetime) -> Json:
    """The occurrence that the series has at this original start. Raises RemoteEventGone."""
    original = original_start_text(occurrence, series)
    for item in await events.starting(series.id, original):
        if _is_at(events, item, series, original):
            return item
    # Google says that one may ask by start, not how the start of a whole day is written: so ask by its id, too
    by_id = await events.find(occurrence_id(series, occurrence))
    if by_id is not None and _is_at(events, by_id, series, original):
        return by_id
    raise RemoteEventGone("That occurrence is no longer in the calendar.")


def _is_at(events: Events, item: Json, series: RemoteEvent, original: str) -> bool:
    if item.get("status") == "cancelled" or item.get("recurringEventId") != series.id:
        return False
    found = event_of(item, events.place)
    return original_start_text(found.original_start or found.start, series) == original


def occurrence_id(series: RemoteEvent, occurrence: datetime) -> str:
    """The id that Google gives the occurrence with this original start."""
    if series.all_day:
        return f"{series.id}_{original_start_text(occurrence, series).replace('-', '')}"
    return f"{series.id}_{occurrence.astimezone(UTC):%Y%m%dT%H%M%SZ}"


async def differences(events: Events, item: Json) -> list[Different]:
    """The changed and the left-out occurrences of a series, by original start."""
    changed, everything = await asyncio.gather(
        events.items("events", params={"iCalUID": item["iCalUID"], "showDeleted": "true"}),
        events.items("events", item["id"], "instances", params={"showDeleted": "true"}),
    )
    # the first may lack cancelled ones (nothing but their start is promised), the second ends after some hundreds
    own = {one["id"]: one for one in everything if one.get("status") == "cancelled"}
    own |= {one["id"]: one for one in changed if one.get("recurringEventId") == item["id"]}
    told = [(event_of(one, events.place).original_start, one) for one in own.values()]
    return sorted((Different(when, one) for when, one in told if when), key=lambda one: one.original)


async def reapply(
    events: Events,
    old: Json,
    new: Json,
    different: Iterable[Different],
    *,
    notify: bool,
    given: Patch | None = None,
    first: datetime | None = None,
) -> None:
    """Make the occurrences of ``new`` different in what those of ``old`` were; what it no longer has stays away.

    At ``first`` what is ``given`` was said of this very occurrence, and wins over what it had of its own.
    """
    before, after = event_of(old, events.place), event_of(new, events.place)
    for one in different:
        if one.cancelled or after.recurrence is None:
            continue
        body = _own_values(events, old, one)
        if given is not None and one.original == first:
            body = {name: value for name, value in body.items() if name not in _named(given)}
        if not body:
            continue
        with contextlib.suppress(RemoteEventGone):
            there = await find_occurrence(events, after, moved_along(one.original, before.start, after.start))
            await events.patch(there, body, notify=notify)


def _own_values(events: Events, series: Json, one: Different) -> Json:
    """What the occurrence has of its own, its times only when they are not where and as long as the series has them."""
    body: Json = {name: one.item.get(name, _EMPTY.get(name)) for name in OWN}
    body = {name: value for name, value in body.items() if value != series.get(name, _EMPTY.get(name))}
    whole, own = event_of(series, events.place), event_of(one.item, events.place)
    if own.start != one.original or _length(own) != _length(whole):
        body |= {name: {**NO_TIMES, **one.item[name]} for name in ("start", "end")}
    if "attendees" in body:
        body["attendees"] = writable_attendees(body["attendees"])
    return {name: value for name, value in body.items() if value is not None}


def _length(event: RemoteEvent) -> float:
    return (event.end.astimezone(UTC) - event.start.astimezone(UTC)).total_seconds()


def _named(patch: Patch) -> set[str]:
    """Google's names of what a patch gives."""
    names = {name for name in ("summary", "description", "location", "attendees") if getattr(patch, name) is not None}
    if patch.busy is not None:
        names.add("transparency")
    if any(value is not None for value in (patch.start, patch.end, patch.timezone, patch.all_day)):
        names |= {"start", "end"}
    return names
