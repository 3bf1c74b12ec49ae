"""How well a chunk fits a question: BM25 over words, cosine over meaning, their fusion, a 0-100 relevance. Pure.

Postgres' ts_rank knows no word rarity, so word scores are computed here from frequencies. The constants of
``relevance`` were fitted by ``bench/search.py``; tests hold the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tools.knowledge.model import Candidate, WordStatistics

_K1, _B = 1.2, 0.75  # BM25's usual constants
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


def fuse(candidates: Sequence[Candidate], statistics: WordStatistics) -> list[float]:
    """One score a candidate: the sum of z-scores of cosine and BM25, or BM25 alone where no vectors are."""
    words = _z_scores([bm25(candidate, statistics) for candidate in candidates])
    cosines = [candidate.cosine for candidate in candidates]
    if all(cosine is None for cosine in cosines):
        return words
    meaning = _z_scores([cosine if cosine is not None else 0.0 for cosine in cosines])
    return [a + b for a, b in zip(words, meaning, strict=True)]


def relevance(candidate: Candidate, statistics: WordStatistics) -> int:
    """0-100: how sure one may be that the chunk speaks about the question, comparable across searches."""
    covered = coverage(candidate, statistics)
    if candidate.cosine is None:
        return _percent(8.0 * (covered - 0.5))
    return _percent(9.0 * (candidate.cosine - 0.42) + 4.0 * (covered - 0.35))


def _percent(logit: float) -> int:
    return round(100 / (1 + math.exp(-logit)))


def _z_scores(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / spread if spread > 1e-9 else 0.0 for value in values]
