"""Vectors that need not be computed again: of a document that is being indexed, and of its version that is searched.

The first are rows of their own, so that a killed job goes on where it was; they go when the document is ready,
or a day after everybody gave it up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from store.database import Connection
from store.errors import NotFound
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a searched chunk has: its vector, the model's name, its sentences' packed vectors."""

    vector: Any
    model: str
    sentences: bytes


def digest_of(first: str, second: str) -> bytes:
    """Names a text's vector by model and text, or a chunk by heading and text."""
    return hashlib.sha256(f"{first}\n{second}".encode("utf-8", "surrogatepass")).digest()


async def read(connection: Connection, document_id: UUID) -> dict[bytes, bytes]:
    """Vectors as little-endian float32, by the digest of model and text."""
    rows = await (
        await connection.execute("SELECT digest, vector FROM embedded_texts WHERE document_id = %s", (document_id,))
    ).fetchall()
    return {row["digest"]: row["vector"] for row in rows}


async def of_series(connection: Connection, document_id: UUID, model: str) -> dict[bytes, Embedded]:
    """What the searched version of this document has of this model, by the digest of heading and text."""
    rows = await (
        await connection.execute(
            "SELECT sha256(convert_to(c.heading || E'\\n' || c.text, 'UTF8')) AS digest, v.embedding, v.sentences "
            "FROM documents me JOIN documents d ON d.series_id = me.series_id AND d.status = 'ready' "
            "JOIN chunks c ON c.document_id = d.id JOIN chunk_vectors v ON v.chunk_id = c.id AND v.model = %s "
            "WHERE me.id = %s",
            (model, document_id),
        )
    ).fetchall()
    return {row["digest"]: Embedded(row["embedding"].to_numpy(), model, row["sentences"]) for row in rows}


async def keep(connection: Connection, identity: Identity, document_id: UUID, vectors: Mapping[bytes, bytes]) -> None:
    """Add these vectors; one that is there already stays. Raises NotFound when the document is gone."""
    found = await connection.execute("SELECT FROM documents WHERE id = %s FOR KEY SHARE", (document_id,))
    if await found.fetchone() is None:
        raise NotFound("There is no such document.", code="document_not_found")
    await connection.execute(
        "INSERT INTO embedded_texts (tenant_id, document_id, digest, vector) "
        "SELECT %s, %s, v.digest, v.vector FROM unnest(%s::bytea[], %s::bytea[]) AS v(digest, vector) "
        "ON CONFLICT DO NOTHING",
        (identity.tenant_id, document_id, list(vectors), list(vectors.values())),
    )


async def forget(connection: Connection, document_id: UUID) -> None:
    """Remove the document's own rows."""
    await connection.execute("DELETE FROM embedded_texts WHERE document_id = %s", (document_id,))


async def forget_unused(connection: Connection, before: datetime) -> int:
    """Remove the rows of documents that nothing is done for and nothing happened to since then; how many."""
    done = await connection.execute(
        "DELETE FROM embedded_texts e USING documents d WHERE d.id = e.document_id AND d.updated_at < %s "
        "AND NOT EXISTS (SELECT FROM jobs j WHERE j.document_id = d.id AND j.status IN ('queued', 'running'))",
        (before,),
    )
    return done.rowcount
