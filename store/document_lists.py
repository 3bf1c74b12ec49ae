"""Documents as people see them: the row with its chunks counted, its latest job and what it follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from store.database import Database
from store.documents import COLUMNS, Document, not_found
from store.identity import Identity
from store.jobs import COLUMNS as JOB_COLUMNS
from store.jobs import Job

_VIEW = sql.SQL(
    "SELECT d.*, (SELECT count(*) FROM chunks WHERE chunks.document_id = d.id) AS chunk_count, "
    "(SELECT o.id FROM documents o WHERE o.series_id = d.series_id AND o.version < d.version "
    "ORDER BY o.version DESC LIMIT 1) AS replaces FROM (SELECT {} FROM documents WHERE {}) d "
)
_FILTERED = sql.SQL(
    "(%(status)s::text IS NULL OR status = %(status)s) AND (%(category)s::text IS NULL OR category = %(category)s) "
    "AND (%(tag)s::text IS NULL OR %(tag)s = ANY (tags)) "
    "AND (%(series_id)s::uuid IS NULL OR series_id = %(series_id)s) "
    "AND (%(q)s::text IS NULL OR strpos(lower(title), lower(%(q)s)) > 0 OR strpos(lower(filename), lower(%(q)s)) > 0) "
    "AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s)) "
    "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
)
_BRIEF = sql.SQL(
    "id, series_id, version, title, filename, content_type, size_bytes, sha256, storage_key, status, page_kind, "
    "page_count, category, tags, language, metadata - 'outline' AS metadata, source, inspection, analysis - "
    "'{fingerprint,key_points,reasons,relevance_reason,languages,tags,analysed_by}'::text[] AS analysis, error, "
    "corrected, created_at"
)
_NEWEST = sql.SQL("ORDER BY created_at DESC, id DESC")
_LIST = _VIEW.format(COLUMNS, _FILTERED) + _NEWEST
_BRIEF_LIST = _VIEW.format(_BRIEF, _FILTERED) + _NEWEST
_ONE = _VIEW.format(COLUMNS, sql.SQL("id = %(id)s"))
_VERSIONS = _VIEW.format(_BRIEF, sql.SQL("series_id = (SELECT series_id FROM documents WHERE id = %(id)s)")) + sql.SQL(
    "ORDER BY version DESC LIMIT 1000"
)
_JOBS = sql.SQL(
    "SELECT DISTINCT ON (document_id) {} FROM jobs WHERE document_id = ANY (%s) "
    "ORDER BY document_id, created_at DESC, id DESC"
).format(JOB_COLUMNS)


@dataclass(frozen=True, slots=True)
class Listed:
    """``replaces``: the version before this one, None for the first; ``job``: the latest."""

    document: Document
    chunk_count: int
    replaces: UUID | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class Filter:
    """None: any. ``q`` is looked for in title and file name, upper and lower case alike."""

    status: str | None = None
    category: str | None = None
    tag: str | None = None
    q: str | None = None
    series_id: UUID | None = None


async def list_documents(
    database: Database,
    identity: Identity,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    only: Filter | None = None,
    brief: bool = False,
) -> list[Listed]:
    """Newest first; ``before`` is the (created_at, id) of the last one already seen.

    ``brief``: without what only one document's own page shows (outline, key points, reasons).
    """
    wanted = only or Filter()
    values = {
        "status": wanted.status,
        "category": wanted.category,
        "tag": wanted.tag,
        "q": wanted.q,
        "series_id": wanted.series_id,
        "at": before[0] if before else None,
        "id": before[1] if before else None,
        "limit": limit,
    }
    return await _listed(database, identity, _BRIEF_LIST if brief else _LIST, values)


async def list_versions(database: Database, identity: Identity, document_id: UUID) -> list[Listed]:
    """All versions of the document this is one of, the newest first, in brief. Raises NotFound."""
    found = await _listed(database, identity, _VERSIONS, {"id": document_id})
    if not found:
        raise not_found()
    return found


async def read_listed(database: Database, identity: Identity, document_id: UUID) -> Listed:
    """Raises NotFound for an unknown id, another tenant's included."""
    found = await _listed(database, identity, _ONE, {"id": document_id})
    if not found:
        raise not_found()
    return found[0]


async def _listed(
    database: Database, identity: Identity, statement: sql.Composed, values: dict[str, Any]
) -> list[Listed]:
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute(statement, values)).fetchall()
        jobs = await (await connection.execute(_JOBS, ([row["id"] for row in rows],))).fetchall()
    latest = {row["document_id"]: Job(**row) for row in jobs}
    return [
        Listed(
            document=Document(**{key: value for key, value in row.items() if key not in {"chunk_count", "replaces"}}),
            chunk_count=row["chunk_count"],
            replaces=row["replaces"],
            job=latest.get(row["id"]),
        )
        for row in rows
    ]
