"""The audio of an open segment: pre-roll while silent, nothing lost while speaking."""

import numpy as np
import pytest

from agent.pipeline.utterance import PRE_ROLL_S, SAMPLE_RATE, TAIL_S, Utterance


def silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * SAMPLE_RATE))


def test_only_the_pre_roll_is_kept_until_somebody_speaks() -> None:
    utterance = Utterance()
    for _ in range(20):
        utterance.add(silence(0.1))
        utterance.forget_silence(utterance.end)
    assert utterance.duration_s == PRE_ROLL_S
    assert utterance.end == 2 * SAMPLE_RATE


def test_everything_is_kept_while_somebody_speaks() -> None:
    utterance = Utterance()
    utterance.add(silence(1.0))
    utterance.forget_silence(utterance.end)
    utterance.mark_speech(utterance.end)
    utterance.add(silence(5.0))
    utterance.forget_silence(utterance.end)
    assert utterance.duration_s == PRE_ROLL_S + 5.0
    utterance.finish(utterance.end)
    assert utterance.speech_end is None
    assert utterance.duration_s == PRE_ROLL_S


def test_finishing_keeps_what_was_said_after_the_final_words() -> None:
    utterance = Utterance()
    utterance.add(silence(1.0))
    utterance.mark_speech(utterance.end)
    utterance.add(silence(1.0))
    recognised = utterance.end
    utterance.add(silence(2.0))
    utterance.mark_speech(recognised + SAMPLE_RATE)
    utterance.finish(recognised)
    assert utterance.speech_end == recognised + SAMPLE_RATE
    assert utterance.duration_s == 2.0


def test_finishing_repeats_no_final_speech_in_the_pre_roll() -> None:
    utterance = Utterance()
    utterance.add(silence(1.0))
    utterance.mark_speech(utterance.end)
    utterance.add(silence(0.2))
    utterance.finish(utterance.end)
    assert utterance.speech_end is None
    assert utterance.duration_s == pytest.approx(0.2 - TAIL_S)


def test_speech_never_ends_later_than_the_audio_nor_moves_back() -> None:
    utterance = Utterance()
    utterance.add(silence(1.0))
    utterance.mark_speech(10 * SAMPLE_RATE)
    assert utterance.speech_end == SAMPLE_RATE
    utterance.mark_speech(100)
    assert utterance.speech_end == SAMPLE_RATE


def test_a_cut_takes_the_head_and_leaves_the_rest() -> None:
    utterance = Utterance()
    utterance.mark_speech(0)
    utterance.add(silence(3.0))
    assert utterance.peek_until(SAMPLE_RATE).duration_s == 1.0
    assert utterance.take_until(SAMPLE_RATE).end == SAMPLE_RATE
    assert utterance.duration_s == 2.0


def test_the_quietest_place_is_found() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 4 * SAMPLE_RATE).astype(np.int16)
    noise[int(2.4 * SAMPLE_RATE) : int(2.7 * SAMPLE_RATE)] = 0
    utterance = Utterance()
    utterance.mark_speech(0)
    utterance.add(noise.tobytes())
    assert 2.4 <= utterance.quietest(1.0, 4.0) / SAMPLE_RATE <= 2.7
