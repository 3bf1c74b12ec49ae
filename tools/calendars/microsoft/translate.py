"""Graph's event to ours, pure: texts, times, people, free or busy. Rules: ``recurrence``; the way back: ``bodies``.

Graph answers times in UTC; the zone an event was made in stands beside them. An all-day event is midnight to midnight
in no zone at all, whatever its answer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from store.log import get_logger
from tools.calendars.backend import Attendee, CalendarUnavailable, NotSupported, Recurrence, RemoteEvent, Status
from tools.calendars.microsoft.recurrence import rrule_of
from tools.calendars.microsoft.zones import iana_name

log = get_logger(__name__)

FIELDS = (
    "subject,body,location,start,end,isAllDay,isCancelled,isOrganizer,isOnlineMeeting,attendees,organizer,showAs,"
    "responseStatus,iCalUId,type,seriesMasterId,originalStart,originalStartTimeZone,recurrence"
)
# what the second half of a split series takes over besides
COPIED = (
    "categories,importance,isOnlineMeeting,isReminderOn,onlineMeetingProvider,reminderMinutesBeforeStart,sensitivity"
)
MASTER_FIELDS = f"{FIELDS},cancelledOccurrences,{COPIED.replace('isOnlineMeeting,', '')}"
_FREE = frozenset({"free", "workingElsewhere"})
_ANSWERS: dict[str, Status] = {
    "accepted": "accepted",
    "organizer": "accepted",
    "tentativelyAccepted": "tentative",
    "declined": "declined",
}


def event_of(item: Mapping[str, Any], *, writable: bool, uid: str = "") -> RemoteEvent:
    """Our event of Graph's. ``uid``: the series' own where Graph gives every occurrence one of its own.

    Raises CalendarUnavailable for what is no event."""
    try:
        return _event_of(item, writable, uid)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CalendarUnavailable("Outlook answered something unexpected. Try again later.") from error


def understood(items: Iterable[Mapping[str, Any]], *, writable: bool, uid: str = "") -> list[RemoteEvent]:
    """What can be understood: one odd event must not keep a calendar from being read."""
    found: list[RemoteEvent] = []
    for item in items:
        try:
            found.append(event_of(item, writable=writable, uid=uid))
        except CalendarUnavailable:
            log.warning("an event of Outlook was not understood and is left out")
    return found


def _event_of(item: Mapping[str, Any], writable: bool, uid: str) -> RemoteEvent:
    zone = zone_of(item)
    all_day = bool(item.get("isAllDay"))
    start = moment_of(item["start"], zone, all_day=all_day)
    cancelled = bool(item.get("isCancelled"))
    series_id = str(item.get("seriesMasterId") or "")
    return RemoteEvent(
        id=str(item["id"]),
        uid=uid or str(item.get("iCalUId") or ""),
        etag=str(item.get("@odata.etag") or ""),
        summary=str(item.get("subject") or ""),
        start=start,
        end=moment_of(item["end"], zone, all_day=all_day),
        timezone=zone,
        all_day=all_day,
        description=text_of(item.get("body") or {}),
        location=str((item.get("location") or {}).get("displayName") or ""),
        attendees=tuple(attendee_of(who) for who in item.get("attendees") or ()),
        organizer=address_of(item.get("organizer")),
        busy=not cancelled and item.get("showAs") not in _FREE and _answer_of(item, "responseStatus") != "declined",
        cancelled=cancelled,
        editable=writable and bool(item.get("isOrganizer", True)),
        recurrence=series_of(item, start, zone),
        series_id=series_id,
        original_start=original_start_of(item, zone, all_day=all_day) if series_id else None,
    )


def moment_of(value: Mapping[str, Any], zone: str, *, all_day: bool = False) -> datetime:
    """Graph's dateTimeTimeZone as a wall time of ``zone``."""
    naive = datetime.fromisoformat(str(value["dateTime"])[:19])
    if all_day and naive.time() == time():
        return naive.replace(tzinfo=ZoneInfo(zone))
    return naive.replace(tzinfo=ZoneInfo(iana_name(value.get("timeZone")) or "UTC")).astimezone(ZoneInfo(zone))


def original_start_of(item: Mapping[str, Any], zone: str, *, all_day: bool) -> datetime:
    """When the series has it; an occurrence that nobody moved starts then."""
    if not (stated := item.get("originalStart")):
        return moment_of(item["start"], zone, all_day=all_day)
    return moment_of({"dateTime": str(stated)[:19], "timeZone": "UTC"}, zone, all_day=all_day)


def series_of(item: Mapping[str, Any], start: datetime, zone: str) -> Recurrence | None:
    """A master's rule and what is left out of it (Graph names the dates; the hour is the series')."""
    if not item.get("recurrence"):
        return None
    dates = sorted(str(name)[-10:] for name in item.get("cancelledOccurrences") or ())
    exdates = tuple(datetime.combine(datetime.fromisoformat(day), start.timetz()) for day in dates)
    return Recurrence(rrule_of(item["recurrence"], zone), exdates=exdates)


def zone_of(item: Mapping[str, Any]) -> str:
    span = (item.get("recurrence") or {}).get("range") or {}
    return iana_name(item.get("originalStartTimeZone")) or iana_name(span.get("recurrenceTimeZone")) or "UTC"


def check_zone(item: Mapping[str, Any]) -> None:
    """Raises NotSupported for a series in a zone that only its author's Outlook knows: in any other it would shift when
    the clocks change."""
    stated = item.get("originalStartTimeZone")
    if item.get("recurrence") and stated and not iana_name(stated):
        raise NotSupported("This series keeps a time zone of its own. Change its times in Outlook.")


def text_of(body: Mapping[str, Any]) -> str:
    content = str(body.get("content") or "").replace("\r\n", "\n")
    if str(body.get("contentType", "")).lower() != "html":
        return content
    plain = re.sub(r"(?is)<(style|script|head)\b.*?</\1>|<[^>]*>", "", re.sub(r"(?i)<br\s*/?>|</p>", "\n", content))
    return unescape(plain).strip()


def attendee_of(who: Mapping[str, Any]) -> Attendee:
    """Graph names somebody without a name by the address."""
    address = address_of(who)
    name = str((who.get("emailAddress") or {}).get("name") or "")
    return Attendee(address, "" if name.lower() == address.lower() else name, _answer_of(who, "status"))


def _answer_of(item: Mapping[str, Any], field: str) -> Status:
    return _ANSWERS.get(str((item.get(field) or {}).get("response")), "needs-action")


def address_of(who: Mapping[str, Any] | None) -> str:
    return str(((who or {}).get("emailAddress") or {}).get("address") or "")
