"""Search in the files of one conversation: few passages, compared with the question one by one.

The same evidence and the same doubt as for documents, so that the relevance of both may be compared. Nothing found here
is kept: it belongs to one conversation.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from heapq import nlargest
from uuid import UUID

import numpy as np

from store import attachment_passages
from store.attachment_passages import Asked, FoundPassage
from store.database import Database
from store.identity import Identity
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.model import Candidate, Chunk, Location, SearchResult, Word, WordStatistics
from tools.knowledge.quoting import has_stem

Rank = Callable[[tuple[list[Candidate], WordStatistics]], Awaitable[list[SearchResult]]]
_WORD = re.compile(r"[^\W_]+")
_POOL = 20  # passages that are ranked for their words, and as many for their meaning
_IN_PASSING = 40  # passages; more take long enough to hold others up
_AS_SURE = 2  # points of relevance, what the rounding of stored vectors may cost


async def passages_of(
    database: Database, identity: Identity, conversation_id: UUID, question: str
) -> tuple[list[FoundPassage], list[Asked]]:
    """What was read from the conversation's files, and the question's words; nothing when it has none."""
    return await attachment_passages.of_conversation(database, identity, conversation_id, question)


async def results_of(
    found: tuple[Sequence[FoundPassage], Sequence[Asked]], meant: tuple[Vectors | None, Embedder | None], rank: Rank
) -> list[SearchResult]:
    """The best passages with quotations and their places. ``meant``: the question's vector and its model; ``rank``: as
    documents are ranked, so that both compare."""
    passages, asked = found
    gather = partial(candidates_of, passages, asked, *meant)
    results = await rank(gather() if len(passages) <= _IN_PASSING else await asyncio.to_thread(gather))
    by_id = {one.id: one for one in passages}
    return [located(one, by_id[one.chunk.id]) for one in results]


def merged(attached: Sequence[SearchResult], documents: Sequence[SearchResult], limit: int) -> list[SearchResult]:
    """Both in one order by relevance, each in its own; what was attached goes first unless a document is surer."""
    ours, theirs, results = list(attached), list(documents), list[SearchResult]()
    while (ours or theirs) and len(results) < limit:
        first = ours if ours and (not theirs or ours[0].relevance + _AS_SURE >= theirs[0].relevance) else theirs
        results.append(first.pop(0))
    return results


def candidates_of(
    passages: Sequence[FoundPassage], asked: Sequence[Asked], vector: Vectors | None, embedder: Embedder | None
) -> tuple[list[Candidate], WordStatistics]:
    """The passages that have most of the question's words or its meaning, and how rare the words are among them all."""
    begins = [_beginning(word.stem) for word in asked]
    holds = [[one.search(text) is not None for one in begins] for text in map(_text, passages)]
    words: list[Word] = []
    for number, word in enumerate(asked):
        found = sum(row[number] for row in holds)
        rarity = math.log(1 + (len(passages) - found + 0.5) / (found + 0.5))
        words.append(Word((word.stem,), word.places[0] if word.places else 0, found, rarity))
    length = sum(len(one.text) for one in passages) / max(1, len(passages))
    model = embedder.name if embedder else ""
    cosines = [_cosine(one, vector, model) for one in passages]
    scores = [sum(word.rarity for word, has in zip(words, row, strict=True) if has) for row in holds]
    candidates = [
        Candidate(
            _chunk(passages[at]),
            cosines[at],
            _places(passages[at], asked),
            passages[at].sentence_vectors if _fits(passages[at], model) else b"",
        )
        for at in _telling(cosines, scores)
    ]
    return candidates, WordStatistics(len(passages), length, tuple(words))


def _telling(cosines: Sequence[float | None], scores: Sequence[float]) -> list[int]:
    """Places of the passages worth ranking, in their order."""
    near = nlargest(_POOL, range(len(cosines)), key=lambda at: cosines[at] or 0.0)
    wordy = nlargest(_POOL, range(len(scores)), key=lambda at: scores[at])
    return sorted({*near, *wordy})


def _text(one: FoundPassage) -> str:
    return f"{one.heading} {one.text}".lower()


def _beginning(stem: str) -> re.Pattern[str]:
    """As ``has_stem``, for a whole text at once."""
    if len(stem) < 3:
        return re.compile(rf"\b{re.escape(stem)}\b")
    begin = re.escape(stem)
    return re.compile(rf"\b(?:{begin}|{re.escape(stem[:-1])}\w{{0,4}}\b)" if stem.endswith("i") else rf"\b{begin}")


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
    words = _WORD.findall(_text(one))
    found = {word.stem: [at for at, text in enumerate(words) if has_stem(word.stem, text)] for word in asked}
    return {stem: places for stem, places in found.items() if places}


def _fits(one: FoundPassage, model: str) -> bool:
    return bool(one.embedding) and one.embedding_model == model


def _cosine(one: FoundPassage, vector: Vectors | None, model: str) -> float | None:
    if vector is None or not _fits(one, model):
        return None
    own = np.frombuffer(one.embedding or b"", dtype="<f4")
    return float(own @ vector) if own.shape == vector.shape else None
