"""Vectors of another model for all that a tenant has, made beside those that answer; then the new ones answer.

Runs in the job process, by turns of a minute, so that tenants do not wait for each other's hours. Every batch is kept
as it comes: killed in the middle it goes on where it was. The old vectors go in a turn of their own, a moment later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ingest.documents.model import reason_of
from ingest.documents.statuses import MOST_ATTEMPTS
from ingest.jobs.queue import REINDEXING, defer
from store import jobs, knowledge_indexes
from store.chunks import ChunkVector, NewChunk
from store.clock import Clock
from store.database import Connection, Database
from store.errors import Conflict
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
TURN_S: Final = 60.0  # then it is another tenant's turn
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Reindexer:
    """``embedder`` is the model this installation is set to. ``seconds``: a clock for the turns."""

    database: Database
    embedder: Embedder
    clock: Clock
    seconds: Callable[[], float] = time.monotonic

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
            await _defer(connection, identity, job_id)
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
        """Do a turn of the job and queue the next; one that is over does nothing.

        Raises whatever stops it: ask `failed` then.
        """
        async with self.database.transaction(identity) as connection:
            job = await jobs.start(connection, identity, job_id)
        if job is None:
            return
        if job.attempt >= MOST_ATTEMPTS:
            await self._give_up(identity, job_id, job.reason)
            return
        model = self.embedder.name
        answers_already = await knowledge_indexes.active_model(self.database, identity) == model
        if not answers_already:
            dimensions = await asyncio.to_thread(self._dimensions)
            await knowledge_indexes.begin(self.database, identity, model, dimensions)
        if not await self._complete(identity, job_id):
            return
        if not answers_already:
            log.info("questions are asked with another model", model=model)
            await self._queue_again(identity, job_id, after_s=GRACE_S)
            return
        await knowledge_indexes.forget_others(self.database, identity, model)
        async with self.database.transaction(identity) as connection:
            await jobs.succeed(connection, identity, job_id)

    async def failed(self, identity: Identity, job_id: UUID, error: Exception) -> float | None:
        """Note a try that failed; seconds until the next, None when there is none. Tries that got on do not count."""
        reason = reason_of(error)
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

    async def _complete(self, identity: Identity, job_id: UUID) -> bool:
        """Vectors for every chunk, and the model answers; false when the turn, or the job, is over before that."""
        model, ends_at = self.embedder.name, self.seconds() + TURN_S
        index = await knowledge_indexes.read(self.database, identity)  # counts: once a turn
        done, last = index.building.done if index.building else 0, None
        while True:
            bare = await knowledge_indexes.without_vectors(self.database, identity, model, after=last, limit=_AT_ONCE)
            if not bare:
                if await knowledge_indexes.activate(self.database, identity, model):
                    return True
                last = None  # some came meanwhile, with earlier ids
                continue
            await knowledge_indexes.keep(self.database, identity, await asyncio.to_thread(self._vectors, bare))
            last, done = bare[-1].id, done + len(bare)
            if not await self._advance(identity, job_id, min(99, 100 * done // max(1, index.chunks))):
                return False
            if self.seconds() >= ends_at:
                await self._queue_again(identity, job_id)
                return False

    async def _advance(self, identity: Identity, job_id: UUID, percent: int) -> bool:
        """False when the job was cancelled meanwhile."""
        async with self.database.transaction(identity) as connection:
            job = await jobs.advance(connection, identity, job_id, stage="indexing", progress=percent, proved=True)
        return job is not None

    async def _queue_again(self, identity: Identity, job_id: UUID, after_s: float = 0.0) -> None:
        async with self.database.transaction(identity) as connection:
            if await jobs.pause(connection, identity, job_id) is not None:
                await _defer(connection, identity, job_id, after_s)

    def _dimensions(self) -> int:
        return self.embedder.dimensions

    def _vectors(self, bare: list[BareChunk]) -> list[ChunkVector]:
        pieces = [NewChunk(0, 1, one.heading, 0, len(one.text), one.text) for one in bare]
        return [
            ChunkVector(one.document_id, one.id, self.embedder.name, made.embedding, made.sentence_vectors)
            for one, made in zip(bare, embed_pieces(pieces, self.embedder), strict=True)
        ]


async def _defer(connection: Connection, identity: Identity, job_id: UUID, after_s: float = 0.0) -> None:
    lock = f"reindex:{identity.tenant_id}"
    await defer(connection, identity, REINDEXING, REINDEX, lock=lock, after_s=after_s, job_id=job_id)
