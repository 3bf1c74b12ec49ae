"""Puts texts into a test's database as confirmed documents, the way indexing leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tools.knowledge.embedding import Embedder

Passage = tuple[int, str, str]  # page, heading, text


async def add_document(
    database: Database,
    identity: Identity,
    title: str,
    passages: Sequence[Passage],
    embedder: Embedder | None = None,
    *,
    status: str = "ready",
    analysis: str = "null",
    created_at: datetime = datetime(2026, 11, 1, tzinfo=UTC),
) -> UUID:
    """One chunk a passage; returns the document's id. Without ``embedder`` the chunks are found by words only."""
    document = new_id()
    vectors = embedder.embed([f"{heading}. {text}" for _, heading, text in passages]) if embedder else None
    pages = max(page for page, _, _ in passages)
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, "
            "status, page_count, analysis, created_at) "
            "VALUES (%s, %s, %s, %s, 'text/plain', 1, %s, '', %s, %s, %s::jsonb, %s)",
            (document, identity.tenant_id, title, title, str(document), status, pages, analysis, created_at),
        )
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO chunks (id, tenant_id, document_id, seq, page, heading, char_start, char_end, text, "
                "embedding, embedding_model) VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s, %s, %s)",
                [
                    (
                        new_id(),
                        identity.tenant_id,
                        document,
                        seq,
                        page,
                        heading,
                        len(text),
                        text,
                        vectors[seq] if vectors is not None else None,
                        embedder.name if embedder else None,
                    )
                    for seq, (page, heading, text) in enumerate(passages)
                ],
            )
    return document
