"""Levels, pauses and made noises of the voice benchmark."""

import numpy as np
import pytest

from bench.voice import mixing
from bench.voice.clock import echo_of
from tests.e2e.speech import QUIET, SAMPLE_RATE, Sound, loudness, silence


def tone(seconds: float, loud: float, hertz: float = 440.0) -> Sound:
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * hertz * at) * loud).astype(np.int16)


def decibels(first: float, second: float) -> float:
    return 20 * float(np.log10(first / second))


def test_a_level_does_not_count_the_silence_around_the_speech() -> None:
    spoken = tone(0.5, 4000)
    with_silence = np.concatenate([silence(1.0), spoken, silence(2.0)])
    assert mixing.level_of(with_silence) == pytest.approx(mixing.level_of(spoken))


@pytest.mark.parametrize("loud", [900, 4000, 20_000])
def test_every_speaker_is_brought_to_the_same_level(loud: float) -> None:
    assert mixing.level_of(mixing.at_level(tone(0.5, loud))) == pytest.approx(mixing.SPEECH_LEVEL, rel=0.01)


def test_silence_stays_silent_at_any_level() -> None:
    assert not mixing.at_level(silence(0.2)).any()


def test_babble_lies_as_far_below_speech_as_asked() -> None:
    voices = [tone(0.7, 5000, hertz) for hertz in (200, 300, 500)]
    room = mixing.background(mixing.babble(voices, 3.0, seed=3), snr_db=10)
    level = float(np.sqrt((room.astype(np.float64) ** 2).mean()))
    assert decibels(mixing.SPEECH_LEVEL, level) == pytest.approx(10, abs=0.1)


def test_babble_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    voices = [tone(0.7, 5000, hertz) for hertz in (200, 300, 500)]
    first, again, other = (mixing.babble(voices, 2.0, seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_parts_are_joined_with_pauses_whose_places_are_known() -> None:
    sound, spans = mixing.joined([tone(0.3, 4000), tone(0.2, 4000), tone(0.1, 4000)], [0.5, 0.4])
    assert len(sound) / SAMPLE_RATE == pytest.approx(1.5)
    assert spans == [pytest.approx((0.3, 0.8)), pytest.approx((1.0, 1.4))]
    for start, end in spans:
        assert not sound[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)].any()


def test_a_pause_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="pauses between"):
        mixing.joined([tone(0.1, 4000), tone(0.1, 4000)], [])


def test_a_sentence_is_cut_where_it_is_quietest_near_the_place() -> None:
    sentence = np.concatenate([tone(0.5, 4000), silence(0.05), tone(0.5, 4000)])
    first, second = mixing.parted(sentence, 0.45)
    assert len(first) / SAMPLE_RATE == pytest.approx(0.5, abs=0.02)
    assert len(second) / SAMPLE_RATE == pytest.approx(0.5, abs=0.02)


def test_a_cut_makes_no_click() -> None:
    for part in mixing.parted(tone(1.0, 8000), 0.5):
        assert abs(int(part[0])) < 100
        assert abs(int(part[-1])) < 100


def test_the_telephone_keeps_length_and_voice_and_loses_what_is_high() -> None:
    voice, hiss = tone(0.5, 8000, 1000), tone(0.5, 8000, 9000)
    assert len(mixing.telephone(voice)) == len(voice)
    assert decibels(mixing.level_of(mixing.telephone(voice)), mixing.level_of(voice)) == pytest.approx(0, abs=1.0)
    assert loudness(mixing.telephone(hiss))[5:-5].max() < QUIET


def test_an_echo_is_the_agents_frame_at_the_microphones_rate_and_softer() -> None:
    frame = tone(0.03, 8000)[::3]
    echo = echo_of(frame, 20)
    assert len(echo) == 3 * len(frame)
    assert decibels(float(np.abs(frame).max()), float(np.abs(echo).max())) == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("make", [mixing.cough, mixing.laughter, mixing.hum])
def test_what_is_no_speech_is_short_loud_enough_and_repeatable(make: "type[mixing.cough]") -> None:
    sound = make(5)
    assert 0.25 < len(sound) / SAMPLE_RATE < 1.4
    assert mixing.level_of(sound) == pytest.approx(mixing.SPEECH_LEVEL, rel=0.1)
    assert np.array_equal(sound, make(5))
