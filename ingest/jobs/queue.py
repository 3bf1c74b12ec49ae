"""Putting a job into the queue: in the caller's own transaction, so that the row and its job exist together or not."""

from __future__ import annotations

from uuid import UUID

from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.identity import Identity

QUEUE = "documents"


async def defer(connection: Connection, identity: Identity, task: str, *, job_id: UUID, document_id: UUID) -> None:
    """Queue ``task`` for one document; two jobs of the same document never run at once."""
    arguments = {
        "tenant_id": str(identity.tenant_id),
        "user_id": str(identity.user_id) if identity.user_id else None,
        "job_id": str(job_id),
        "document_id": str(document_id),
    }
    await connection.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%s, %s, 0, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1])",
        (QUEUE, task, f"document:{document_id}", Jsonb(arguments)),
    )


async def count_jobs(database: Database) -> dict[str, int]:
    """Queued and running jobs of all tenants: a figure without content."""
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT status::text AS status, count(*) AS n FROM procrastinate_jobs "
                "WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
            )
        ).fetchall()
    return {"todo": 0, "doing": 0, "failed": 0} | {row["status"]: row["n"] for row in rows}
