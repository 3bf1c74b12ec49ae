"""Search in the files of one conversation: a handful of passages, compared with the question one by one.

The same evidence and the same doubt as for documents, so that the relevance of both may be compared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from store import attachment_passages
from store.attachment_passages import Asked, FoundPassage
from store.database import Database
from store.identity import Identity
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.model import Candidate, Chunk, Location, SearchResult, Word, WordStatistics
from tools.knowledge.quoting import has_stem

_WORD = re.compile(r"[^\W_]+")


async def passages_of(
    database: Database, identity: Identity, conversation_id: UUID, question: str
) -> tuple[list[FoundPassage], list[Asked]]:
    """What was read from the conversation's files, and the question's words; nothing when it has none."""
    return await attachment_passages.of_conversation(database, identity, conversation_id, question)


def candidates_of(
    passages: Sequence[FoundPassage], asked: Sequence[Asked], vector: Vectors | None, embedder: Embedder | None
) -> tuple[list[Candidate], WordStatistics]:
    """Every passage with its figures, and how rare the question's words are among them."""
    placed = [_places(one, asked) for one in passages]
    words: list[Word] = []
    for word in asked:
        found = sum(word.stem in places for places in placed)
        rarity = math.log(1 + (len(passages) - found + 0.5) / (found + 0.5))
        words.append(Word((word.stem,), word.places[0] if word.places else 0, found, rarity))
    length = sum(len(one.text) for one in passages) / max(1, len(passages))
    model = embedder.name if embedder else ""
    found = [
        Candidate(_chunk(one), _cosine(one, vector, model), places, one.sentence_vectors if _fits(one, model) else b"")
        for one, places in zip(passages, placed, strict=True)
    ]
    return found, WordStatistics(len(passages), length, tuple(words))


def located(result: SearchResult, passage: FoundPassage) -> SearchResult:
    """The result with the boxes or seconds of its quotation."""
    start, end = result.quote_span if result.quote_span[1] else (0, len(passage.text))
    regions = [one for one in passage.regions if one.start < end and one.end > start]
    heard = [one.seconds for one in regions if one.seconds]
    seconds = (heard[0][0], heard[-1][1]) if heard else None
    return replace(result, location=Location(tuple(one.box for one in regions if one.box), seconds))


def _chunk(one: FoundPassage) -> Chunk:
    return Chunk(
        id=one.id,
        document_id=one.attachment_id,
        title=one.filename,
        page_count=one.page_count,
        seq=one.seq,
        page=one.page,
        heading=one.heading,
        char_start=0,
        char_end=len(one.text),
        text=one.text,
        page_kind=one.page_kind,
        label=one.label,
        is_attached=True,
    )


def _places(one: FoundPassage, asked: Sequence[Asked]) -> dict[str, list[int]]:
    words = _WORD.findall(f"{one.heading} {one.text}".lower())
    found = {word.stem: [at for at, text in enumerate(words) if has_stem(word.stem, text)] for word in asked}
    return {stem: places for stem, places in found.items() if places}


def _fits(one: FoundPassage, model: str) -> bool:
    return bool(one.embedding) and one.embedding_model == model


def _cosine(one: FoundPassage, vector: Vectors | None, model: str) -> float | None:
    if vector is None or not _fits(one, model):
        return None
    own = np.frombuffer(one.embedding or b"", dtype="<f4")
    return float(own @ vector) if own.shape == vector.shape else None
