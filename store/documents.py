"""Documents, their pages and their searchable chunks as rows. Which stage follows which, ``ingest`` decides.

Every change of a document is told live in the transaction that makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from store.pages import Heading, Page

_COLUMNS = sql.SQL(
    "id, title, filename, content_type, size_bytes, sha256, storage_key, status, page_count, analysis, error, "
    "created_at"
)
_INSERT = sql.SQL(
    "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, status, "
    "uploaded_by, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'received', %s, %s) RETURNING {}"
).format(_COLUMNS)
_SAME = sql.SQL("SELECT {} FROM documents WHERE sha256 = %s AND status NOT IN ('rejected', 'failed')").format(_COLUMNS)
_BY_ID = sql.SQL("SELECT {} FROM documents WHERE id = %s").format(_COLUMNS)
_LIST = sql.SQL(
    "SELECT {} FROM documents WHERE (%(status)s::text IS NULL OR status = %(status)s) "
    "AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s)) "
    "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
).format(_COLUMNS)
_SET_STATUS = sql.SQL(
    "UPDATE documents SET status = %s, error = %s, updated_at = now() WHERE id = %s RETURNING {}"
).format(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Document:
    id: UUID
    title: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    status: str
    page_count: int
    analysis: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewDocument:
    id: UUID
    title: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    storage_key: str
    created_at: datetime


class SameBytes(Conflict):
    """Another living document has the same bytes."""

    code = "duplicate_document"


async def insert(connection: Connection, identity: Identity, new: NewDocument) -> Document:
    """Insert as ``received``. Raises SameBytes when the bytes are there already (the transaction is then over)."""
    try:
        row = await (
            await connection.execute(
                _INSERT,
                (
                    new.id,
                    identity.tenant_id,
                    new.title,
                    new.filename,
                    new.content_type,
                    new.size_bytes,
                    new.sha256,
                    new.storage_key,
                    identity.user_id,
                    new.created_at,
                ),
            )
        ).fetchone()
    except UniqueViolation as error:
        raise SameBytes("This file is there already.") from error
    return await _told(connection, identity, row)


async def find_same(database: Database, identity: Identity, sha256: str) -> Document | None:
    """The living document with these bytes."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                _SAME,
                (sha256,),
            )
        ).fetchone()
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
        raise NotFound("There is no such document.", code="document_not_found")
    return Document(**row)


async def list_documents(
    database: Database,
    identity: Identity,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    status: str | None = None,
) -> list[Document]:
    """Newest first; ``before`` is the (created_at, id) of the last one already seen."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                _LIST,
                {
                    "status": status,
                    "at": before[0] if before else None,
                    "id": before[1] if before else None,
                    "limit": limit,
                },
            )
        ).fetchall()
    return [Document(**row) for row in rows]


async def set_status(
    connection: Connection, identity: Identity, document_id: UUID, status: str, *, error: dict[str, Any] | None = None
) -> Document:
    """Give the document its status and, when failed, the reason {code, detail}."""
    row = await (
        await connection.execute(
            _SET_STATUS,
            (status, Jsonb(error) if error else None, document_id),
        )
    ).fetchone()
    return await _told(connection, identity, row)


async def set_content(
    connection: Connection,
    identity: Identity,
    document_id: UUID,
    *,
    title: str,
    content_type: str,
    page_count: int,
    pages: Sequence[Page],
) -> None:
    """Replace title, type and pages by what was extracted."""
    await connection.execute(
        "UPDATE documents SET title = %s, content_type = %s, page_count = %s WHERE id = %s",
        (title, content_type, page_count, document_id),
    )
    await connection.execute("DELETE FROM pages WHERE document_id = %s", (document_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO pages (tenant_id, document_id, number, text, headings) VALUES (%s, %s, %s, %s, %s)",
            [(identity.tenant_id, document_id, page.number, page.text, Jsonb(_headings(page))) for page in pages],
        )


def _headings(page: Page) -> list[dict[str, Any]]:
    return [{"offset": one.offset, "level": one.level, "text": one.text} for one in page.headings]


async def set_analysis(connection: Connection, document_id: UUID, analysis: dict[str, Any]) -> None:
    await connection.execute("UPDATE documents SET analysis = %s WHERE id = %s", (Jsonb(analysis), document_id))


async def read_pages(database: Database, identity: Identity, document_id: UUID) -> list[Page]:
    """The pages in order; empty before extraction."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT number, text, headings FROM pages WHERE document_id = %s ORDER BY number", (document_id,)
            )
        ).fetchall()
    return [Page(row["number"], row["text"], tuple(Heading(**one) for one in row["headings"])) for row in rows]


async def unknown_files(database: Database, tenant_id: UUID, storage_keys: Sequence[str]) -> list[str]:
    """Those keys which no document of this tenant has; none when the tenant itself is unknown to this database."""
    async with database.transaction(Identity(tenant_id, None, "worker", origin=Origin("job"))) as connection:
        rows = await (
            await connection.execute(
                "SELECT key FROM tenants, unnest(%s::text[]) AS key WHERE NOT EXISTS "
                "(SELECT FROM documents WHERE storage_key = key)",
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
            raise NotFound("There is no such document.", code="document_not_found")
        await announce(connection, identity, "document.deleted", {"id": str(document_id)})
    return row["storage_key"]


async def _told(connection: Connection, identity: Identity, row: dict[str, Any] | None) -> Document:
    if row is None:
        raise NotFound("There is no such document.", code="document_not_found")
    document = Document(**row)
    await announce(
        connection,
        identity,
        "document.updated",
        {
            "id": str(document.id),
            "upload_id": str(document.id),
            "filename": document.filename,
            "title": document.title,
            "status": document.status,
            "error": document.error,
        },
    )
    return document
