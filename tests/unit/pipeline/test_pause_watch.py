"""What the sound and the words of a call tell of a pause. Made sound, a clock the test moves."""

from dataclasses import replace

import numpy as np
import pytest

from agent.pipeline.loudness import BLOCK, ENOUGH, LOUD_SHARE, MARGIN_DB, Loudness, Noise
from agent.pipeline.pause_watch import PauseWatch
from agent.pipeline.utterance import SAMPLE_RATE
from agent.turns.evidence import Evidence
from agent.turns.policy import p_end, wait_s

VOICE, BABBLE = 6000.0, 1500.0  # 12 dB apart


def sound(seconds: float, loudness: float) -> bytes:
    """A hiss whose level wavers as syllables do."""
    t = np.arange(round(seconds * SAMPLE_RATE))
    wave = np.sin(1e5 * np.sin(t * 12.9898)) * (0.8 + 0.2 * np.sin(2 * np.pi * 4 * t / SAMPLE_RATE))
    return (wave * loudness).astype(np.int16).tobytes()


class Call:
    """A caller in front of a detector that hears speech whenever there is any sound."""

    def __init__(self) -> None:
        self.now = 50.0
        self.watch = PauseWatch(lambda: self.now)
        self.position = 0

    def hears(self, seconds: float, loudness: float) -> None:
        for _ in range(round(seconds / 0.02)):
            pcm = sound(0.02, loudness)
            self.watch.add(pcm)
            self.position += len(pcm) // 2
            self.now += 0.02
            if loudness:
                self.watch.voice(self.position)
            else:
                self.watch.silence(0.02 + self.watch.silence_s, self.position)


@pytest.fixture
def call() -> Call:
    return Call()


def test_silence_runs_by_the_clock_between_two_reports(call: Call) -> None:
    call.hears(1.0, VOICE)
    assert call.watch.silence_s == 0
    call.watch.silence(0.1, call.position)
    call.now += 0.25
    assert call.watch.evidence(whole=True).silence_s == pytest.approx(0.35)


def test_audio_nobody_has_listened_to_is_not_taken_for_silence(call: Call) -> None:
    call.hears(1.0, VOICE)
    call.watch.silence(0.1, call.position)
    call.watch.add(sound(0.5, VOICE))
    call.now += 0.5
    assert call.watch.is_behind
    assert call.watch.silence_s == 0.1


def test_steady_noise_below_the_caller_is_hush_with_a_level(call: Call) -> None:
    call.hears(1.5, VOICE)
    assert call.watch.hush_s == 0
    assert call.watch.evidence(whole=False).level_db == 0.0
    call.hears(0.6, BABBLE)
    known = call.watch.evidence(whole=True)
    assert known.silence_s == 0
    assert call.watch.hush_s == pytest.approx(0.5, abs=0.11)
    assert known.level_db == pytest.approx(-12, abs=2.5)


def test_a_consonants_closing_is_no_hush(call: Call) -> None:
    call.hears(1.5, VOICE)
    call.hears(0.1, BABBLE)
    assert call.watch.hush_s == 0


def test_the_callers_level_survives_half_a_minute_of_noise(call: Call) -> None:
    call.hears(1.5, VOICE)
    before = call.watch.loudness.caller_db
    call.hears(30.0, BABBLE)
    assert call.watch.loudness.caller_db == before


@pytest.mark.parametrize(("loudness", "over"), [(BABBLE, False), (BABBLE * 1.2, False), (VOICE, True)])
def test_noise_is_over_when_somebody_nearer_speaks(call: Call, loudness: float, over: bool) -> None:
    call.hears(1.5, VOICE)
    call.hears(0.6, BABBLE)
    noise = Noise(call.watch.loudness.level_db or 0.0, call.position)
    call.hears(0.2, loudness)
    assert noise.is_over(call.position, call.watch.loudness) is over


def test_noise_as_loud_as_the_caller_may_be_the_caller_after_a_while(call: Call) -> None:
    call.hears(1.5, VOICE)
    noise = Noise(-MARGIN_DB / 2, call.position)
    call.hears(1.0, VOICE / 2)
    assert not noise.is_over(call.position, call.watch.loudness)
    call.hears(2.5, VOICE / 2)
    assert noise.is_over(call.position, call.watch.loudness)


def test_words_count_as_unchanged_by_the_audio_that_brought_no_others(call: Call) -> None:
    call.hears(1.0, VOICE)
    call.watch.words("book a table", SAMPLE_RATE)
    assert call.watch.evidence(whole=False).unchanged_s == 0
    call.hears(0.5, VOICE)
    assert call.watch.evidence(whole=False).unchanged_s == 0  # a slow recogniser is not a silent caller
    call.watch.words("Book a table.", SAMPLE_RATE * 3 // 2)
    assert call.watch.evidence(whole=False).unchanged_s == pytest.approx(0.5)
    call.watch.words("Book a table for two.", SAMPLE_RATE * 3 // 2)
    assert call.watch.evidence(whole=False).unchanged_s == 0


def test_a_pause_after_which_the_caller_goes_on_becomes_habit(call: Call) -> None:
    for _ in range(6):
        call.hears(1.0, VOICE)
        call.hears(0.9, 0)
    assert (call.watch.habit.pause_s or 0) > 0.9
    assert call.watch.habit.pauses > 4


def test_the_silence_between_two_turns_is_no_pause(call: Call) -> None:
    call.hears(1.0, VOICE)
    call.hears(0.3, 0)
    call.watch.hand_over("Hello there.", ends_turn=True)
    call.hears(4.0, 0)
    call.hears(1.0, VOICE)
    assert call.watch.habit.pauses == 0
    assert len(call.watch.turn_sound) == pytest.approx(2 * SAMPLE_RATE * 1.2, rel=0.05)  # only the new turn's


def test_who_goes_on_at_once_after_an_end_had_not_ended(call: Call) -> None:
    call.hears(1.0, VOICE)
    call.hears(0.4, 0)
    call.watch.hand_over("I would like to", ends_turn=True)
    call.hears(0.2, 0)
    call.hears(0.5, VOICE)
    assert call.watch.habit.pauses > 1


@pytest.mark.parametrize(("into_the_answer_s", "waits_longer"), [(0.3, True), (1.4, True), (3.0, False)])
def test_the_patience_for_a_caller_rises_after_one_early_answer(
    call: Call, into_the_answer_s: float, *, waits_longer: bool
) -> None:
    call.hears(1.0, VOICE)
    call.hears(0.3, 0)
    before = Evidence(silence_s=0.3, words="I would like to book a table for tomorrow", unchanged_s=0.3)
    call.watch.hand_over(before.words, ends_turn=True)
    call.hears(0.4 + into_the_answer_s, 0)  # 0.4 s until the answer is heard
    call.hears(0.5, VOICE)
    after = replace(before, pause_s=call.watch.evidence(whole=True).pause_s)
    assert (wait_s(p_end(after), after) > wait_s(p_end(before), before)) == waits_longer


def test_final_words_of_an_open_turn_are_still_its_words(call: Call) -> None:
    call.hears(1.0, VOICE)
    call.watch.hand_over("I would like", ends_turn=False)
    call.watch.words("a table", SAMPLE_RATE)
    assert call.watch.evidence(whole=True).words == "I would like a table"


def test_the_speed_is_words_by_speech_without_the_pauses(call: Call) -> None:
    for _ in range(8):
        call.hears(1.0, VOICE)
        call.hears(1.0, 0)
    call.watch.hand_over("one two three four " * 8, ends_turn=True)
    assert (call.watch.habit.words_per_s or 0) == pytest.approx(3.4, abs=0.3)


def test_a_callers_level_is_not_known_before_they_spoke() -> None:
    loudness = Loudness()
    loudness.add(sound(1.0, BABBLE))
    assert loudness.level_db is None
    assert loudness.hush_s == 0


def test_a_callers_level_is_that_of_their_loud_blocks() -> None:
    loudness, levels = Loudness(), list[float]()
    for number in range(1, ENOUGH + 1):
        assert loudness.caller_db is None
        loudness.add(np.full(BLOCK, 200 * number, np.int16).tobytes())
        loudness.mark_speech(number * BLOCK)
        levels.append(10 * np.log10((200.0 * number) ** 2 + 1))
    assert loudness.caller_db == pytest.approx(np.percentile(levels, LOUD_SHARE))
