"""What a question says without the words that a passage lacks, and what that tells."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np

from tools.knowledge.evidence import weigh
from tools.knowledge.indexing import pack
from tools.knowledge.model import Candidate, Chunk, Word, WordStatistics
from tools.knowledge.ranking import doubt, relevance, undecided
from tools.knowledge.results import UNKNOWN_LOSS, in_order, is_undecided, lost_without, without_lacking

STATISTICS = WordStatistics(100, 200.0, (Word(("deep",), 2, 0, 5.0), Word(("amazon",), 5, 3, 3.0)))
QUESTION = "How deep is the Amazon?"
UP, ASIDE = np.eye(4, dtype=np.float32)[:2]


def passage(cosine: float = 0.4) -> Candidate:
    text = "The Amazon is a river. It is long."
    chunk = Chunk(UUID(int=1), UUID(int=2), "Rivers", 1, 0, 1, "", 0, len(text), text)
    return Candidate(chunk, cosine, {"amazon": [2]}, pack(np.stack([UP, ASIDE])))


def test_the_words_that_a_passage_lacks_are_left_out_of_the_question() -> None:
    assert without_lacking(QUESTION, passage(), STATISTICS) == "How is the Amazon?"


def test_a_passage_that_lacks_nothing_leaves_the_question_alone() -> None:
    assert without_lacking("The Amazon?", passage(), replace(STATISTICS, words=STATISTICS.words[1:])) == ""


def test_what_a_question_loses_is_told_by_its_best_sentence() -> None:
    assert lost_without(UP, ASIDE, passage()) == 1.0
    assert lost_without(UP, UP, passage()) == 0.0


def test_without_vectors_a_usual_loss_is_taken() -> None:
    assert lost_without(UP, None, passage()) == UNKNOWN_LOSS
    assert lost_without(UP, ASIDE, replace(passage(), sentence_vectors=b"")) == UNKNOWN_LOSS


def test_who_loses_little_asked_for_what_is_not_there() -> None:
    one = passage()
    evidence = weigh(one, STATISTICS, QUESTION, None)
    sure = [relevance(doubt(QUESTION, one, evidence, STATISTICS, 0.05, lost)) for lost in (-0.1, 0.0, 0.2)]
    assert sure == sorted(sure)
    assert sure[0] < sure[-1]


def test_a_second_look_is_taken_only_where_it_may_decide() -> None:
    decided = [
        is_undecided(in_order([passage(cosine)], STATISTICS, (QUESTION, None)), STATISTICS, QUESTION)
        for cosine in (0.0, 0.95)
    ]
    assert decided == [False, False]
    one = passage(0.6)
    between = [
        undecided(
            doubt(QUESTION, one, weigh(replace(one, cosine=cosine), STATISTICS, QUESTION, None), STATISTICS, 0.05, 0.0)
        )
        for cosine in np.arange(0.2, 0.9, 0.05).tolist()
    ]
    assert any(between)
