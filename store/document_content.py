"""What stands in a document, as rows: its pages, and what the file and its analysis say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.documents import locked
from store.errors import NotFound
from store.identity import Identity
from store.pages import Heading, Page, Region


@dataclass(frozen=True, slots=True)
class Content:
    """Everything extraction and analysis found out, beside the fields that people may correct."""

    content_type: str
    page_kind: str
    pages: Sequence[Page]
    analysis: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inspection: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in a list: ``characters`` counts its text."""

    number: int
    label: str
    characters: int
    recognised: bool


async def set_content(connection: Connection, identity: Identity, document_id: UUID, content: Content) -> None:
    """Replace type, pages, metadata, inspection and analysis by these."""
    await connection.execute(
        "UPDATE documents SET content_type = %s, page_kind = %s, page_count = %s, analysis = %s, metadata = %s, "
        "inspection = %s WHERE id = %s",
        (
            content.content_type,
            content.page_kind,
            0 if content.page_kind == "none" else len(content.pages),
            Jsonb(dict(content.analysis)),
            Jsonb(dict(content.metadata)),
            Jsonb(dict(content.inspection)),
            document_id,
        ),
    )
    await connection.execute("DELETE FROM pages WHERE document_id = %s", (document_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO pages (tenant_id, document_id, number, text, headings, regions, label, recognised) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [_row(identity, document_id, page) for page in content.pages],
        )


def _row(identity: Identity, document_id: UUID, page: Page) -> Sequence[Any]:
    headings = Jsonb([asdict(one) for one in page.headings])
    regions = Jsonb([{key: value for key, value in asdict(one).items() if value is not None} for one in page.regions])
    return (
        identity.tenant_id, document_id, page.number, page.text, headings, regions, page.label, page.recognised,
    )  # fmt: skip


async def read_pages(database: Database, identity: Identity, document_id: UUID) -> list[Page]:
    """The pages in order; empty before extraction."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT number, text, headings, regions, label, recognised FROM pages WHERE document_id = %s "
                "ORDER BY number",
                (document_id,),
            )
        ).fetchall()
    return [_page(row) for row in rows]


async def read_page(database: Database, identity: Identity, document_id: UUID, number: int) -> Page:
    """One page. Raises NotFound for a document or page that is not there."""
    async with database.transaction(identity) as connection:
        await locked(connection, document_id, lock=False)
        row = await (
            await connection.execute(
                "SELECT number, text, headings, regions, label, recognised FROM pages "
                "WHERE document_id = %s AND number = %s",
                (document_id, number),
            )
        ).fetchone()
    if row is None:
        raise NotFound("The document has no such page.", code="page_not_found")
    return _page(row)


async def list_pages(database: Database, identity: Identity, document_id: UUID) -> list[PageLine]:
    """The pages in order, without their texts; none before extraction. Raises NotFound for an unknown document."""
    async with database.transaction(identity) as connection:
        await locked(connection, document_id, lock=False)
        rows = await (
            await connection.execute(
                "SELECT number, label, length(text) AS characters, recognised FROM pages WHERE document_id = %s "
                "ORDER BY number",
                (document_id,),
            )
        ).fetchall()
    return [PageLine(**row) for row in rows]


def _page(row: Mapping[str, Any]) -> Page:
    return Page(
        row["number"],
        row["text"],
        tuple(Heading(**one) for one in row["headings"]),
        tuple(_region(one) for one in row["regions"]),
        row["label"],
        row["recognised"],
    )


def _region(value: Mapping[str, Any]) -> Region:
    box, seconds = value.get("box"), value.get("seconds")
    return Region(value["start"], value["end"], tuple(box) if box else None, tuple(seconds) if seconds else None)
