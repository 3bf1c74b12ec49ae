"""Whether somebody is still who they were when they were looked up; asked in the transaction that relies on it.

The row of the person is held first, before their links, password and sessions: whatever deletes them or changes their
address locks in that order too, so that the two wait for each other and do not pass each other by.
"""

from __future__ import annotations

from uuid import UUID

from store.database import Connection


async def hold_user(connection: Connection, user_id: UUID, *, email: str) -> bool:
    """False when the person was deleted or has another address; otherwise neither changes until the commit."""
    cursor = await connection.execute(
        "SELECT email FROM users WHERE id = %s AND deleted_at IS NULL FOR NO KEY UPDATE", (user_id,)
    )
    row = await cursor.fetchone()
    return row is not None and row["email"].lower() == email.lower()
