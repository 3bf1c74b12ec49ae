"""What every voice must do, run on each: Piper for real, Deepgram and OpenAI against their fakes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, tts, vad

from agent.pipeline.moonshine import MoonshineSTT
from agent.pipeline.piper import PiperTTS
from agent.pipeline.providers import PROVIDERS, Parts
from agent.pipeline.settings import PipelineSettings
from agent.turns.detector import OpenWords
from tests.contract.speech.conftest import close
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.openai import FakeOpenAI

ONCE = APIConnectOptions(max_retry=0, timeout=3.0)
NAMES = [row.name for row in PROVIDERS if row.stage == "tts"]


@dataclass
class Backend:
    """A voice, the texts its fake was asked to speak, and the violations it noticed."""

    tts: tts.TTS[Any]
    spoken: list[str] | None = None
    violations: list[str] = field(default_factory=list)


def make(name: str, settings: PipelineSettings, engines: Path, detector: vad.VAD, http: aiohttp.ClientSession) -> Any:
    row = next(row for row in PROVIDERS if row.name == name and row.stage == "tts")
    return row.make(Parts(settings, engines, lambda: pytest.fail("no model"), detector, OpenWords(), http_session=http))


@pytest.fixture(params=NAMES)
async def backend(request: pytest.FixtureRequest, engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[Backend]:
    async with FakeDeepgram().running() as deepgram, FakeOpenAI().running() as openai, aiohttp.ClientSession() as http:
        settings = PipelineSettings(
            deepgram_api_key="d", deepgram_base_url=deepgram.url, openai_api_key="o", openai_base_url=openai.url
        )
        model = make(request.param, settings, engine_dir, voice_detector, http)
        fake = {"deepgram": deepgram, "openai": openai}.get(request.param)
        yield Backend(model, fake.spoken if fake else None, fake.violations if fake else [])
        await close(model)


async def spoken(model: tts.TTS[Any], *pieces: str) -> rtc.AudioFrame:
    if not model.capabilities.streaming:
        async with model.synthesize("".join(pieces), conn_options=ONCE) as once:
            return rtc.combine_audio_frames([audio.frame async for audio in once])
    async with model.stream(conn_options=ONCE) as stream:
        for piece in pieces:
            stream.push_text(piece)
        stream.end_input()
        return rtc.combine_audio_frames([audio.frame async for audio in stream])


async def test_text_becomes_sound(backend: Backend) -> None:
    frame = await spoken(backend.tts, "Breakfast is served ", "from seven to ten.")
    assert (frame.sample_rate, frame.num_channels) == (backend.tts.sample_rate, 1)
    assert frame.duration > 0.3
    assert np.abs(np.frombuffer(frame.data, np.int16)).max() > 1000
    if backend.spoken is not None:
        assert "".join(backend.spoken).split() == ["Breakfast", "is", "served", "from", "seven", "to", "ten."]
    assert backend.violations == []


async def test_it_says_who_it_is(backend: Backend) -> None:
    assert "unknown" not in {backend.tts.model, backend.tts.provider}


@pytest.mark.parametrize("name", NAMES)
async def test_a_service_that_is_away_is_an_api_error(name: str, tmp_path: Path, voice_detector: vad.VAD) -> None:
    nowhere = "http://127.0.0.1:9"
    settings = PipelineSettings(
        deepgram_api_key="d", deepgram_base_url=nowhere, openai_api_key="o", openai_base_url=f"{nowhere}/v1"
    )
    async with aiohttp.ClientSession() as http:
        model = make(name, settings, tmp_path, voice_detector, http)
        if name == "piper":
            model.engine._connect_timeout_s = 0.05
        with pytest.raises(APIError):
            await spoken(model, "Hello there.")
        await close(model)


@pytest.fixture
async def piper(engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[PiperTTS]:
    async with aiohttp.ClientSession() as http:
        model = make("piper", PipelineSettings(), engine_dir, voice_detector, http)
        yield model
        await close(model)


async def test_piper_speaks_the_first_clause_while_the_answer_is_still_written(piper: PiperTTS) -> None:
    async with piper.stream() as stream:
        stream.push_text("Sure, I can do ")
        assert (await asyncio.wait_for(anext(stream), 20)).frame.duration > 0
        stream.push_text("that for you.")
        stream.end_input()
        assert [audio async for audio in stream]


@pytest.mark.parametrize("text", ["...", "—", "!?"])
async def test_piper_breathes_on_text_without_words(piper: PiperTTS, text: str) -> None:
    frame = await spoken(piper, text)
    assert 0.05 <= frame.duration <= 0.2


async def test_an_interrupted_answer_leaves_the_voice_free_for_the_next(piper: PiperTTS) -> None:
    async with piper.stream() as stream:
        stream.push_text("One. " * 200)
        stream.end_input()
        await anext(stream)
    assert (await asyncio.wait_for(spoken(piper, "Yes."), 20)).duration > 0  # all of the long one takes a minute


async def test_moonshine_understands_piper(piper: PiperTTS, moonshine: MoonshineSTT) -> None:
    sentences = {
        "Do you have a swimming pool?": {"have", "swimming", "pool"},
        "Please book a meeting with Anna tomorrow.": {"book", "meeting", "anna", "tomorrow"},
        "Can you cancel my appointment on Friday afternoon?": {"cancel", "appointment", "friday"},
        "I would like to know where the swimming pool is.": {"know", "swimming", "pool"},
    }
    for sentence, keywords in sentences.items():
        event = await moonshine.recognize([await spoken(piper, sentence)])
        heard = set(event.alternatives[0].text.lower().replace("?", "").replace(".", "").replace(",", "").split())
        assert len(keywords - heard) <= 1, event.alternatives[0].text
