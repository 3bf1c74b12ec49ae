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

FINISHED = frozenset({"succeeded", "failed"})
_COLUMNS = sql.SQL("id, kind, document_id, status, stage, progress, error, created_at, updated_at")
_BY_ID = sql.SQL("SELECT {} FROM jobs WHERE id = %s").format(_COLUMNS)
_LATEST = sql.SQL(
    "SELECT {} FROM jobs WHERE document_id = %s AND kind = ANY(%s) ORDER BY created_at DESC, id DESC LIMIT 1"
).format(_COLUMNS)
_ADVANCE = sql.SQL(
    "UPDATE jobs SET status = 'running', stage = %(stage)s, progress = %(progress)s, updated_at = now() "
    "WHERE id = %(id)s AND status IN ('queued', 'running') RETURNING {}"
).format(_COLUMNS)
_SUCCEED = sql.SQL(
    "UPDATE jobs SET status = 'succeeded', progress = 100, error = NULL, updated_at = now() "
    "WHERE id = %(id)s AND status <> 'succeeded' RETURNING {}"
).format(_COLUMNS)
_FAIL = sql.SQL(
    "UPDATE jobs SET status = 'failed', error = %(error)s, updated_at = now() "
    "WHERE id = %(id)s AND status <> 'succeeded' RETURNING {}"
).format(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Job:
    """``progress`` 0-100; ``error`` is {code, detail} when failed."""

    id: UUID
    kind: str
    document_id: UUID | None
    status: str
    stage: str
    progress: int
    error: dict[str, Any] | None
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
            "error": self.error,
        }


async def create(
    connection: Connection, identity: Identity, *, job_id: UUID, kind: str, document_id: UUID, at: datetime
) -> None:
    """Insert a queued job."""
    await connection.execute(
        "INSERT INTO jobs (id, tenant_id, kind, document_id, created_at) VALUES (%s, %s, %s, %s, %s)",
        (job_id, identity.tenant_id, kind, document_id, at),
    )


async def read(database: Database, identity: Identity, job_id: UUID) -> Job:
    """Raises NotFound for an unknown id, another tenant's included."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_BY_ID, (job_id,))).fetchone()
    if row is None:
        raise NotFound("There is no such job.", code="job_not_found")
    return Job(**row)


async def latest(connection: Connection, document_id: UUID, kinds: list[str]) -> Job | None:
    """The document's newest job of these kinds."""
    row = await (await connection.execute(_LATEST, (document_id, kinds))).fetchone()
    return Job(**row) if row else None


async def advance(connection: Connection, identity: Identity, job_id: UUID, *, stage: str, progress: int) -> None:
    """The job runs and has come this far; a finished one stays as it is."""
    await _change(
        connection,
        identity,
        _ADVANCE,
        {"id": job_id, "stage": stage, "progress": progress},
    )


async def succeed(connection: Connection, identity: Identity, job_id: UUID) -> None:
    await _change(
        connection,
        identity,
        _SUCCEED,
        {"id": job_id},
    )


async def fail(connection: Connection, identity: Identity, job_id: UUID, error: dict[str, Any]) -> None:
    """``error`` is {code, detail}; a job that has succeeded stays so."""
    await _change(
        connection,
        identity,
        _FAIL,
        {"id": job_id, "error": Jsonb(error)},
    )


async def _change(connection: Connection, identity: Identity, statement: sql.Composed, values: dict[str, Any]) -> None:
    row = await (await connection.execute(statement, values)).fetchone()
    if row is not None:
        await announce(connection, identity, "job.updated", Job(**row).as_json())
