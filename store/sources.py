"""What a message quoted, and what is known of its documents and attached files, to write references from. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.database import Database
from store.errors import NotFound
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class QuotedDocument:
    """A document, or a file of the conversation by its name.

    ``source``: as people typed it; ``metadata``: what the file says of itself.
    """

    title: str
    source: Mapping[str, Any]
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CitingMessage:
    """``documents`` lacks those that were deleted meanwhile; ``citations`` are as they were shown."""

    text: str
    citations: Sequence[Mapping[str, Any]]
    documents: Mapping[str, QuotedDocument]


async def read_citing_message(database: Database, identity: Identity, message_id: UUID) -> CitingMessage:
    """Raises NotFound for an unknown id, another tenant's and one of a deleted conversation included."""
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT m.text, m.citations FROM messages m JOIN conversations c ON c.id = m.conversation_id "
                "WHERE m.id = %s AND c.deleted_at IS NULL",
                (message_id,),
            )
        ).fetchone()
        if row is None:
            raise NotFound("There is no such message.", code="message_not_found")
        ids = {str(one.get("document_id", "")) for one in row["citations"]}
        found = await (
            await connection.execute(
                "SELECT id, title, source, metadata FROM documents WHERE id::text = ANY(%(ids)s) UNION ALL "
                "SELECT id, filename, '{}', metadata FROM attachments WHERE id::text = ANY(%(ids)s)",
                {"ids": sorted(ids)},
            )
        ).fetchall()
    documents = {str(one["id"]): QuotedDocument(one["title"], one["source"], one["metadata"]) for one in found}
    return CitingMessage(row["text"], row["citations"], documents)
