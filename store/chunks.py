"""The searchable chunks of documents as rows. A document has chunks only while it is ``ready``: who swaps them in and
who sets that status share one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id


@dataclass(frozen=True, slots=True)
class NewChunk:
    """``embedding``: 384 numbers, or None to be found by words only."""

    seq: int
    page: int
    heading: str
    char_start: int
    char_end: int
    text: str
    embedding: Any = None
    embedding_model: str | None = None


async def swap_chunks(
    connection: Connection, identity: Identity, document_id: UUID, chunks: Sequence[NewChunk]
) -> None:
    """Replace all chunks; readers see the old ones until the transaction commits."""
    await connection.execute("DELETE FROM chunks WHERE document_id = %s", (document_id,))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO chunks (id, tenant_id, document_id, seq, page, heading, char_start, char_end, text, "
            "embedding, embedding_model) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    new_id(),
                    identity.tenant_id,
                    document_id,
                    chunk.seq,
                    chunk.page,
                    chunk.heading,
                    chunk.char_start,
                    chunk.char_end,
                    chunk.text,
                    chunk.embedding,
                    chunk.embedding_model,
                )
                for chunk in chunks
            ],
        )


async def refresh_statistics(database: Database) -> None:
    """Let the planner know how many chunks there are; it may otherwise choose a slow plan for a minute."""
    async with database.system() as connection:
        await connection.execute("SELECT analyze_search()")
