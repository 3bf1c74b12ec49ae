"""Where a voice begins and ends is told from its level, in silence, in noise, and however the pieces come."""

from __future__ import annotations

import numpy as np
import pytest

from agent.turns.soundtrack import Soundtrack

RATE = 16_000
VOICE_DB, BABBLE_DB = -20.0, -32.0


def sound(seconds: float, level_db: float, seed: int = 1) -> np.ndarray:
    """Noise of this level: what is asked is how loud it is, not what it says."""
    noise = np.random.default_rng(seed).normal(0.0, 32768 * 10 ** (level_db / 20), round(seconds * RATE))
    return np.clip(noise, -32768, 32767).astype(np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


def heard(*parts: np.ndarray, piece_s: float = 0.05, late_s: float = 0.0) -> tuple[Soundtrack, float]:
    """All parts one after the other, piece by piece as they come, from 100.0 on; and when they end."""
    track, now = Soundtrack(), 100.0
    whole, size = np.concatenate(parts), round(piece_s * RATE)
    for start in range(0, len(whole), size):
        piece = whole[start : start + size]
        now += len(piece) / RATE
        track.add(piece, RATE, now + late_s * ((start // size) % 2))
    return track, now


def test_a_voice_ends_where_it_falls_silent() -> None:
    track, now = heard(silence(1.0), sound(1.0, VOICE_DB), silence(0.8))
    assert track.last_voiced(100.5, now) == pytest.approx(102.0, abs=0.02)


def test_a_soft_end_of_a_word_still_belongs_to_it() -> None:
    track, now = heard(silence(1.0), sound(1.0, VOICE_DB), sound(0.1, VOICE_DB - 18), silence(0.8))
    assert track.last_voiced(100.5, now) == pytest.approx(102.1, abs=0.02)


def test_babble_behind_a_voice_is_not_the_voice() -> None:
    track, now = heard(sound(3.0, BABBLE_DB), sound(1.0, VOICE_DB), sound(1.0, BABBLE_DB, seed=2))
    assert track.last_voiced(102.5, now) == pytest.approx(104.0, abs=0.05)


def test_a_click_after_a_voice_is_not_the_voice() -> None:
    track, now = heard(silence(1.0), sound(1.0, VOICE_DB), silence(0.3), sound(0.01, -6.0), silence(0.5), piece_s=0.01)
    assert track.last_voiced(100.5, now) == pytest.approx(102.0, abs=0.02)


def test_where_nobody_spoke_nothing_ended() -> None:
    track, now = heard(sound(2.0, -75.0))
    assert track.last_voiced(100.0, now) is None
    assert Soundtrack().last_voiced(0.0, 1.0) is None


def test_pieces_that_wait_in_a_queue_are_placed_where_they_belong() -> None:
    track, now = heard(silence(1.0), sound(1.0, VOICE_DB), silence(0.8), late_s=0.2)
    assert track.last_voiced(100.5, now) == pytest.approx(102.0, abs=0.05)


def test_after_a_microphone_was_away_the_clock_starts_anew() -> None:
    track, _ = heard(silence(1.0))
    track.add(sound(0.5, VOICE_DB), RATE, 110.0)
    assert track.last_voiced(105.0, 111.0) == pytest.approx(110.0, abs=0.02)


def test_an_onset_is_the_beginning_of_the_sound_that_goes_on() -> None:
    track, now = heard(silence(1.0), sound(0.2, VOICE_DB), silence(0.4), sound(0.3, VOICE_DB, seed=2))
    assert track.onset(now - 0.7, now) == pytest.approx(101.6, abs=0.02)


def test_a_short_gap_within_a_word_is_no_new_onset() -> None:
    track, now = heard(silence(1.0), sound(0.2, VOICE_DB), silence(0.1), sound(0.2, VOICE_DB, seed=2))
    assert track.onset(now - 0.7, now) == pytest.approx(101.0, abs=0.02)
