"""Answers already given to writes with an Idempotency-Key (table ``idempotent_answers``).

A key is its sender's own: another user of the tenant may use the same one and never sees the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import Conflict, Invalid
from store.identity import Identity

CLAIM_LIFETIME_S: Final = 300  # well above the longest `?wait=`, so that no answer is overtaken by a repeat


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    status: int
    body: Any


async def claim(database: Database, identity: Identity, key: str, request_hash: bytes) -> KeptAnswer | None:
    """Take the identity's key for this request (None: go ahead), or get the answer it was given before.

    Raises Invalid when the key belongs to a different request, Conflict while the first one still runs. A claim whose
    program died is free again after CLAIM_LIFETIME_S.
    """
    own_key = _own(identity, key)
    async with database.transaction(identity) as connection:
        await connection.execute(
            "DELETE FROM idempotent_answers WHERE created_at < now() - interval '1 day' "
            "OR (status IS NULL AND key = %s AND created_at < now() - make_interval(secs => %s))",
            (own_key, CLAIM_LIFETIME_S),
        )
        cursor = await connection.execute(
            "INSERT INTO idempotent_answers (tenant_id, key, request_hash) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (identity.tenant_id, own_key, request_hash),
        )
        return None if cursor.rowcount else await _known(connection, own_key, request_hash)


def _own(identity: Identity, key: str) -> str:
    """The key as it is stored: with the user who sent it in front."""
    return f"{identity.user_id or ''} {key}"


async def _known(connection: Connection, key: str, request_hash: bytes) -> KeptAnswer:
    row = await (
        await connection.execute("SELECT request_hash, status, body FROM idempotent_answers WHERE key = %s", (key,))
    ).fetchone()
    if row is not None and bytes(row["request_hash"]) != request_hash:
        raise Invalid("This Idempotency-Key was used for a different request.", code="idempotency_key_reused")
    if row is None or row["status"] is None:
        raise Conflict("The first request with this key is still running. Ask again in a moment.", code="in_progress")
    return KeptAnswer(row["status"], row["body"])


async def keep(database: Database, identity: Identity, key: str, status: int, body: Any) -> None:
    """Remember the answer for a day."""
    async with database.transaction(identity) as connection:
        await connection.execute(
            "UPDATE idempotent_answers SET status = %s, body = %s WHERE key = %s",
            (status, None if body is None else Jsonb(body), _own(identity, key)),
        )


async def release(database: Database, identity: Identity, key: str) -> None:
    """Forget a claim that got no answer worth keeping."""
    async with database.transaction(identity) as connection:
        await connection.execute(
            "DELETE FROM idempotent_answers WHERE key = %s AND status IS NULL", (_own(identity, key),)
        )
