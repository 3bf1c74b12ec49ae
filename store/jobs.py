"""The visible side of background work: one row a job, told live at every change. The queue itself is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.live import announce

FINISHED = frozenset({"succeeded", "failed", "cancelled"})
DIED = "The job process ended in the middle of it."
COLUMNS = sql.SQL(
    "id, kind, document_id, status, stage, progress, attempt, reason, error, status_before, created_at, updated_at"
)
_BY_ID = sql.SQL("SELECT {} FROM jobs WHERE id = %s").format(COLUMNS)
_LATEST = sql.SQL(
    "SELECT {} FROM jobs WHERE document_id = %s AND kind = ANY(%s) ORDER BY created_at DESC, id DESC LIMIT 1"
).format(COLUMNS)
_UNDER_WAY = sql.SQL("SELECT {} FROM jobs WHERE kind = %s AND status IN ('queued', 'running') LIMIT 1").format(COLUMNS)
_LIST = sql.SQL(
    "SELECT {} FROM jobs WHERE (%(status)s::text IS NULL OR status = %(status)s) "
    "AND (%(document_id)s::uuid IS NULL OR document_id = %(document_id)s) "
    "AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s)) "
    "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
).format(COLUMNS)
_START = sql.SQL(
    "UPDATE jobs SET status = 'running', updated_at = now(), "
    "attempt = attempt + (status = 'running')::integer, "
    "reason = CASE WHEN status = 'running' THEN %(died)s ELSE reason END "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(COLUMNS)
_ADVANCE = sql.SQL(
    "UPDATE jobs SET stage = %(stage)s, progress = %(progress)s, updated_at = now(), "
    "attempt = CASE WHEN %(proved)s THEN 0 ELSE attempt END "
    "WHERE id = %(id)s AND status = 'running' RETURNING {}"
).format(COLUMNS)
_PAUSE = sql.SQL(
    "UPDATE jobs SET status = 'queued', updated_at = now() WHERE id = %(id)s AND status = 'running' RETURNING {}"
).format(COLUMNS)
_SUCCEED = sql.SQL(
    "UPDATE jobs SET status = 'succeeded', progress = 100, error = NULL, reason = '', updated_at = now() "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(COLUMNS)
_FAIL = sql.SQL(
    "UPDATE jobs SET status = 'failed', error = %(error)s, updated_at = now() "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(COLUMNS)
_CANCEL = sql.SQL(
    "UPDATE jobs SET status = 'cancelled', updated_at = now() "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(COLUMNS)
_TRY_AGAIN = sql.SQL(
    "UPDATE jobs SET status = 'queued', attempt = attempt + 1, reason = %(reason)s, updated_at = now() "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(COLUMNS)


@dataclass(frozen=True, slots=True)
class Job:
    """``progress`` 0-100; ``error`` is {code, detail} when failed; ``status_before``: the document's.

    ``attempt`` counts tries that failed for no fault of the document, ``reason`` says why the last of them did.
    """

    id: UUID
    kind: str
    document_id: UUID | None
    status: str
    stage: str
    progress: int
    attempt: int
    reason: str
    error: dict[str, Any] | None
    status_before: str
    created_at: datetime
    updated_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The shape HTTP and live events show."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "document_id": str(self.document_id) if self.document_id else None,
            "status": self.status,
            "stage": self.stage,
            "progress": self.progress,
            "attempt": self.attempt,
            "reason": self.reason,
            "error": self.error,
        }


async def create(
    connection: Connection,
    identity: Identity,
    *,
    job_id: UUID,
    kind: str,
    document_id: UUID | None,
    at: datetime,
    status_before: str = "",
) -> None:
    """Insert a queued job and tell of it."""
    row = await (
        await connection.execute(
            sql.SQL(
                "INSERT INTO jobs (id, tenant_id, kind, document_id, created_at, status_before) "
                "VALUES (%s, %s, %s, %s, %s, %s) RETURNING {}"
            ).format(COLUMNS),
            (job_id, identity.tenant_id, kind, document_id, at, status_before),
        )
    ).fetchone()
    await _tell(connection, identity, row)


async def read(database: Database, identity: Identity, job_id: UUID) -> Job:
    """Raises NotFound for an unknown id, another tenant's included."""
    async with database.transaction(identity) as connection:
        return await find(connection, job_id)


async def find(connection: Connection, job_id: UUID) -> Job:
    """As `read`, in a transaction that is open already."""
    row = await (await connection.execute(_BY_ID, (job_id,))).fetchone()
    if row is None:
        raise NotFound("There is no such job.", code="job_not_found")
    return Job(**row)


async def list_jobs(
    database: Database,
    identity: Identity,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    status: str | None = None,
    document_id: UUID | None = None,
) -> list[Job]:
    """Newest first; ``before`` is the (created_at, id) of the last one already seen."""
    values = {
        "status": status,
        "document_id": document_id,
        "at": before[0] if before else None,
        "id": before[1] if before else None,
        "limit": limit,
    }
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute(_LIST, values)).fetchall()
    return [Job(**row) for row in rows]


async def latest(connection: Connection, document_id: UUID, kinds: list[str]) -> Job | None:
    """The document's newest job of these kinds."""
    row = await (await connection.execute(_LATEST, (document_id, kinds))).fetchone()
    return Job(**row) if row else None


async def under_way(connection: Connection, kind: str) -> Job | None:
    """The tenant's job of this kind that waits or runs."""
    row = await (await connection.execute(_UNDER_WAY, (kind,))).fetchone()
    return Job(**row) if row else None


async def others_under_way(connection: Connection, document_id: UUID, job_id: UUID) -> set[str]:
    """The kinds of this document's other jobs that wait or run. Hold the document, or it may change at once."""
    found = await connection.execute(
        "SELECT DISTINCT kind FROM jobs WHERE document_id = %s AND id <> %s AND status IN ('queued', 'running')",
        (document_id, job_id),
    )
    return {row["kind"] for row in await found.fetchall()}


async def start(connection: Connection, identity: Identity, job_id: UUID) -> Job | None:
    """The job runs from now on; None when it is over or gone. One that ran already died: that counts as a try."""
    return await _change(connection, identity, _START, {"id": job_id, "died": DIED})


async def advance(
    connection: Connection, identity: Identity, job_id: UUID, *, stage: str, progress: int, proved: bool = False
) -> Job | None:
    """The job has come this far; None when it does not run any more. ``proved``: it came further than ever."""
    values = {"id": job_id, "stage": stage, "progress": progress, "proved": proved}
    return await _change(connection, identity, _ADVANCE, values)


async def running(connection: Connection, job_id: UUID) -> Job | None:
    """The job, held until the transaction ends; None when it does not run any more."""
    row = await (await connection.execute(_BY_ID + sql.SQL(" AND status = 'running' FOR SHARE"), (job_id,))).fetchone()
    return Job(**row) if row else None


async def pause(connection: Connection, identity: Identity, job_id: UUID) -> Job | None:
    """Back into the queue of its own will, which is no try; None when it does not run any more."""
    return await _change(connection, identity, _PAUSE, {"id": job_id})


async def succeed(connection: Connection, identity: Identity, job_id: UUID) -> Job | None:
    """None when it was over already."""
    return await _change(connection, identity, _SUCCEED, {"id": job_id})


async def fail(connection: Connection, identity: Identity, job_id: UUID, error: dict[str, Any]) -> Job | None:
    """``error`` is {code, detail}; None when it was over already, which it then stays."""
    return await _change(connection, identity, _FAIL, {"id": job_id, "error": Jsonb(error)})


async def cancel(connection: Connection, identity: Identity, job_id: UUID) -> Job | None:
    """None when it was over already."""
    return await _change(connection, identity, _CANCEL, {"id": job_id})


async def try_again(connection: Connection, identity: Identity, job_id: UUID, reason: str) -> Job | None:
    """Back into the queue after a try that failed; None when it was over already."""
    return await _change(connection, identity, _TRY_AGAIN, {"id": job_id, "reason": reason})


async def forget_finished(connection: Connection, before: datetime) -> int:
    """Remove those that are over and were asked for before then, but the last of each document and kind; how many."""
    done = await connection.execute(
        "DELETE FROM jobs WHERE created_at < %s AND status = ANY (%s) AND id IN (SELECT id FROM (SELECT id, "
        "row_number() OVER (PARTITION BY document_id, kind ORDER BY created_at DESC, id DESC) AS place FROM jobs) j "
        "WHERE j.place > 1)",
        (before, sorted(FINISHED)),
    )
    return done.rowcount


async def _change(
    connection: Connection, identity: Identity, statement: sql.Composed, values: dict[str, Any]
) -> Job | None:
    return await _tell(connection, identity, await (await connection.execute(statement, values)).fetchone())


async def _tell(connection: Connection, identity: Identity, row: dict[str, Any] | None) -> Job | None:
    if row is None:
        return None
    job = Job(**row)
    await announce(connection, identity, "job.updated", job.as_json())
    return job
