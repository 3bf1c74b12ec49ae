"""How well a chunk fits a question."""

from __future__ import annotations

from uuid import UUID

from tools.knowledge.model import Candidate, Chunk, WordStatistics
from tools.knowledge.ranking import bm25, coverage, fuse, rarity, relevance

STATISTICS = WordStatistics(100, 200.0, {"park": 2, "cost": 60, "yard": 0})


def candidate(frequencies: dict[str, int], cosine: float | None = 0.4, length: int = 200) -> Candidate:
    chunk = Chunk(UUID(int=1), UUID(int=2), "Handbook", 1, 0, 1, "", 0, length, "x" * length)
    return Candidate(chunk, cosine, frequencies)


def test_rare_words_weigh_more_than_common_ones() -> None:
    assert rarity("yard", STATISTICS) > rarity("park", STATISTICS) > rarity("cost", STATISTICS) > 0
    assert bm25(candidate({"park": 1}), STATISTICS) > bm25(candidate({"cost": 5}), STATISTICS)


def test_more_occurrences_help_less_and_less_and_long_chunks_less() -> None:
    once, twice, often = (bm25(candidate({"park": count}), STATISTICS) for count in (1, 2, 9))
    assert once < twice < often < 3 * once
    assert bm25(candidate({"park": 1}, length=600), STATISTICS) < once


def test_coverage_is_the_weighted_share_of_the_question() -> None:
    assert coverage(candidate({}), STATISTICS) == 0
    assert coverage(candidate({"park": 1, "cost": 1, "yard": 1}), STATISTICS) == 1
    assert coverage(candidate({}), WordStatistics(0, 0.0)) == 0


def test_words_lift_a_chunk_but_cannot_outweigh_meaning_by_chance() -> None:
    assert fuse(candidate({"park": 1}), STATISTICS) > fuse(candidate({}), STATISTICS)
    assert fuse(candidate({"cost": 1}, 0.3), STATISTICS) < fuse(candidate({}, 0.5), STATISTICS)


def test_relevance_grows_with_meaning_and_words_and_stays_within_bounds() -> None:
    steps = [
        candidate({}, 0.0),
        candidate({}, 0.4),
        candidate({"park": 1}, 0.4),
        candidate({"park": 1, "yard": 1}, 0.7),
    ]
    values = [relevance(step, STATISTICS) for step in steps]
    assert values == sorted(values)
    assert 0 <= values[0] < 10
    assert 90 < values[-1] <= 100


def test_without_vectors_words_alone_decide() -> None:
    assert relevance(candidate({"park": 1, "cost": 1, "yard": 1}, None), STATISTICS) > 90
    assert relevance(candidate({"cost": 1}, None), STATISTICS) < 10
