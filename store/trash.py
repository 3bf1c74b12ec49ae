"""The rows that are removed for good: what lay in the trash for long enough, and a marked tenant's, batch by batch.

When that is due, and the files, are ``ingest.purge``'s. To let a table have a trash: its line in ``_TRASH`` and in
the database's function ``tenants_with_trash``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from store.database import Connection, Database
from store.identity import Identity, Origin

_BATCHES: Final[tuple[LiteralString, ...]] = (  # what may be many, with what hangs on it; the rest goes with the tenant
    "DELETE FROM documents WHERE id IN (SELECT id FROM documents LIMIT 20)",
    "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations LIMIT 200)",
    "DELETE FROM events WHERE id IN (SELECT id FROM events LIMIT 1000)",
    "DELETE FROM knowledge_queries WHERE id IN (SELECT id FROM knowledge_queries LIMIT 5000)",
)
_TRASH: Final[tuple[LiteralString, ...]] = (
    "DELETE FROM conversations WHERE deleted_at < %s",
    "DELETE FROM api_keys WHERE revoked_at < %s",
    "DELETE FROM personas WHERE deleted_at < %s",
    "DELETE FROM users WHERE deleted_at < %s",
)


async def now_of(connection: Connection) -> datetime:
    """What time it is by the database's clock."""
    [row] = await (await connection.execute("SELECT now() AS now")).fetchall()
    return row["now"]


async def tenants_with_trash(database: Database, before: datetime) -> list[UUID]:
    """The tenants in which something was deleted before this instant."""
    async with database.system() as connection:
        rows = await (await connection.execute("SELECT tenants_with_trash(%s) AS id", (before,))).fetchall()
    return [row["id"] for row in rows]


async def tenants_to_purge(database: Database, before: datetime | None, *, at: datetime) -> list[UUID]:
    """The tenants that are marked for removal; those deleted before this instant are marked now, without one none."""
    values = ("-infinity" if before is None else before, at)
    async with database.system() as connection:
        rows = await (await connection.execute("SELECT tenants_to_purge(%s, %s) AS id", values)).fetchall()
    return [row["id"] for row in rows]


async def empty_trash(database: Database, tenant_id: UUID, before: datetime) -> list[str]:
    """Remove what was deleted in this tenant before the instant; returns the storage keys of files nobody has now."""
    async with database.transaction(_sweeper(tenant_id)) as connection:
        rows = await (
            await connection.execute(
                "SELECT a.storage_key FROM attachments a JOIN conversations c ON c.id = a.conversation_id "
                "WHERE c.deleted_at < %s FOR UPDATE OF c",  # nothing is attached any more
                (before,),
            )
        ).fetchall()
        for statement in _TRASH:
            await connection.execute(statement, (before,))
    return [row["storage_key"] for row in rows]


async def remove_rows(database: Database, tenant_id: UUID) -> None:
    """What may be many rows, batch by batch, so that nobody waits for a lock; and the tenant's jobs in the queue."""
    async with database.system() as connection:
        await connection.execute(
            "DELETE FROM procrastinate_jobs WHERE status <> 'doing' AND args->>'tenant_id' = %s", (str(tenant_id),)
        )
    for statement in _BATCHES:
        gone = 1
        while gone:
            async with database.transaction(_sweeper(tenant_id)) as connection:
                gone = (await connection.execute(statement)).rowcount


async def remove_tenant_row(database: Database, tenant_id: UUID, *, at: datetime) -> None:
    """The marked tenant itself with all that is left; its id is noted in the same transaction."""
    async with database.system() as connection:
        await connection.execute("SELECT finish_purge_of_tenant(%s, %s)", (tenant_id, at))


def _sweeper(tenant_id: UUID) -> Identity:
    return Identity(tenant_id, None, "system", name="trash", origin=Origin("job"))
