"""Pauses as callers make them, and how long each is waited out: fast after an end, patient in the middle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.turns.evidence import Asked, Evidence
from agent.turns.policy import ASSENTED_WAIT_S, DENIED_WAIT_S, LONGEST_WAIT_S, SHORTEST_WAIT_S, p_end, wait_s

AT_ONCE, SOON, BREATH, LONG = (0.12, 0.3), (0.12, 0.65), (0.3, 1.2), (1.1, 1.5)

# asked | words | sound says end (None: not asked) | seconds to wait
RECORDED: tuple[tuple[str, str, float | None, tuple[float, float]], ...] = (
    ("yes_no", "Yes.", None, (0.45, 0.45)),
    ("yes_no", "Yes, please.", None, AT_ONCE),
    ("yes_no", "No.", 0.95, (0.6, 0.6)),
    ("yes_no", "that's right", 0.1, AT_ONCE),
    ("yes_no", "No, it's", 0.9, LONG),
    ("yes_no", "yes but", None, LONG),
    ("", "on the", None, LONG),
    ("", "on the", 0.95, LONG),
    ("when", "on the", None, LONG),
    ("when", "Tomorrow at three.", None, SOON),
    ("when", "on Tuesday the fifth at half past two", None, AT_ONCE),
    ("when", "On Friday.", None, BREATH),
    ("when", "March third at ten am.", 0.9, AT_ONCE),
    ("when", "let me see", 0.5, LONG),
    ("when", "from Monday", 0.05, (0.8, 1.5)),
    ("", "Is Wi-Fi free?", 0.95, SOON),
    ("", "When is breakfast?", None, SOON),
    ("open", "Can I bring my dog?", None, SOON),
    ("open", "How much does parking cost per night?", None, AT_ONCE),
    ("open", "How much does parking", 0.5, LONG),
    ("open", "Could you please tell me at what time", 0.9, LONG),
    ("open", "I would like to know how much parking.", None, LONG),
    ("open", "Can you look up for me whether the wireless", 0.3, LONG),
    ("open", "Could you please tell me at what time breakfast is served in the house?", None, AT_ONCE),
    ("open", "Book a meeting with Anna.", None, BREATH),
    ("open", "Book a meeting with Anna tomorrow at three.", 0.9, AT_ONCE),
    ("open", "Can you move my appointment?", 0.3, BREATH),
    ("open", "um", None, LONG),
    ("open", "", None, LONG),
    ("name", "Anna Lee.", None, SOON),
    ("name", "my name is", 0.9, LONG),
    ("choice", "The first one.", None, AT_ONCE),
    ("digits", "five five five", 0.95, LONG),
    ("digits", "two one two five five five zero one four seven", 0.9, AT_ONCE),
    ("email", "anna dot lee at", 0.9, LONG),
    ("email", "anna dot lee at example dot com.", 0.9, SOON),
    ("spelling", "w e b", None, LONG),
)


def seen(words: str, asked: str = "", acoustic: float | None = None, silence_s: float = 0.2) -> Evidence:
    return Evidence(silence_s=silence_s, unchanged_s=silence_s, words=words, asked=Asked(asked), acoustic=acoustic)


def waited(evidence: Evidence, patience: float = 1.0) -> float:
    return wait_s(p_end(evidence), evidence, patience)


@pytest.mark.parametrize(("asked", "words", "acoustic", "expected"), RECORDED)
def test_what_callers_say_is_waited_out_as_long_as_it_needs(
    asked: str, words: str, acoustic: float | None, expected: tuple[float, float]
) -> None:
    assert expected[0] <= waited(seen(words, asked, acoustic)) <= expected[1]


def test_a_code_is_over_with_its_last_digit() -> None:
    code = replace(seen("four two nine one.", "digits"), digits=4)
    assert waited(code) <= 0.7 < 1.1 < waited(replace(code, words="four two nine."))


@pytest.mark.parametrize(
    ("language", "words"), [("de", "ich hätte gern einen"), ("es", "quería reservar una mesa para"), ("de-AT", "ja")]
)
def test_in_a_language_nobody_knows_the_sound_and_the_silence_decide(language: str, words: str) -> None:
    unsure = replace(seen(words), language=language)
    assert waited(unsure) == waited(replace(unsure, words="on the"))
    assert waited(replace(unsure, acoustic=0.95)) <= 0.7
    assert waited(replace(unsure, acoustic=0.05)) >= 0.75
    assert p_end(replace(unsure, silence_s=1.2)) > p_end(unsure)


def test_words_that_may_not_be_all_are_trusted_less() -> None:
    part = replace(seen("on the"), whole=False, unchanged_s=0.0)
    assert p_end(seen("on the")) < p_end(part) < p_end(seen("yes", "yes_no"))
    assert p_end(replace(part, unchanged_s=5.0)) == p_end(seen("on the"))


def test_a_caller_who_pauses_long_gets_more_time() -> None:
    evidence = seen("book a table for four", "open")
    assert waited(replace(evidence, pause_s=2.5)) > waited(evidence) > waited(replace(evidence, pause_s=0.6))


def test_in_steady_noise_the_words_that_stop_are_the_silence() -> None:
    noisy = replace(seen("What time is breakfast?", silence_s=0.0), level_db=-10.0)
    assert p_end(replace(noisy, unchanged_s=1.4)) > p_end(noisy)
    speaking = replace(noisy, level_db=0.0)
    assert p_end(replace(speaking, unchanged_s=1.4)) == p_end(replace(speaking, unchanged_s=0.2))


def test_noise_makes_the_sound_less_telling() -> None:
    clear, noisy = seen("on Friday", "when", 0.95), replace(seen("on Friday", "when", 0.95), level_db=-6.0)
    assert p_end(seen("on Friday", "when")) < p_end(noisy) < p_end(clear)


WORDS = st.sampled_from([words for _, words, _, _ in RECORDED])
ANY = st.builds(
    Evidence,
    silence_s=st.floats(0, 5),
    words=WORDS | st.text(max_size=40),
    whole=st.booleans(),
    unchanged_s=st.floats(0, 5),
    asked=st.sampled_from(list(Asked)),
    acoustic=st.none() | st.floats(0, 1),
    words_per_s=st.none() | st.floats(0, 9),
    pause_s=st.none() | st.floats(0, 9),
    level_db=st.none() | st.floats(-60, 10),
    digits=st.none() | st.integers(1, 20),
    language=st.sampled_from(["en", "en-GB", "de", "es"]),
)


@given(ANY, st.floats(0, 10))
def test_nobody_waits_longer_than_a_second_and_a_half_or_not_at_all(evidence: Evidence, patience: float) -> None:
    assert 0 < p_end(evidence) < 1
    assert SHORTEST_WAIT_S <= waited(evidence, patience) <= LONGEST_WAIT_S


@given(ANY, st.floats(0, 5))
def test_a_longer_silence_never_makes_an_end_less_likely(evidence: Evidence, more_s: float) -> None:
    later = replace(evidence, silence_s=evidence.silence_s + more_s)
    assert p_end(later) >= p_end(evidence) - 1e-12


@given(ANY, st.floats(0, 1), st.floats(0, 1))
def test_a_surer_sound_never_makes_the_wait_longer(evidence: Evidence, one: float, other: float) -> None:
    less, more = (replace(evidence, acoustic=acoustic) for acoustic in sorted((one, other)))
    assert p_end(less) <= p_end(more) + 1e-12
    assert waited(less) >= waited(more)


@given(ANY, st.floats(0, 3), st.floats(0, 3))
def test_more_patience_never_waits_less(evidence: Evidence, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert waited(evidence, less) <= waited(evidence, more)


def test_patience_stretches_the_wait() -> None:
    evidence = seen("Tomorrow at three.", "when")
    assert waited(evidence, 1.5) == pytest.approx(1.5 * waited(evidence))


@given(WORDS, st.sampled_from(list(Asked)), st.none() | st.floats(0, 1))
def test_the_wait_is_the_same_whenever_in_the_pause_it_is_asked(
    words: str, asked: Asked, acoustic: float | None
) -> None:
    early, late = (seen(words, asked, acoustic, silence_s) for silence_s in (0.0, 0.9))
    assert waited(early) == pytest.approx(waited(late), abs=0.021)


@pytest.mark.parametrize(
    ("words", "least_s"),
    [("No.", DENIED_WAIT_S), ("No, no.", DENIED_WAIT_S), ("Nope,", DENIED_WAIT_S), ("Yes.", ASSENTED_WAIT_S)],
)
def test_after_a_bare_answer_to_a_question_there_is_time_for_its_second_half(words: str, least_s: float) -> None:
    answered = Evidence(silence_s=0.2, words=words, asked=Asked.YES_NO, acoustic=0.99)
    assert wait_s(0.999, answered) == least_s
    assert wait_s(0.999, answered, 2.0) >= least_s


@pytest.mark.parametrize(("asked", "words"), [("yes_no", "Yes, please."), ("yes_no", "No, make it five."), ("", "No.")])
def test_an_answer_with_more_and_what_answers_nothing_wait_no_longer_for_that(asked: str, words: str) -> None:
    assert wait_s(0.999, seen(words, asked, 0.99)) < ASSENTED_WAIT_S
