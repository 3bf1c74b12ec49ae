"""Which turn waits, and when its caller must hear more."""

from __future__ import annotations

import pytest

from agent.behaviors.deadlines import Deadlines, Stage
from agent.behaviors.waiting import HEARING_S, PRESSED_S, Waiting


@pytest.fixture
def turn() -> Waiting:
    """Open since 100, and in the conversation."""
    waiting = Waiting(Deadlines())
    waiting.begin(100.0)
    waiting.commit()
    return waiting


def test_nobody_waits_at_first() -> None:
    assert not Waiting(Deadlines()).is_open
    assert Waiting(Deadlines()).due_at is None


def test_a_turn_that_is_not_sure_yet_is_due_before_its_filler_so_that_it_can_be_ended() -> None:
    waiting = Waiting(Deadlines())
    waiting.begin(100.0)
    assert waiting.due_at == pytest.approx(102.5 - HEARING_S - PRESSED_S)
    waiting.pressed = True
    assert waiting.due_at == pytest.approx(102.5 - HEARING_S)


def test_each_stage_has_its_time_and_after_the_last_nothing_is_due(turn: Waiting) -> None:
    due = []
    while (at := turn.due_at) is not None:
        due.append(at + HEARING_S)
        turn.advance(at, sounded=True)
    assert due == pytest.approx([102.5, 108.0, 115.0])
    assert turn.is_open


def test_a_stage_that_could_not_sound_is_tried_until_the_next_is_due(turn: Waiting) -> None:
    turn.advance(103.0, sounded=False)
    assert turn.stage is Stage.FILLER
    turn.advance(108.0, sounded=False)
    assert turn.stage is Stage.STATUS


def test_words_that_are_dropped_leave_the_turn_before_them_waiting_as_long_as_it_did(turn: Waiting) -> None:
    turn.advance(102.0, sounded=True)
    before = turn.due_at
    turn.words = True
    turn.begin(105.0)
    assert turn.forget_words()
    assert turn.due_at == before
    assert turn.committed


def test_words_that_are_dropped_when_nobody_waited_leave_nobody_waiting() -> None:
    waiting = Waiting(Deadlines())
    waiting.begin(100.0)
    assert not waiting.forget_words()
    assert not waiting.is_open


def test_an_answer_between_a_turn_and_words_that_are_dropped_is_the_answer(turn: Waiting) -> None:
    turn.begin(105.0)
    assert not turn.answer()
    assert not turn.forget_words()
    assert not turn.is_open


def test_more_words_that_become_a_turn_begin_the_time_anew(turn: Waiting) -> None:
    turn.begin(105.0)
    turn.commit()
    assert not turn.forget_words()
    assert turn.due_at == pytest.approx(107.5 - HEARING_S)
    assert turn.answer()
    assert not turn.is_open
