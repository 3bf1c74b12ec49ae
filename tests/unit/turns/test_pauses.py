"""A caller's habit is learned from few pauses, and no single odd one turns it."""

from __future__ import annotations

import math
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.turns.pauses import ORDINARY_PAUSE_S, ORDINARY_WORDS_PER_S, Habit


def after(*pauses_s: float) -> Habit:
    return reduce(Habit.after_pause, pauses_s, Habit())


def known(value: float | None) -> float:
    assert value is not None
    return value


def test_nothing_is_known_of_a_new_caller() -> None:
    assert Habit().pause_s is None
    assert Habit().words_per_s is None


def test_long_pauses_make_the_habit_longer_and_short_ones_shorter() -> None:
    ordinary = 1.05
    assert known(after(0.9, 1.1, 1.0, 0.8, 1.2).pause_s) > 1.2 * ordinary
    assert known(after(0.15, 0.2, 0.18, 0.2, 0.16).pause_s) < 0.8 * ordinary


def test_one_odd_pause_changes_little() -> None:
    assert known(after(30.0).pause_s) < 2 * known(after(0.4).pause_s)
    assert known(after(0.3, 0.4, 0.35, 0.3, 0.4, 30.0).pause_s) < 1.6 * known(after(0.3, 0.4, 0.35, 0.3, 0.4).pause_s)


def test_one_early_answer_makes_us_more_patient_however_short_the_pause_was() -> None:
    for pause_s in (0.2, 0.6, 1.2):
        assert 1.3 * ORDINARY_PAUSE_S < known(Habit().after_cut(pause_s).pause_s) < 2.5 * ORDINARY_PAUSE_S
    hasty = after(*[0.2] * 8)
    assert known(hasty.after_cut(0.3).pause_s) > known(hasty.after_pause(0.3).pause_s)


def test_patience_after_early_answers_fades_when_the_caller_pauses_briefly() -> None:
    cut = Habit().after_cut(0.6)
    assert known(reduce(Habit.after_pause, [0.25] * 15, cut).pause_s) < ORDINARY_PAUSE_S


def test_the_habit_follows_a_caller_who_changes() -> None:
    slow = reduce(Habit.after_pause, [1.2] * 30, after(*[0.2] * 30))
    assert known(slow.pause_s) > known(after(*[0.2] * 60).pause_s) * 1.5


def test_what_is_no_pause_or_no_speech_is_not_counted() -> None:
    for pause_s in (0.0, 0.05, -1.0, math.nan, math.inf):
        assert after(pause_s) == Habit()
    for words, speech_s in ((1, 0.5), (0, 2.0), (5, 0.0), (40, 1.0), (3, 30.0), (3, math.nan)):
        assert Habit().after_speech(words, speech_s) == Habit()


def test_speed_moves_from_the_ordinary_to_the_callers_own() -> None:
    once, often = Habit().after_speech(4, 2.0), reduce(lambda habit, _: habit.after_speech(8, 5.0), range(20), Habit())
    assert 2.0 < known(once.words_per_s) < ORDINARY_WORDS_PER_S
    assert known(often.words_per_s) == pytest.approx(1.6, abs=0.15)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=50))
def test_whatever_is_heard_the_habit_stays_a_humans(pauses_s: list[float]) -> None:
    pause_s = after(*pauses_s).pause_s
    assert pause_s is None or 0.05 < pause_s < 6.0
