"""Whether one more call may begin now: the tenant's limits of calls at once and of minutes a month, a worker's place.

`admit` is what counts: it decides and writes the conversation's row in one transaction, one call of a tenant at a time.
Whoever was promised a line a moment ago (`promise_place`) finds it free.
The limits themselves are columns of ``tenants``; null means none. Every call counts, deleted conversations too; what a
call and its minutes are is said once, by functions of the database.
"""

from __future__ import annotations

from datetime import UTC, datetime

from store import conversations, locks, places
from store.conversations import NewConversation
from store.database import Connection, Database
from store.errors import NotFound, TooMany
from store.identity import Identity

ALIVE_S = places.ALIVE_S


async def admit(database: Database, identity: Identity, conversation: NewConversation) -> bool:
    """Begin the conversation, and close those of its room whose worker died; True when there was such a one.

    Raises TooMany ``calls_limit``, ``minutes_limit`` or ``all_busy`` (its worker is full), and NotFound for a deleted
    tenant; nothing is written then. A conversation without ``worker_id`` needs no place.
    """
    async with database.transaction(identity) as connection:
        await _require_room_for_one(connection, identity, conversation.room_name, conversation.started_at)
        await places.take(connection, conversation.room_name, conversation.worker_id)
        is_resumed = await conversations.was_lost(connection, conversation.room_name)
        await conversations.close_abandoned(
            connection, identity, conversation.room_name, at=conversation.started_at, keep=conversation.id
        )
        await conversations.begin(connection, identity, conversation)
    return is_resumed


async def promise_place(database: Database, identity: Identity, room_name: str, at: datetime) -> None:
    """Keep one of the tenant's lines and a worker's place for a call in this room for some seconds.

    Raises what `admit` would raise now. Of the month's minutes nothing is kept: for those `admit` may say otherwise a
    moment later. Somebody who signed in has one promise, their last; programs with a key have one a room.
    """
    async with database.transaction(identity) as connection:
        await _require_room_for_one(connection, identity, room_name, at)
        await places.promise(connection, identity, room_name)


async def _require_room_for_one(connection: Connection, identity: Identity, room_name: str, at: datetime) -> None:
    """Until the end of the transaction nobody else of the tenant is let in or promised a line."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (locks.ADMISSION, str(identity.tenant_id))
    )
    row = await (
        await connection.execute(
            "SELECT calls_limit, minutes_limit FROM tenants WHERE id = %s AND deleted_at IS NULL",
            (identity.tenant_id,),
        )
    ).fetchone()
    if row is None:
        raise NotFound("This tenant no longer exists.", code="tenant_not_found")
    calls, minutes = row["calls_limit"], row["minutes_limit"]
    if calls is not None and await _lines_taken(connection, identity, room_name) >= calls:
        raise TooMany(f"All {calls} lines of this tenant are busy. Try again in a few minutes.", code="calls_limit")
    if minutes is not None and await minutes_used(connection, month_start(at)) >= minutes:
        raise TooMany(
            f"The {minutes} minutes of calls that this tenant has in a month are used up. Raise the limit, or wait "
            "for the next month.",
            code="minutes_limit",
            retry_after_s=(_next_month(month_start(at)) - at).total_seconds(),
        )


async def _lines_taken(connection: Connection, identity: Identity, room_name: str) -> int:
    promised = await places.promised_to_tenant(connection, identity, besides_room=room_name)
    return promised + await calls_now(connection, besides_room=room_name)


async def calls_now(connection: Connection, *, besides_room: str = "") -> int:
    """How many calls of the transaction's tenant are held now; the room's own one does not count twice."""
    row = await (
        await connection.execute(
            "SELECT calls_under_way(current_tenant(), make_interval(secs => %s), %s) AS n", (ALIVE_S, besides_room)
        )
    ).fetchone()
    return row["n"] if row else 0


async def minutes_used(connection: Connection, since: datetime) -> float:
    """Minutes that calls of the transaction's tenant have lasted since then, those under way included.

    Of a call that began before ``since`` only what came after it counts, as long as it began within two days.
    """
    row = await (
        await connection.execute("SELECT minutes_of_calls(current_tenant(), %s) AS minutes", (since,))
    ).fetchone()
    return float(row["minutes"]) if row else 0.0


def month_start(at: datetime) -> datetime:
    """The first instant of the calendar month (UTC) that ``at`` lies in."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_month(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
