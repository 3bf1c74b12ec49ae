"""Real speech engines, started once per test process, and sentences spoken by the real local voice."""

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import vad

from agent.pipeline.build import load_vad
from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.supervisor import EngineSupervisor, socket_path
from agent.pipeline.moonshine import MoonshineSTT, as_16khz_mono
from agent.turns.detector import OpenWords
from agent.turns.finished import is_finished
from tests.e2e.speech import SAMPLE_RATE as STUDIO_RATE
from tests.e2e.speech import SpeechStudio


@pytest.fixture(scope="session")
def engine_dir() -> Iterator[Path]:
    """Both engines, kept by a supervisor on a loop of its own because tests have one loop each."""
    with tempfile.TemporaryDirectory(prefix="vl-") as folder:
        loop, supervisor = asyncio.new_event_loop(), EngineSupervisor(Path(folder))
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(supervisor.start(), loop).result(90)
            yield Path(folder)
        finally:
            asyncio.run_coroutine_threadsafe(supervisor.stop(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


@pytest.fixture(scope="session")
def voice_detector() -> vad.VAD:
    return load_vad()


Say = Callable[[str], Awaitable[rtc.AudioFrame]]


@pytest.fixture(scope="session")
def studio() -> Iterator[SpeechStudio]:
    """The callers' voice: a sentence sounds the same each time, which the product's own voice does not."""
    with tempfile.TemporaryDirectory(prefix="vl-") as folder:
        yield SpeechStudio(Path(folder))


@pytest.fixture
def say(studio: SpeechStudio) -> Say:
    """say(text) -> one 16 kHz mono frame of the text spoken, without silence around it."""

    async def spoken(text: str) -> rtc.AudioFrame:
        sound = await asyncio.to_thread(studio.speak, text)
        samples = as_16khz_mono(rtc.AudioFrame(sound.tobytes(), STUDIO_RATE, 1, len(sound)))
        return rtc.AudioFrame(samples.tobytes(), 16_000, 1, len(samples))

    return spoken


@pytest.fixture
async def moonshine(engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[MoonshineSTT]:
    stt = MoonshineSTT(
        EngineClient(socket_path(engine_dir, "moonshine")),
        voice_detector=voice_detector,
        is_finished=is_finished,
        open_words=OpenWords(),
    )
    yield stt
    await stt.aclose()


def silence(seconds: float) -> rtc.AudioFrame:
    count = int(16_000 * seconds)
    return rtc.AudioFrame(bytes(2 * count), 16_000, 1, count)


def slices(*frames: rtc.AudioFrame, seconds: float = 0.02) -> Iterator[rtc.AudioFrame]:
    """The frames cut into pieces as a microphone delivers them."""
    pcm = b"".join(bytes(frame.data) for frame in frames)
    size = int(16_000 * seconds) * 2
    for start in range(0, len(pcm) - size + 1, size):
        yield rtc.AudioFrame(pcm[start : start + size], 16_000, 1, size // 2)


async def close(model: Any) -> None:
    """Closes a model and the HTTP client that OpenAI's plugin leaves open for the process to end with."""
    await model.aclose()
    if (client := getattr(model, "_client", None)) is not None:
        await client.close()
