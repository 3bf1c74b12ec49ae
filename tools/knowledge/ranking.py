"""The order of candidates and how sure one may be that the first answers: weights over the evidence. Pure.

The weights are fitted on one half of the questions of ``bench/search`` and reported on the other; run
``python -m bench.search.fit`` after a change of the evidence. Nothing here reads a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.knowledge.evidence import Evidence
from tools.knowledge.model import Candidate, Word, WordStatistics

ANSWER_THRESHOLD = 50
_ORDER = (1.0, 0.5, 0.5, 0.15, 0.35, 0.15, 0.08, 0.03)  # as Evidence.numbers
_ORDER_OF_WORDS = (0.0, 0.0, 1.0, 0.3, 0.5, 0.2, 0.1, 0.03)  # without vectors
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b(?:[A-Z][\w'’-]*|\d[\d.,:]*)")


def score(evidence: Evidence) -> float:
    """What candidates of one search are ordered by; no meaning across searches."""
    weights = _ORDER if evidence.cosine is not None else _ORDER_OF_WORDS
    return sum(weight * number for weight, number in zip(weights, evidence.numbers(), strict=True))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks for and against the first candidate being an answer at all."""

    meaning: float  # the better cosine of chunk and best sentence
    evidence: Evidence
    unknown: float  # share of the question's rarity in words that no chunk of the tenant has
    names: float  # share of the names and numbers of the question that the chunk lacks
    margin: float  # score over the second candidate

    def numbers(self) -> list[float]:
        one = self.evidence
        return [self.meaning, one.coverage, one.window, one.pairs, one.bm25, self.unknown, self.names, self.margin]


_SURE = (8.0, 2.4, 1.0, 0.3, 0.0, -0.5, -0.6, 0.0)  # as Doubt.numbers
_SURE_FROM = 4.7
_SURE_OF_WORDS = 8.0


def doubt(question: str, candidate: Candidate, evidence: Evidence, statistics: WordStatistics, margin: float) -> Doubt:
    words = statistics.words
    total = sum(word.rarity for word in words) or 1.0
    return Doubt(
        meaning=max(evidence.cosine or 0.0, evidence.sentence or 0.0),
        evidence=evidence,
        unknown=sum(word.rarity for word in words if not word.found) / total,
        names=_missing_names(question, candidate, words),
        margin=min(margin, 0.5),
    )


def relevance(found: Doubt) -> int:
    """0-100: how sure one may be that the chunk speaks about the question, comparable across searches."""
    if found.evidence.cosine is None:
        return _percent(_SURE_OF_WORDS * (found.evidence.coverage - 0.5))
    return _percent(sum(w * n for w, n in zip(_SURE, found.numbers(), strict=True)) - _SURE_FROM)


def _missing_names(question: str, candidate: Candidate, words: Sequence[Word]) -> float:
    text = candidate.chunk.text.lower()
    heading = candidate.chunk.heading.lower()
    named = [name.rstrip(".,:'’s") or name for name in _NAME.findall(question)]
    if not named or not words:
        return 0.0
    return sum(name.lower() not in text and name.lower() not in heading for name in named) / len(named)


def _percent(logit: float) -> int:
    return round(100 / (1 + math.exp(-max(-30.0, min(30.0, logit)))))
