"""Vectors of another model for all that a tenant has, made beside those that answer; then the new ones answer.

Runs in the job process. Every batch is kept as it comes: killed in the middle it goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ingest.documents.statuses import MOST_ATTEMPTS
from ingest.jobs.queue import LONG, defer
from store import jobs, knowledge_indexes
from store.chunks import ChunkVector, NewChunk
from store.clock import Clock
from store.database import Database
from store.errors import Conflict, VoiceLoopError
from store.identity import Identity, Origin
from store.ids import new_id
from store.installation import tenant_ids
from store.knowledge_indexes import BareChunk
from store.log import get_logger
from tools.knowledge.embedding import Embedder
from tools.knowledge.indexing import embed_pieces

log = get_logger(__name__)
REINDEX: Final = "reindex_knowledge"
GRACE_S: Final = 30.0  # who answers calls hears of the new model within seconds; until then the old vectors stay
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Reindexer:
    """``embedder`` is the model this installation is set to."""

    database: Database
    embedder: Embedder
    clock: Clock
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def ask_for(self, identity: Identity) -> UUID:
        """Queue the work; the id of its job, or of the one under way. Raises Conflict when all is done."""
        index = await knowledge_indexes.read(self.database, identity)
        if index.model in {"", self.embedder.name} and index.building is None:
            raise Conflict(f"Everything is indexed with {self.embedder.name} already.", code="index_current")
        async with self.database.transaction(identity) as connection:
            under_way = await jobs.under_way(connection, REINDEX)
            if under_way is not None:
                return under_way.id
            job_id = new_id()
            await jobs.create(connection, identity, job_id=job_id, kind=REINDEX, document_id=None, at=self.clock.now())
            await defer(connection, identity, LONG, REINDEX, lock=f"reindex:{identity.tenant_id}", job_id=job_id)
        return job_id

    async def ask_for_all(self) -> int:
        """Queue the work for every tenant whose questions another model answers; returns for how many."""
        count = 0
        for tenant_id in await tenant_ids(self.database):
            identity = Identity(tenant_id, None, "worker", origin=Origin("job"))
            model = await knowledge_indexes.active_model(self.database, identity)
            if model not in {"", self.embedder.name}:
                await self.ask_for(identity)
                count += 1
        if count:
            log.warning("another model is set: documents are indexed anew", tenants=count, model=self.embedder.name)
        return count

    async def run(self, identity: Identity, job_id: UUID) -> None:
        """Do the job; one that is over already does nothing. Raises whatever stops it: ask `failed` then."""
        async with self.database.transaction(identity) as connection:
            job = await jobs.start(connection, identity, job_id)
        if job is None:
            return
        if job.attempt >= MOST_ATTEMPTS:
            await self._give_up(identity, job_id, job.reason)
            return
        model = self.embedder.name
        await knowledge_indexes.begin(self.database, identity, model, await asyncio.to_thread(self._dimensions))
        while not await knowledge_indexes.activate(self.database, identity, model):
            if not await self._fill(identity, job_id):
                return
        log.info("questions are asked with another model", model=model)
        await self.rest(GRACE_S)
        await knowledge_indexes.forget_others(self.database, identity, model)
        async with self.database.transaction(identity) as connection:
            await jobs.succeed(connection, identity, job_id)

    async def failed(self, identity: Identity, job_id: UUID, error: Exception) -> float | None:
        """Note a try that failed; seconds until the next, None when there is none. Tries that got on do not count."""
        reason = error.message if isinstance(error, VoiceLoopError) else type(error).__name__
        async with self.database.transaction(identity) as connection:
            job = await jobs.try_again(connection, identity, job_id, reason)
        if job is None:
            return None
        if job.attempt >= MOST_ATTEMPTS:
            await self._give_up(identity, job_id, reason)
            return None
        return 3.0**job.attempt

    async def _give_up(self, identity: Identity, job_id: UUID, reason: str) -> None:
        """The old vectors go on answering; it may be asked for anew."""
        text = f"Indexing with another model failed {MOST_ATTEMPTS} times; it was given up. {reason}".strip()
        async with self.database.transaction(identity) as connection:
            await jobs.fail(connection, identity, job_id, {"code": "gave_up", "detail": text})

    async def _fill(self, identity: Identity, job_id: UUID) -> bool:
        """Vectors for every chunk that lacks one; false when the job was cancelled meanwhile."""
        model = self.embedder.name
        while bare := await knowledge_indexes.without_vectors(self.database, identity, model, limit=_AT_ONCE):
            vectors = await asyncio.to_thread(self._vectors, bare)
            await knowledge_indexes.keep(self.database, identity, vectors)
            index = await knowledge_indexes.read(self.database, identity)
            done = index.building.done if index.building else 0
            async with self.database.transaction(identity) as connection:
                percent = min(99, 100 * done // max(1, index.chunks))
                alive = await jobs.advance(
                    connection, identity, job_id, stage="indexing", progress=percent, proved=True
                )
            if not alive:
                return False
        return True

    def _dimensions(self) -> int:
        return self.embedder.dimensions

    def _vectors(self, bare: list[BareChunk]) -> list[ChunkVector]:
        pieces = [NewChunk(0, 1, one.heading, 0, len(one.text), one.text) for one in bare]
        return [
            ChunkVector(one.document_id, one.id, self.embedder.name, made.embedding, made.sentence_vectors)
            for one, made in zip(bare, embed_pieces(pieces, self.embedder), strict=True)
        ]
