"""What a message or a conversation quoted, and what is known of those documents and attached files. Read only.

References are written from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.attachments import require_conversation
from store.database import Connection, Database
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
                "SELECT m.conversation_id, m.text, m.citations "
                "FROM messages m JOIN conversations c ON c.id = m.conversation_id "
                "WHERE m.id = %s AND c.deleted_at IS NULL",
                (message_id,),
            )
        ).fetchone()
        if row is None:
            raise NotFound("There is no such message.", code="message_not_found")
        documents = await _quoted(connection, row["conversation_id"], row["citations"])
    return CitingMessage(row["text"], row["citations"], documents)


async def read_citing_conversation(database: Database, identity: Identity, conversation_id: UUID) -> CitingMessage:
    """All that was quoted in a conversation as if by one message, in order, without its text. Raises NotFound."""
    async with database.transaction(identity) as connection:
        await require_conversation(connection, conversation_id)
        rows = await (
            await connection.execute(
                "SELECT citations FROM messages WHERE conversation_id = %s AND citations <> '[]' "
                "ORDER BY created_at, id",
                (conversation_id,),
            )
        ).fetchall()
        citations = [one for row in rows for one in row["citations"]]
        return CitingMessage("", citations, await _quoted(connection, conversation_id, citations))


async def _quoted(
    connection: Connection, conversation_id: UUID, citations: Sequence[Mapping[str, Any]]
) -> dict[str, QuotedDocument]:
    """What is known of the documents, and of files of this conversation and no other."""
    ids = [one for one in (_uuid(citation.get("document_id")) for citation in citations) if one]
    found = await (
        await connection.execute(
            "SELECT id, title, source, metadata FROM documents WHERE id = ANY(%(ids)s) UNION ALL "
            "SELECT id, filename, '{}', metadata FROM attachments "
            "WHERE id = ANY(%(ids)s) AND conversation_id = %(conversation)s",
            {"ids": sorted(set(ids)), "conversation": conversation_id},
        )
    ).fetchall()
    return {str(one["id"]): QuotedDocument(one["title"], one["source"], one["metadata"]) for one in found}


def _uuid(value: object) -> UUID | None:
    """Citations are kept as they were shown, whatever stood in them."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
