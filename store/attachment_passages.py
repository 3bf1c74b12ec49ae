"""What was read from the files of a conversation. It is searched there and nowhere else: no function here
reads passages of more than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from store import attachments
from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one page. ``embedding``: float32 bytes of ``embedding_model``, None to be found by words only.

    ``boxes``: (left, top, right, bottom) of its lines as shares of the page; ``seconds``: [from, to) of a recording.
    """

    seq: int
    page: int
    label: str
    heading: str
    text: str
    boxes: Sequence[Sequence[float]] = ()
    seconds: Sequence[float] | None = None
    embedding: bytes | None = None
    embedding_model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage(Passage):
    """A passage with the attachment it is from."""

    attachment_id: UUID
    filename: str
    page_kind: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that was read from one file; ``findings`` as JSON of ``Finding``."""

    content_type: str
    page_kind: str
    page_count: int
    metadata: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    passages: Sequence[Passage]


async def keep(connection: Connection, identity: Identity, attachment_id: UUID, content: Content) -> None:
    """Replace what was read from the attachment and make it ready. Raises NotFound when it is gone."""
    await connection.execute(
        "UPDATE attachments SET content_type = %s, page_kind = %s, page_count = %s, metadata = %s, findings = %s "
        "WHERE id = %s",
        (
            content.content_type,
            content.page_kind,
            content.page_count,
            Jsonb(dict(content.metadata)),
            Jsonb(list(content.findings)),
            attachment_id,
        ),
    )
    await attachments.set_status(connection, identity, attachment_id, "ready")
    await connection.execute("DELETE FROM attachment_passages WHERE attachment_id = %s", (attachment_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO attachment_passages (id, tenant_id, attachment_id, seq, page, label, heading, text, boxes, "
            "seconds, embedding, embedding_model) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [_row(identity, attachment_id, one) for one in content.passages],
        )


def _row(identity: Identity, attachment_id: UUID, one: Passage) -> tuple[Any, ...]:
    return (
        new_id(),
        identity.tenant_id,
        attachment_id,
        one.seq,
        one.page,
        one.label,
        one.heading,
        one.text,
        Jsonb([list(box) for box in one.boxes]),
        Jsonb(list(one.seconds)) if one.seconds is not None else None,
        one.embedding,
        one.embedding_model,
    )


async def of_conversation(
    database: Database, identity: Identity, conversation_id: UUID, *, limit: int = 4000
) -> list[FoundPassage]:
    """All that was read from the attachments of one living conversation, in order, up to ``limit`` passages."""
    async with (
        database.transaction(identity) as connection,
        connection.cursor(row_factory=class_row(FoundPassage)) as cursor,
    ):
        await cursor.execute(
            "SELECT a.id AS attachment_id, a.filename, a.page_kind, p.seq, p.page, p.label, p.heading, p.text, "
            "p.boxes, p.seconds, p.embedding, p.embedding_model FROM attachments a JOIN attachment_passages p "
            "ON p.attachment_id = a.id JOIN conversations c ON c.id = a.conversation_id AND c.deleted_at IS NULL "
            "WHERE a.conversation_id = %s AND a.status = 'ready' ORDER BY a.created_at, a.id, p.seq LIMIT %s",
            (conversation_id, limit),
        )
        return await cursor.fetchall()
