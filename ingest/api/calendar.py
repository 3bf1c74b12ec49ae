"""The tenant's calendar: list, book, read, change, cancel. Times without an offset are wall time of `timezone`."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from aiohttp import web
from pydantic import Field, model_validator

from ingest.idempotency import KEY_HEADER
from ingest.instants import Instant
from ingest.keys import CALENDARS, DATABASE, SETTINGS
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store import tenants
from store.errors import Invalid
from store.identity import Identity
from tools.calendars.model import Event, EventChange, NewEvent
from tools.calendars.walltime import after, at, days_after, in_zone, start_of, zone_of

routes = Routes("Calendar")
_DEFAULT_MIN = 30
Line = Annotated[str, Field(max_length=300)]


class EventShape(Shape):
    """``start`` and ``end`` (exclusive) carry the offset of the event's own zone."""

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

    An all-day event runs from midnight to midnight.
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


class EventChangeShape(Body):
    """What is sent changes, the rest stays. With ``start`` but no ``end`` the event keeps its length."""

    summary: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    start: Instant | None = None
    end: Instant | None = None
    timezone: Annotated[str, Field(max_length=64)] = ""
    attendees: Annotated[tuple[Line, ...] | None, Field(max_length=100)] = None
    location: Line | None = None
    description: Annotated[str | None, Field(max_length=4000)] = None

    @model_validator(mode="after")
    def _says_something(self) -> EventChangeShape:
        if self.start and self.end and (self.end.tzinfo is None) != (self.start.tzinfo is None):
            raise ValueError("start and end must both have an offset, or neither")
        if self.timezone and not self.start:
            raise ValueError("timezone goes with start")
        if not self.model_dump(exclude_none=True, exclude_defaults=True):
            raise ValueError("say what to change")
        return self


@routes.add("GET", "/api/calendar/events", scope="calendar:read", query=EventQueryShape, answer=EventList)
async def list_events(request: web.Request) -> EventList:
    """Events that touch the window, by start."""
    window, identity = query_of(request, EventQueryShape), identity_of(request)
    zone = await _zone(request, identity, "")
    start, end = _instant(window.from_, zone), _instant(window.to, zone)
    found = await request.app[CALENDARS].list_events(identity, start, end)
    first = _offset(window.cursor)
    shown = found[first : first + window.limit]
    more = first + window.limit < len(found)
    return EventList(items=[_shape(one) for one in shown], next_cursor=str(first + window.limit) if more else None)


@routes.add(
    "POST",
    "/api/calendar/events",
    scope="calendar:write",
    body=NewEventShape,
    answer=EventShape,
    status=201,
    errors=(404,),
)
async def book_event(request: web.Request) -> EventShape:
    """Book an event; 409 `time_taken` names the clash and offers free times."""
    identity, new = identity_of(request), await body_of(request, NewEventShape)
    zone = await _zone(request, identity, new.timezone)
    start = _instant(new.start, zone, all_day=new.all_day)
    if new.end:
        end = _instant(new.end, zone, all_day=new.all_day)
    elif new.all_day and new.duration_min is None:
        end = days_after(start.date(), 1, zone)
    else:
        end = after(start, new.duration_min or _DEFAULT_MIN)
    key = request.headers.get(KEY_HEADER)
    event = await request.app[CALENDARS].book(
        identity,
        NewEvent(
            summary=new.summary,
            start=start,
            end=end,
            timezone=zone.key,
            all_day=new.all_day,
            attendees=new.attendees,
            location=new.location,
            description=new.description,
            calendar_id=new.calendar_id,
            idempotency_key=f"http:{key}" if key else None,
        ),
    )
    return _shape(event)


@routes.add("GET", "/api/calendar/events/{id}", scope="calendar:read", answer=EventShape)
async def read_event(request: web.Request) -> EventShape:
    """One event."""
    return _shape(await request.app[CALENDARS].read_event(identity_of(request), id_of(request, "event")))


@routes.add("PATCH", "/api/calendar/events/{id}", scope="calendar:write", body=EventChangeShape, answer=EventShape)
async def change_event(request: web.Request) -> EventShape:
    """Change an event's time, title, people, place or description; 409 `time_taken` as when booking."""
    identity, event_id = identity_of(request), id_of(request, "event")
    sent = await body_of(request, EventChangeShape)
    calendars = request.app[CALENDARS]
    event = await calendars.read_event(identity, event_id)
    zone = _named_zone(sent.timezone) if sent.timezone else zone_of(event.timezone)
    change = EventChange(
        start=_instant(sent.start, zone, all_day=event.all_day) if sent.start else None,
        end=_instant(sent.end, zone, all_day=event.all_day) if sent.end else None,
        summary=sent.summary,
        attendees=sent.attendees,
        location=sent.location,
        description=sent.description,
    )
    return _shape(await calendars.update(identity, event_id, change))


@routes.add("DELETE", "/api/calendar/events/{id}", scope="calendar:write", status=204)
async def cancel_event(request: web.Request) -> None:
    """Cancel an event."""
    await request.app[CALENDARS].cancel(identity_of(request), id_of(request, "event"))


def _named_zone(name: str) -> ZoneInfo:
    """A zone that a client named: one of the IANA names, not a file that happens to lie beside them."""
    if name not in _zone_names():
        raise Invalid(f"{name!r} is no time zone; use an IANA name such as Europe/Berlin.", code="unknown_timezone")
    return zone_of(name)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "posixrules", "localtime"})


async def _zone(request: web.Request, identity: Identity, named: str) -> ZoneInfo:
    if named:
        return _named_zone(named)
    tenant = await tenants.read_tenant(request.app[DATABASE], identity)
    return zone_of(request.app[SETTINGS].timezone or (tenant.timezone if tenant else "UTC"))


def _instant(moment: datetime, zone: ZoneInfo, *, all_day: bool = False) -> datetime:
    if moment.tzinfo:
        return in_zone(moment, zone)
    if all_day and moment.time() == time(0):
        return start_of(moment.date(), zone)  # some clocks skip midnight; the day begins all the same
    return at(moment, zone)


def _offset(cursor: str | None) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor")
    return int(cursor or 0)


def _shape(event: Event) -> EventShape:
    return EventShape.model_validate(event.as_json())
