"""The two sets of utterances: big enough, apart from each other, and the same on every run."""

import numpy as np
import pytest

from bench.voice import casting
from bench.voice.answers import ANSWERS, DEFAULT_ANSWER, STORY, TELL_A_STORY, answer_to
from bench.voice.stub_llm import last_words
from bench.voice.voices import VOICES

PAUSES = (casting.AFTER_UM, casting.BETWEEN_CLAUSES, casting.IN_PHRASE)


@pytest.mark.parametrize("name", casting.SETS)
def test_a_set_has_48_plain_utterances_and_40_with_one_pause(name: str) -> None:
    written = casting.script(name)
    with_pause = [text for kind in PAUSES for text in written[kind]]
    assert len(set(written["plain"])) >= 48
    assert len(set(with_pause)) >= 40
    assert all(len(casting.parts_of(text)) == 2 for text in with_pause)
    assert len(written["talking_over"]["interruptions"]) >= 8


def test_no_sentence_and_no_voice_is_in_both_sets() -> None:
    tuning, reporting = (casting.script(name) for name in casting.SETS)
    for kind in ("plain", *PAUSES):
        assert not set(tuning[kind]) & set(reporting[kind])
    assert not {voice.name for voice in VOICES["tuning"]} & {voice.name for voice in VOICES["reporting"]}


def test_a_pause_after_a_filler_follows_it() -> None:
    for name in casting.SETS:
        firsts = [casting.parts_of(text)[0] for text in casting.script(name)[casting.AFTER_UM]]
        assert all(first.endswith(("um,", "uh,")) for first in firsts)


def test_pauses_reach_from_the_shortest_to_the_longest_in_an_order_that_never_changes() -> None:
    first, again = (casting.spread(40, casting.PAUSES_S, np.random.default_rng(5)) for _ in range(2))
    assert (min(first), max(first)) == casting.PAUSES_S
    assert first == again
    assert first != sorted(first)


@pytest.mark.parametrize("name", casting.SETS)
def test_what_the_caller_asks_to_be_asked_is_asked(name: str) -> None:
    written = casting.script(name)
    for dialogue in (*written["answers"], *written["dictation"]):
        answer = answer_to(dialogue["ask"])
        assert answer.endswith("?")
        assert answer != DEFAULT_ANSWER


def test_the_table_has_an_answer_to_anything() -> None:
    assert answer_to(TELL_A_STORY) == STORY
    assert answer_to("") == DEFAULT_ANSWER
    assert all(ANSWERS.values())


def test_the_stub_answers_what_the_caller_said_last() -> None:
    messages = [
        {"role": "user", "content": "first"},
        {"role": "user", "content": [{"type": "text", "text": "second"}]},
        {"role": "assistant", "content": "third"},
    ]
    assert last_words(messages) == "second"
