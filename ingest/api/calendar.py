"""The tenant's calendar: list, book, read, change, cancel. Times without an offset are wall time of `timezone`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from ingest.api.calendar_shapes import (
    EventChangeShape,
    EventList,
    EventQueryShape,
    EventShape,
    NewEventShape,
    ScopeQuery,
    shape_of,
    shapes_of,
)
from ingest.headers import CHANGE_HEADER
from ingest.idempotency import KEY_HEADER
from ingest.keys import CALENDARS, DATABASE
from ingest.routes import Routes, body_of, identity_of, query_of
from ingest.zones import instant_in, named_zone, zone_for
from store.errors import Invalid
from tools.calendars.backend import Recurrence
from tools.calendars.model import Event, EventChange, EventId, NewEvent, event_id_of
from tools.calendars.walltime import after, days_after, start_of, zone_of

routes = Routes("Calendar")
_DEFAULT_MIN = 30
ID = {"id": "string"}  # one of a series has the series' id and its start


@routes.add("GET", "/api/calendar/events", scope="calendar:read", query=EventQueryShape, answer=EventList)
async def list_events(request: web.Request) -> EventList:
    """Events that touch the window, by start."""
    window, identity = query_of(request, EventQueryShape), identity_of(request)
    zone = await zone_for(request, identity, "")
    start, end = instant_in(window.from_, zone), instant_in(window.to, zone)
    found = await request.app[CALENDARS].list_events(identity, start, end)
    first = _offset(window.cursor)
    shown = found[first : first + window.limit]
    more = first + window.limit < len(found)
    items = await shapes_of(request.app[DATABASE], identity, shown)
    return EventList(items=items, next_cursor=str(first + window.limit) if more else None)


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
    zone = await zone_for(request, identity, new.timezone)
    start = instant_in(new.start, zone, all_day=new.all_day)
    if new.end:
        end = instant_in(new.end, zone, all_day=new.all_day)
    elif new.all_day and new.duration_min is None:
        end = days_after(start.date(), 1, zone)
    else:
        end = after(start, new.duration_min or _DEFAULT_MIN)
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
            busy=new.busy,
            recurrence=Recurrence(new.rrule) if new.rrule else None,
            idempotency_key=key_of(request),
        ),
        skip_clashes=new.skip_clashes,
    )
    return await shape_of(request.app[DATABASE], identity, event)


@routes.add("GET", "/api/calendar/events/{id}", scope="calendar:read", answer=EventShape, path_types=ID)
async def read_event(request: web.Request) -> EventShape:
    """One event; of a series, the one of it whose id it is."""
    identity = identity_of(request)
    event = await request.app[CALENDARS].read_event(identity, event_id(request))
    return await shape_of(request.app[DATABASE], identity, event)


@routes.add(
    "PATCH",
    "/api/calendar/events/{id}",
    scope="calendar:write",
    query=ScopeQuery,
    body=EventChangeShape,
    answer=EventShape,
    path_types=ID,
)
async def change_event(request: web.Request) -> EventShape:
    """Change an event's time, title, people, place, description, repetition or calendar; 409 `time_taken` as when
    booking."""
    identity, which = identity_of(request), event_id(request)
    sent, scope = await body_of(request, EventChangeShape), query_of(request, ScopeQuery).scope
    calendars = request.app[CALENDARS]
    event = await calendars.read_event(identity, which)
    zone = named_zone(sent.timezone) if sent.timezone else zone_of(event.timezone)
    start, end = _times(event, sent, zone)
    change = EventChange(
        start=start,
        end=end,
        all_day=sent.all_day,
        calendar_id=sent.calendar_id,
        summary=sent.summary,
        attendees=sent.attendees,
        location=sent.location,
        description=sent.description,
        busy=sent.busy,
        recurrence=Recurrence(sent.rrule) if sent.rrule else None,
        make_single=sent.rrule == "",
    )
    changed = await calendars.update(
        identity, which, change, scope=scope, key=key_of(request), skip_clashes=sent.skip_clashes
    )
    return await shape_of(request.app[DATABASE], identity, changed)


@routes.add("DELETE", "/api/calendar/events/{id}", scope="calendar:write", query=ScopeQuery, status=204, path_types=ID)
async def cancel_event(request: web.Request) -> web.Response:
    """Cancel an event, or of a series what `scope` says; `POST /api/calendar/undo` brings it back for ten minutes.

    The header `VoiceLoop-Change` names the change that undoes exactly this; it is missing when nothing changed.
    """
    scope = query_of(request, ScopeQuery).scope
    event = await request.app[CALENDARS].cancel(
        identity_of(request), event_id(request), scope=scope, key=key_of(request)
    )
    return web.Response(status=204, headers={CHANGE_HEADER: str(event.change_id)} if event.change_id else None)


def _times(event: Event, sent: EventChangeShape, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Both as sent; what becomes a whole day is the days it touches, and what no longer is one says when it begins."""
    all_day = event.all_day if sent.all_day is None else sent.all_day
    start = instant_in(sent.start, zone, all_day=all_day) if sent.start else None
    end = instant_in(sent.end, zone, all_day=all_day) if sent.end else None
    if all_day == event.all_day or end is not None:
        return start, end
    if not all_day:
        if start is None:
            raise Invalid("Say when it starts, as it is no whole day any more.", code="start_missing")
        return start, after(start, _DEFAULT_MIN)
    first, last = event.starts_in(zone).date(), (event.ends_in(zone) - timedelta(microseconds=1)).date()
    start = start or start_of(first, zone)
    return start, days_after(start.date(), (last - first).days + 1, zone)


def event_id(request: web.Request) -> EventId:
    """The event in the path. Raises EventNotFound for what is no event's id."""
    return event_id_of(request.match_info["id"])


def key_of(request: web.Request) -> str | None:
    """The client's idempotency key as the calendar keeps it."""
    key = request.headers.get(KEY_HEADER)
    return f"http:{key}" if key else None


def _offset(cursor: str | None) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor")
    return int(cursor or 0)
