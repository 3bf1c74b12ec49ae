"""Changes on their way to connected calendars: what waits, what was refused and why; and a look at the servers now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from aiohttp import web

from ingest.keys import CLOCK, DATABASE
from ingest.routes import Routes, Shape, id_of, identity_of
from tools.calendars.sync import accounts, outbox

routes = Routes("Calendar")


class CalendarWriteShape(Shape):
    """`message`: why it waits or was refused. Of a refused one `ours` is what was wanted, `theirs` what is there."""

    id: UUID
    calendar_id: UUID
    calendar_name: str
    event_id: UUID | None
    summary: str
    operation: Literal["create", "update", "delete"]
    status: Literal["waiting", "refused"]
    message: str
    ours: str
    theirs: str
    attempts: int
    next_try_at: datetime
    created_at: datetime


class CalendarWriteList(Shape):
    items: list[CalendarWriteShape]
    next_cursor: str | None = None


@routes.add("GET", "/api/calendar/writes", scope="calendar:read", answer=CalendarWriteList)
async def list_writes(request: web.Request) -> CalendarWriteList:
    """Changes that have not reached their calendar server yet, and those it refused, newest first; at most 200."""
    identity = identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        found = await outbox.list_writes(connection, identity)
    return CalendarWriteList(items=[CalendarWriteShape.model_validate(one, from_attributes=True) for one in found])


@routes.add("POST", "/api/calendar/writes/{id}/retry", scope="calendar:write", status=204, errors=(409,))
async def retry_write(request: web.Request) -> None:
    """Try a waiting change now, and those that wait with it."""
    identity, write_id = identity_of(request), id_of(request, "calendar_write")
    async with request.app[DATABASE].transaction(identity) as connection:
        await outbox.retry(connection, identity, write_id, request.app[CLOCK].now())


@routes.add("DELETE", "/api/calendar/writes/{id}", scope="calendar:write", status=204, errors=(409,))
async def dismiss_write(request: web.Request) -> None:
    """Forget a refused change; one that waits stays."""
    identity, write_id = identity_of(request), id_of(request, "calendar_write")
    async with request.app[DATABASE].transaction(identity) as connection:
        await outbox.dismiss(connection, identity, write_id)


@routes.add("POST", "/api/calendar/sync", scope="calendar:read", status=204)
async def sync_now(request: web.Request) -> None:
    """Look at the connected calendars soon: those that were not looked at within the last 20 seconds."""
    identity = identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        await accounts.ask(connection, not_since=request.app[CLOCK].now())
