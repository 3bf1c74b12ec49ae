"""Which model's vectors a tenant's questions are asked with, and another's that are being made beside them.

A model becomes the active one only when every chunk has its vector; until then nothing changes for who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from store.chunks import ChunkVector, NewChunk, keep_vectors
from store.database import Connection, Database
from store.identity import Identity
from store.live import announce

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Building:
    """``done`` of ``total`` chunks have a vector of ``model``."""

    model: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class KnowledgeIndex:
    """``model`` is empty before the first document was indexed."""

    model: str
    chunks: int
    documents: int
    building: Building | None


@dataclass(frozen=True, slots=True)
class BareChunk:
    """A chunk that lacks a model's vector."""

    id: UUID
    document_id: UUID
    heading: str
    text: str


async def read(database: Database, identity: Identity) -> KnowledgeIndex:
    """The tenant's index as it is now."""
    async with database.transaction(identity) as connection:
        size = await (
            await connection.execute(
                "SELECT (SELECT count(*) FROM chunks) AS chunks, "
                "(SELECT count(*) FROM documents WHERE status = 'ready') AS documents, "
                "coalesce((SELECT model FROM knowledge_indexes WHERE active), '') AS model"
            )
        ).fetchone()
        assert size is not None
        rows = await (
            await connection.execute(
                "SELECT k.model, (SELECT count(*) FROM chunk_vectors v WHERE v.model = k.model) AS done "
                "FROM knowledge_indexes k WHERE NOT k.active ORDER BY k.updated_at DESC LIMIT 1"
            )
        ).fetchall()
    building = next((Building(row["model"], row["done"], size["chunks"]) for row in rows), None)
    return KnowledgeIndex(size["model"], size["chunks"], size["documents"], building)


async def active_model(database: Database, identity: Identity) -> str:
    """Its name; empty before the first document was indexed."""
    async with database.transaction(identity) as connection:
        return await _active(connection)


async def _active(connection: Connection) -> str:
    row = await (await connection.execute("SELECT model FROM knowledge_indexes WHERE active")).fetchone()
    return row["model"] if row else ""


async def begin(database: Database, identity: Identity, model: str, dimensions: int) -> None:
    """Let ``model`` stand beside the active one. Others that were being made are forgotten; it is then its turn."""
    async with database.transaction(identity) as connection:
        await connection.execute("DELETE FROM knowledge_indexes WHERE NOT active AND model <> %s", (model,))
        await connection.execute(
            "INSERT INTO knowledge_indexes (tenant_id, model, dimensions) VALUES (%s, %s, %s) "
            "ON CONFLICT (tenant_id, model) DO UPDATE SET dimensions = excluded.dimensions, updated_at = now()",
            (identity.tenant_id, model, dimensions),
        )


async def without_vectors(
    database: Database, identity: Identity, model: str, *, after: UUID | None, limit: int
) -> list[BareChunk]:
    """Chunks that have no vector of ``model`` yet, in the order of their ids, behind the one with the id ``after``."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT c.id, c.document_id, c.heading, c.text FROM chunks c WHERE NOT EXISTS "
                "(SELECT FROM chunk_vectors v WHERE v.chunk_id = c.id AND v.model = %s) "
                "AND c.tenant_id = %s AND c.id > %s ORDER BY c.id LIMIT %s",
                (model, identity.tenant_id, after or _FIRST, limit),
            )
        ).fetchall()
    return [BareChunk(**row) for row in rows]


async def keep(database: Database, identity: Identity, vectors: list[ChunkVector]) -> None:
    """Put vectors beside their chunks."""
    async with database.transaction(identity) as connection:
        await keep_vectors(connection, identity, vectors)


async def keep_beside(
    connection: Connection, identity: Identity, document_id: UUID, pieces: Sequence[NewChunk]
) -> None:
    """More vectors for chunks written just now in this transaction, if theirs is still the model that answers."""
    if not pieces or pieces[0].embedding_model != await _active(connection):
        return
    rows = await (
        await connection.execute("SELECT id, seq FROM chunks WHERE document_id = %s", (document_id,))
    ).fetchall()
    ids = {row["seq"]: row["id"] for row in rows}
    vectors = [
        ChunkVector(document_id, ids[one.seq], one.embedding_model or "", one.embedding, one.sentence_vectors)
        for one in pieces
    ]
    await keep_vectors(connection, identity, vectors)


async def activate(database: Database, identity: Identity, model: str) -> bool:
    """Ask questions with ``model`` from now on, if every chunk has its vector; says whether it is so.

    The other models' vectors stay until ``forget_others``: who is answering just now may still need them.
    """
    async with database.transaction(identity) as connection:
        # as the trigger that counts words does: nobody of the tenant adds a chunk meanwhile
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('chunk_words ' || %s::text, 0))", (str(identity.tenant_id),)
        )
        row = await (
            await connection.execute(
                "SELECT EXISTS (SELECT FROM chunks c WHERE NOT EXISTS (SELECT FROM chunk_vectors v "
                "WHERE v.chunk_id = c.id AND v.model = %s)) AS lacking",
                (model,),
            )
        ).fetchone()
        if row is None or row["lacking"]:
            return False
        await connection.execute("UPDATE knowledge_indexes SET active = false WHERE active AND model <> %s", (model,))
        await connection.execute(
            "UPDATE knowledge_indexes SET active = true, updated_at = now() WHERE model = %s AND NOT active", (model,)
        )
        await announce(connection, identity, "knowledge.updated", {"id": model})
    return True


async def forget_others(database: Database, identity: Identity, model: str) -> bool:
    """Remove the vectors of all models but ``model``, which must be the active one; says whether it was."""
    async with database.transaction(identity) as connection:
        if await _active(connection) != model:
            return False
        await connection.execute("DELETE FROM chunk_vectors WHERE model <> %s", (model,))
        await connection.execute("DELETE FROM knowledge_indexes WHERE model <> %s", (model,))
    return True
