"""Several events at once, and taking a change back: `/api/calendar/events/cancel`, `/api/calendar/undo`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.calendar import key_of
from ingest.api.calendar_shapes import EventList, EventShape, shapes_of
from ingest.keys import CALENDARS, DATABASE
from ingest.routes import Body, Routes, Shape, body_of, identity_of
from tools.calendars.model import event_id_of

routes = Routes("Calendar")


class ManyEvents(Body):
    """The ids of what shall be cancelled; all of them, or none."""

    ids: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(min_length=1, max_length=200)]


class UndoShape(Body):
    """Without ``change_id``: what this person changed last."""

    change_id: UUID | None = None


class UndoneShape(Shape):
    """What is there now, what could not be restored because its time is taken, and both as a sentence."""

    operation: str
    events: list[EventShape]
    left: list[EventShape]
    message: str


@routes.add(
    "POST", "/api/calendar/events/cancel", scope="calendar:write", body=ManyEvents, answer=EventList, errors=(404,)
)
async def cancel_events(request: web.Request) -> EventList:
    """Cancel several events as one change, which one undo brings back."""
    sent = await body_of(request, ManyEvents)
    ids = [event_id_of(one) for one in sent.ids]
    identity = identity_of(request)
    cancelled = await request.app[CALENDARS].cancel_many(identity, ids, key=key_of(request))
    return EventList(items=await shapes_of(request.app[DATABASE], identity, cancelled))


@routes.add("POST", "/api/calendar/undo", scope="calendar:write", body=UndoShape, answer=UndoneShape, errors=(404, 409))
async def undo(request: web.Request) -> UndoneShape:
    """Take a change of the last ten minutes back, once: a booking, a change, a cancellation."""
    identity, sent = identity_of(request), await body_of(request, UndoShape)
    calendars = request.app[CALENDARS]
    undone = await (calendars.undo(identity, sent.change_id) if sent.change_id else calendars.undo_last(identity))
    return UndoneShape(
        operation=undone.operation,
        events=await shapes_of(request.app[DATABASE], identity, undone.events),
        left=await shapes_of(request.app[DATABASE], identity, undone.left),
        message=undone.fact,
    )
