"""The order of candidates and how sure one may be that the first answers: weights over the evidence. Pure.

The weights are fitted on one half of the questions of ``bench/retrieval`` and reported on the other; run
``python -m bench.retrieval.fit`` after a change of the evidence. Nothing here reads a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tools.knowledge.evidence import Evidence
from tools.knowledge.model import Candidate, Word, WordStatistics

ANSWER_THRESHOLD = 50
_ORDER = (1.0, 1.5, 0.0, 0.2, 0.1, 0.2, 0.12)  # as Evidence.numbers
_ORDER_OF_WORDS = (0.0, 0.0, 1.0, 0.3, 0.5, 0.2, 0.03)  # without vectors
_LOSSES = (-0.15, 0.35)  # nearly all are between
_ENOUGH = 8  # candidates
_MOST_LEAD, _USUAL_LEAD = 0.3, 0.05
_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b(?:[A-Z][\w'’-]*|\d[\d.,:]*)")


def score(evidence: Evidence) -> float:
    """What candidates of one search are ordered by; no meaning across searches."""
    weights = _ORDER if evidence.cosine is not None else _ORDER_OF_WORDS
    return sum(weight * number for weight, number in zip(weights, evidence.numbers(), strict=True))


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks for and against the first candidate being an answer at all."""

    evidence: Evidence
    unknown: float  # share of the question's rarity in words that no chunk of the tenant has
    names: float  # share of the names and numbers of the question that the chunk lacks
    lead: float  # score over the second candidate
    length: float  # telling words, of eight
    partly: float  # share of the question's rarity the chunk lacks though it has some of it: a near miss
    lost: float  # how much nearer the whole question is than the question without the words that the chunk lacks

    def numbers(self) -> list[float]:
        one = self.evidence
        return [
            *(one.cosine or 0.0, one.sentence or one.cosine or 0.0, one.coverage, one.window, one.pairs, one.cue),
            *(self.unknown, self.names, self.lead, self.length, self.partly, self.lost),
        ]


_SURE = (4.8, 3.7, 1.5, 1.4, 1.0, -0.9, -0.9, -1.9, 4.6, 2.8, -1.8, 3.8)  # as Doubt.numbers
_SURE_FROM = 4.0
_SURE_OF_WORDS = 8.0


def doubt(
    question: str, candidate: Candidate, evidence: Evidence, statistics: WordStatistics, lead: float, lost: float
) -> Doubt:
    """``lead``: see ``lead_of``. ``lost``: of ``results.lost_without``, for the first candidate of the search."""
    words = statistics.words
    total = sum(word.rarity for word in words) or 1.0
    return Doubt(
        evidence=evidence,
        unknown=sum(word.rarity for word in words if not word.found) / total,
        names=_missing_names(question, candidate, words),
        lead=lead,
        length=min(len(words), 8) / 8,
        partly=1 - evidence.coverage if words and evidence.coverage else 0.0,
        lost=lost,
    )


def undecided(found: Doubt) -> bool:
    """Whether ``lost``, whatever it turns out to be, may decide if this counts as an answer."""
    low, high = (relevance(replace(found, lost=lost)) for lost in _LOSSES)
    return found.evidence.cosine is not None and low < ANSWER_THRESHOLD <= high


def lead_of(scores: Sequence[float]) -> float:
    """How far the first of descending scores stands out. Among few candidates everything does: then it says nothing."""
    return min(scores[0] - scores[1], _MOST_LEAD) if len(scores) >= _ENOUGH else _USUAL_LEAD


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
