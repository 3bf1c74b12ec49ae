"""How often the right passage comes first, by method, and how often search rightly refuses; over what was gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bench.retrieval.gather import Gathered
from tools.knowledge.evidence import Evidence
from tools.knowledge.ranking import ANSWER_THRESHOLD, Doubt, doubt, lead_of, relevance, score

Score = Callable[[Evidence], float]
METHODS: dict[str, Score] = {
    "words": lambda one: one.bm25,
    "sum": lambda one: (one.cosine or 0.0) + 0.6 * one.coverage,  # the statement's own order, before reranking
    "reranked": score,
}


def order(one: Gathered, scored: Score) -> list[int]:
    ranked = sorted(range(len(one.candidates)), key=lambda row: -scored(one.evidence[row]))
    return [one.passages[row] for row in ranked]


def recall(gathered: Sequence[Gathered]) -> dict[str, dict[str, float]]:
    """R@1 and R@5 a method over the questions that have an answer."""
    asked = [one for one in gathered if one.question.passage is not None]
    places = {"meaning": [one.dense for one in asked]}
    places |= {method: [order(one, scored)[:5] for one in asked] for method, scored in METHODS.items()}
    return {
        method: {
            "r_at_1": _share(one.question.passage in found[:1] for one, found in zip(asked, orders, strict=True)),
            "r_at_5": _share(one.question.passage in found for one, found in zip(asked, orders, strict=True)),
        }
        for method, orders in places.items()
    }


def doubt_of(one: Gathered) -> Doubt:
    """Of the first result."""
    rows = sorted(range(len(one.candidates)), key=lambda row: -score(one.evidence[row]))
    first = rows[0]
    lead = lead_of([score(one.evidence[row]) for row in rows])
    return doubt(one.asked, one.candidates[first], one.evidence[first], one.statistics, lead, one.lost)


def certainty(one: Gathered) -> int:
    """The relevance of the first result."""
    return relevance(doubt_of(one)) if one.candidates else 0


def abstention(gathered: Sequence[Gathered]) -> dict[str, float]:
    """Shares refused: of what the corpus does not hold (near and far from it), and of what it holds."""

    def refused(*kinds: str) -> float:
        asked = [one for one in gathered if one.question.kind in kinds]
        return _share(certainty(one) < ANSWER_THRESHOLD for one in asked)

    return {
        "unanswerable_refused": refused("near", "far"),
        "near_refused": refused("near"),
        "far_refused": refused("far"),
        "answerable_refused": refused("xquad", "house"),
        "xquad_refused": refused("xquad"),
        "house_refused": refused("house"),
    }


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return round(sum(values) / len(values), 4) if values else 0.0
