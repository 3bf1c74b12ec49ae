"""Candidates to results: their order, how sure one may be of them, and the sentence that answers best. Pure.

The weights are in ``ranking.py``, the evidence in ``evidence.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tools.knowledge.embedding import Vectors
from tools.knowledge.evidence import Evidence, weigh
from tools.knowledge.indexing import cosines
from tools.knowledge.model import Candidate, SearchResult, WordStatistics
from tools.knowledge.quoting import best_quote, has_stem, highlights, locate, overlap, sentences
from tools.knowledge.ranking import doubt, lead_of, relevance, score, undecided

Weighed = tuple[float, Evidence, Candidate]
Asked = tuple[str, Vectors | None]
UNKNOWN_LOSS = 0.07  # what it is where the answer is there in other words


def in_order(candidates: Sequence[Candidate], statistics: WordStatistics, asked: Asked) -> list[Weighed]:
    """All candidates, the best first. ``asked``: the question and its vector."""
    question, vector = asked
    weighed = ((weigh(one, statistics, question, vector), one) for one in candidates)
    return sorted(
        ((score(evidence), evidence, one) for evidence, one in weighed),
        key=lambda found: (-found[0], found[2].chunk.document_id, found[2].chunk.seq),
    )


def without_lacking(question: str, first: Candidate, statistics: WordStatistics) -> str:
    """The question without the telling words that the first candidate lacks; "" when it lacks none, or all."""
    if not first.sentence_vectors:
        return ""
    lacking = [word.stems for word in statistics.words if not any(stem in first.places for stem in word.stems)]
    if not lacking or len(lacking) == len(statistics.words):  # without them all no question is left to compare
        return ""

    def kept(match: re.Match[str]) -> str:
        word = match.group().lower()
        return "" if any(has_stem(stem, word) for stems in lacking for stem in stems) else match.group()

    return " ".join(re.sub(r"[^\W_]+", kept, question).split())


def is_undecided(ordered: Sequence[Weighed], statistics: WordStatistics, question: str) -> bool:
    """Whether it is worth its time to find out ``lost`` of the first candidate."""
    _, evidence, first = ordered[0]
    lead = lead_of([points for points, _, _ in ordered])
    return undecided(doubt(question, first, evidence, statistics, lead, UNKNOWN_LOSS))


def lost_without(vector: Vectors, rest: Vectors | None, first: Candidate) -> float:
    """How much less the best sentence says to the rest of a question than to all of it: little or less than nothing
    when what the chunk lacks is what was asked for. ``rest``: the vector of ``without_lacking``."""
    rows = np.frombuffer(first.sentence_vectors, dtype=np.int8)
    if rest is None or not len(rows) or len(rows) % len(vector):
        return UNKNOWN_LOSS
    meant = cosines(first.sentence_vectors, len(rows) // len(vector), vector)
    left = cosines(first.sentence_vectors, len(rows) // len(vector), rest)
    if meant is None or left is None:
        return UNKNOWN_LOSS
    best = int(meant.argmax())
    return float(meant[best] - left[best])


def rank(
    ordered: Sequence[Weighed], statistics: WordStatistics, asked: Asked, limit: int, lost: float = UNKNOWN_LOSS
) -> list[SearchResult]:
    """The first ``limit`` of what is in order, with quotations and how sure one may be. ``lost``: see ``Doubt``."""
    scores = [points for points, _, _ in ordered]
    results: list[SearchResult] = []
    for place, (points, evidence, one) in enumerate(ordered[:limit]):
        lead = lead_of(scores) if not place else 0.0
        sure = relevance(doubt(asked[0], one, evidence, statistics, lead, lost))
        results.append(quoted(SearchResult(one.chunk, round(points, 4), sure, ""), one, statistics, asked))
    return results


def quoted(result: SearchResult, candidate: Candidate, statistics: WordStatistics, asked: Asked) -> SearchResult:
    """The result with the sentence that answers best, by its words and its meaning."""
    question, vector = asked
    text = candidate.chunk.text
    found = sentences(text)
    stems = [word.stems[0] for word in statistics.words]
    scores = [overlap(stems, [word.rarity for word in statistics.words], sentence) for sentence in found]
    meant = cosines(candidate.sentence_vectors, len(found), vector) if vector is not None else None
    if meant is not None:
        scores = [0.5 * words + float(meaning) for words, meaning in zip(scores, meant, strict=True)]
    quote = best_quote(found, scores, question)
    marked = highlights(text, [stem for word in statistics.words for stem in word.stems])
    return replace(result, quote=quote, quote_span=locate(quote, text), highlights=marked)
