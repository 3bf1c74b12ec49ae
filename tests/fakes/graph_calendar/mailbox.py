"""One mailbox as Exchange keeps it: calendars, events, series with changed and left-out dates. No HTTP.

What it does that surprises: a series whose rule or hour changes forgets its changed and left-out occurrences; an
occurrence never moves to or past its neighbours' days; who was invited keeps the answer; a date off the rule is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

from tests.fakes.graph_calendar.recurring import dates

Json = dict[str, Any]

_DEFAULTS: Json = {
    "subject": "",
    "location": {"displayName": ""},
    "attendees": [],
    "showAs": "busy",
    "isAllDay": False,
    "body": {"contentType": "text", "content": ""},
    "recurrence": None,
    "sensitivity": "normal",
    "categories": [],
    "importance": "normal",
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
    "allowNewTimeProposals": True,
    "responseRequested": True,
}


class Refused(Exception):
    """What Graph answers instead: ``extra`` goes into the error object."""

    def __init__(self, status: int, code: str, **extra: str) -> None:
        super().__init__(code)
        self.status, self.code, self.extra = status, code, extra


@dataclass
class Calendar:
    id: str
    name: str
    can_edit: bool = True
    default: bool = False
    color: str = "auto"


@dataclass
class Event:
    """``fields`` as written; ``exceptions`` only what differs, by the date the rule names."""

    id: str
    calendar_id: str
    fields: Json
    transaction: str | None = None
    change: int = 0
    exceptions: dict[date, Json] = field(default_factory=dict)
    exception_changes: dict[date, int] = field(default_factory=dict)
    left_out: set[date] = field(default_factory=set)
    is_organizer: bool = True
    response: str = "organizer"
    cancelled: bool = False

    @property
    def recurrence(self) -> Json | None:
        return self.fields["recurrence"]

    def dates(self) -> Iterator[date]:
        """Of the occurrences there are."""
        return (day for day in dates(self.recurrence or {}) if day not in self.left_out)

    def at(self, day: date | None) -> Json:
        """The fields of the occurrence that the rule has on ``day``; None: the event itself."""
        if day is None:
            return self.fields
        shift = day - wall(self.fields["start"]).date()
        moved = {name: later(self.fields[name], shift) for name in ("start", "end")}
        return {**self.fields, **moved, **self.exceptions.get(day, {}), "recurrence": None}

    def occurrences(self, start: datetime, end: datetime) -> Iterator[date | None]:
        """The dates whose occurrences touch the window; one None for a single event that does."""
        for day in self.dates() if self.recurrence else (None,):
            if day and day > end.date() + timedelta(days=400):  # none is moved further
                return
            fields = self.at(day)
            if instant(fields["start"]) < end and instant(fields["end"]) > start:
                yield day


class Mailbox:
    """``mails`` are ids of events about whose change everybody invited was told."""

    def __init__(self) -> None:
        self.calendars: dict[str, Calendar] = {}
        self.events: dict[str, Event] = {}
        self.gone: list[tuple[int, str, str]] = []  # (change, calendar, event)
        self.mails: list[str] = []
        self.forgets_exceptions = False  # also when only the end of a series changes
        self._numbers = itertools.count(1)
        self.last_change = 0

    def add_calendar(self, name: str, *, can_edit: bool = True, default: bool = False) -> Calendar:
        made = Calendar(f"AAMkADc{next(self._numbers):04}-cal=", name, can_edit, default)
        self.calendars[made.id] = made
        return made

    def calendar(self, calendar_id: str) -> Calendar:
        if calendar_id not in self.calendars:
            raise Refused(404, "ErrorItemNotFound")
        return self.calendars[calendar_id]

    def find(self, calendar_id: str, event_id: str) -> tuple[Event, date | None]:
        """The event, and the date if the id is an occurrence's."""
        self.calendar(calendar_id)
        if not event_id.startswith("AAMkADe"):
            raise Refused(400, "ErrorInvalidIdMalformed")
        master, _, day = event_id.partition(".")
        event = self.events.get(master)
        on = date.fromisoformat(day) if day else None
        if event is None or event.calendar_id != calendar_id or (on and on in event.left_out):
            raise Refused(404, "ErrorItemNotFound")
        return event, on

    def create(self, calendar_id: str, body: Json) -> Event:
        if not self.calendar(calendar_id).can_edit:
            raise Refused(403, "ErrorAccessDenied")
        transaction = body.pop("transactionId", None)
        for event in self.events.values():
            if transaction and event.transaction == transaction:
                raise Refused(409, "ErrorDuplicateTransactionId", **{"@event.existingEventId": event.id})
        event = Event(f"AAMkADe{next(self._numbers):06}=", calendar_id, {**_DEFAULTS}, transaction)
        self._write(event, body)
        self.events[event.id] = event
        self.touch(event)
        return event

    def patch(self, event: Event, day: date | None, body: Json) -> None:
        if not self.calendar(event.calendar_id).can_edit:
            raise Refused(403, "ErrorAccessDenied")
        if day is None:
            self._write(event, body)
        else:
            self._write_one(event, day, body)
        self.touch(event, day)

    def delete(self, event: Event, day: date | None) -> None:
        if not self.calendar(event.calendar_id).can_edit:
            raise Refused(403, "ErrorAccessDenied")
        if day is not None:
            event.exceptions.pop(day, None)
            event.left_out.add(day)
            self.touch(event)
            return
        self.touch(event)
        del self.events[event.id]
        self.gone.append((self.last_change, event.calendar_id, event.id))

    def touch(self, event: Event, day: date | None = None) -> None:
        """The event has a new version; everybody invited is told."""
        self.last_change = event.change = next(self._numbers)
        if day is not None:
            event.exceptions.setdefault(day, {})
            event.exception_changes[day] = event.change
        if event.fields["attendees"] and event.is_organizer:
            self.mails.append(event.id)

    def _write(self, event: Event, body: Json) -> None:
        before = dict(event.fields)
        fields = {**event.fields, **_kept(event.fields, body)}
        if fields["recurrence"]:
            first = next(dates(fields["recurrence"]), None)
            if first is None:
                raise Refused(400, "ErrorInvalidRecurrenceRange")
            shift = first - wall(fields["start"]).date()
            fields |= {name: later(fields[name], shift) for name in ("start", "end")}
        if instant(fields["end"]) < instant(fields["start"]):
            raise Refused(400, "ErrorPropertyValidationFailure")
        event.fields = fields
        if _shape(before, ends=self.forgets_exceptions) != _shape(fields, ends=self.forgets_exceptions):
            event.exceptions.clear()
            event.left_out.clear()
        if fields["recurrence"]:
            there = set(dates(fields["recurrence"])) if event.exceptions else set()
            event.exceptions = {day: own for day, own in event.exceptions.items() if day in there}

    def _write_one(self, event: Event, day: date, body: Json) -> None:
        if "recurrence" in body:
            raise Refused(400, "ErrorInvalidRequest")
        own = {**event.exceptions.get(day, {}), **_kept(event.at(day), body)}
        if "start" in body:
            there = list(itertools.takewhile(lambda one: one <= day + timedelta(days=3000), event.dates()))
            place = there.index(day)
            neighbours = [
                wall(event.at(one)["start"]).date() for one in there[max(0, place - 1) : place + 2] if one != day
            ]
            to = wall(body["start"]).date()
            if any((one <= to) if one > day else (one >= to) for one in neighbours):
                raise Refused(400, "ErrorOccurrenceCrossingBoundary")
        event.exceptions[day] = own


def wall(stamp: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(stamp["dateTime"][:19])


def instant(stamp: Mapping[str, str]) -> datetime:
    zone = "UTC" if stamp["timeZone"] == "UTC" else win_tz.get(stamp["timeZone"])
    if zone is None:
        raise Refused(400, "TimeZoneNotSupportedException")
    return wall(stamp).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def later(stamp: Mapping[str, str], shift: timedelta) -> Json:
    return {**stamp, "dateTime": (wall(stamp) + shift).isoformat()}


def _shape(fields: Mapping[str, Any], *, ends: bool) -> tuple[Any, ...]:
    """What a series' exceptions live on."""
    recurrence = fields["recurrence"] or {}
    span = recurrence.get("range", {})
    return (
        recurrence.get("pattern"),
        span if ends else span.get("startDate"),
        fields.get("start") and (instant(fields["start"]), instant(fields["end"])),
    )


def _kept(before: Mapping[str, Any], body: Json) -> Json:
    """The body, with what Exchange knows of attendees that stay; a person without a name is named by the address."""
    if "attendees" not in body:
        return body
    known = {who["emailAddress"]["address"].lower(): who for who in before["attendees"]}
    found = []
    for who in body["attendees"]:
        address = who["emailAddress"]["address"]
        status = known.get(address.lower(), {}).get("status") or {"response": "none", "time": "0001-01-01T00:00:00Z"}
        named = {"address": address, "name": who["emailAddress"].get("name") or address}
        found.append({"type": who.get("type", "required"), "status": status, "emailAddress": named})
    return {**body, "attendees": found}
