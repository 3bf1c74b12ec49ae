"""The cloud language model against its fake, and what happens when it fails: the built-in one answers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from livekit.agents import APIConnectOptions, function_tool, llm, stt, tts, vad

from agent.pipeline.build import Pipeline, build_pipeline
from agent.pipeline.settings import PipelineSettings
from tests.contract.speech.conftest import Say, close, silence, slices
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.openai import Call, FakeOpenAI

ONCE = APIConnectOptions(max_retry=0, timeout=3.0)


class Offline(llm.LLM[Any]):
    """Always says the same."""

    def chat(
        self, *, chat_ctx: llm.ChatContext, tools: Any = None, conn_options: Any = ONCE, **_: Any
    ) -> llm.LLMStream:
        return OfflineStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class OfflineStream(llm.LLMStream):
    async def _run(self) -> None:
        delta = llm.ChoiceDelta(role="assistant", content="Offline here.")
        self._event_ch.send_nowait(llm.ChatChunk(id="offline", delta=delta))


@function_tool
async def book_event(title: str, start: str) -> str:
    """Book an event.

    Args:
        title: What it is.
        start: When, as YYYY-MM-DDTHH:MM.
    """
    return f"Booked {title} at {start}."


class Services:
    """Both fakes, and pipelines that use them."""

    def __init__(self, engine_dir: Path, detector: vad.VAD, http: aiohttp.ClientSession) -> None:
        self.deepgram, self.openai = FakeDeepgram("do you have a swimming pool"), FakeOpenAI()
        self._engine_dir, self._detector, self._http = engine_dir, detector, http
        self.built: list[Pipeline] = []

    def pipeline(self, **names: tuple[str, ...]) -> Pipeline:
        settings = PipelineSettings(
            deepgram_api_key="d",
            deepgram_base_url=self.deepgram.url,
            openai_api_key="o",
            openai_base_url=self.openai.url,
            **names,  # pyright: ignore[reportArgumentType]
        )
        built = build_pipeline(
            settings, engine_dir=self._engine_dir, offline_llm=Offline, vad=self._detector, http_session=self._http
        )
        self.built.append(built)
        return built


@pytest.fixture
async def services(engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[Services]:
    async with aiohttp.ClientSession() as http:
        services = Services(engine_dir, voice_detector, http)
        async with services.deepgram.running(), services.openai.running():
            yield services
            for built in services.built:
                for model in (built.stt, built.llm, built.tts):
                    members = [getattr(model, f"_{kind}_instances", None) for kind in ("stt", "llm", "tts")]
                    for member in [model, *(one for group in members if group for one in group)]:
                        await close(member)
        await asyncio.sleep(0)


async def answer(model: llm.LLM[Any], *tools: Any) -> tuple[str, list[llm.FunctionToolCall]]:
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="Book lunch tomorrow at noon.")
    text, calls = "", list[llm.FunctionToolCall]()
    async with model.chat(chat_ctx=context, tools=list(tools), conn_options=ONCE) as stream:
        async for chunk in stream:
            if chunk.delta:
                text += chunk.delta.content or ""
                calls += chunk.delta.tool_calls
    return text.strip(), calls


async def test_words_stream_back(services: Services) -> None:
    assert await answer(services.pipeline(llm=("openai",)).llm) == ("Breakfast is from seven to ten.", [])
    assert services.openai.chats[0]["model"] == "gpt-4.1-mini"
    assert services.openai.violations == []


async def test_tool_calls_come_back_whole(services: Services) -> None:
    services.openai.replies = [Call("book_event", {"title": "Lunch", "start": "2026-11-24T12:00"})]
    _, calls = await answer(services.pipeline(llm=("openai",)).llm, book_event)
    assert [(call.name, call.arguments) for call in calls] == [
        ("book_event", '{"title": "Lunch", "start": "2026-11-24T12:00"}')
    ]
    assert services.openai.chats[0]["tools"][0]["function"]["name"] == "book_event"
    assert services.openai.violations == []


async def test_when_the_cloud_model_fails_the_built_in_one_answers(services: Services) -> None:
    services.openai.fail_with = 500
    assert await answer(services.pipeline().llm) == ("Offline here.", [])


async def test_when_the_cloud_voice_fails_the_local_one_speaks(services: Services) -> None:
    services.deepgram.refuse, services.openai.fail_with = True, 503
    voice = services.pipeline().tts
    assert isinstance(voice, tts.FallbackAdapter)
    async with voice.stream(conn_options=ONCE) as stream:
        stream.push_text("Good morning to you.")
        stream.end_input()
        seconds = sum([audio.frame.duration async for audio in stream])
    assert seconds > 0.5


async def test_when_the_cloud_recogniser_fails_the_local_one_hears(services: Services, say: Say) -> None:
    services.deepgram.refuse = True
    recogniser = services.pipeline(stt=("deepgram", "moonshine")).stt
    assert isinstance(recogniser, stt.FallbackAdapter)
    events = recogniser.stream(conn_options=ONCE)
    async with events:
        for piece in slices(silence(0.3), await say("Please cancel my appointment on Friday."), silence(1.5)):
            events.push_frame(piece)
            await asyncio.sleep(piece.duration / 2)
        async with asyncio.timeout(20):
            async for event in events:
                if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT and event.alternatives[0].text:
                    assert "appointment" in event.alternatives[0].text
                    break


async def test_turns_are_always_decided_on_this_machine(services: Services) -> None:
    for built in (services.pipeline(), services.pipeline(stt=("moonshine",), tts=("piper",))):
        assert built.turn_handling["interruption"]["mode"] == "vad"
        assert type(built.turn_handling["turn_detection"]).__name__ == "WordTurnDetector"
    assert services.pipeline(stt=("moonshine",)).stt.capabilities.manual_flush
