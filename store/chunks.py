"""The searchable chunks of documents as rows, their vectors beside them. A document has chunks only while it is
``ready``: who swaps them in and who sets that status share one transaction.

Vectors stand in a table of their own, one row a chunk and model, so that another model's are built while these answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id

_VECTORS_AT_ONCE = 250  # a statement: a megabyte or two, and its triggers run once


@dataclass(frozen=True, slots=True)
class NewChunk:
    """``embedding``: numbers of unit length, or None to be found by words only.

    ``sentence_vectors``: one after another the vectors of the text's sentences, a signed byte (127 is 1) a dimension.
    """

    seq: int
    page: int
    heading: str
    char_start: int
    char_end: int
    text: str
    embedding: Any = None
    embedding_model: str | None = None
    sentence_vectors: bytes = b""


@dataclass(frozen=True, slots=True)
class ChunkVector:
    """The vectors of a chunk that is there already, of one model."""

    document_id: UUID
    chunk_id: UUID
    model: str
    embedding: Any
    sentence_vectors: bytes = b""


async def swap_chunks(
    connection: Connection, identity: Identity, document_id: UUID, chunks: Sequence[NewChunk]
) -> None:
    """Replace all chunks; readers see the old ones until the transaction commits."""
    await connection.execute("DELETE FROM chunks WHERE document_id = %s", (document_id,))
    ids = [new_id() for _ in chunks]
    # one statement: the triggers that count words run once, not once a chunk
    await connection.execute(
        "INSERT INTO chunks (id, tenant_id, document_id, language, seq, page, heading, char_start, char_end, text) "
        "SELECT c.id, d.tenant_id, d.id, d.language, c.seq, c.page, c.heading, c.char_start, c.char_end, c.text "
        "FROM documents d, unnest(%s::uuid[], %s::int[], %s::int[], %s::text[], %s::int[], %s::int[], %s::text[]) "
        "AS c(id, seq, page, heading, char_start, char_end, text) WHERE d.id = %s",
        (
            ids,
            [chunk.seq for chunk in chunks],
            [chunk.page for chunk in chunks],
            [chunk.heading for chunk in chunks],
            [chunk.char_start for chunk in chunks],
            [chunk.char_end for chunk in chunks],
            [chunk.text for chunk in chunks],
            document_id,
        ),
    )
    vectors = [
        ChunkVector(document_id, chunk_id, chunk.embedding_model or "", chunk.embedding, chunk.sentence_vectors)
        for chunk_id, chunk in zip(ids, chunks, strict=True)
        if chunk.embedding is not None
    ]
    await keep_vectors(connection, identity, vectors)


async def keep_vectors(connection: Connection, identity: Identity, vectors: Sequence[ChunkVector]) -> None:
    """Put vectors beside their chunks, in place of those of the same model; a chunk gone meanwhile keeps none."""
    for start in range(0, len(vectors), _VECTORS_AT_ONCE):
        some = vectors[start : start + _VECTORS_AT_ONCE]
        await connection.execute(
            "INSERT INTO chunk_vectors (tenant_id, document_id, chunk_id, model, dimensions, embedding, sentences) "
            "SELECT %s, v.document_id, c.id, v.model, vector_dims(v.embedding), v.embedding, v.sentences "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::halfvec[], %s::bytea[]) "
            "AS v(document_id, chunk_id, model, embedding, sentences) JOIN chunks c ON c.id = v.chunk_id "
            "ON CONFLICT (chunk_id, model) DO UPDATE SET embedding = excluded.embedding, "
            "dimensions = excluded.dimensions, sentences = excluded.sentences",
            (
                identity.tenant_id,
                [vector.document_id for vector in some],
                [vector.chunk_id for vector in some],
                [vector.model for vector in some],
                [HalfVector(vector.embedding) for vector in some],
                [vector.sentence_vectors for vector in some],
            ),
        )


async def refresh_statistics(database: Database) -> None:
    """Let the planner know how many chunks there are; it may otherwise choose a slow plan for a minute.

    Cheap where it knows already: only tables that are small and have doubled since are looked through.
    """
    async with database.system() as connection:
        await connection.execute("SELECT analyze_search()")
