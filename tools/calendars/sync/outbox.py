"""Changes on their way to a server: queued in the transaction that makes them, one for each event or series. SQL.

``queue`` is called by ``writing.py`` for every change of the calendar. While one waits, later changes of the same event
join it: it keeps what the server last had (``before``), and what is delivered is the difference to what is here then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from psycopg import sql

from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity
from store.ids import new_id
from tools.calendars.local.rows import Row, as_json, in_utc
from tools.calendars.local.visible import VISIBLE
from tools.calendars.model import EventId, OccurrenceId

Delivery = Literal["delivered", "waiting", "refused"]
_LOOK_S: Final = 0.04  # between two looks at whether a write has arrived
_KEPT: Final = timedelta(days=7)  # what was refused, for its person to see
_SILENT: Final = {"change", "sequence", "updated_at", "expanded_until", "etag", "remote_id", "uid", "created_at"}
_LIST: Final = sql.SQL(
    "SELECT w.id, w.calendar_id, c.name AS calendar_name, w.event_id, "
    "coalesce(e.summary, w.change ->> 'summary', '') AS summary, w.operation, w.status, w.last_error AS message, "
    "coalesce(w.change ->> 'ours', '') AS ours, coalesce(w.change ->> 'theirs', '') AS theirs, w.attempts, "
    "w.next_try_at, w.created_at FROM calendar_writes w JOIN calendars c ON c.id = w.calendar_id "
    "LEFT JOIN events e ON e.id = w.event_id WHERE w.status <> 'delivered' AND {visible} "
    "ORDER BY w.created_at DESC, w.id DESC LIMIT %(limit)s"
).format(visible=VISIBLE)
_DELIVERIES: Final = (
    "SELECT e.id, coalesce((SELECT w.status FROM calendar_writes w WHERE w.event_id = e.id ORDER BY w.id DESC "
    "LIMIT 1), 'delivered') AS status FROM events e JOIN calendars c ON c.id = e.calendar_id "
    "WHERE e.id = ANY (%s) AND c.account_id IS NOT NULL"
)
_HELD: Final = sql.SQL(
    "SELECT w.status FROM calendar_writes w JOIN calendars c ON c.id = w.calendar_id WHERE w.id = %(id)s "
    "AND w.status <> 'delivered' AND {visible} FOR NO KEY UPDATE OF w"
).format(visible=VISIBLE)
_QUEUE: Final = (
    "INSERT INTO calendar_writes (id, tenant_id, calendar_id, event_id, user_id, operation, before, change, "
    "next_try_at, created_at) SELECT %(id)s, %(tenant)s, %(calendar)s, %(event)s, "
    "(SELECT id FROM users WHERE id = %(user)s), %(operation)s, %(before)s, jsonb_build_object('changes', "
    "jsonb_build_array(%(change)s::text), 'beside', %(beside)s::jsonb), greatest(%(at)s, (SELECT a.sync_at "
    "FROM calendar_accounts a JOIN calendars c ON c.account_id = a.id WHERE c.id = %(calendar)s "
    "AND a.failures > 0)), %(at)s"
)
_JOIN: Final = (
    "UPDATE calendar_writes SET revision = revision + 1, operation = %(operation)s, user_id = "
    "(SELECT id FROM users WHERE id = %(user)s), change = jsonb_set(change, '{changes}', "
    "coalesce(change -> 'changes', '[]') || to_jsonb(%(change)s::text)) "
    "WHERE event_id = %(event)s AND status = 'waiting'"
)


@dataclass(frozen=True, slots=True)
class QueuedWrite:
    """A change that waits for its server or was refused by it; ``message`` is a sentence for people."""

    id: UUID
    calendar_id: UUID
    calendar_name: str
    event_id: UUID | None
    summary: str
    operation: str
    status: Delivery
    message: str
    ours: str
    theirs: str
    attempts: int
    next_try_at: datetime
    created_at: datetime


async def queue(
    connection: Connection,
    identity: Identity,
    before: Mapping[UUID, Row | None],
    after: Mapping[UUID, Row],
    *,
    change_id: UUID,
    at: datetime,
    linked: bool = True,
) -> None:
    """Queue what changed in calendars of connected accounts; their rows are locked. ``before``: None for new rows.

    ``linked``: several events are one change (a split, a move to another calendar), delivered in order, refused as one.
    """
    connected = await _connected(connection, {row["calendar_id"] for row in after.values()})
    roots = {row["master_id"] or row["id"]: row for row in after.values() if row["calendar_id"] in connected}
    roots |= {
        row["master_id"]: row for row in before.values() if row and row["master_id"] and row["calendar_id"] in connected
    }
    queued: list[tuple[UUID, UUID, list[Row], list[Row]]] = []
    for root, row in roots.items():
        cursor = await connection.execute("SELECT * FROM events WHERE id = %(id)s OR master_id = %(id)s", {"id": root})
        now = [in_utc(one) for one in await cursor.fetchall()]
        was = _as_it_was(root, now, before)
        if _said(was) != _said(now):
            queued.append((root, row["calendar_id"], was, now))
    beside = _beside(before, after, connected) if linked else []
    # what goes is the last to go, and before that what the server has comes first
    for root, calendar_id, was, now in sorted(queued, key=lambda one: (_is_gone(one[0], one[3]), not one[2])):
        cancelled = _is_gone(root, now)
        values = {
            "id": new_id(),
            "tenant": identity.tenant_id,
            "calendar": calendar_id,
            "event": root,
            "user": identity.user_id,
            "operation": "delete" if cancelled else "update" if was else "create",
            "before": as_json(was),
            "beside": as_json(beside),
            "change": str(change_id) if linked else f"{change_id} {root}",
            "at": at,
        }
        joined = await connection.execute(_JOIN, values)
        if not joined.rowcount:
            await connection.execute(_QUEUE, values)


def _beside(before: Mapping[UUID, Row | None], after: Mapping[UUID, Row], connected: set[UUID]) -> list[Row]:
    """What the change did in calendars that are kept here, as it was before (of what is new, as cancelled): for the
    case that a server refuses the change."""
    rows = [before.get(row_id) or {**row, "status": "cancelled"} for row_id, row in after.items()]
    return [row for row in rows if row["calendar_id"] not in connected]


def _is_gone(root: UUID, rows: Sequence[Row]) -> bool:
    master = next((one for one in rows if one["id"] == root), None)
    return master is None or master["status"] != "confirmed"


async def _connected(connection: Connection, calendar_ids: Iterable[UUID]) -> set[UUID]:
    cursor = await connection.execute(
        "SELECT id FROM calendars WHERE id = ANY (%s) AND account_id IS NOT NULL", (list(calendar_ids),)
    )
    return {row["id"] for row in await cursor.fetchall()}


def _as_it_was(root: UUID, now: Sequence[Row], before: Mapping[UUID, Row | None]) -> list[Row]:
    untouched = [row for row in now if row["id"] not in before]
    touched = [row for row in before.values() if row is not None and root in (row["id"], row["master_id"])]
    return [*untouched, *touched]


def _said(rows: Iterable[Row]) -> dict[UUID, Row]:
    return {row["id"]: {name: value for name, value in row.items() if name not in _SILENT} for row in rows}


async def delivery_of(
    database: Database, identity: Identity, event_ids: Sequence[EventId], *, within_s: float = 1.5
) -> Delivery:
    """What became of the last changes of these events, waiting up to ``within_s`` seconds for their servers.

    "delivered" also for calendars that are kept here only. Of several the worst is said.
    """
    roots = list({one.series_id if isinstance(one, OccurrenceId) else one for one in event_ids})
    until = time.monotonic() + within_s
    while True:
        async with database.transaction(identity) as connection:
            cursor = await connection.execute(
                "SELECT DISTINCT ON (event_id) status FROM calendar_writes WHERE event_id = ANY (%s) "
                "ORDER BY event_id, id DESC",
                (roots,),
            )
            found = {row["status"] for row in await cursor.fetchall()}
        if "refused" in found:
            return "refused"
        if "waiting" not in found:
            return "delivered"
        if time.monotonic() >= until:
            return "waiting"
        await asyncio.sleep(_LOOK_S)


async def deliveries(connection: Connection, roots: Iterable[UUID]) -> dict[UUID, Delivery]:
    """What became of the last change of each of these events; those of calendars that are kept here are missing."""
    cursor = await connection.execute(_DELIVERIES, (list(roots),))
    return {row["id"]: row["status"] for row in await cursor.fetchall()}


async def list_writes(connection: Connection, identity: Identity, *, limit: int = 200) -> list[QueuedWrite]:
    """What waits and what was refused in the calendars the identity may see, newest first."""
    cursor = await connection.execute(_LIST, {"user": identity.user_id, "limit": limit})
    return [QueuedWrite(**row) for row in await cursor.fetchall()]


async def retry(connection: Connection, identity: Identity, write_id: UUID, at: datetime) -> None:
    """Try a waiting write now, and all that wait with it. Raises NotFound, Conflict for one that was refused."""
    await _require(connection, identity, write_id, "waiting", "This change was refused. Make it anew.")
    await connection.execute(
        "UPDATE calendar_writes w SET next_try_at = %(at)s, revision = w.revision "  # setting it wakes who delivers
        "FROM calendar_writes one WHERE one.id = %(id)s AND w.calendar_id = one.calendar_id AND w.status = 'waiting'",
        {"id": write_id, "at": at},
    )


async def dismiss(connection: Connection, identity: Identity, write_id: UUID) -> None:
    """Forget a refused write. Raises NotFound, Conflict for one that still waits."""
    await _require(connection, identity, write_id, "refused", "This change is still on its way.")
    await connection.execute("DELETE FROM calendar_writes WHERE id = %s", (write_id,))


async def _require(connection: Connection, identity: Identity, write_id: UUID, status: Delivery, other: str) -> None:
    cursor = await connection.execute(_HELD, {"id": write_id, "user": identity.user_id})
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("There is no such change on its way.", code="calendar_write_not_found")
    if row["status"] != status:
        raise Conflict(other, code="write_refused" if row["status"] == "refused" else "write_waiting")


async def forget_old(connection: Connection, at: datetime) -> None:
    """Remove what arrived long ago, and what was refused and nobody looked at."""
    await connection.execute(
        "DELETE FROM calendar_writes WHERE (status = 'delivered' AND finished_at < %s - interval '1 hour') "
        "OR (status = 'refused' AND finished_at < %s)",
        (at, at - _KEPT),
    )
