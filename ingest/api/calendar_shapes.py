"""What the calendar's routes take and give. Times without an offset are wall time of ``timezone``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator

from ingest.instants import Instant
from ingest.routes import Body, Shape
from store.database import Database
from store.identity import Identity
from tools.calendars.model import Event, root_of
from tools.calendars.sync import outbox

Line = Annotated[str, Field(max_length=300)]
Rule = Annotated[str, Field(max_length=1000, description="RFC 5545 RRULE, such as FREQ=WEEKLY;BYDAY=MO")]
Scope = Literal["this", "following", "all"]
Said = Literal["delivered", "queued", "failed"]
_SAID: Final[Mapping[str, Said]] = {"delivered": "delivered", "waiting": "queued", "refused": "failed"}


class EventShape(Shape):
    """``start`` and ``end`` (exclusive) carry the offset of the event's own zone.

    One of a series: ``series_id``, ``original_start`` (null for the series as a whole), ``rrule`` and what it says in
    words. ``change_id``: what `POST /api/calendar/undo` takes back, in the answer to a change. ``busy``: it takes time.
    ``delivery``: whether its last change has reached the connected calendar's server; null where there is none.
    """

    id: str
    calendar_id: str
    summary: str
    start: datetime
    end: datetime
    timezone: str
    all_day: bool
    attendees: list[str]
    location: str
    description: str
    series_id: str | None = None
    original_start: datetime | None = None
    rrule: str = ""
    recurrence_text: str = ""
    change_id: str | None = None
    busy: bool = True
    delivery: Said | None = None


class EventList(Shape):
    items: list[EventShape]
    next_cursor: str | None = None


class EventQueryShape(Body):
    """The window [from, to); instants with an offset."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[str | None, Field(max_length=200)] = None


class NewEventShape(Body):
    """Without ``end``: ``duration_min`` (default 30, all day: that day). Without ``timezone``: the tenant's.

    An all-day event runs from midnight to midnight. With ``rrule`` it is a series; dates of it that are taken are
    refused (409 `series_clashes`), or left out with ``skip_clashes``.
    """

    summary: Annotated[str, Field(min_length=1, max_length=300)]
    start: Instant
    end: Instant | None = None
    duration_min: Annotated[int | None, Field(ge=5, le=1440)] = None
    timezone: Annotated[str, Field(max_length=64)] = ""
    all_day: bool = False
    attendees: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    location: Line = ""
    description: Annotated[str, Field(max_length=4000)] = ""
    calendar_id: UUID | None = None
    busy: bool = True
    rrule: Rule = ""
    skip_clashes: bool = False


class EventChangeShape(Body):
    """What is sent changes, the rest stays. With ``start`` but no ``end`` the event keeps its length.

    ``rrule``: how it repeats from now on, "" for not at all. ``all_day`` false needs a ``start``. ``calendar_id``: into
    that calendar, an event or a whole series; the answer has its new id.
    """

    summary: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    start: Instant | None = None
    end: Instant | None = None
    timezone: Annotated[str, Field(max_length=64)] = ""
    attendees: Annotated[tuple[Line, ...] | None, Field(max_length=100)] = None
    location: Line | None = None
    description: Annotated[str | None, Field(max_length=4000)] = None
    busy: bool | None = None
    all_day: bool | None = None
    calendar_id: UUID | None = None
    rrule: Rule | None = None
    skip_clashes: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> EventChangeShape:
        if self.start and self.end and (self.end.tzinfo is None) != (self.start.tzinfo is None):
            raise ValueError("start and end must both have an offset, or neither")
        if self.timezone and not self.start:
            raise ValueError("timezone goes with start")
        if not self.model_dump(exclude_none=True, exclude={"skip_clashes", "timezone"}):
            raise ValueError("say what to change")
        return self


class ScopeQuery(Body):
    """What of a series is meant: this one of it (when its id is one's), this and following, or all."""

    scope: Scope | None = None


async def shapes_of(database: Database, identity: Identity, events: Sequence[Event]) -> list[EventShape]:
    """The events as HTTP shows them, with how far their changes have come."""
    if not events:
        return []
    async with database.transaction(identity) as connection:
        known = await outbox.deliveries(connection, {root_of(one.id) for one in events})
    return [_shape(one, _SAID.get(known.get(root_of(one.id)) or "")) for one in events]


async def shape_of(database: Database, identity: Identity, event: Event) -> EventShape:
    """One event as HTTP shows it."""
    [shown] = await shapes_of(database, identity, [event])
    return shown


def _shape(event: Event, delivery: Said | None) -> EventShape:
    change = str(event.change_id) if event.change_id else None
    shown = EventShape.model_validate({**event.as_json(), "busy": event.busy, "delivery": delivery})
    return shown.model_copy(update={"change_id": change})
