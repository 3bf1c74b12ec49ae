"""Our drafts and patches as what Graph takes, pure. A time is a wall time with Windows' name of its zone.

Raises NotSupported, with what to do instead, for what Exchange cannot hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tools.calendars.backend import Attendee, Draft, NotSupported, Patch, Recurrence, RemoteEvent
from tools.calendars.microsoft.recurrence import recurrence_of
from tools.calendars.microsoft.translate import address_of
from tools.calendars.microsoft.zones import windows_name
from tools.calendars.recurrence import first_occurrence

TIMES = ("start", "end", "isAllDay")
_SAID = {
    "summary": ("subject",),
    "description": ("body",),
    "location": ("location",),
    "attendees": ("attendees",),
    "busy": ("showAs",),
    "start": TIMES,
    "end": TIMES,
    "timezone": TIMES,
    "all_day": TIMES,
}


def body_of(draft: Draft) -> dict[str, Any]:
    """What POST takes. A series begins at the first time its rule names. Raises NotSupported."""
    start, end = draft.start, draft.end
    if draft.recurrence:
        start, end = on_pattern(draft.recurrence, draft.start, draft.end, draft.timezone)
    return {
        "subject": draft.summary,
        "body": text(draft.description),
        "location": {"displayName": draft.location},
        "attendees": people(draft.attendees),
        "showAs": "busy" if draft.busy else "free",
        **times(start, end, draft.timezone, all_day=draft.all_day, series=draft.recurrence is not None),
        **({"recurrence": rule(draft.recurrence, start, draft.timezone)} if draft.recurrence else {}),
    }


def patch_of(patch: Patch, current: RemoteEvent, item: Mapping[str, Any]) -> dict[str, Any]:
    """What PATCH takes; ``current`` is what ``item`` means. Raises NotSupported."""
    body: dict[str, Any] = {}
    if patch.summary is not None:
        body["subject"] = patch.summary
    if patch.description is not None:
        if item.get("isOnlineMeeting"):  # its text carries the link that makes it one
            raise NotSupported("The description of an online meeting can only be changed in Outlook.")
        body["body"] = text(patch.description)
    if patch.location is not None:
        body["location"] = {"displayName": patch.location}
    if patch.attendees is not None:
        body["attendees"] = people(patch.attendees, item.get("attendees") or ())
    if patch.busy is not None:
        body["showAs"] = "busy" if patch.busy else "free"
    return body


def said_names(patch: Patch) -> set[str]:
    """Graph's names of what the patch speaks about, the rule apart."""
    return {name for field, names in _SAID.items() if getattr(patch, field) is not None for name in names}


def moved(patch: Patch, event: RemoteEvent) -> tuple[datetime, datetime, str, bool] | None:
    """Start, end, zone and whether all day after the patch; None when it leaves all four."""
    if patch.start is None and patch.end is None and patch.timezone is None and patch.all_day is None:
        return None
    zone = patch.timezone or event.timezone
    all_day = event.all_day if patch.all_day is None else patch.all_day
    start = in_zone(patch.start or event.start, zone)
    length = _wall(event.end, zone) - _wall(event.start, zone) if all_day else _utc(event.end) - _utc(event.start)
    later = start + length if all_day else (_utc(start) + length).astimezone(ZoneInfo(zone))
    end = in_zone(patch.end, zone) if patch.end else later
    if all_day:
        start, end = _midnight(start), _midnight(end) if _midnight(end) > _midnight(start) else _midnight(start, 1)
    return start, end, zone, all_day


def times(start: datetime, end: datetime, zone: str, *, all_day: bool, series: bool) -> dict[str, Any]:
    return {
        "start": stamp(start, zone, all_day=all_day, series=series),
        "end": stamp(end, zone, all_day=all_day, series=series),
        "isAllDay": all_day,
    }


def stamp(moment: datetime, zone: str, *, all_day: bool = False, series: bool = False) -> dict[str, str]:
    """A wall time with Windows' name of its zone. UTC where that would not be the same instant: a zone that Windows
    lacks, an hour that a clock shows twice or never. Raises NotSupported for a series in a zone that Windows lacks."""
    local, windows = in_zone(moment, zone), windows_name(zone)
    if not windows and series:
        raise NotSupported("Outlook does not know this time zone. Choose the zone of a city nearby.")
    doubtful = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    if not all_day and not series and (not windows or doubtful):
        local, windows = _utc(moment), "UTC"
    return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": windows or "UTC"}


def rule(recurrence: Recurrence, start: datetime, zone: str) -> dict[str, Any]:
    """Graph's patternedRecurrence. Raises NotSupported, also for added dates."""
    if recurrence.rdates:
        raise NotSupported("Outlook cannot add single dates to a series. Make them events of their own.")
    return recurrence_of(recurrence.rrule, in_zone(start, zone), windows_name(zone))


def on_pattern(recurrence: Recurrence, start: datetime, end: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first start that the rule names and its end: Exchange knows no occurrence off the pattern. Raises
    NotSupported for a rule that never happens."""
    start, end = in_zone(start, zone), in_zone(end, zone)
    first = first_occurrence(start, recurrence.rrule)
    if first is None:
        raise NotSupported("That repetition never happens. Say it differently.")
    days = (first.date() - start.date()).days
    return (start + timedelta(days=days), end + timedelta(days=days)) if days else (start, end)


def text(content: str) -> dict[str, str]:
    return {"contentType": "text", "content": content}


def people(attendees: Iterable[Attendee], known: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Graph's attendees; who is invited already keeps what Graph knows (name, required or not; answers it keeps)."""
    before = {address_of(who).lower(): who for who in known}
    found: list[dict[str, Any]] = []
    for attendee in attendees:
        if not attendee.email:
            raise NotSupported("Outlook needs an e-mail address of everybody who is invited.")
        old = before.get(attendee.email.lower(), {})
        name = attendee.name or str((old.get("emailAddress") or {}).get("name") or "")
        address = {"address": attendee.email, **({"name": name} if name else {})}
        found.append({"emailAddress": address, "type": old.get("type") or "required"})
    return found


def in_zone(moment: datetime, zone: str) -> datetime:
    """The same instant as ``zone`` shows it (one that is in it already stays as it is, its fold too)."""
    return moment if str(moment.tzinfo) == zone else moment.astimezone(ZoneInfo(zone))


def _wall(moment: datetime, zone: str) -> datetime:
    return in_zone(moment, zone).replace(tzinfo=None)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _midnight(moment: datetime, days: int = 0) -> datetime:
    return datetime.combine(moment.date(), time(), moment.tzinfo) + timedelta(days=days)
