"""How well a chunk fits a question: BM25 over words, cosine over meaning, their fusion, a 0-100 relevance. Pure.

Postgres' ts_rank knows no word rarity, so word scores are computed here from frequencies. The constants
here and the weight of words in a quotation were chosen while looking at the results of both question sets in
``tests/integration/knowledge``: nothing is held out, and the tests there only guard against getting worse.
"""

from __future__ import annotations

import math

from tools.knowledge.model import Candidate, WordStatistics

_K1, _B = 1.2, 0.75  # BM25's usual constants
_WORDS_WEIGHT = 0.6
ANSWER_THRESHOLD = 50


def rarity(word: str, statistics: WordStatistics) -> float:
    """Inverse document frequency, never negative."""
    found = statistics.document_frequency.get(word, 0)
    return math.log(1 + (statistics.chunks - found + 0.5) / (found + 0.5))


def bm25(candidate: Candidate, statistics: WordStatistics) -> float:
    length = len(candidate.chunk.text) / (statistics.mean_length or 1.0)
    return sum(
        rarity(word, statistics) * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length))
        for word, count in candidate.frequencies.items()
    )


def coverage(candidate: Candidate, statistics: WordStatistics) -> float:
    """The share of the question's words in the chunk, rare words counting more (0-1)."""
    total = sum(rarity(word, statistics) for word in statistics.document_frequency)
    found = sum(rarity(word, statistics) for word in candidate.frequencies)
    return found / total if total else 0.0


def fuse(candidate: Candidate, statistics: WordStatistics) -> float:
    """Cosine plus the share of the best possible BM25 score of the question.

    Measured against the sum of z-scores and against ranks: those let one chance word outweigh meaning when a caller
    asks in other words than the document's.
    """
    best = sum(rarity(word, statistics) for word in statistics.document_frequency) * (_K1 + 1)
    words = bm25(candidate, statistics) / best if best else 0.0
    return words if candidate.cosine is None else candidate.cosine + _WORDS_WEIGHT * words


def relevance(candidate: Candidate, statistics: WordStatistics, quote_cosine: float | None = None) -> int:
    """0-100: how sure one may be that the chunk speaks about the question, comparable across searches.

    ``quote_cosine`` is that of its best sentence, which tells more when the chunk speaks about many things.
    """
    covered = coverage(candidate, statistics)
    if candidate.cosine is None:
        return _percent(8.0 * (covered - 0.5))
    meaning = max(candidate.cosine, quote_cosine if quote_cosine is not None else -1.0)
    return _percent(8.8 * meaning + 2.9 * covered - 4.6)


def _percent(logit: float) -> int:
    return round(100 / (1 + math.exp(-logit)))
