"""How loud a caller usually is, and what part of an overlap is voice."""

import pytest

from agent.turns.levels import NOT_AGAIN_S, UNCONFIRMED_S, CallerLevel, Onset, OverlapSound

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


class Compared(float):
    """A level that counts how often one is compared with another."""

    times = 0

    def __ge__(self, other: float) -> bool:
        Compared.times += 1
        return float(self) >= other

    def __gt__(self, other: float) -> bool:
        Compared.times += 1
        return float(self) > other


def test_a_minute_of_noise_is_looked_through_once_each_time_not_once_for_each_piece() -> None:
    overlap, count = sound(-60.0, *map(Compared, [-30.0, -40.0] * 600)), 1200
    Compared.times = 0
    assert overlap.voiced_s == pytest.approx(count * PIECE_S)
    assert overlap.silence_s == 0.0
    assert overlap.swing_db == pytest.approx(5.0)
    assert Compared.times <= 3 * count


def test_a_louder_sound_makes_quiet_ones_before_it_no_voice() -> None:
    overlap = sound(-60.0, *[-45.0] * 4)
    assert overlap.voiced_s == pytest.approx(4 * PIECE_S)
    overlap.heard(-20.0, PIECE_S)
    assert overlap.voiced_s == pytest.approx(PIECE_S)


def test_nothing_heard_is_nothing_known() -> None:
    overlap = OverlapSound(-60.0)
    assert (overlap.voiced_s, overlap.silence_s, overlap.level, overlap.swing_db) == (0.0, 0.0, None, None)


def onset_of_a_caller() -> Onset:
    """Somebody who speaks at -20 dB in a room of -60 dB."""
    caller = CallerLevel()
    for _ in range(20):
        caller.heard(-20.0, PIECE_S, speech=True)
        caller.heard(-60.0, PIECE_S, speech=False)
    return Onset(caller)


def signs(onset: Onset, level_db: float, seconds: float) -> list[str]:
    heard = [onset.heard(level_db, PIECE_S) for _ in range(round(seconds / PIECE_S))]
    return [sign for sign in heard if sign]


@pytest.mark.parametrize(("level_db", "expected"), [(-22.0, "began"), (-29.0, "began"), (-35.0, ""), (-60.0, "")])
def test_a_first_syllable_is_expected_where_it_is_nearly_as_loud_as_the_caller(level_db: float, expected: str) -> None:
    assert onset_of_a_caller().heard(level_db, PIECE_S) == expected


@pytest.mark.parametrize(("level_db", "expected"), [(-35.0, "began"), (-42.0, "")])
def test_of_a_caller_who_is_not_known_only_a_clear_voice_is_expected(level_db: float, expected: str) -> None:
    assert Onset(CallerLevel()).heard(level_db, PIECE_S) == expected


def test_what_was_no_voice_is_not_expected_again_for_a_while_and_longer_each_time() -> None:
    onset = onset_of_a_caller()
    assert signs(onset, -20.0, UNCONFIRMED_S + 2 * PIECE_S) == ["began", "nothing"]
    assert signs(onset, -20.0, NOT_AGAIN_S - 3 * PIECE_S) == []
    assert signs(onset, -20.0, UNCONFIRMED_S + 6 * PIECE_S) == ["began", "nothing"]
    assert signs(onset, -20.0, NOT_AGAIN_S + 2 * PIECE_S) == []


def test_a_voice_is_expected_again_at_once() -> None:
    onset = onset_of_a_caller()
    signs(onset, -20.0, UNCONFIRMED_S + 2 * PIECE_S)
    onset.confirmed()
    assert onset.heard(-20.0, PIECE_S) == "began"
