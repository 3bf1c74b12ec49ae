"""Documents as rows: one row is one version of a document. Which stage follows which, ``ingest`` decides.

Every change of a document is told live in the transaction that makes it. Their text is in ``document_content.py``, how
versions follow each other in ``document_versions.py``, lists in ``document_lists.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity, Origin
from store.live import announce

COLUMNS = sql.SQL(
    "id, series_id, version, title, filename, content_type, size_bytes, sha256, storage_key, status, page_kind, "
    "page_count, category, tags, language, metadata, source, inspection, analysis, error, corrected, created_at"
)
_INSERT = sql.SQL(
    "INSERT INTO documents (id, series_id, version, tenant_id, title, filename, content_type, size_bytes, sha256, "
    "storage_key, status, category, tags, language, source, corrected, uploaded_by, created_at) VALUES "
    "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'received', %s, %s, %s, %s, %s, %s, %s) RETURNING {}"
).format(COLUMNS)
_SAME = sql.SQL(
    "SELECT {} FROM documents WHERE sha256 = %s AND status NOT IN ('rejected', 'failed', 'replaced')"
).format(COLUMNS)
_BY_ID = sql.SQL("SELECT {} FROM documents WHERE id = %s").format(COLUMNS)
_SET_STATUS = sql.SQL(
    "UPDATE documents SET status = %s, error = %s, updated_at = now() WHERE id = %s RETURNING {}"
).format(COLUMNS)


@dataclass(frozen=True, slots=True)
class Fields:
    """What people may correct. ``language`` ISO 639-1 or empty; ``source``: where it was published."""

    title: str
    category: str = ""
    tags: Sequence[str] = ()
    language: str = ""
    source: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Document:
    """One version. ``corrected``: those of the fields that people set; ``inspection``: what was found in the file."""

    id: UUID
    series_id: UUID
    version: int
    title: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    status: str
    page_kind: str
    page_count: int
    category: str
    tags: list[str]
    language: str
    metadata: dict[str, Any]
    source: dict[str, Any]
    inspection: dict[str, Any]
    analysis: dict[str, Any] | None
    error: dict[str, Any] | None
    corrected: list[str]
    created_at: datetime

    @property
    def fields(self) -> Fields:
        return Fields(self.title, self.category, tuple(self.tags), self.language, self.source)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """``series_id`` None: the first version of a new document. ``corrected``: the fields that are to stay."""

    id: UUID
    fields: Fields
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    created_at: datetime
    series_id: UUID | None = None
    version: int = 1
    corrected: Sequence[str] = ()


class SameBytes(Conflict):
    """Another living document has the same bytes."""

    code = "duplicate_document"


async def insert(connection: Connection, identity: Identity, new: NewDocument) -> Document:
    """Insert as ``received``. Raises SameBytes when the bytes are there already (the transaction is then over)."""
    values = (
        new.id,
        new.series_id,
        new.version,
        identity.tenant_id,
        new.fields.title,
        new.filename,
        new.content_type,
        new.size_bytes,
        new.sha256,
        new.storage_key,
        new.fields.category,
        list(new.fields.tags),
        new.fields.language,
        Jsonb(dict(new.fields.source)),
        list(new.corrected),
        identity.user_id,
        new.created_at,
    )
    try:
        row = await (await connection.execute(_INSERT, values)).fetchone()
    except UniqueViolation as error:
        raise SameBytes("This file is there already.") from error
    return await _told(connection, identity, row)


async def find_same(database: Database, identity: Identity, sha256: str) -> Document | None:
    """The living document with these bytes."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_SAME, (sha256,))).fetchone()
    return Document(**row) if row else None


async def read(database: Database, identity: Identity, document_id: UUID) -> Document:
    """Raises NotFound for an unknown id, another tenant's included."""
    async with database.transaction(identity) as connection:
        return await locked(connection, document_id, lock=False)


async def locked(connection: Connection, document_id: UUID, *, lock: bool = True) -> Document:
    """The document, held against other writers until the transaction ends. Raises NotFound."""
    statement = _BY_ID + sql.SQL(" FOR UPDATE") if lock else _BY_ID
    row = await (await connection.execute(statement, (document_id,))).fetchone()
    if row is None:
        raise not_found()
    return Document(**row)


async def set_status(
    connection: Connection, identity: Identity, document_id: UUID, status: str, *, error: dict[str, Any] | None = None
) -> Document:
    """Give the document its status and, when failed, the reason {code, detail}."""
    row = await (
        await connection.execute(_SET_STATUS, (status, Jsonb(error) if error else None, document_id))
    ).fetchone()
    return await _told(connection, identity, row)


async def set_fields(
    connection: Connection, identity: Identity, document: Document, fields: Fields, *, corrected: Sequence[str]
) -> Document:
    """Give the document these fields; ``corrected`` are those that a new analysis leaves alone."""
    row = await (
        await connection.execute(
            sql.SQL(
                "UPDATE documents SET title = %s, category = %s, tags = %s, language = %s, source = %s, "
                "corrected = %s, updated_at = now() WHERE id = %s RETURNING {}"
            ).format(COLUMNS),
            (
                fields.title,
                fields.category,
                list(fields.tags),
                fields.language,
                Jsonb(dict(fields.source)),
                sorted(corrected),
                document.id,
            ),
        )
    ).fetchone()
    return await _told(connection, identity, row)


async def unknown_files(database: Database, tenant_id: UUID, storage_keys: Sequence[str]) -> list[str]:
    """Those keys which no document or attachment of this tenant has; none when the tenant is unknown here."""
    async with database.transaction(Identity(tenant_id, None, "worker", origin=Origin("job"))) as connection:
        rows = await (
            await connection.execute(
                "SELECT key FROM tenants, unnest(%s::text[]) AS key WHERE NOT EXISTS "
                "(SELECT FROM documents WHERE storage_key = key) AND NOT EXISTS "
                "(SELECT FROM attachments WHERE storage_key = key)",
                (list(storage_keys),),
            )
        ).fetchall()
    return [row["key"] for row in rows]


async def delete(database: Database, identity: Identity, document_id: UUID) -> str:
    """Remove the document with pages, chunks and jobs; returns the storage key of its file. Raises NotFound."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute("DELETE FROM documents WHERE id = %s RETURNING storage_key", (document_id,))
        ).fetchone()
        if row is None:
            raise not_found()
        await announce(connection, identity, "document.deleted", {"id": str(document_id)})
    return row["storage_key"]


def not_found() -> NotFound:
    return NotFound("There is no such document.", code="document_not_found")


async def _told(connection: Connection, identity: Identity, row: dict[str, Any] | None) -> Document:
    if row is None:
        raise not_found()
    document = Document(**row)
    told = {
        "id": str(document.id),
        "upload_id": str(document.id),
        "series_id": str(document.series_id),
        "version": document.version,
        "filename": document.filename,
        "title": document.title,
        "status": document.status,
        "error": document.error,
    }
    await announce(connection, identity, "document.updated", told)
    return document
