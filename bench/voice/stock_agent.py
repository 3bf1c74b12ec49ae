"""The agents that VoiceLoop is measured against: LiveKit's `AgentSession` with plain local plugins, in two settings.

Same Moonshine and Piper engines, same greeting and answers. `stock` is what a first working agent is: every default,
recognition of whole utterances. `simple` has the best settings that can simply be set: the bundled end-of-turn model
with 0.3 to 1.4 s, recognition that is flushed by the framework, synthesis ahead of the turn's end
(``simple_settings.py``).
Nothing of `agent.turns` or `agent.worker` may be used here.
`python -m bench.voice.stock_agent stock|simple ENGINE_DIR` with LIVEKIT_* set, BENCH_LLM_DELAY_S for a slow mind.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    Agent,
    AgentServer,
    AgentSession,
    APIConnectionError,
    JobContext,
    LanguageCode,
    llm,
    stt,
    tts,
    utils,
)

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.engines.supervisor import EngineSupervisor, socket_path
from bench.voice.answers import answer_to
from bench.voice.simple_settings import simple_session

STOCK, SIMPLE = "stock", "simple"
READY_LINE = "stock agent registered"
GREETING = "Hello, this is VoiceLoop. How can I help you?"


class PlainSTT(stt.STT):
    """Whole utterances; the session cuts them with its VAD."""

    def __init__(self, engine: EngineClient) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._engine = engine

    async def _recognize_impl(
        self, buffer: utils.AudioBuffer, *, language: Any = NOT_GIVEN, conn_options: Any
    ) -> stt.SpeechEvent:
        whole = rtc.combine_audio_frames(buffer)
        if whole.sample_rate != 16_000:
            resampler = rtc.AudioResampler(whole.sample_rate, 16_000, num_channels=1)
            whole = rtc.combine_audio_frames([*resampler.push(whole), *resampler.flush()])
        try:
            text = (await self._engine.request("transcribe", bytes(whole.data))).header.get("text", "")
        except (EngineLost, EngineFailed) as error:
            raise APIConnectionError("recognition failed") from error
        heard = [stt.SpeechData(language=LanguageCode("en"), text=text, confidence=0.9)] if text else []
        return stt.SpeechEvent(
            type=stt.SpeechEventType.FINAL_TRANSCRIPT, request_id=utils.shortuuid(), alternatives=heard
        )


class PlainTTS(tts.TTS):
    """One sentence at a time; the session cuts the answer into sentences."""

    def __init__(self, engine: EngineClient) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=22_050, num_channels=1)
        self.engine = engine

    def synthesize(self, text: str, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> tts.ChunkedStream:
        return PlainSpeech(tts=self, input_text=text, conn_options=conn_options)


class PlainSpeech(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(), sample_rate=22_050, num_channels=1, mime_type="audio/pcm"
        )
        assert isinstance(self._tts, PlainTTS)
        try:
            async for piece in self._tts.engine.stream("synthesize", text=self._input_text, speed=1.0, priority=0):
                output_emitter.push(piece.payload)
        except (EngineLost, EngineFailed) as error:
            raise APIConnectionError("synthesis failed") from error
        output_emitter.flush()


class CannedLLM(llm.LLM):
    """Answers from ``answers.py`` after BENCH_LLM_DELAY_S, at once without: the fastest mind there can be."""

    def chat(
        self, *, chat_ctx: llm.ChatContext, tools: Any = None, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS, **_: Any
    ) -> llm.LLMStream:
        return CannedStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class CannedStream(llm.LLMStream):
    async def _run(self) -> None:
        said = next((m.text_content or "" for m in reversed(self._chat_ctx.messages()) if m.role == "user"), "")
        await asyncio.sleep(float(os.environ.get("BENCH_LLM_DELAY_S", "0")))
        for word in re.findall(r"\S+\s*", answer_to(said)):
            delta = llm.ChoiceDelta(role="assistant", content=word)
            self._event_ch.send_nowait(llm.ChatChunk(id=utils.shortuuid(), delta=delta))


class Greeter(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="You answer guests of Harbour House.")

    async def on_enter(self) -> None:
        self.session.say(GREETING)


async def entrypoint(ctx: JobContext) -> None:
    folder = Path(os.environ["STOCK_ENGINE_DIR"])
    plain = PlainSTT(EngineClient(socket_path(folder, "moonshine")))
    mind, voice = CannedLLM(), PlainTTS(EngineClient(socket_path(folder, "piper")))
    if os.environ["BENCH_SETTINGS"] == SIMPLE:
        session: AgentSession[None] = simple_session(plain, mind, voice)
    else:
        session = AgentSession(stt=plain, llm=mind, tts=voice)
    session.on("close", lambda event: ctx.shutdown(event.reason.value))
    await session.start(Greeter(), room=ctx.room)


async def serve(settings: str, folder: Path) -> None:
    os.environ |= {"STOCK_ENGINE_DIR": str(folder), "BENCH_SETTINGS": settings}
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # the default load is the CPU of the moment, which on a small machine refuses calls for good: not what is measured
    server = AgentServer(load_fnc=lambda: 0.0, host="127.0.0.1", port=0, num_idle_processes=2, job_memory_warn_mb=0)
    server.rtc_session(entrypoint, agent_name=settings)
    server.on("worker_registered", lambda *_: print(READY_LINE, flush=True))
    async with EngineSupervisor(folder):
        running = asyncio.create_task(server.run())
        await stop.wait()
        await server.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
