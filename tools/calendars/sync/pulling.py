"""What changed at a server comes into the mirror: its calendars, and each calendar's events. One transaction each.

The token that a look at the changes ends with is kept in the transaction that writes them, or not at all: a kill in
between repeats a look, which changes nothing twice. What one of our own waiting changes is about is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from store.database import Connection, Database
from store.identity import Identity
from store.live import announce
from store.log import get_logger
from tools.calendars.accounts import mirrored
from tools.calendars.backend import (
    CalendarBackend,
    CalendarForbidden,
    Changes,
    RemoteCalendar,
    RemoteEventGone,
    SyncTokenLost,
)
from tools.calendars.local.mirroring import apply

log = get_logger(__name__)
_WAITING: Final = (
    "SELECT e.remote_id FROM calendar_writes w JOIN events e ON e.id = w.event_id OR e.master_id = w.event_id "
    "WHERE w.calendar_id = %s AND w.status = 'waiting' AND e.remote_id IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A calendar to be looked at; ``remote_id`` is the server's, ``token`` where the last look ended."""

    id: UUID
    remote_id: str
    token: str


async def discover(
    database: Database, identity: Identity, account_id: UUID, user_id: UUID, found: Sequence[RemoteCalendar]
) -> list[Mirrored]:
    """Rows for the account's calendars that are new, none for those that are gone; those to be looked at.

    A server that names none at all is not believed. Hidden ones are not looked at.
    """
    async with database.transaction(identity) as connection:
        await mirrored.mirror(connection, identity, account_id, found, user_id)
        if found:
            await _forget_gone(connection, identity, account_id, [one.id for one in found])
        cursor = await connection.execute(
            "SELECT id, remote_id, sync_token AS token FROM calendars WHERE account_id = %s AND NOT hidden "
            "ORDER BY is_default DESC, writable DESC, id",
            (account_id,),
        )
        return [Mirrored(**row) for row in await cursor.fetchall()]


async def _forget_gone(connection: Connection, identity: Identity, account_id: UUID, there: list[str]) -> None:
    cursor = await connection.execute(
        "SELECT id, is_default FROM calendars WHERE account_id = %s AND remote_id <> ALL (%s)", (account_id, there)
    )
    for row in await cursor.fetchall():
        if row["is_default"]:
            await mirrored.leave_default_behind(connection, account_id)
        await connection.execute("DELETE FROM calendars WHERE id = %s", (row["id"],))
        log.info("a calendar is gone at its server", calendar=str(row["id"]), account=str(account_id))
        await announce(connection, identity, "calendar.updated", {"id": str(row["id"])})


async def pull(
    database: Database, identity: Identity, backend: CalendarBackend, calendar: Mirrored, at: datetime
) -> None:
    """Bring one calendar's mirror up to what its server says; one that may not be read says so.

    Raises CalendarUnavailable, NeedsReconnect.
    """
    try:
        changes = await _changes(backend, calendar)
    except (CalendarForbidden, RemoteEventGone) as error:
        async with database.transaction(identity) as connection:
            await connection.execute("UPDATE calendars SET sync_error = %s WHERE id = %s", (error.message, calendar.id))
            await announce(connection, identity, "calendar.updated", {"id": str(calendar.id)})
        return
    await _write(database, identity, calendar, changes, at)


async def _changes(backend: CalendarBackend, calendar: Mirrored) -> Changes:
    try:
        return await backend.changes(calendar.remote_id, calendar.token)
    except SyncTokenLost:
        log.info("everything is asked for again", calendar=str(calendar.id))
        return await backend.changes(calendar.remote_id)


async def _write(database: Database, identity: Identity, calendar: Mirrored, changes: Changes, at: datetime) -> None:
    async with database.transaction(identity) as connection:
        cursor = await connection.execute("SELECT sync_token FROM calendars WHERE id = %s FOR UPDATE", (calendar.id,))
        row = await cursor.fetchone()
        if row is None or row["sync_token"] != calendar.token:  # gone, or to be read anew since we asked
            return
        waiting = await (await connection.execute(_WAITING, (calendar.id,))).fetchall()
        touched = {one["remote_id"] for one in waiting}
        applied = await apply(connection, identity, calendar.id, changes, at)
        named = {event.id for event in changes.events} | {event.series_id for event in changes.events}
        token = calendar.token if touched & (named | set(changes.removed)) else changes.token
        await connection.execute(
            "UPDATE calendars SET sync_token = %s, synced_at = %s, sync_error = '' WHERE id = %s",
            (token, at, calendar.id),
        )
    if applied.added or applied.changed or applied.removed or applied.unclear:
        log.info(
            "calendar pulled",
            calendar=str(calendar.id),
            added=applied.added,
            changed=applied.changed,
            removed=applied.removed,
            unclear=len(applied.unclear),
        )
