"""Graph's event to ours and back, pure: texts, times, people, free or busy. Series' rules are in ``recurrence``.

Graph answers times in UTC; the zone an event was made in stands beside them. An all-day event is midnight to midnight
in no zone at all, whatever its answer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from tools.calendars.backend import (
    Attendee,
    CalendarUnavailable,
    Draft,
    NotSupported,
    Patch,
    Recurrence,
    RemoteEvent,
    Status,
)
from tools.calendars.microsoft.recurrence import recurrence_of, rrule_of
from tools.calendars.microsoft.zones import iana_name, windows_name
from tools.calendars.recurrence import first_occurrence

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


# ---------------------------------------------------------------- from Graph


def event_of(item: Mapping[str, Any], *, writable: bool, uid: str = "") -> RemoteEvent:
    """Our event of Graph's. ``uid``: the series' own where Graph gives every occurrence one of its own.

    Raises CalendarUnavailable for what is no event."""
    try:
        return _event_of(item, writable, uid)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CalendarUnavailable("Outlook answered something unexpected. Try again later.") from error


def _event_of(item: Mapping[str, Any], writable: bool, uid: str) -> RemoteEvent:
    zone = _zone_of(item)
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
        description=_text_of(item.get("body") or {}),
        location=str((item.get("location") or {}).get("displayName") or ""),
        attendees=tuple(_attendee_of(who) for who in item.get("attendees") or ()),
        organizer=_address_of(item.get("organizer")),
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


def _zone_of(item: Mapping[str, Any]) -> str:
    span = (item.get("recurrence") or {}).get("range") or {}
    return iana_name(item.get("originalStartTimeZone")) or iana_name(span.get("recurrenceTimeZone")) or "UTC"


def check_zone(item: Mapping[str, Any]) -> None:
    """Raises NotSupported for a series in a zone that only its author's Outlook knows: in any other it would shift when
    the clocks change."""
    stated = item.get("originalStartTimeZone")
    if item.get("recurrence") and stated and not iana_name(stated):
        raise NotSupported("This series keeps a time zone of its own. Change its times in Outlook.")


def _text_of(body: Mapping[str, Any]) -> str:
    content = str(body.get("content") or "").replace("\r\n", "\n")
    if str(body.get("contentType", "")).lower() != "html":
        return content
    plain = re.sub(r"(?is)<(style|script|head)\b.*?</\1>|<[^>]*>", "", re.sub(r"(?i)<br\s*/?>|</p>", "\n", content))
    return unescape(plain).strip()


def _attendee_of(who: Mapping[str, Any]) -> Attendee:
    """Graph names somebody without a name by the address."""
    address = _address_of(who)
    name = str((who.get("emailAddress") or {}).get("name") or "")
    return Attendee(address, "" if name.lower() == address.lower() else name, _answer_of(who, "status"))


def _answer_of(item: Mapping[str, Any], field: str) -> Status:
    return _ANSWERS.get(str((item.get(field) or {}).get("response")), "needs-action")


def _address_of(who: Mapping[str, Any] | None) -> str:
    return str(((who or {}).get("emailAddress") or {}).get("address") or "")


# ---------------------------------------------------------------- to Graph


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
    before = {_address_of(who).lower(): who for who in known}
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


def copied(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a new event takes over from ``item``, times and rule apart."""
    kept = {name: item[name] for name in COPIED.split(",") if item.get(name) is not None}
    if not kept.get("isOnlineMeeting"):
        kept.pop("onlineMeetingProvider", None)
    return {
        **kept,
        "subject": item.get("subject") or "",
        "body": text(_text_of(item.get("body") or {})),
        "location": {"displayName": str((item.get("location") or {}).get("displayName") or "")},
        "attendees": people([_attendee_of(who) for who in item.get("attendees") or ()], item.get("attendees") or ()),
        "showAs": item.get("showAs") or "busy",
    }


def differences(item: Mapping[str, Any], master: Mapping[str, Any]) -> dict[str, Any]:
    """What PATCH takes to make another occurrence what ``item``, an exception of ``master``, is."""
    own, common = copied(item), copied(master)
    names = ("subject", "body", "location", "attendees", "showAs")
    found = {name: own[name] for name in names if own[name] != common[name]}
    exception, series = event_of(item, writable=True), event_of(master, writable=True)
    length = _utc(exception.end) - _utc(exception.start)
    usual = _utc(series.end) - _utc(series.start)
    if (exception.start, length, exception.all_day) != (exception.original_start, usual, series.all_day):
        found |= times(exception.start, exception.end, exception.timezone, all_day=exception.all_day, series=False)
    return found


def holds(item: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether the event already is what the PATCH ``body`` makes it: an answer that got lost was a success."""
    said, zone = {**body}, _zone_of(item)
    now = copied(item)
    for name in ("subject", "showAs", "location", "body"):
        if name in said and said[name] != now[name]:
            return False
    if "attendees" in said and _addresses(said["attendees"]) != _addresses(now["attendees"]):
        return False
    all_day = bool(item.get("isAllDay"))
    if any(
        moment_of(said[name], zone, all_day=all_day) != moment_of(item[name], zone, all_day=all_day)
        for name in ("start", "end")
        if name in said
    ):
        return False
    if "recurrence" in said and (said["recurrence"] is None) != (item.get("recurrence") is None):
        return False
    return not said.get("recurrence") or rrule_of(said["recurrence"], zone) == rrule_of(item["recurrence"], zone)


def _addresses(people: Iterable[Mapping[str, Any]]) -> set[str]:
    return {_address_of(who).lower() for who in people}
