"""What two of Graph's events have in common, pure: what is copied, what is an exception's own, what is done already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from tools.calendars.microsoft.bodies import people, text, times
from tools.calendars.microsoft.recurrence import rrule_of
from tools.calendars.microsoft.translate import (
    COPIED,
    address_of,
    attendee_of,
    event_of,
    moment_of,
    text_of,
    zone_of,
)


def copied(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a new event takes over from ``item``, times and rule apart."""
    kept = {name: item[name] for name in COPIED.split(",") if item.get(name) is not None}
    if not kept.get("isOnlineMeeting"):
        kept.pop("onlineMeetingProvider", None)
    return {
        **kept,
        "subject": item.get("subject") or "",
        "body": text(text_of(item.get("body") or {})),
        "location": {"displayName": str((item.get("location") or {}).get("displayName") or "")},
        "attendees": people([attendee_of(who) for who in item.get("attendees") or ()], item.get("attendees") or ()),
        "showAs": item.get("showAs") or "busy",
    }


def differences(item: Mapping[str, Any], master: Mapping[str, Any]) -> dict[str, Any]:
    """What PATCH takes to make another occurrence what ``item``, an exception of ``master``, is."""
    own, common = copied(item), copied(master)
    names = ("subject", "body", "location", "attendees", "showAs")
    found = {name: own[name] for name in names if own[name] != common[name]}
    exception, series = event_of(item, writable=True), event_of(master, writable=True)
    length = exception.end.astimezone(UTC) - exception.start.astimezone(UTC)
    usual = series.end.astimezone(UTC) - series.start.astimezone(UTC)
    if (exception.start, length, exception.all_day) != (exception.original_start, usual, series.all_day):
        found |= times(exception.start, exception.end, exception.timezone, all_day=exception.all_day, series=False)
    return found


def holds(item: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether the event already is what the PATCH ``body`` makes it: an answer that got lost was a success."""
    said, zone = {**body}, zone_of(item)
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
    return {address_of(who).lower() for who in people}
