"""Events and calendars in Postgres: SQL in, model out. No rules; the database alone decides races.

Every change is told live in the transaction that makes it, whoever makes it: a call, the page, the API.
Writers of one calendar queue on its row, because an exclusion constraint lets simultaneous inserts deadlock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.errors import ExclusionViolation, UniqueViolation

from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.model import Calendar, Event, EventChange, EventNotFound, NewEvent

_COLUMNS = sql.SQL(
    "id, calendar_id, summary, starts_at, ends_at, timezone, all_day, attendees, location, description, busy, status, "
    "sequence"
)
_BETWEEN = sql.SQL(
    "SELECT {} FROM events WHERE status = 'confirmed' AND starts_at < %(end)s AND ends_at > %(start)s "
    "AND (%(calendar)s::uuid IS NULL OR calendar_id = %(calendar)s) ORDER BY starts_at, id LIMIT %(limit)s::bigint"
).format(_COLUMNS)
_BY_ID = sql.SQL("SELECT {} FROM events WHERE id = %s").format(_COLUMNS)
_BY_KEY = sql.SQL("SELECT {} FROM events WHERE idempotency_key = %s").format(_COLUMNS)
# the worker writes the call's row behind the call, so it may not be there yet
_INSERT = sql.SQL(
    "INSERT INTO events (id, tenant_id, calendar_id, summary, description, location, attendees, starts_at, ends_at, "
    "timezone, all_day, busy, conversation_id, idempotency_key) VALUES (%(id)s, %(tenant)s, %(calendar)s, %(summary)s, "
    "%(description)s, %(location)s, %(attendees)s, %(start)s, %(end)s, %(timezone)s, %(all_day)s, %(busy)s, "
    "(SELECT id FROM conversations WHERE id = %(conversation)s), %(key)s) RETURNING {}"
).format(_COLUMNS)
# what is null stays: two people who change different things of an event do not undo each other
_CHANGE = sql.SQL(
    "UPDATE events SET starts_at = coalesce(%(start)s::timestamptz, starts_at), "
    "ends_at = coalesce(%(end)s::timestamptz, ends_at), timezone = coalesce(%(timezone)s::text, timezone), "
    "summary = coalesce(%(summary)s::text, summary), attendees = coalesce(%(attendees)s::text[], attendees), "
    "location = coalesce(%(location)s::text, location), description = coalesce(%(description)s::text, description), "
    "sequence = sequence + 1, updated_at = now() WHERE id = %(id)s AND status = 'confirmed' RETURNING {}"
).format(_COLUMNS)
_CANCEL = sql.SQL(
    "UPDATE events SET status = 'cancelled', sequence = sequence + 1, updated_at = now() "
    "WHERE id = %s AND status = 'confirmed' RETURNING {}"
).format(_COLUMNS)
_DEFAULT = sql.SQL("SELECT id, name, timezone, is_default FROM calendars WHERE is_default")


class SlotLost(Exception):
    """A constraint refused the write; the service finds out to whom the time belongs."""


class CalendarRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_calendars(self, identity: Identity) -> list[Calendar]:
        """All calendars, the default one first."""
        async with self._database.transaction(identity) as connection:
            rows = await (
                await connection.execute(
                    "SELECT id, name, timezone, is_default FROM calendars ORDER BY is_default DESC, name, id"
                )
            ).fetchall()
        return [Calendar(**row) for row in rows]

    async def default_calendar(self, identity: Identity) -> Calendar:
        """The tenant's default calendar, made in the tenant's time zone when there is none yet."""
        async with self._database.transaction(identity) as connection:
            row = await (await connection.execute(_DEFAULT)).fetchone()
            if row is None:
                await connection.execute(
                    "INSERT INTO calendars (id, tenant_id, name, timezone, is_default) "
                    "SELECT %s, id, 'Calendar', timezone, true FROM tenants WHERE id = %s "
                    "ON CONFLICT (tenant_id) WHERE is_default DO NOTHING",
                    (new_id(), identity.tenant_id),
                )
                row = await (await connection.execute(_DEFAULT)).fetchone()
        if row is None:
            raise NotFound("This tenant does not exist.", code="tenant_not_found")
        return Calendar(**row)

    async def events_between(
        self,
        identity: Identity,
        start: datetime,
        end: datetime,
        *,
        calendar_id: UUID | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """Confirmed events that touch [start, end), by start; the first ``limit`` of them."""
        window = {"start": start, "end": end, "calendar": calendar_id, "limit": limit}
        async with self._database.transaction(identity) as connection:
            rows = await (await connection.execute(_BETWEEN, window)).fetchall()
        return [_event(row) for row in rows]

    async def read(self, identity: Identity, event_id: UUID) -> Event:
        """One event, cancelled ones too. Raises EventNotFound."""
        async with self._database.transaction(identity) as connection:
            row = await (await connection.execute(_BY_ID, (event_id,))).fetchone()
        return _found(row)

    async def booked_with(self, identity: Identity, key: str) -> Event | None:
        """The event that an earlier try with this idempotency key made."""
        async with self._database.transaction(identity) as connection:
            row = await (await connection.execute(_BY_KEY, (key,))).fetchone()
        return _event(row) if row else None

    async def insert(self, identity: Identity, calendar_id: UUID, new: NewEvent) -> Event:
        """Book. Raises SlotLost when the time or the key is taken, NotFound when the calendar is not this tenant's."""
        values = {
            "id": new_id(),
            "tenant": identity.tenant_id,
            "calendar": calendar_id,
            "summary": new.summary,
            "description": new.description,
            "location": new.location,
            "attendees": list(new.attendees),
            "start": new.start,
            "end": new.end,
            "timezone": new.timezone,
            "all_day": new.all_day,
            "busy": new.busy,
            "conversation": new.conversation_id,
            "key": new.idempotency_key,
        }
        return await self._write(identity, calendar_id, "event.booked", _INSERT, values)

    async def change(self, identity: Identity, event: Event, change: EventChange, timezone: str | None) -> Event:
        """Write what ``change`` holds. Raises SlotLost when its times are taken, EventNotFound if cancelled."""
        values = {
            "id": event.id,
            "start": change.start,
            "end": change.end,
            "timezone": timezone,
            "summary": change.summary,
            "attendees": None if change.attendees is None else list(change.attendees),
            "location": change.location,
            "description": change.description,
        }
        told = "event.updated" if change.start is None else "event.moved"
        return await self._write(identity, event.calendar_id, told, _CHANGE, values)

    async def cancel(self, identity: Identity, event_id: UUID) -> Event:
        """Mark an event cancelled; once more changes nothing. Raises EventNotFound."""
        async with self._database.transaction(identity) as connection:
            row = await (await connection.execute(_CANCEL, (event_id,))).fetchone()
            if row is not None:
                await announce(connection, identity, "event.cancelled", _event(row).as_json())
        return _event(row) if row else await self.read(identity, event_id)

    async def _write(
        self, identity: Identity, calendar_id: UUID, told: str, statement: sql.Composed, values: dict[str, Any]
    ) -> Event:
        try:
            async with self._database.transaction(identity) as connection:
                await _queue_for(connection, calendar_id)
                event = _found(await (await connection.execute(statement, values)).fetchone())
                await announce(connection, identity, told, event.as_json())
        except (ExclusionViolation, UniqueViolation) as error:
            raise SlotLost from error
        return event


async def _queue_for(connection: Connection, calendar_id: UUID) -> None:
    """Wait for other writers of this calendar, and prove that this tenant may see it (foreign keys do not)."""
    row = await (
        await connection.execute("SELECT id FROM calendars WHERE id = %s FOR NO KEY UPDATE", (calendar_id,))
    ).fetchone()
    if row is None:
        raise NotFound("There is no such calendar.", code="calendar_not_found")


def _found(row: dict[str, Any] | None) -> Event:
    if row is None:
        raise EventNotFound
    return _event(row)


def _event(row: dict[str, Any]) -> Event:
    values: dict[str, Any] = {**row, "attendees": tuple(row["attendees"])}
    return Event(**values)
