"""What a caller waited is measured from sound to sound; fillers, typed turns and interruptions are told apart."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from agent.turns.stopwatch import NAMES, Stopwatch
from tests.unit.turns.test_soundtrack import RATE, VOICE_DB, silence, sound

PIECE_S = 0.05


class Call:
    """Both sides of a call by one clock that only ``caller`` and ``agent`` move."""

    def __init__(self) -> None:
        self.watch, self.now = Stopwatch(), 100.0

    def caller(self, *parts: np.ndarray) -> None:
        """The caller's sound; the assistant is silent meanwhile."""
        whole, size = np.concatenate(parts), round(PIECE_S * RATE)
        for start in range(0, len(whole), size):
            piece = whole[start : start + size]
            self.now += len(piece) / RATE
            self.watch.caller_sounds(piece, RATE, self.now)

    def says(self, seconds: float) -> float:
        """One second of silence, then a sentence that voice detection notices; returns its true end."""
        self.caller(silence(1.0), sound(0.2, VOICE_DB))
        self.watch.caller_began(self.now)
        self.caller(sound(seconds - 0.2, VOICE_DB, seed=2))
        return self.now

    def turn_ends(self, after_s: float, *, detected_late_s: float = 0.1) -> None:
        """The caller has been silent for so long; voice detection puts the end of speech a little late."""
        ended_at = self.now
        self.caller(silence(after_s))
        self.watch.caller_rested(self.now)
        self.watch.turn_ended(ended_at + detected_late_s, self.now - 0.05, self.now)

    def agent(self, seconds: float, *, offset_s: float = 0.0, quiet_s: float = 0.0, filler: bool = False) -> None:
        """The assistant is heard for so long, the first part of it inaudible."""
        whole, size = np.concatenate([silence(quiet_s), sound(seconds - quiet_s, -18.0, seed=3)]), round(PIECE_S * RATE)
        for start in range(0, len(whole), size):
            piece = whole[start : start + size]
            self.watch.assistant_sounds(piece, RATE, offset_s=offset_s + start / RATE, at=self.now, filler=filler)
            self.caller(silence(len(piece) / RATE))

    def figures(self, *, interrupted: bool = False) -> dict[str, float]:
        return self.watch.figures(interrupted=interrupted)


@pytest.fixture
def call() -> Call:
    return Call()


def test_heard_is_from_the_last_sound_of_one_to_the_first_of_the_other(call: Call) -> None:
    call.says(1.5)
    call.turn_ends(0.4)
    call.caller(silence(0.2))
    call.agent(1.0, quiet_s=0.03)
    assert call.figures()["heard"] == pytest.approx(630, abs=25)


def test_it_does_not_matter_when_voice_detection_noticed_the_end(call: Call) -> None:
    call.says(1.5)
    call.turn_ends(0.4, detected_late_s=0.25)
    call.agent(1.0)
    assert call.figures()["heard"] == pytest.approx(400, abs=25)


def test_the_stages_add_up_to_what_was_heard(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.5)
    call.caller(silence(0.1))
    call.watch.words_began(call.now)
    call.caller(silence(0.2))
    call.watch.voice_began(call.now, 0.0)
    call.caller(silence(0.05))
    call.agent(1.0)
    found = call.figures()
    stages = [found[f"to_{name}"] for name in ("transcript", "decision", "words", "voice", "sound")]
    assert stages == [pytest.approx(ms, abs=25) for ms in (450, 50, 100, 200, 50)]
    assert sum(stages) == pytest.approx(found["heard"], abs=1)
    assert found["wait"] == pytest.approx(500, abs=25)
    assert found.keys() <= NAMES.keys()


def test_what_was_made_ahead_took_no_time(call: Call) -> None:
    call.says(1.0)
    call.watch.words_began(call.now)
    call.watch.voice_began(call.now, 0.0)
    call.turn_ends(0.4)
    call.agent(1.0)
    found = call.figures()
    assert (found["to_words"], found["to_voice"]) == (0.0, 0.0)
    assert found["heard"] == pytest.approx(found["wait"], abs=25)


def test_a_filler_of_its_own_is_told_from_the_answer(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.agent(0.6, filler=True)
    call.caller(silence(0.3))
    call.agent(1.0)
    found = call.figures()
    assert found["first_sound"] == pytest.approx(400, abs=25)
    assert found["heard"] == pytest.approx(1300, abs=25)


def test_a_filler_in_the_answers_own_breath_is_told_from_it(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.agent(0.4, filler=True)
    call.watch.voice_began(call.now, 0.6)
    call.agent(0.2, offset_s=0.4)
    call.agent(1.0, offset_s=0.6)
    found = call.figures()
    assert found["first_sound"] == pytest.approx(400, abs=25)
    assert found["heard"] == pytest.approx(1000, abs=25)


def test_a_filler_that_the_answer_overtook_before_it_sounded_is_told_too(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.watch.voice_began(call.now, 0.6)
    call.agent(1.5)
    assert call.figures()["heard"] == pytest.approx(1000, abs=25)


def test_a_filler_before_the_turn_was_over_counts_for_it(call: Call) -> None:
    call.says(1.0)
    ended_at = call.now
    call.agent(0.5, filler=True)
    call.watch.turn_ended(ended_at, call.now, call.now)
    call.agent(1.0)
    assert call.figures()["first_sound"] == pytest.approx(0, abs=25)


def test_an_answer_to_what_was_said_before_is_none_to_this(call: Call) -> None:
    call.says(1.0)
    ended_at = call.now
    call.agent(0.5)  # on its way already
    call.watch.turn_ended(ended_at, call.now, call.now)
    assert call.figures() == {}
    call.agent(1.0)
    found = call.figures()
    assert found["heard"] == pytest.approx(500, abs=25)
    assert "first_sound" not in found


def test_a_turn_is_measured_once(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.agent(1.0)
    call.figures()
    call.agent(1.0)
    assert call.figures() == {}


def test_a_greeting_and_a_typed_turn_are_no_answers_to_a_voice(call: Call) -> None:
    call.agent(1.0)
    assert call.figures() == {}
    call.watch.turn_ended(None, None, call.now)
    call.agent(1.0)
    assert call.figures() == {}


def test_an_answer_that_nobody_heard_is_not_measured(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.agent(0.5, quiet_s=0.5)
    assert call.figures() == {}


def test_an_interruption_is_measured_from_its_first_sound_to_silence(call: Call) -> None:
    call.agent(1.0)
    size = round(PIECE_S * RATE)
    for number in range(8):  # both at once for 0.4 s
        call.watch.assistant_sounds(
            sound(PIECE_S, -18.0), RATE, offset_s=1.0 + number * PIECE_S, at=call.now, filler=False
        )
        call.now += PIECE_S
        call.watch.caller_sounds(sound(PIECE_S, VOICE_DB, seed=number)[:size], RATE, call.now)
        if number == 3:
            call.watch.caller_began(call.now)
    call.watch.assistant_silenced(call.now)
    assert call.figures(interrupted=True)["to_silence"] == pytest.approx(400, abs=25)


def test_a_stop_that_no_caller_asked_for_is_no_interruption_by_one(call: Call) -> None:
    call.agent(1.0)
    call.watch.assistant_silenced(call.now)
    assert call.figures(interrupted=True) == {}


def test_nothing_is_ever_endless(call: Call) -> None:
    call.says(1.0)
    call.turn_ends(0.4)
    call.agent(1.0)  # a ready sentence: no mind and no voice had a part in it
    assert all(0 <= value < inf for value in call.figures().values())
