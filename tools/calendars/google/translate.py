"""Google's event JSON <-> RemoteEvent, Draft and Patch. Pure; asks nobody.

Times go out as wall time beside an IANA zone, so that a series keeps its hour when clocks change; whole days as dates.
A field that Patch learns: one line in ``changed`` and one in ``event_of``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.calendars.backend import (
    Attendee,
    CalendarUnavailable,
    Draft,
    NotSupported,
    Patch,
    RemoteEvent,
    Status,
)
from tools.calendars.google.rules import check_divisible, lines_of, recurrence_of
from tools.calendars.recurrence import shifted

Json = dict[str, Any]

FIXED_KINDS = frozenset({"birthday", "fromGmail"})  # Google makes them out of something else
_NOT_BUSY_KINDS = frozenset({"birthday", "workingLocation"})
_STATUS: dict[str, Status] = {
    "needsAction": "needs-action",
    "accepted": "accepted",
    "tentative": "tentative",
    "declined": "declined",
}
_STATUS_OUT: dict[Status, str] = {said: theirs for theirs, said in _STATUS.items()}
_READ_ONLY = ("self", "organizer", "id")  # what Google says of an attendee and does not take


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
        **_times(draft.start, draft.end, zone, all_day=draft.all_day),
    }
    if draft.attendees:
        body["attendees"] = _attendees(draft.attendees, {})
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
        if item.get("attendeesOmitted"):
            raise NotSupported("That event has too many guests to change them here. Change them in Google Calendar.")
        body["attendees"] = _attendees(patch.attendees, attendees_by_address(item))
    before = event_of(item, place)
    after = _rescheduled(before, patch)
    if (after.start, after.end, after.timezone, after.all_day) != (
        before.start,
        before.end,
        before.timezone,
        before.all_day,
    ):
        body |= _times(after.start, after.end, ZoneInfo(after.timezone), all_day=after.all_day, patch=True)
    if patch.recurrence is not None:
        if "timeZone" not in item["start"]:  # Google wants one of a series, not of a single event
            body = {**_times(before.start, before.end, ZoneInfo(before.timezone), all_day=before.all_day), **body}
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


def attendees_by_address(item: Json) -> dict[str, Json]:
    return {str(one.get("email", "")).lower(): one for one in item.get("attendees", []) if isinstance(one, dict)}


def zone_or(name: str, otherwise: str) -> ZoneInfo:
    """The zone of this name; Google hands on names that others made up."""
    for each in (name, otherwise):
        try:
            return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def moment_of(when: Json, zone: ZoneInfo) -> datetime:
    """Google's start, end or original start as an aware moment on the clocks of ``zone``."""
    if when.get("date"):
        return datetime.combine(date.fromisoformat(when["date"]), time(0), zone)
    moment = datetime.fromisoformat(when["dateTime"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def original_start_text(moment: datetime, event: RemoteEvent) -> str:
    """The original start of an occurrence as Google wants to be asked for it."""
    zone = ZoneInfo(event.timezone)
    return day_of(moment, zone).isoformat() if event.all_day else moment.astimezone(UTC).astimezone(zone).isoformat()


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that a moment of a whole-day event means: a midnight means its own day, wherever the calendar is."""
    return moment.date() if moment.time() == time(0) else moment.astimezone(zone).date()


def _event(item: Json, place: Place) -> RemoteEvent:
    original = item.get("originalStartTime")
    start_json = item.get("start") or original  # a cancelled occurrence has nothing but its original start
    if not start_json:
        raise ValueError("no start")
    zone = zone_or(start_json.get("timeZone", ""), place.timezone)
    start = moment_of(start_json, zone)
    end = moment_of(item["end"], zone) if item.get("end") else start
    kind = item.get("eventType", "default")
    return RemoteEvent(
        id=str(item["id"]),
        uid=_text(item, "iCalUID"),
        etag=_text(item, "etag"),
        summary=_text(item, "summary"),
        start=start,
        end=end,
        timezone=zone.key,
        all_day="date" in start_json,
        description=_text(item, "description"),
        location=_text(item, "location"),
        attendees=tuple(_attendee(one) for one in item.get("attendees", []) if not one.get("resource")),
        organizer=_text(item.get("organizer", {}), "email"),
        busy=item.get("transparency") != "transparent" and kind not in _NOT_BUSY_KINDS and not _declined(item),
        cancelled=item.get("status") == "cancelled",
        editable=place.writable and kind not in FIXED_KINDS and _ours(item),
        recurrence=recurrence_of(item.get("recurrence", []), zone),
        series_id=_text(item, "recurringEventId"),
        original_start=moment_of(original, zone) if original else None,
    )


def _text(item: Json, name: str) -> str:
    """A text without NUL, which no database keeps."""
    return str(item.get(name) or "").replace("\0", "")


def _attendee(one: Json) -> Attendee:
    status = _STATUS.get(_text(one, "responseStatus"), "needs-action")
    return Attendee(_text(one, "email"), _text(one, "displayName"), status)


def _attendees(people: Iterable[Attendee], known: dict[str, Json]) -> list[Json]:
    """The whole list, because PATCH replaces it: who is on it already keeps what Google knows of them, and the rooms
    stay booked (they are no people, so nobody named them)."""
    written = [one for one in known.values() if one.get("resource")]
    for person in people:
        if not person.email:
            raise NotSupported(f"Google Calendar needs an e-mail address of {person.name or 'every attendee'}.")
        one = dict(known.get(person.email.lower(), {"email": person.email}))
        if person.name:
            one["displayName"] = person.name
        if person.status != "needs-action" or "responseStatus" not in one:
            one["responseStatus"] = _STATUS_OUT[person.status]
        written.append(one)
    return writable_attendees(written)


def writable_attendees(attendees: Iterable[Json]) -> list[Json]:
    """Google's attendees without what it alone says of them."""
    return [{name: value for name, value in one.items() if name not in _READ_ONLY} for one in attendees]


def _declined(item: Json) -> bool:
    return any(one.get("self") and one.get("responseStatus") == "declined" for one in item.get("attendees", []))


def _ours(item: Json) -> bool:
    """Whether this account may change what all guests see of the event."""
    organizer = item.get("organizer", {})
    return not item.get("locked") and (not organizer or bool(organizer.get("self") or item.get("guestsCanModify")))


def _transparency(busy: bool) -> str:
    return "opaque" if busy else "transparent"


def _times(start: datetime, end: datetime, zone: ZoneInfo, *, all_day: bool, patch: bool = False) -> Json:
    """``start`` and ``end``; in a patch what belongs to the other kind (date or dateTime) is taken away."""
    first, last = (moment.astimezone(UTC).astimezone(zone) for moment in (start, end))
    if not all_day:
        kept = {"date": None} if patch else {}
        return {
            name: {"dateTime": _wall_text(moment), "timeZone": zone.key, **kept}
            for name, moment in (("start", first), ("end", last))
        }
    kept = {"dateTime": None, "timeZone": None} if patch else {}
    until = max(last.date(), first.date() + timedelta(days=1))
    return {name: {"date": day.isoformat(), **kept} for name, day in (("start", first.date()), ("end", until))}


def _wall_text(moment: datetime) -> str:
    """Wall time without offset: the zone beside it decides. Only an hour that comes twice needs to say which it is."""
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return moment.isoformat() if twice else moment.replace(tzinfo=None).isoformat()


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
