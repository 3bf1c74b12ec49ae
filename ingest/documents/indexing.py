"""A document's pages to chunks with vectors, and nothing embedded twice: not after a kill, not in a next version.

What was embedded is kept batch by batch until the document is ready; unchanged pieces of the version that is searched
now bring their vectors along. Moves no row of a document.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.documents.chunk import ChunkSize, chunk
from ingest.documents.pulse import Pulse, Work
from store import embedded_texts
from store.chunks import NewChunk
from store.database import Database
from store.embedded_texts import Embedded
from store.knowledge_indexes import active_model
from store.log import get_logger
from store.pages import Page
from tools.knowledge.embedding import Embedder
from tools.knowledge.indexing import embed_pieces
from tools.knowledge.remote_embedding import EmbeddingFailed

log = get_logger(__name__)
_AT_ONCE = 16


class Indexed(NamedTuple):
    """``beside``: the same chunks for the model that answers questions, while that is still another one."""

    pieces: list[NewChunk]
    beside: list[NewChunk]


@dataclass(frozen=True, slots=True)
class Indexer:
    """``embedder`` is blocking; it is called in a thread. ``others``: models that may still answer, where known."""

    database: Database
    embedder: Embedder
    size: ChunkSize = field(default_factory=ChunkSize)
    others: Sequence[Embedder] = ()

    async def index(self, work: Work, pages: Sequence[Page], pulse: Pulse) -> Indexed:
        """The chunks of these pages in order, each with its vectors."""
        pieces = await self._pieces(work, pages, pulse)
        return Indexed(pieces, await self._beside(work, pieces))

    async def _pieces(self, work: Work, pages: Sequence[Page], pulse: Pulse) -> list[NewChunk]:
        pieces = await asyncio.to_thread(chunk, pages, self.size)
        async with self.database.transaction(work.identity) as connection:
            kept = await embedded_texts.read(connection, work.document_id)
            searched = await embedded_texts.of_series(connection, work.document_id, self.embedder.name)
        memory = Memory(self.embedder, kept)
        done = {piece.seq: _taken(piece, found) for piece in pieces if (found := searched.get(_place(piece)))}
        missing = [piece for piece in pieces if piece.seq not in done]
        for start in range(0, len(missing), _AT_ONCE):
            for piece in await asyncio.to_thread(embed_pieces, missing[start : start + _AT_ONCE], memory):
                done[piece.seq] = piece
            await self._keep(work, memory, pulse)
            pulse.progress(len(done) / len(pieces))
        return [done[piece.seq] for piece in pieces]

    async def _beside(self, work: Work, pieces: Sequence[NewChunk]) -> list[NewChunk]:
        model = await active_model(self.database, work.identity)
        other = next((one for one in self.others if one.name == model != self.embedder.name), None)
        if other is None:
            return []
        found: list[NewChunk] = []
        try:
            for start in range(0, len(pieces), _AT_ONCE):
                found += await asyncio.to_thread(embed_pieces, pieces[start : start + _AT_ONCE], other)
        except EmbeddingFailed:
            log.warning("no vectors of the model that answers; words must do until the other does", model=model)
            return []
        return found

    async def _keep(self, work: Work, memory: Memory, pulse: Pulse) -> None:
        fresh = memory.take_fresh()
        if fresh:
            async with self.database.transaction(work.identity) as connection:
                await embedded_texts.keep(connection, work.identity, work.document_id, fresh)
            pulse.prove()


def _place(piece: NewChunk) -> bytes:
    return embedded_texts.digest_of(piece.heading, piece.text)


def _taken(piece: NewChunk, found: Embedded) -> NewChunk:
    return replace(piece, embedding=found.vector, embedding_model=found.model, sentence_vectors=found.sentences)


class Memory:
    """An embedder that remembers: texts it met before cost nothing. ``known``: vectors by digest, as they are kept."""

    def __init__(self, embedder: Embedder, known: Mapping[bytes, bytes]) -> None:
        self._embedder = embedder
        self._known = dict(known)
        self._fresh: dict[bytes, bytes] = {}

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors in the order of the texts, shape (len(texts), dimensions) float32. Blocking."""
        digests = [embedded_texts.digest_of(self.name, text) for text in texts]
        missing = {key: text for key, text in zip(digests, texts, strict=True) if key not in self._known}
        if missing:
            vectors = np.asarray(self._embedder.embed(list(missing.values())), dtype="<f4")
            for key, vector in zip(missing, vectors, strict=True):
                self._known[key] = self._fresh[key] = vector.tobytes()
        found = [np.frombuffer(self._known[key], dtype="<f4") for key in digests]
        return np.stack(found) if found else np.empty((0, self.dimensions), dtype=np.float32)

    def take_fresh(self) -> dict[bytes, bytes]:
        """What was embedded since the last time, by digest."""
        fresh, self._fresh = self._fresh, {}
        return fresh
