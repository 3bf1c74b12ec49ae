"""Candidates to results: their order, how sure one may be of them, and the sentence that answers best. Pure.

The weights are in ``ranking.py``, the evidence in ``evidence.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tools.knowledge.embedding import Vectors
from tools.knowledge.evidence import weigh
from tools.knowledge.indexing import cosines
from tools.knowledge.model import Candidate, SearchResult, WordStatistics
from tools.knowledge.quoting import best_quote, highlights, locate, overlap, sentences
from tools.knowledge.ranking import doubt, lead_of, relevance, score


def rank(
    candidates: Sequence[Candidate], statistics: WordStatistics, asked: tuple[str, Vectors | None], limit: int
) -> list[SearchResult]:
    """The best ``limit`` candidates in order, with quotations. ``asked``: the question and its vector."""
    question, vector = asked
    weighed = [(weigh(one, statistics, question, vector), one) for one in candidates]
    ordered = sorted(
        ((score(evidence), evidence, one) for evidence, one in weighed),
        key=lambda found: (-found[0], found[2].chunk.document_id, found[2].chunk.seq),
    )
    scores = [points for points, _, _ in ordered]
    results: list[SearchResult] = []
    for place, (points, evidence, one) in enumerate(ordered[:limit]):
        lead = lead_of(scores) if not place else 0.0
        sure = relevance(doubt(question, one, evidence, statistics, lead))
        results.append(quoted(SearchResult(one.chunk, round(points, 4), sure, ""), one, statistics, asked))
    return results


def quoted(
    result: SearchResult, candidate: Candidate, statistics: WordStatistics, asked: tuple[str, Vectors | None]
) -> SearchResult:
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
