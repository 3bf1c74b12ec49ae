"""Whose other calendars take the time of a booking: everything a person calls "my day", and nothing of colleagues. SQL.

Counted, unless a calendar is set not to take time: the tenant's calendars, those of who asks, and those of the person
whose calendar is booked in. An assistant without a person counts the only person's of a tenant of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from psycopg import sql

from store.database import Connection
from store.identity import Identity
from tools.calendars.local.visible import VISIBLE

# of calendars c; ``%(user)s`` is the identity's user, ``%(calendars)s`` are the calendars booked in
COUNTED: Final = sql.SQL(
    "(c.counts_busy AND ({visible} "
    "OR c.user_id IN (SELECT d.user_id FROM calendars d WHERE d.is_default OR d.id = ANY (%(calendars)s)) "
    "OR (%(user)s::uuid IS NULL "
    "AND (SELECT count(*) FROM users u WHERE u.deleted_at IS NULL AND u.role <> 'agent') = 1)))"
).format(visible=VISIBLE)
_BESIDE = sql.SQL(
    "SELECT c.id, {visible} AS visible FROM calendars c WHERE {counted} AND c.id <> ALL (%(calendars)s)"
).format(visible=VISIBLE, counted=COUNTED)


def counting(identity: Identity, calendars: Iterable[UUID]) -> dict[str, Any]:
    """The parameters of COUNTED for somebody who books in ``calendars``."""
    return {"user": identity.user_id, "calendars": list(calendars)}


async def beside(connection: Connection, identity: Identity, calendars: Iterable[UUID]) -> Mapping[UUID, bool]:
    """The other calendars that must be free as well; and of each whether its events may be told by name."""
    rows = await (await connection.execute(_BESIDE, counting(identity, calendars))).fetchall()
    return {row["id"]: row["visible"] for row in rows}
