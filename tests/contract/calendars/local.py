"""The house's own calendars: the other client is a second one on the same database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg.types.json import Jsonb

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.contract.calendars.contender import Contender
from tools.calendars.backend import Patch, Status
from tools.calendars.local.calendar import LocalCalendars

NEEDS = ("database", "identity", "clock")
_MAKE = "INSERT INTO calendars (id, tenant_id, name, timezone, writable) VALUES (%s, %s, %s, 'Europe/Berlin', %s)"


@asynccontextmanager
async def local_contender(database: Database, identity: Identity, clock: FixedClock) -> AsyncIterator[Contender]:
    ids = [new_id(), new_id(), new_id()]
    async with database.transaction(identity) as connection:
        for calendar_id, name, writable in zip(ids, ("Work", "Home", "Holidays"), (True, True, False), strict=True):
            await connection.execute(_MAKE, (calendar_id, identity.tenant_id, name, writable))
    first, second, read_only = map(str, ids)
    elsewhere = LocalCalendars(database, identity, clock)

    async def change(event_id: str, summary: str) -> None:
        await elsewhere.update(first, event_id, Patch(summary=summary))

    async def delete(event_id: str) -> None:
        await elsewhere.delete(first, event_id)

    async def answer(event_id: str, email: str, status: Status) -> None:
        event = await elsewhere.read(first, event_id)
        people = [
            {"email": one.email, "name": one.name, "status": status if one.email == email else one.status}
            for one in event.attendees
        ]
        async with database.transaction(identity) as connection:
            await connection.execute("UPDATE events SET people = %s WHERE id = %s", (Jsonb(people), event_id))

    yield Contender(
        name="local",
        backend=LocalCalendars(database, identity, clock),
        calendar_id=first,
        second_calendar_id=second,
        read_only_calendar_id=read_only,
        change_elsewhere=change,
        delete_elsewhere=delete,
        answer_elsewhere=answer,
    )
