"""The events of one calendar of the stand-in, changed as Google changes them. No HTTP, no lists of pages.

What Google does to a series is here: exceptions are events of their own with ``<id>_<original start>``, they take over
what changes in their series unless they have it of their own, and are forgotten when it no longer has their start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.fakes.google_calendar.expansion import BadRecurrence, instance_id, length, moment, starts, zone_of

Json = dict[str, Any]

_ID = re.compile(r"[a-v0-9]{5,1024}")
_KEPT = (
    "kind",
    "id",
    "created",
    "iCalUID",
    "creator",
    "organizer",
    "eventType",
    "recurringEventId",
    "originalStartTime",
)
_WRITERS = {"owner", "writer", "writerWithoutPrivateAccess"}
_STAMP = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Refusal(Exception):
    """An answer that is no success, with Google's reason for programs."""

    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.status, self.reason, self.message = status, reason, message or reason


class Calendar:
    """``items``: events by id, as stored; ``versions``: when each was changed last. ``owner``: whose calendar it is."""

    ticks = count(1)

    def __init__(self, calendar_id: str, name: str, zone: str, access: str, owner: str) -> None:
        self.id, self.name, self.zone, self.access, self.owner = calendar_id, name, zone, access, owner
        self.items: dict[str, Json] = {}
        self.versions: dict[str, int] = {}
        self.dropped: dict[str, Json] = {}  # exceptions whose series has them no more: told of as cancelled

    # what is there

    def find(self, event_id: str) -> Json:
        """A stored event (deleted ones too) or an occurrence of a series. Raises Refusal 404."""
        if event_id in self.items:
            return self.items[event_id]
        series = self.items.get(event_id.rpartition("_")[0])
        if series is not None and series.get("recurrence") and series["status"] != "cancelled":
            for item in self.occurrences(series):
                if item["id"] == event_id:
                    return item
        raise Refusal(404, "notFound", "Not Found")

    def live(self) -> list[Json]:
        return [item for item in self.items.values() if item["status"] != "cancelled"]

    def exceptions(self, series_id: str) -> list[Json]:
        return [item for item in self.items.values() if item.get("recurringEventId") == series_id]

    def occurrences(self, series: Json, until: datetime | None = None) -> Iterator[Json]:
        """All of a series up to ``until`` by its rule, and all exceptions; cancelled ones too."""
        changed = {item["id"]: item for item in self.exceptions(series["id"])}
        zone, lasts, whole = zone_of(series, self.zone), length(series, self.zone), "date" in series["start"]
        shared = {name: value for name, value in series.items() if name != "recurrence"}
        for original in starts(series, self.zone, until):
            name = instance_id(series["id"], original, whole=whole)
            if name in changed:
                continue
            end = original + lasts if whole else (original.astimezone(UTC) + lasts).astimezone(zone)
            start = _when(original, zone, whole=whole)
            times = {"start": start, "end": _when(end, zone, whole=whole), "originalStartTime": start}
            yield {**shared, **times, "id": name, "recurringEventId": series["id"]}
        yield from changed.values()

    def etag(self, item: Json) -> str:
        version = self.versions.get(item["id"]) or self.versions[item["recurringEventId"]]
        return f'"{version:016d}"'

    def bounds(self, item: Json) -> tuple[datetime, datetime]:
        zone = zone_of(item, self.zone)
        if "date" in item["start"]:
            zone = ZoneInfo(self.zone)
        return moment(item["start"], zone).astimezone(UTC), moment(item["end"], zone).astimezone(UTC)

    # what changes it

    def insert(self, body: Json) -> Json:
        self._check_access()
        event_id = body.get("id") or f"made{next(self.ticks)}"
        if not _ID.fullmatch(event_id):
            raise Refusal(400, "invalid", "Invalid resource id value.")
        if event_id in self.items:
            raise Refusal(409, "duplicate", "The requested identifier already exists.")
        own: Json = {
            "kind": "calendar#event",
            "status": "confirmed",
            "created": _STAMP.isoformat(),
            "iCalUID": f"{event_id}@google.com",
            "creator": {"email": self.owner},
            "organizer": {"email": self.id, "self": True},
            "sequence": 0,
            "eventType": "default",
            "reminders": {"useDefault": True},
        }
        return self._store({**own, **body, "id": event_id})

    def patch(self, event_id: str, body: Json, if_match: str = "") -> Json:
        before = self._writable(event_id, if_match, revives=body.get("status") == "confirmed")
        return self._replace(before, merged(before, body))

    def update(self, event_id: str, body: Json, if_match: str = "") -> Json:
        before = self._writable(event_id, if_match, revives=body.get("status", "confirmed") == "confirmed")
        if body.get("sequence", before["sequence"]) < before["sequence"]:
            raise Refusal(400, "invalid", "Invalid sequence value.")
        kept = {name: before[name] for name in _KEPT if name in before}
        return self._replace(before, {"status": "confirmed", "sequence": before["sequence"], **body, **kept})

    def delete(self, event_id: str, if_match: str = "") -> None:
        self._check_access()
        item = self.find(event_id)
        if item["status"] == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        self._check_match(item, if_match)
        for gone in [item, *self.exceptions(event_id)]:
            self._put({**gone, "status": "cancelled"})

    def _writable(self, event_id: str, if_match: str, *, revives: bool) -> Json:
        self._check_access()
        item = self.find(event_id)
        if item["status"] == "cancelled" and not revives:
            raise Refusal(404, "notFound", "Not Found")
        if item["eventType"] in ("birthday", "fromGmail"):
            raise Refusal(400, "eventTypeRestriction", "This kind of event cannot be changed.")
        self._check_match(item, if_match)
        if not item["organizer"].get("self") and not item.get("guestsCanModify"):
            raise Refusal(403, "forbiddenForNonOrganizer", "Shared properties can only be changed by the organizer.")
        return item

    def _check_access(self) -> None:
        if self.access not in _WRITERS:
            raise Refusal(403, "requiredAccessLevel", "You need to have writer access to this calendar.")

    def _check_match(self, item: Json, if_match: str) -> None:
        if if_match and if_match != self.etag(item):
            raise Refusal(412, "conditionNotMet", "Precondition Failed")

    def _replace(self, before: Json, after: Json) -> Json:
        if before.get("recurringEventId") and after.get("recurrence"):
            raise Refusal(400, "invalid", "Recurring instances cannot be made recurring.")
        stored = self._store({**after, "sequence": before["sequence"] + 1})
        if before.get("recurrence"):
            self._follow(before, stored)
        return stored

    def _follow(self, before: Json, after: Json) -> None:
        """What a changed series means to its exceptions."""
        whole = "date" in after["start"]
        kept = (
            {instance_id(after["id"], one, whole=whole) for one in starts(after, self.zone)}
            if after.get("recurrence")
            else set()
        )
        for exception in self.exceptions(after["id"]):
            if exception["id"] not in kept:
                self.dropped[exception["id"]] = {**self.items.pop(exception["id"]), "status": "cancelled"}
                self.versions[exception["id"]] = next(self.ticks)
                continue
            for name in ("summary", "description", "location", "attendees", "transparency"):
                if exception.get(name) == before.get(name) != after.get(name):
                    exception = merged(exception, {name: after.get(name)})
            self._put(exception)

    def _store(self, item: Json) -> Json:
        item = {name: value for name, value in item.items() if value not in ("", [], None)}
        self._check_times(item)
        item["attendees"] = [self._attendee(one) for one in item.get("attendees", [])]
        if not item["attendees"]:
            del item["attendees"]
        return self._put(item)

    def _put(self, item: Json) -> Json:
        self.items[item["id"]] = item
        self.dropped.pop(item["id"], None)
        self.versions[item["id"]] = next(self.ticks)
        return item

    def _attendee(self, one: Json) -> Json:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", one.get("email", "")):
            raise Refusal(400, "invalid", "Invalid attendee email.")
        own = {"self": True} if one["email"].lower() == self.owner else {}
        return {"responseStatus": "needsAction", **one, **own}

    def _check_times(self, item: Json) -> None:
        start, end = item["start"], item["end"]
        if any(("date" in each) == ("dateTime" in each) for each in (start, end)) or ("date" in start) != (
            "date" in end
        ):
            raise Refusal(400, "invalid", "Invalid start or end time.")
        for each in (start, end):
            self._check_zone(each, recurring=bool(item.get("recurrence")))
        since, until = self.bounds(item)
        if until < since or ("date" in start and until == since):
            raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.")
        try:
            if item.get("recurrence"):
                starts(item, self.zone, since + timedelta(days=1))
        except BadRecurrence:
            raise Refusal(400, "invalid", "Invalid recurrence rule.") from None

    def _check_zone(self, when: Json, *, recurring: bool) -> None:
        name = when.get("timeZone")
        if "date" in when:
            return
        if name is None and (recurring or datetime.fromisoformat(when["dateTime"]).tzinfo is None):
            raise Refusal(400, "required", "Missing time zone definition for start time.")
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            raise Refusal(400, "invalid", "Invalid time zone definition.") from None


def merged(item: Json, body: Json) -> Json:
    """Google's PATCH: objects are merged, arrays replaced whole, null takes away."""
    result = dict(item)
    for name, value in body.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(result.get(name) or {}, value)
        else:
            result[name] = value
    return result


def _when(at: datetime, zone: ZoneInfo, *, whole: bool) -> Json:
    return {"date": at.date().isoformat()} if whole else {"dateTime": at.isoformat(), "timeZone": zone.key}
