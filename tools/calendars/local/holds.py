"""Times kept free for a conversation: rows of ``calendar_holds`` with their place in ``event_occurrences``. SQL.

A hold whose time is over holds nothing, whether or not somebody removed it: who books or holds in its calendar does.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.errors import ExclusionViolation

from store.database import Connection
from store.ids import new_id
from tools.calendars.backend import Interval
from tools.calendars.changes import Hold, SeriesClash
from tools.calendars.local.occurrences import Clashing, clashes, clear_holds
from tools.calendars.local.writing import SlotLost, Write

_TAKE = (
    "INSERT INTO calendar_holds (tenant_id, id, calendar_id, conversation_id, starts_at, ends_at, expires_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) "
    "RETURNING id, calendar_id, conversation_id, starts_at, ends_at, expires_at"
)
_EXTEND = (
    "UPDATE calendar_holds SET expires_at = %s WHERE conversation_id = %s AND expires_at > %s "
    "RETURNING id, calendar_id, conversation_id, starts_at, ends_at, expires_at"
)


async def take(write: Write, calendar_id: UUID, times: Interval, until: datetime) -> Hold:
    """Hold the time in a calendar that is locked. Raises Clashing, SlotLost."""
    connection, conversation_id = write.connection, write.request.conversation_id
    await clear_holds(connection, calendar_id, write.terms())
    if found := await clashes(connection, calendar_id, [times], [], write.terms()):
        raise Clashing([SeriesClash(*times, found[0])], 1, repeats=False)
    hold_id, tenant = new_id(), write.identity.tenant_id
    cursor = await connection.execute(_TAKE, (tenant, hold_id, calendar_id, conversation_id, *times, until))
    row = await cursor.fetchone()
    assert row is not None
    try:
        await connection.execute(
            "INSERT INTO event_occurrences (id, tenant_id, calendar_id, hold_id, original_start, starts_at, ends_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (new_id(), tenant, calendar_id, hold_id, times[0], *times),
        )
    except ExclusionViolation as error:
        raise SlotLost from error
    return Hold(**row)


async def extend(connection: Connection, conversation_id: UUID, at: datetime, until: datetime) -> Hold | None:
    """Let the conversation's hold last until then, if it still holds."""
    cursor = await connection.execute(_EXTEND, (until, conversation_id, at))
    row = await cursor.fetchone()
    return Hold(**row) if row else None


async def release(connection: Connection, conversation_id: UUID) -> bool:
    """Remove the conversation's hold; whether there was one."""
    cursor = await connection.execute("DELETE FROM calendar_holds WHERE conversation_id = %s", (conversation_id,))
    return cursor.rowcount > 0
