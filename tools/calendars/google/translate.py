"""Google's event JSON <-> RemoteEvent, Draft and Patch. Pure; asks nobody.

Times are ``times.py``'s, guests ``people.py``'s, lines of a series ``rules.py``'s. A field that Patch learns: one line
in ``changed`` and one in ``event_of``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from tools.calendars.backend import (
    CalendarUnavailable,
    Draft,
    Patch,
    RemoteEvent,
)
from tools.calendars.google.people import (
    attendee_of,
    attendees_by_address,
    attendees_of,
    check_guests,
    is_declined,
    text_of,
)
from tools.calendars.google.rules import check_divisible, lines_of, recurrence_of
from tools.calendars.google.times import day_of, moment_of, times_of, zone_or
from tools.calendars.recurrence import shifted

Json = dict[str, Any]

FIXED_KINDS = frozenset({"birthday", "fromGmail"})  # Google makes them out of something else
_NOT_BUSY_KINDS = frozenset({"birthday", "workingLocation"})


@dataclass(frozen=True, slots=True)
class Place:
    """The calendar an event is in. ``timezone`` is where its whole days are; ``writable`` whether we may change it."""

    id: str
    timezone: str
    writable: bool = True


def event_of(item: Json, place: Place) -> RemoteEvent:
    """The event in Google's answer. Raises CalendarUnavailable when it makes no sense."""
    try:
        return _event(item, place)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise CalendarUnavailable("Google Calendar answered something unexpected. Try again later.") from error


def body_of(draft: Draft) -> Json:
    """What to insert. Raises NotSupported for an attendee without an address."""
    zone = ZoneInfo(draft.timezone)
    body: Json = {
        "summary": draft.summary,
        "description": draft.description,
        "location": draft.location,
        "transparency": _transparency(draft.busy),
        **times_of(draft.start, draft.end, zone, all_day=draft.all_day),
    }
    if draft.attendees:
        body["attendees"] = attendees_of(draft.attendees, {})
    if draft.recurrence is not None:
        body["recurrence"] = lines_of(draft.recurrence, zone, all_day=draft.all_day)
    return body


def changed(item: Json, patch: Patch, place: Place) -> Json:
    """What to send to make ``item`` what ``patch`` says: only what is different; None takes a nested part away.

    A series that starts at another time moves with its end, its left-out days and its weekdays.
    """
    body: Json = {}
    for name in ("summary", "description", "location"):
        if (text := getattr(patch, name)) is not None:
            body[name] = text
    if patch.busy is not None:
        body["transparency"] = _transparency(patch.busy)
    if patch.attendees is not None:
        check_guests(item)
        body["attendees"] = attendees_of(patch.attendees, attendees_by_address(item))
    before = event_of(item, place)
    after = _rescheduled(before, patch)
    if (after.start, after.end, after.timezone, after.all_day) != (
        before.start,
        before.end,
        before.timezone,
        before.all_day,
    ):
        body |= times_of(after.start, after.end, ZoneInfo(after.timezone), all_day=after.all_day, patch=True)
    if patch.recurrence is not None:
        if "timeZone" not in item["start"]:  # Google wants one of a series, not of a single event
            body = {**times_of(before.start, before.end, ZoneInfo(before.timezone), all_day=before.all_day), **body}
        body["recurrence"] = lines_of(patch.recurrence, ZoneInfo(after.timezone), all_day=after.all_day)
    elif item.get("recurrence") and ("start" in body):
        body["recurrence"] = _moved_lines(item["recurrence"], before, after)
    return body


def merged(item: Json, body: Json) -> Json:
    """``item`` as it is after a PATCH with ``body``: objects are merged, arrays replaced, None removes."""
    result = dict(item)
    for name, value in body.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(cast(Json, item.get(name) or {}), cast(Json, value))
        else:
            result[name] = value
    return result


def holds(item: Json, body: Json, place: Place) -> bool:
    """Whether ``item`` already is as ``body`` wants it: our own write, whose answer was lost."""
    wanted = event_of(merged(item, body), place)
    return wanted == event_of(item, place)


def _event(item: Json, place: Place) -> RemoteEvent:
    original = item.get("originalStartTime")
    start_json = item.get("start") or original  # a cancelled occurrence has nothing but its original start
    if not start_json:
        raise ValueError("no start")
    zone = zone_or(start_json.get("timeZone", ""), place.timezone)
    start = moment_of(start_json, zone)
    shortest = timedelta(days=1) if "date" in start_json else timedelta(minutes=1)
    end = moment_of(item["end"], zone) if item.get("end") else start + shortest
    kind = item.get("eventType", "default")
    return RemoteEvent(
        id=str(item["id"]),
        uid=text_of(item, "iCalUID"),
        etag=text_of(item, "etag"),
        summary=text_of(item, "summary"),
        start=start,
        end=end,
        timezone=zone.key,
        all_day="date" in start_json,
        description=text_of(item, "description"),
        location=text_of(item, "location"),
        attendees=tuple(attendee_of(one) for one in item.get("attendees", []) if not one.get("resource")),
        organizer=text_of(item.get("organizer", {}), "email"),
        busy=item.get("transparency") != "transparent" and kind not in _NOT_BUSY_KINDS and not is_declined(item),
        cancelled=item.get("status") == "cancelled",
        editable=place.writable and kind not in FIXED_KINDS and _ours(item),
        recurrence=recurrence_of(item.get("recurrence", []), zone),
        series_id=text_of(item, "recurringEventId"),
        original_start=moment_of(original, zone) if original else None,
    )


def _ours(item: Json) -> bool:
    """Whether this account may change what all guests see of the event."""
    organizer = item.get("organizer", {})
    return not item.get("locked") and (not organizer or bool(organizer.get("self") or item.get("guestsCanModify")))


def _transparency(busy: bool) -> str:
    return "opaque" if busy else "transparent"


def _rescheduled(event: RemoteEvent, patch: Patch) -> RemoteEvent:
    """``event`` at the times of ``patch``. A start alone keeps the length; a zone alone keeps the instant."""
    zone = ZoneInfo(patch.timezone or event.timezone)
    all_day = event.all_day if patch.all_day is None else patch.all_day
    start, end = patch.start or event.start, patch.end
    if all_day:
        start = datetime.combine(day_of(start, zone), time(0), zone)
        end = end and datetime.combine(day_of(end, zone), time(0), zone)
    if end is None and patch.start is not None and all_day:
        end = start.astimezone(zone) + (event.end.replace(tzinfo=None) - event.start.replace(tzinfo=None))
    elif end is None and patch.start is not None:
        end = start.astimezone(UTC) + (event.end.astimezone(UTC) - event.start.astimezone(UTC))
    first, last = (moment.astimezone(UTC).astimezone(zone) for moment in (start, end or event.end))
    if all_day and not event.all_day:
        first = datetime.combine(first.date(), time(0), zone)
        last = datetime.combine(last.date() + timedelta(days=last.time() > time(0)), time(0), zone)
    return replace(event, start=first, end=last, timezone=zone.key, all_day=all_day)


def _moved_lines(lines: list[str], before: RemoteEvent, after: RemoteEvent) -> list[str]:
    if before.recurrence is None:
        return lines
    check_divisible(lines)
    series = shifted(before.recurrence, before.start, after.start)
    return lines_of(series, ZoneInfo(after.timezone), all_day=after.all_day)
