"""How loud a caller usually is, and what part of an overlap is voice."""

import pytest

from agent.turns.levels import CallerLevel, OverlapSound

PIECE_S = 0.05


def sound(noise_db: float, *levels: float) -> OverlapSound:
    overlap = OverlapSound(noise_db)
    for level in levels:
        overlap.heard(level, PIECE_S)
    return overlap


def test_a_caller_who_said_little_is_not_known_yet() -> None:
    caller = CallerLevel()
    caller.heard(-20.0, 0.5, speech=True)
    assert caller.usual is None


def test_the_usual_level_is_that_of_loud_moments_and_noise_that_of_quiet_ones() -> None:
    caller = CallerLevel()
    for level in (-20.0, -22.0, -50.0, -21.0) * 5:
        caller.heard(level, PIECE_S, speech=True)
        caller.heard(-60.0, PIECE_S, speech=False)
    assert caller.usual == pytest.approx(-20.25, abs=0.5)
    assert caller.noise == -60.0


def test_voice_and_the_silence_after_it_are_told_apart() -> None:
    overlap = sound(-60.0, -58.0, -25.0, -22.0, -30.0, -58.0, -57.0)
    assert overlap.voiced_s == pytest.approx(3 * PIECE_S)
    assert overlap.silence_s == pytest.approx(2 * PIECE_S)
    assert overlap.level is not None
    assert -26.0 < overlap.level < -21.0


def test_steady_noise_does_not_swing_and_speech_does() -> None:
    fan, speech = sound(-60.0, *[-30.0, -30.5] * 5), sound(-60.0, *[-20.0, -33.0, -24.0] * 4)
    assert fan.swing_db is not None
    assert speech.swing_db is not None
    assert fan.swing_db < 1.0 < 3.0 < speech.swing_db


def test_nothing_heard_is_nothing_known() -> None:
    overlap = OverlapSound(-60.0)
    assert (overlap.voiced_s, overlap.silence_s, overlap.level, overlap.swing_db) == (0.0, 0.0, None, None)
