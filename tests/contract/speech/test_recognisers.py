"""What every speech recogniser must do, run on each: Moonshine for real, Deepgram and OpenAI against their fakes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, stt, vad

from agent.pipeline.providers import PROVIDERS, Parts
from agent.pipeline.settings import PipelineSettings
from agent.turns.detector import OpenWords
from tests.contract.speech.conftest import Say, close, silence, slices
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.openai import FakeOpenAI

HEARD = "do you have a swimming pool"
ONCE = APIConnectOptions(max_retry=0, timeout=3.0)


@dataclass
class Backend:
    """A recogniser, and the violations its fake has noticed."""

    stt: stt.STT[Any]
    violations: list[str] = field(default_factory=list)


def make(name: str, settings: PipelineSettings, engines: Path, detector: vad.VAD, http: aiohttp.ClientSession) -> Any:
    row = next(row for row in PROVIDERS if row.name == name and row.stage == "stt")
    return row.make(Parts(settings, engines, lambda: pytest.fail("no model"), detector, OpenWords(), http_session=http))


@pytest.fixture(params=[row.name for row in PROVIDERS if row.stage == "stt"])
async def backend(request: pytest.FixtureRequest, engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[Backend]:
    async with (
        FakeDeepgram(HEARD).running() as deepgram,
        FakeOpenAI(HEARD).running() as openai,
        aiohttp.ClientSession() as http,
    ):
        settings = PipelineSettings(
            deepgram_api_key="d", deepgram_base_url=deepgram.url, openai_api_key="o", openai_base_url=openai.url
        )
        model = make(request.param, settings, engine_dir, voice_detector, http)
        fake = {"deepgram": deepgram, "openai": openai}.get(request.param)
        yield Backend(model, fake.violations if fake else [])
        await close(model)


async def events_of(model: stt.STT[Any], *frames: rtc.AudioFrame) -> list[stt.SpeechEvent]:
    async with model.stream(conn_options=ONCE) as stream:
        for piece in slices(*frames):
            stream.push_frame(piece)
        stream.end_input()
        return [event async for event in stream]


def final_words(events: list[stt.SpeechEvent]) -> str:
    finals = [event for event in events if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT]
    return " ".join(event.alternatives[0].text for event in finals if event.alternatives).lower()


async def test_a_stream_hears_a_question(backend: Backend, say: Say, voice_detector: vad.VAD) -> None:
    model = backend.stt
    if not model.capabilities.streaming:
        model = stt.StreamAdapter(stt=model, vad=voice_detector)
    events = await events_of(model, silence(0.4), await say("Do you have a swimming pool?"), silence(0.8))
    assert "pool" in final_words(events)
    assert backend.violations == []


async def test_a_recording_is_recognised_whole(backend: Backend, say: Say) -> None:
    event = await backend.stt.recognize([await say("Do you have a swimming pool?")], conn_options=ONCE)
    assert "pool" in event.alternatives[0].text.lower()
    assert backend.violations == []


async def test_it_says_who_it_is(backend: Backend) -> None:
    assert "unknown" not in {backend.stt.model, backend.stt.provider}


@pytest.mark.parametrize("name", [row.name for row in PROVIDERS if row.stage == "stt"])
async def test_a_service_that_is_away_is_an_api_error(name: str, tmp_path: Path, voice_detector: vad.VAD) -> None:
    nowhere = "http://127.0.0.1:9"
    settings = PipelineSettings(
        deepgram_api_key="d", deepgram_base_url=nowhere, openai_api_key="o", openai_base_url=f"{nowhere}/v1"
    )
    async with aiohttp.ClientSession() as http:
        model = make(name, settings, tmp_path, voice_detector, http)
        if name == "moonshine":
            model.engine._connect_timeout_s = 0.05
        with pytest.raises(APIError):
            await model.recognize([silence(0.5)], conn_options=ONCE)
        await close(model)
