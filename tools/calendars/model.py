"""Calendars, events and slots as values. Instants are aware; a zone says which wall clock they are read on.

RFC 5545's words: the end is exclusive, an all-day event runs from midnight to midnight in its zone. Holds, clashes of
a series and what was undone: ``changes.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from store.errors import Conflict, Invalid, NotFound
from tools.calendars.backend import Attendee, Recurrence
from tools.calendars.recurrence import BadRule, described


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar kept here or mirrored; the assistant books in the default one. ``timezone`` is an IANA name."""

    id: UUID
    name: str
    timezone: str
    is_default: bool


class OccurrenceId(NamedTuple):
    """One occurrence of a series, whether or not somebody changed it; ``original_start`` is what the rule says (UTC).

    As text: the series' id, an underscore and the start, ``…_20261124T110000Z``.
    """

    series_id: UUID
    original_start: datetime

    def __str__(self) -> str:
        return f"{self.series_id}_{self.original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"


EventId = UUID | OccurrenceId  # of a single event or a whole series, or of one occurrence


def root_of(event_id: EventId) -> UUID:
    """The single event or the series that it names, or that it is one of."""
    return event_id.series_id if isinstance(event_id, OccurrenceId) else event_id


def event_id_of(text: str) -> EventId:
    """The id that ``str(event.id)`` wrote. Raises EventNotFound for anything else."""
    series, found, start = text.partition("_")
    try:
        if not found:
            return UUID(series)
        return OccurrenceId(UUID(series), datetime.strptime(start, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    except ValueError as error:
        raise EventNotFound from error


@dataclass(frozen=True, slots=True)
class Event:
    """A single event, a series as a whole, or one occurrence. ``starts_at`` and ``ends_at`` are UTC.

    ``timezone`` is the IANA zone it was made in. A series has its own id as ``series_id``, its first times and its
    ``recurrence``; an occurrence also has its ``original_start`` and an OccurrenceId. ``status`` is confirmed or
    cancelled, and held for a time that is kept for another caller (``TimeTaken.clash``; its title names nobody).
    ``change_id``: what to undo, of a write's answer.
    """

    id: EventId
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
    series_id: UUID | None = None
    original_start: datetime | None = None
    recurrence: Recurrence | None = None
    change_id: UUID | None = field(default=None, compare=False)

    def starts_in(self, zone: ZoneInfo) -> datetime:
        return self.starts_at.astimezone(zone)

    def ends_in(self, zone: ZoneInfo) -> datetime:
        return self.ends_at.astimezone(zone)

    @property
    def duration_min(self) -> int:
        return round((self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)).total_seconds() / 60)

    def as_json(self) -> dict[str, Any]:
        """The shape that HTTP and the page show; times RFC 3339 with the offset of the event's own zone.

        Of a series, and of one of it, also ``series_id``, ``original_start`` (null for the whole), ``rrule``, and
        ``recurrence_text`` ("every Monday at 9 AM").
        """
        zone = ZoneInfo(self.timezone)
        shown: dict[str, Any] = {
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
        if self.series_id is not None:
            shown["series_id"] = str(self.series_id)
            shown["original_start"] = self.original_start.astimezone(zone).isoformat() if self.original_start else None
            shown["rrule"] = self.recurrence.rrule if self.recurrence else ""
            shown["recurrence_text"] = self.recurrence_text
        return shown

    @property
    def recurrence_text(self) -> str:
        """How often the series takes place, as a person would say it; empty when it cannot be said."""
        if self.recurrence is None or not self.recurrence.rrule:
            return ""
        start = self.original_start or self.starts_at
        try:
            return described(self.recurrence.rrule, ZoneInfo(self.timezone), start=start, all_day=self.all_day)
        except BadRule:
            return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What to book. ``start`` and ``end`` are aware; ``timezone`` is the IANA zone of the caller's wall clock.

    The same ``idempotency_key`` books once however often it is tried. Without ``calendar_id``: the default calendar.
    With ``recurrence`` it is a series, whose first occurrence is ``start``. ``people`` say more of ``attendees``.
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
    recurrence: Recurrence | None = None
    people: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """What an event shall be instead; None leaves it as it is. With ``start`` alone it keeps its length.

    Of an occurrence, ``start`` and ``end`` are its own, also when all of the series moves. ``recurrence`` goes with a
    whole series, or with the occurrences from one on; ``make_single`` leaves the first of them. ``calendar_id``: into
    that calendar, the event or the whole series, which gets another id.
    """

    start: datetime | None = None
    end: datetime | None = None
    summary: str | None = None
    attendees: tuple[str, ...] | None = None
    location: str | None = None
    description: str | None = None
    timezone: str | None = None
    all_day: bool | None = None
    busy: bool | None = None
    people: tuple[Attendee, ...] | None = None
    recurrence: Recurrence | None = None
    make_single: bool = False
    calendar_id: UUID | None = None


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
    """The time lies behind the clock, or the day is over."""

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
