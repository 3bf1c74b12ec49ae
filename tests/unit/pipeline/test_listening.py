"""When words become final: on a flush, when the turn detector says so, in noise. All around is fake: no time passes."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import stt, vad

from agent.pipeline import ahead, listening
from agent.pipeline.engines.client import EngineClient, EngineLost
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.moonshine import MoonshineSTT
from agent.pipeline.recognition import FINAL
from agent.pipeline.smart_turn import OPERATION
from agent.pipeline.utterance import SAMPLE_RATE
from agent.turns.evidence import Evidence

WORDS = {1000: "one", 2000: "two", 3000: "three"}
BLOCK_S = 0.1


def block(loudness: int) -> rtc.AudioFrame:
    """100 ms of one of WORDS, or of silence."""
    count = int(BLOCK_S * SAMPLE_RATE)
    return rtc.AudioFrame(np.full(count, loudness, np.int16).tobytes(), SAMPLE_RATE, 1, count)


class Detector:
    """Loud is speech. A stream of events, one for each frame pushed."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[vad.VADEvent | None] = asyncio.Queue()
        self._position, self._silence_s, self._speaking = 0, 9.0, False
        self._probability = 0.0

    def stream(self) -> "Detector":
        return self

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self._position += frame.samples_per_channel
        loud = self.is_speech(bool(np.any(np.frombuffer(frame.data, np.int16))))
        self._silence_s = 0.0 if loud else self._silence_s + BLOCK_S
        if loud and not self._speaking:
            self._speaking = True
            self._tell(vad.VADEventType.START_OF_SPEECH, loud)
        if self._speaking and self._silence_s > 0.5:
            self._speaking = False
            self._tell(vad.VADEventType.END_OF_SPEECH, loud)
        self._tell(vad.VADEventType.INFERENCE_DONE, loud)

    def is_speech(self, loud: bool) -> bool:
        self._probability = 0.9 if loud else 0.0
        return loud

    def _tell(self, kind: vad.VADEventType, loud: bool) -> None:
        speech_s = BLOCK_S if loud else 0.0
        event = vad.VADEvent(kind, self._position, time.time(), speech_s, self._silence_s)
        event.probability = self._probability
        event.raw_accumulated_speech, event.raw_accumulated_silence = speech_s, self._silence_s
        self._events.put_nowait(event)

    def end_input(self) -> None:
        self._events.put_nowait(None)

    async def aclose(self) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[vad.VADEvent]:
        while (event := await self._events.get()) is not None:
            yield event


class LateDetector(Detector):
    """Is sure of a silence only three blocks after it began, as one that smooths its probabilities."""

    def is_speech(self, loud: bool) -> bool:
        self._probability = 0.35 * loud + 0.65 * self._probability
        return loud or (self._speaking and self._probability > 0.35)


class Engine:
    """Hears the words in the audio; each final answer waits until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.acoustic = 0.5

    async def request(self, op: str, payload: bytes, *, priority: int = FINAL) -> Frame:
        if op == OPERATION:
            return Frame({"probability": self.acoustic})
        samples = np.frombuffer(payload, np.int16)
        changes = samples[np.flatnonzero(np.diff(samples, prepend=np.int16(0)))]
        text = " ".join(WORDS[int(value)] for value in changes if value)
        if priority != FINAL:
            raise EngineLost("no partials: the final must be recognised by itself")
        self.asked.set()
        await self.go.wait()
        self.go.clear()
        return Frame({"text": text})


async def final(stream: stt.RecognizeStream) -> str:
    async with asyncio.timeout(5):
        async for event in stream:
            if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT:
                return event.alternatives[0].text
    raise AssertionError("the stream ended")


async def listened() -> None:
    """The stream has taken everything pushed so far."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("finished", [True, False])
async def test_words_said_while_earlier_ones_become_final_are_the_next_segment(finished: bool) -> None:
    engine = Engine()
    recogniser = MoonshineSTT(
        cast(EngineClient, engine),
        voice_detector=cast(vad.VAD, Detector()),
        is_finished=lambda words: finished,
    )
    async with recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 0)
        finalise(recogniser)
        await asyncio.wait_for(engine.asked.wait(), 5)
        await say(stream, 0, 2000, 2000, 0, 3000, 0)
        engine.go.set()
        assert await final(stream) == "one"
        assert recogniser.open_words.heard
        finalise(recogniser)
        engine.go.set()
        assert await final(stream) == "two three"
    assert not recogniser.open_words.heard


async def say(stream: stt.RecognizeStream, *loudness: int) -> None:
    for value in loudness:
        stream.push_frame(block(value))
        await listened()


def finalise(recogniser: MoonshineSTT) -> None:
    assert recogniser.open_words.finalise is not None
    recogniser.open_words.finalise()


NOISE = 400  # 17 dB below the quietest word


class Ear(Engine):
    """Hears at once whatever it is asked to hear."""

    def __init__(self) -> None:
        super().__init__()
        self.ops: list[str] = []

    async def request(self, op: str, payload: bytes, *, priority: int = FINAL) -> Frame:
        self.ops.append(op)
        if op == OPERATION:
            return Frame({"probability": self.acoustic})
        samples = np.frombuffer(payload, np.int16)
        changes = samples[np.flatnonzero(np.diff(samples, prepend=np.int16(0)))]
        return Frame({"text": " ".join([WORDS[int(value)] for value in changes if int(value) in WORDS])})


class Judged:
    """A recogniser whose turn detector is the test: nothing is final before `over` is set."""

    def __init__(self, detector: Detector | None = None) -> None:
        self.engine, self.over = Ear(), asyncio.Event()
        self.recogniser = MoonshineSTT(
            cast(EngineClient, self.engine),
            voice_detector=cast(vad.VAD, detector or Detector()),
            is_finished=lambda words: True,
        )
        self.words = self.recogniser.open_words
        self.words.over = self._wait

    async def _wait(self) -> None:
        await self.over.wait()
        self.over.clear()

    @property
    def evidence(self) -> Evidence:
        assert self.words.evidence is not None
        return self.words.evidence()


@pytest.fixture
def judged() -> Judged:
    return Judged()


async def test_over_a_pause_words_stay_open_until_the_turn_is_over(judged: Judged) -> None:
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 0, 0)
        stream.flush()
        await say(stream, 0, 0, 2000, 2000, 0, 0)
        assert judged.evidence.words == "one two"
        assert judged.words.heard
        assert not judged.words.decided
        judged.over.set()
        assert await final(stream) == "one two"
        await listened()
    assert judged.words.decided
    assert not judged.words.heard


async def test_words_are_known_before_the_detector_is_sure_of_the_silence() -> None:
    judged = Judged(LateDetector())
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 1000, 1000, 1000, 0, 0)
        assert judged.evidence.silence_s == 0.0
        assert judged.evidence.words == "one"
        assert judged.evidence.whole
        await say(stream, 2000, 2000, 2000)
        assert not judged.evidence.whole
        await say(stream, 0, 0, 0, 0, 0)
        assert judged.evidence.silence_s >= 0.5, "counted from where it began, not from when it was sure"
        asked = len(judged.engine.ops)
        judged.over.set()
        assert await final(stream) == "one two"
        assert judged.engine.ops[asked:].count("transcribe") == 0
    assert not judged.words.heard


async def test_a_turn_detector_that_fails_costs_a_plain_silence_and_no_words(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise ValueError("no evidence")

    told: list[str] = []
    monkeypatch.setattr(listening.log, "error", lambda text, **_: told.append(text))
    judged.words.over = fail
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 0, 0, 0)
        assert judged.words.heard
        assert not judged.words.decided
        await say(stream, *[0] * 7)
        assert await final(stream) == "one"
    assert len(told) == 1


class Detectors(Detector):
    """One of its own for every stream."""

    def stream(self) -> Detector:
        return Detector()


async def test_a_stream_that_closes_late_does_not_silence_the_one_that_follows_it() -> None:
    """As when words are dropped: the session has a new stream before the old one is closed."""
    judged = Judged(Detectors())
    before, after = judged.recogniser.stream(), judged.recogniser.stream()
    await listened()
    await before.aclose()
    async with after:
        await say(after, 0, 0, 1000, 1000, 0, 0)
        assert judged.evidence.words == "one"
    assert judged.words.evidence is None


async def test_who_goes_on_after_the_end_has_not_ended(judged: Judged) -> None:
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 0, 0)
        judged.over.set()
        assert await final(stream) == "one"
        await say(stream, 2000)
        assert not judged.words.decided
        await say(stream, 2000, 0, 0)
        judged.over.set()
        assert await final(stream) == "two"


async def test_a_flush_without_words_is_answered_at_once(judged: Judged) -> None:
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0)
        stream.flush()
        assert await final(stream) == ""


async def test_a_pause_is_evidence_of_silence_sound_and_words(judged: Judged) -> None:
    judged.engine.acoustic = 0.9
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 1000, 1000)
        assert judged.evidence.silence_s == 0
        assert judged.evidence.acoustic is None
        await say(stream, 0, 0, 0)
        known = judged.evidence
        assert known.silence_s >= 0.3
        assert known.acoustic == 0.9
        assert (known.words, known.whole) == ("one", True)
        assert judged.engine.ops.count(OPERATION) == 1  # a yes is not asked for twice
        await say(stream, 2000)
        assert judged.evidence.acoustic is None


async def test_the_acoustic_model_is_asked_once_in_each_pause(judged: Judged) -> None:
    judged.engine.acoustic = 0.1
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 0, 0, 0, 0)
        assert judged.engine.ops.count(OPERATION) == 1
        await say(stream, 2000, 2000, 0, 0, 0)
    assert judged.engine.ops.count(OPERATION) == 2


async def test_in_noise_that_never_ends_the_turn_ends_and_the_next_is_heard(judged: Judged) -> None:
    words = judged.words
    async with judged.recogniser.stream() as stream:
        await say(stream, NOISE, NOISE, 2000, 2000, 2000, 2000, *[NOISE] * 6)
        known = judged.evidence
        assert (known.silence_s, known.words) == (0, "two")
        assert known.level_db == pytest.approx(-14, abs=1)
        assert known.whole
        assert known.unchanged_s > 0.2
        judged.over.set()
        assert await final(stream) == "two"
        assert words.noise_since is not None
        await say(stream, *[NOISE] * 10)
        assert not words.heard
        await say(stream, 3000, 3000)
        assert words.noise_since is None
        assert words.heard
        await say(stream, *[NOISE] * 6)
        judged.over.set()
        assert await final(stream) == "three"


async def test_noise_that_ends_by_itself_is_forgotten(judged: Judged) -> None:
    async with judged.recogniser.stream() as stream:
        await say(stream, NOISE, NOISE, 2000, 2000, 2000, 2000, *[NOISE] * 6)
        judged.over.set()
        assert await final(stream) == "two"
        await say(stream, *[0] * 8)
        assert judged.words.noise_since is None


async def test_speech_without_a_new_word_for_seconds_is_noise_however_loud(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "PARTIAL_EVERY_S", 0.0)
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 1000, 1000, 1000, *[900] * 30)
        assert await final(stream) == "one"
        await listened()
        assert judged.words.noise_since is not None
        assert judged.words.decided


async def test_a_segment_that_is_too_long_is_handed_over_though_the_turn_goes_on(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SEGMENT_MOST_S", 0.5)
    async with judged.recogniser.stream() as stream:
        await say(stream, 0, 0, 1000, 1000, 1000, 0, 1000, 2000, 2000, 2000, 2000)
        assert "one" in await final(stream)
        assert not judged.words.decided
