"""Words said while earlier ones are made final. Microphone, detector and engine are fakes: no time passes."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import stt, vad

from agent.pipeline.engines.client import EngineClient, EngineLost
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.moonshine import MoonshineSTT
from agent.pipeline.recognition import FINAL
from agent.pipeline.smart_turn import OPERATION
from agent.pipeline.utterance import SAMPLE_RATE

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

    def stream(self) -> "Detector":
        return self

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self._position += frame.samples_per_channel
        loud = bool(np.any(np.frombuffer(frame.data, np.int16)))
        self._silence_s = 0.0 if loud else self._silence_s + BLOCK_S
        if loud and not self._speaking:
            self._speaking = True
            self._tell(vad.VADEventType.START_OF_SPEECH, loud)
        if self._speaking and self._silence_s > 0.5:
            self._speaking = False
            self._tell(vad.VADEventType.END_OF_SPEECH, loud)
        self._tell(vad.VADEventType.INFERENCE_DONE, loud)

    def _tell(self, kind: vad.VADEventType, loud: bool) -> None:
        speech_s = BLOCK_S if loud else 0.0
        event = vad.VADEvent(kind, self._position, time.time(), speech_s, self._silence_s)
        event.raw_accumulated_speech, event.raw_accumulated_silence = speech_s, self._silence_s
        self._events.put_nowait(event)

    def end_input(self) -> None:
        self._events.put_nowait(None)

    async def aclose(self) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[vad.VADEvent]:
        while (event := await self._events.get()) is not None:
            yield event


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
