"""The session hears through the recogniser's voice detection; a detector of its own listens while that is silent."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
from livekit import rtc
from livekit.agents import vad

from agent.pipeline.caller_voice import CallerVoice
from agent.turns.detector import OpenWords

START, END, TICK = vad.VADEventType.START_OF_SPEECH, vad.VADEventType.END_OF_SPEECH, vad.VADEventType.INFERENCE_DONE
FRAME = rtc.AudioFrame(bytes(1600), 16_000, 1, 800)  # 50 ms


class Detector:
    """Hears a tick in every frame. Counts what was opened, keeps what was pushed."""

    capabilities = vad.VADCapabilities(update_interval=0.05)
    model = provider = "fake"

    def __init__(self) -> None:
        self.opened = self.closed = self.frames = 0
        self.fails = False
        self._events: asyncio.Queue[vad.VADEvent | None] = asyncio.Queue()

    def stream(self) -> "Detector":
        self.opened += 1
        return self

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self.frames += 1
        self._events.put_nowait(heard(TICK))

    def flush(self) -> None:
        pass

    def end_input(self) -> None:
        self._events.put_nowait(None)

    async def aclose(self) -> None:
        self.closed += 1

    async def __aiter__(self) -> AsyncIterator[vad.VADEvent]:
        while (event := await self._events.get()) is not None:
            if self.fails:
                raise RuntimeError("no model")
            yield event


def heard(kind: vad.VADEventType) -> vad.VADEvent:
    return vad.VADEvent(kind, 0, 0.0, 1.0, 0.0)


class Session:
    """A call's voice detection and what it was told."""

    def __init__(self) -> None:
        self.detector, self.words = Detector(), OpenWords(leads=True)
        self.stream = CallerVoice(cast(vad.VAD, self.detector), self.words).stream()

    def recogniser_hears(self, *kinds: vad.VADEventType) -> None:
        assert self.words.hears is not None
        for kind in kinds:
            self.words.hears(heard(kind))

    def hears(self, frames: int) -> None:
        for _ in range(frames):
            self.stream.push_frame(FRAME)

    async def told(self, count: int) -> list[vad.VADEventType]:
        async with asyncio.timeout(5):
            return [(await anext(self.stream)).type for _ in range(count)]


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    session = Session()
    yield session
    await session.stream.aclose()


async def test_what_the_recogniser_hears_is_not_listened_to_again(session: Session) -> None:
    for _ in range(40):
        session.hears(1)
        session.recogniser_hears(TICK)
    session.recogniser_hears(START, END)
    assert (await session.told(42))[-2:] == [START, END]
    assert session.detector.opened == 0


async def test_without_a_recogniser_that_detects_voices_the_first_frame_is_listened_to(session: Session) -> None:
    session.words.leads = False
    session.hears(2)
    assert await session.told(2) == [TICK, TICK]
    assert (session.detector.opened, session.detector.frames) == (1, 2)


async def test_when_the_recogniser_tells_nothing_any_more_no_sound_is_lost(session: Session) -> None:
    session.hears(1)
    session.recogniser_hears(TICK)
    session.hears(12)
    assert await session.told(13) == [TICK] * 13
    assert session.detector.frames == 12


async def test_speech_ends_when_whoever_heard_it_begin_is_gone(session: Session) -> None:
    session.recogniser_hears(START)
    session.hears(12)
    assert (await session.told(3))[:3] == [START, END, TICK]


async def test_a_recogniser_that_comes_back_is_listened_to_again(session: Session) -> None:
    session.hears(12)
    assert session.detector.opened == 1
    session.recogniser_hears(START)
    session.hears(2)
    assert session.detector.frames == 12
    assert START in await session.told(1)
    await session.stream.aclose()
    assert session.detector.closed == 1


async def test_a_detector_that_fails_ends_the_stream_with_its_error(session: Session) -> None:
    session.detector.fails = True
    session.hears(12)
    with pytest.raises(RuntimeError, match="no model"):
        await session.told(1)


async def test_the_end_of_the_input_ends_the_stream(session: Session) -> None:
    session.words.leads = False
    session.hears(1)
    session.stream.end_input()
    assert [event.type async for event in session.stream] == [TICK]


async def test_who_has_left_is_told_nothing(session: Session) -> None:
    await session.stream.aclose()
    assert session.words.hears is None
