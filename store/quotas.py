"""What a tenant may have in all: stored bytes, requests in a minute. Read here, set by the operator (`tenants`).

Minutes and calls at once are in ``admission.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from store import locks
from store.database import Connection, Database
from store.errors import Conflict
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Storage:
    """In bytes; ``limit`` is None when there is none."""

    used: int
    limit: int | None

    def require(self, more: int) -> None:
        """Raise Conflict `storage_limit` unless ``more`` bytes fit."""
        if self.limit is not None and self.used + more > self.limit:
            raise Conflict(
                f"The storage of this tenant is full: {_size(self.used)} of {_size(self.limit)} are used and "
                f"this needs {_size(more)}. Delete documents, or ask the operator for more.",
                code="storage_limit",
            )


async def read_storage(connection: Connection, identity: Identity) -> Storage:
    """What the tenant's stored files take now."""
    row = await (
        await connection.execute(
            "SELECT (SELECT coalesce(sum(size_bytes), 0)::bigint FROM documents WHERE storage_key <> '') "
            "+ (SELECT coalesce(sum(size_bytes), 0)::bigint FROM attachments) AS used, "
            'storage_limit_bytes AS "limit" FROM tenants WHERE id = %s',
            (identity.tenant_id,),
        )
    ).fetchone()
    return Storage(**row) if row else Storage(0, 0)


async def reserve_storage(connection: Connection, identity: Identity, more: int) -> None:
    """Raise Conflict unless ``more`` bytes fit; until the transaction ends nobody else of the tenant can take them."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (locks.STORAGE, str(identity.tenant_id)))
    (await read_storage(connection, identity)).require(more)


async def require_storage(database: Database, identity: Identity, more: int) -> None:
    """Raise Conflict when ``more`` bytes would not fit now: asked before they are sent."""
    async with database.transaction(identity) as connection:
        (await read_storage(connection, identity)).require(more)


async def requests_limit(database: Database, identity: Identity) -> int | None:
    """How many HTTP requests the tenant may send in a minute; None without limit."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute("SELECT requests_limit FROM tenants WHERE id = %s", (identity.tenant_id,))
        ).fetchone()
    return row["requests_limit"] if row else None


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1024:
            return f"{size:.1f} {unit}".replace(".0 bytes", " bytes")
        size /= 1024
    return f"{size:.1f} GB"
