"""Putting a job into a queue: in the caller's own transaction, so that the row and its job exist together or not.

Each queue is worked off beside the others: a mail never waits behind a long document. To add one: its name here, its
worker in ``worker.py``.

Documents are fair: a tenant's next one stands behind its own that wait and beside everybody else's first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.identity import Identity

DOCUMENTS: Final = "documents"
LONG: Final = "long_documents"  # recordings and large files: they must not hold up everybody's letters
LONG_ATTACHMENTS: Final = "long_attachments"  # of conversations: they must not wait for somebody's archive
MAILS: Final = "mails"
KEYS: Final = "keys"
REINDEXING: Final = "reindexing"  # hours of it: by turns of a minute, beside all others
_LAST_PLACE: Final = -2_000_000_000  # of what the queue can count


async def defer(
    connection: Connection, identity: Identity, queue: str, task: str, *, lock: str, after_s: float = 0.0, **ids: UUID
) -> None:
    """Queue ``task`` for this tenant with the ids it takes; two jobs with the same ``lock`` never run at once.

    It begins in ``after_s`` seconds at the earliest.
    """
    arguments = {
        "tenant_id": str(identity.tenant_id),
        "user_id": str(identity.user_id) if identity.user_id else None,
        **{name: str(value) for name, value in ids.items()},
    }
    priority = await _fair_priority(connection, queue, arguments["tenant_id"])
    await put(connection, queue, task, arguments, lock=lock, priority=priority, after_s=after_s)


async def _fair_priority(connection: Connection, queue: str, tenant_id: str | None) -> int:
    """One place behind the tenant's last waiting job, or behind the one that is being done now: fair queueing by turns.

    Places are counted downwards from 0, because a higher priority goes first.
    """
    row = await (
        await connection.execute(
            "SELECT coalesce(min(priority) FILTER (WHERE status = 'doing'), max(priority) FILTER "
            "(WHERE status = 'todo'), 0) AS now, coalesce(min(priority) FILTER (WHERE args->>'tenant_id' = %s), 0) "
            "AS own FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('todo', 'doing')",
            (tenant_id, queue),
        )
    ).fetchone()
    assert row is not None
    return max(min(row["now"], row["own"]) - 1, _LAST_PLACE)


async def put(
    connection: Connection,
    queue: str,
    task: str,
    arguments: Mapping[str, str | None],
    *,
    lock: str,
    once: str | None = None,
    priority: int = 0,
    after_s: float = 0.0,
) -> None:
    """Queue ``task``; of jobs with the same ``once`` only one may wait (psycopg's UniqueViolation for another)."""
    await connection.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%s, %s, %s, %s, %s, %s, "
        "now() + make_interval(secs => nullif(%s::float8, 0)))::procrastinate_job_to_defer_v1])",
        (queue, task, priority, lock, once, Jsonb(dict(arguments)), after_s),
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
