"""Calendars, events and slots as values. Instants are aware; a zone says which wall clock they are read on.

RFC 5545's words: the end is exclusive, an all-day event runs from midnight to midnight in its zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from store.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Calendar:
    id: UUID
    name: str
    timezone: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the calendar. ``starts_at`` and ``ends_at`` are UTC; ``timezone`` is the IANA zone it was made in."""

    id: UUID
    calendar_id: UUID
    summary: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool = False
    attendees: tuple[str, ...] = ()
    location: str = ""
    description: str = ""
    busy: bool = True
    status: str = "confirmed"
    sequence: int = 0

    def starts_in(self, zone: ZoneInfo) -> datetime:
        return self.starts_at.astimezone(zone)

    def ends_in(self, zone: ZoneInfo) -> datetime:
        return self.ends_at.astimezone(zone)

    @property
    def duration_min(self) -> int:
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    def as_json(self) -> dict[str, Any]:
        """The shape that HTTP and the page show; times RFC 3339 with the offset of the event's own zone."""
        zone = ZoneInfo(self.timezone)
        return {
            "id": str(self.id),
            "calendar_id": str(self.calendar_id),
            "summary": self.summary,
            "start": self.starts_in(zone).isoformat(),
            "end": self.ends_in(zone).isoformat(),
            "timezone": self.timezone,
            "all_day": self.all_day,
            "attendees": list(self.attendees),
            "location": self.location,
            "description": self.description,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What to book. ``start`` and ``end`` are aware; ``timezone`` is the IANA zone of the caller's wall clock.

    The same ``idempotency_key`` books once however often it is tried. Without ``calendar_id``: the default calendar.
    """

    summary: str
    start: datetime
    end: datetime
    timezone: str
    all_day: bool = False
    attendees: tuple[str, ...] = ()
    location: str = ""
    description: str = ""
    busy: bool = True
    calendar_id: UUID | None = None
    conversation_id: UUID | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """What an event shall be instead; None leaves it as it is. With ``start`` alone it keeps its length."""

    start: datetime | None = None
    end: datetime | None = None
    summary: str | None = None
    attendees: tuple[str, ...] | None = None
    location: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time on the wall clock of its own tzinfo; ``reason`` says why it is offered ("same day, later")."""

    start: datetime
    end: datetime
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which event a person means: words of its title or people, its day, its exact start; all optional."""

    words: str = ""
    day: date | None = None
    start: datetime | None = None


class TimeTaken(Conflict):
    """The calendar is busy then. ``clash`` is in the way, ``alternatives`` (at most three) are free."""

    code = "time_taken"

    def __init__(self, clash: Event, alternatives: tuple[Slot, ...] = ()) -> None:
        super().__init__(f"The calendar is busy then: {clash.summary}. Choose another time.")
        self.clash = clash
        self.alternatives = alternatives


class EventNotFound(NotFound):
    """No coming event fits. ``nearby`` are events of the same day, if a day was named."""

    code = "event_not_found"

    def __init__(self, query: EventQuery | None = None, nearby: tuple[Event, ...] = ()) -> None:
        super().__init__("There is no such event in the calendar. List the events to see what is there.")
        self.query = query or EventQuery()
        self.nearby = nearby


class AmbiguousEvent(Conflict):
    """Several events fit equally well; ``candidates`` in the order of their starts."""

    code = "ambiguous_event"

    def __init__(self, candidates: tuple[Event, ...]) -> None:
        super().__init__("Several events fit. Say which one by its title and start.")
        self.candidates = candidates


class TimePassed(Invalid):
    code = "time_passed"

    def __init__(self) -> None:
        super().__init__("That time has already passed. Choose one that lies ahead.")


class NoSuchWallTime(Invalid):
    """The clocks jump over this local time; ``after`` is the first time that exists."""

    code = "no_such_time"

    def __init__(self, after: datetime) -> None:
        super().__init__(
            f"The clocks go forward that day and skip this time; the next one that exists is {after:%H:%M}."
        )
        self.after = after
