"""What was read from the files of a conversation. It is searched there and nowhere else: no function here
reads passages of more than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from store import attachments
from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id
from store.pages import Region


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one page. ``embedding``: float32 bytes of ``embedding_model``, None to be found by words only.

    ``sentence_vectors``: as of ``store.chunks.NewChunk``. ``regions`` count in ``text``.
    """

    seq: int
    page: int
    label: str
    heading: str
    text: str
    regions: Sequence[Region] = ()
    embedding: bytes | None = None
    embedding_model: str | None = None
    sentence_vectors: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage(Passage):
    """A passage with the attachment it is from."""

    id: UUID
    attachment_id: UUID
    filename: str
    page_kind: str
    page_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's telling words: stem and the places where it stands."""

    stem: str
    places: Sequence[int]


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
            "INSERT INTO attachment_passages (id, tenant_id, attachment_id, seq, page, label, heading, text, regions, "
            "embedding, embedding_model, sentences) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
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
        Jsonb([asdict(region) for region in one.regions]),
        one.embedding,
        one.embedding_model,
        one.sentence_vectors,
    )


async def of_conversation(
    database: Database, identity: Identity, conversation_id: UUID, question: str = "", *, limit: int = 2000
) -> tuple[list[FoundPassage], list[Asked]]:
    """What was read from the attachments of one living conversation, up to ``limit`` passages, the file that came last
    first; and the telling words of ``question``, read as English, when there are any passages.
    """
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT p.id, a.id AS attachment_id, a.filename, a.page_kind, a.page_count, p.seq, p.page, p.label, "
                "p.heading, p.text, p.regions, p.embedding, p.embedding_model, p.sentences AS sentence_vectors "
                "FROM attachments a JOIN attachment_passages p ON p.attachment_id = a.id "
                "JOIN conversations c ON c.id = a.conversation_id AND c.deleted_at IS NULL "
                "WHERE a.conversation_id = %s AND a.status = 'ready' "
                "ORDER BY a.created_at DESC, a.id DESC, p.seq LIMIT %s",
                (conversation_id, limit),
            )
        ).fetchall()
        if not rows:
            return [], []
        words = await (
            await connection.execute(
                "SELECT lexeme AS stem, positions AS places FROM unnest(text_words('en', %s)) ORDER BY positions[1]",
                (question,),
            )
        ).fetchall()
    return [_found(row) for row in rows], [Asked(**row) for row in words]


def _found(row: dict[str, Any]) -> FoundPassage:
    values: dict[str, Any] = {**row, "regions": _regions(row["regions"])}
    return FoundPassage(**values)


def _regions(rows: Sequence[Mapping[str, Any]]) -> tuple[Region, ...]:
    return tuple(Region(row["start"], row["end"], _numbers(row["box"]), _numbers(row["seconds"])) for row in rows)


def _numbers(values: Sequence[float] | None) -> Any:
    return tuple(values) if values else None
