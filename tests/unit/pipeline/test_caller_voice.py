"""The session hears an end of speech when the caller has finished, though the detector goes on hearing noise."""

import pytest
from livekit.agents import vad

from agent.pipeline.caller_voice import NoiseFilter
from agent.turns.detector import OpenWords

START, END, TICK = vad.VADEventType.START_OF_SPEECH, vad.VADEventType.END_OF_SPEECH, vad.VADEventType.INFERENCE_DONE


class Ear:
    def __init__(self) -> None:
        self.words = OpenWords()
        self._filter = NoiseFilter(self.words, lambda: 20.0)

    def hears(self, *kinds: vad.VADEventType) -> list[vad.VADEvent]:
        """What the session is told of these events; the detector hears sound in all of them."""
        events = [vad.VADEvent(kind, 0, 0.0, 1.0, 0.0, probability=0.9, raw_accumulated_speech=1.0) for kind in kinds]
        return self.told(*events)

    def told(self, *events: vad.VADEvent) -> list[vad.VADEvent]:
        return [told for event in events for told in self._filter.heard(event)]

    def noise(self, since: float | None) -> None:
        self.words.noise_since = since


def kinds(events: list[vad.VADEvent]) -> list[vad.VADEventType]:
    return [event.type for event in events]


@pytest.fixture
def ear() -> Ear:
    return Ear()


def test_without_noise_everything_passes_as_it_is(ear: Ear) -> None:
    assert kinds(ear.hears(TICK, START, TICK, END, TICK)) == [TICK, START, TICK, END, TICK]


def test_a_caller_who_finished_in_noise_ends_once_and_is_silent_from_then(ear: Ear) -> None:
    ear.hears(START, TICK)
    ear.noise(since=19.2)
    told = ear.hears(TICK, TICK, TICK)
    assert kinds(told) == [END, TICK, TICK, TICK]
    assert told[0].silence_duration == pytest.approx(0.8)
    assert [event.raw_accumulated_speech for event in told[1:]] == [0.0, 0.0, 0.0]
    assert [event.probability for event in told[1:]] == [0.0, 0.0, 0.0]


def test_noise_that_stops_by_itself_ends_nothing_twice(ear: Ear) -> None:
    ear.hears(START)
    ear.noise(since=19.0)
    ear.hears(TICK)
    assert kinds(ear.hears(END)) == []
    ear.noise(since=None)
    assert kinds(ear.hears(TICK, START)) == [TICK, START]


def test_somebody_who_speaks_over_the_noise_starts_anew(ear: Ear) -> None:
    ear.hears(START)
    ear.noise(since=19.0)
    ear.hears(TICK)
    ear.noise(since=None)
    assert kinds(ear.hears(TICK, TICK, END)) == [START, TICK, TICK, END]


def test_noise_that_comes_and_goes_starts_nothing(ear: Ear) -> None:
    ear.hears(START, TICK)
    ear.noise(since=19.0)
    assert kinds(ear.hears(TICK, END, TICK, START, TICK)) == [END, TICK, TICK, TICK]


def quiet(kind: vad.VADEventType, silence_s: float) -> vad.VADEvent:
    return vad.VADEvent(kind, 0, 0.0, 0.0, 0.0, raw_accumulated_silence=silence_s)


def test_a_turn_that_is_decided_ends_the_speech_before_the_detector_does(ear: Ear) -> None:
    ear.hears(START, TICK)
    ear.words.decided = True
    told = ear.told(quiet(TICK, 0.13), quiet(TICK, 0.16), quiet(END, 0.25))
    assert kinds(told) == [END, TICK, TICK]
    assert told[0].silence_duration == pytest.approx(0.13)


def test_who_speaks_again_starts_at_once_whatever_was_decided_before(ear: Ear) -> None:
    ear.hears(START, TICK)
    ear.words.decided = True
    ear.told(quiet(TICK, 0.13), quiet(END, 0.25))
    assert kinds(ear.hears(START, TICK)) == [START, TICK]


def test_when_the_caller_was_last_heard_is_known(ear: Ear) -> None:
    ear.told(quiet(TICK, 0.5))
    assert ear.words.voice_at is None
    ear.hears(START, TICK)
    assert ear.words.voice_at == 20.0
