"""Which keys were made with which: a key that leaked and was ended in time must leave nothing behind that lives on.

What was made with a key ends with it, however long the line; what is made with one that has an end ends no later.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from store.database import Connection
from store.errors import NotAllowed
from store.identity import Identity


async def end_of_acting_key(connection: Connection, identity: Identity, *, hold: bool = False) -> datetime | None:
    """When the key that acts ends; None when it has no end, or when no key acts.

    ``hold``: it is not ended before this transaction is, so that nothing is made with it unseen. Raises NotAllowed
    when it was revoked meanwhile.
    """
    if identity.key_id is None:
        return None
    row = await (
        await connection.execute(
            "SELECT expires_at FROM api_keys WHERE id = %s AND revoked_at IS NULL FOR SHARE"
            if hold
            else "SELECT expires_at FROM api_keys WHERE id = %s AND revoked_at IS NULL",
            (identity.key_id,),
        )
    ).fetchone()
    if row is None:
        raise NotAllowed("The key that you use was revoked.", code="unknown_key")
    return row["expires_at"]


def require_ends_within(expires_at: datetime | None, own_end: datetime | None) -> None:
    """Raise NotAllowed ``outlives_key`` when a key would end after the one that acts."""
    if own_end is not None and (expires_at is None or expires_at > own_end):
        raise NotAllowed(
            f"The key that you use ends at {own_end.isoformat()}; it gives no key a later end. Sign in to do that.",
            code="outlives_key",
        )


async def revoke_keys_made_with(connection: Connection, key_id: UUID, at: datetime) -> None:
    """Revoke all that were made with this key, and with those."""
    await connection.execute(
        "UPDATE api_keys SET revoked_at = %s WHERE id = ANY (%s) AND revoked_at IS NULL",
        (at, await _made_with(connection, key_id)),
    )


async def shorten_keys_made_with(connection: Connection, key_id: UUID, expires_at: datetime) -> None:
    """Let all that were made with this key, and with those, end with it at the latest."""
    await connection.execute(
        "UPDATE api_keys SET expires_at = %s WHERE id = ANY (%s) AND (expires_at IS NULL OR expires_at > %s)",
        (expires_at, await _made_with(connection, key_id), expires_at),
    )


async def _made_with(connection: Connection, key_id: UUID) -> list[UUID]:
    """All of the line, locked one generation after another: none of them makes another key meanwhile."""
    line: list[UUID] = []
    generation = [key_id]
    while generation:
        rows = await (
            await connection.execute(
                "SELECT id FROM api_keys WHERE created_by_key = ANY (%s) ORDER BY id FOR NO KEY UPDATE", (generation,)
            )
        ).fetchall()
        generation = [row["id"] for row in rows]
        line += generation
    return line
