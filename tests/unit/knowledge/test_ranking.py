"""How well a chunk fits a question, and how sure one may be."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from tools.knowledge.evidence import Evidence, weigh
from tools.knowledge.model import Candidate, Chunk, Word, WordStatistics
from tools.knowledge.ranking import doubt, lead_of, relevance, score

WORDS = (
    Word(("park",), 2, 2, 3.7),
    Word(("cost",), 3, 60, 0.5),
    Word(("yard",), 6, 0, 5.3),
)
STATISTICS = WordStatistics(100, 200.0, WORDS)


def candidate(places: dict[str, list[int]], cosine: float | None = 0.4, text: str = "x" * 200) -> Candidate:
    chunk = Chunk(UUID(int=1), UUID(int=2), "Handbook", 1, 0, 1, "", 0, len(text), text)
    return Candidate(chunk, cosine, places)


def weighed(places: dict[str, list[int]], cosine: float | None = 0.4, text: str = "x" * 200) -> Evidence:
    return weigh(candidate(places, cosine, text), STATISTICS, "parking cost of the yard", None)


def sure(places: dict[str, list[int]], cosine: float | None = 0.4, lead: float = 0.05) -> int:
    one = candidate(places, cosine)
    question = "parking cost of the yard"
    return relevance(doubt(question, one, weigh(one, STATISTICS, question, None), STATISTICS, lead, 0.07))


def test_rare_words_weigh_more_than_common_ones() -> None:
    assert weighed({"park": [1]}).bm25 > weighed({"cost": [1, 2, 3, 4, 5]}).bm25 > 0


def test_more_occurrences_help_less_and_less_and_long_chunks_less() -> None:
    once, twice, often = (weighed({"park": list(range(count))}).bm25 for count in (1, 2, 9))
    assert once < twice < often < 3 * once
    assert weighed({"park": [1]}, text="x" * 600).bm25 < once


def test_coverage_is_the_weighted_share_of_the_question() -> None:
    assert weighed({}).coverage == 0
    assert weighed({"park": [1], "cost": [2], "yard": [3]}).coverage == 1
    assert weigh(candidate({}), WordStatistics(), "", None).coverage == 0


def test_words_in_one_sentence_say_more_than_words_far_apart() -> None:
    near, far = weighed({"park": [1], "cost": [4]}), weighed({"park": [1], "cost": [90]})
    assert near.coverage == far.coverage
    assert near.window > far.window


def test_neighbours_in_the_question_count_as_neighbours_in_the_text_in_their_order() -> None:
    assert weighed({"park": [7], "cost": [8]}).pairs > 0
    assert weighed({"park": [8], "cost": [7]}).pairs == 0


def test_a_number_is_a_cue_for_how_many() -> None:
    question = "How many rooms are there?"
    assert weigh(candidate({}, text="There are 40 rooms."), STATISTICS, question, None).cue == 1
    assert weigh(candidate({}, text="There are rooms."), STATISTICS, question, None).cue == 0


def test_words_lift_a_chunk_but_cannot_outweigh_meaning_by_chance() -> None:
    assert score(weighed({"park": [1]})) > score(weighed({}))
    assert score(weighed({"cost": [1]}, 0.3)) < score(weighed({}, 0.5))


def test_relevance_grows_with_meaning_and_words_and_stays_within_bounds() -> None:
    values = [sure({}, 0.0), sure({}, 0.4), sure({"park": [1]}, 0.4), sure({"park": [1], "yard": [2]}, 0.9)]
    assert values == sorted(values)
    assert 0 <= values[0] < 10
    assert 80 < values[-1] <= 100


def test_without_vectors_words_alone_decide() -> None:
    assert sure({"park": [1], "cost": [2], "yard": [3]}, None) > 90
    assert sure({"cost": [1]}, None) < 10


def test_among_few_candidates_standing_out_says_nothing() -> None:
    assert lead_of([2.0]) == lead_of([2.0, 0.1]) == lead_of([0.5, 0.4])
    assert lead_of([2.0, 1.9, *[0.0] * 8]) < lead_of([2.0, 1.8, *[0.0] * 8])


def test_a_name_that_the_chunk_does_not_have_makes_it_doubtful() -> None:
    one = candidate({"park": [1]}, text="Parking costs 12 euros.")
    found = weigh(one, STATISTICS, "What does parking cost?", None)
    known = doubt("What does parking cost?", one, found, STATISTICS, 0.05, 0.07)
    assert known.names == 0
    stranger = doubt("What does parking cost in Lisbon?", one, found, STATISTICS, 0.05, 0.07)
    assert stranger.names == 1
    assert relevance(stranger) <= relevance(replace(known, names=0.0))
