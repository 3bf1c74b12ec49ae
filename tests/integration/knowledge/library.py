"""Puts texts into a test's database as confirmed documents, the way indexing leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from store.chunks import NewChunk, swap_chunks
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tools.knowledge.embedding import Embedder
from tools.knowledge.indexing import embed_pieces

Passage = tuple[int, str, str]  # page, heading, text


async def add_document(
    database: Database,
    identity: Identity,
    title: str,
    passages: Sequence[Passage],
    embedder: Embedder | None = None,
    *,
    status: str = "ready",
    created_at: datetime = datetime(2026, 11, 1, tzinfo=UTC),
    **about_given: object,
) -> UUID:
    """One chunk a passage; returns the document's id. Without ``embedder`` the chunks are found by words only.

    ``about_given``: category, tags and language of the document.
    """
    document = new_id()
    pieces = [NewChunk(seq, page, heading, 0, len(text), text) for seq, (page, heading, text) in enumerate(passages)]
    about = {"category": "", "tags": [], "language": "", **about_given}
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, "
            "status, page_count, category, tags, language, created_at) "
            "VALUES (%s, %s, %s, %s, 'text/plain', 1, %s, '', %s, %s, %s, %s, %s, %s)",
            (
                document,
                identity.tenant_id,
                title,
                title,
                str(document),
                status,
                max(page for page, _, _ in passages),
                about["category"],
                about["tags"],
                about["language"],
                created_at,
            ),
        )
        await swap_chunks(connection, identity, document, embed_pieces(pieces, embedder) if embedder else pieces)
    return document
