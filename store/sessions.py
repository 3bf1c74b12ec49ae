"""Sessions: one sign-in of one person, until it is ended or over. Its refresh tokens are one family.

Kinds: ``page`` (a cookie), ``local`` (the owner on this machine), ``program`` (access and refresh tokens).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from store.database import Connection


async def end_sessions(
    connection: Connection, user_id: UUID, *, at: datetime, reason: str, keep: UUID | None = None
) -> int:
    """End the user's sessions, all but ``keep``; returns how many. Reasons: see ``sessions.end_reason``."""
    cursor = await connection.execute(
        "UPDATE sessions SET ended_at = %s, end_reason = %s "
        "WHERE user_id = %s AND ended_at IS NULL AND id IS DISTINCT FROM %s",
        (at, reason, user_id, keep),
    )
    return cursor.rowcount
