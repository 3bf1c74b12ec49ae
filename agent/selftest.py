"""A spoken round trip without a room: the voice speaks a question, the recogniser hears it, the mind answers.

Then the machine is measured (``measuring.py``). Prints JSON lines: ``{"doing": ...}`` while it works, at the end one of
milliseconds, words and figures; `voiceloop doctor` shows them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from zoneinfo import ZoneInfo

from livekit import rtc
from livekit.agents.llm import ChatContext

from agent.brain import build_offline_llm
from agent.measuring import Host, measure
from agent.pipeline.build import build_pipeline, load_vad
from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.supervisor import EngineSupervisor, socket_path
from agent.pipeline.providers import engines_for
from agent.settings import WorkerSettings
from tools.knowledge.embedding import MiniLM

SENTENCE = "What can you do for me today?"


async def selftest(settings: WorkerSettings) -> int:
    """Exit code 0 when the words came back; 1 when nothing was heard."""
    zone = ZoneInfo(settings.timezone or "UTC")
    embedder = MiniLM()
    _doing("Loading the speech models")
    async with EngineSupervisor(settings.engine_dir, engines_for(settings.pipeline)) as engines:
        pipeline = build_pipeline(
            settings.pipeline,
            engine_dir=settings.engine_dir,
            vad=load_vad(),
            offline_llm=lambda: build_offline_llm(clock=settings.clock, timezone=zone, embedder=embedder),
        )
        started = time.perf_counter()
        first_audio_ms, frames = 0.0, list[rtc.AudioFrame]()
        async with pipeline.tts.synthesize(SENTENCE) as stream:
            async for audio in stream:
                first_audio_ms = first_audio_ms or (time.perf_counter() - started) * 1000
                frames.append(audio.frame)
        started = time.perf_counter()
        heard = await asyncio.wait_for(pipeline.stt.recognize(frames), 30)
        stt_ms = (time.perf_counter() - started) * 1000
        text = heard.alternatives[0].text if heard.alternatives else ""
        started = time.perf_counter()
        context = ChatContext.empty()
        context.add_message(role="user", content=text)
        answer = (await pipeline.llm.chat(chat_ctx=context).collect()).text
        llm_ms = (time.perf_counter() - started) * 1000
        measured = await measure(_host(settings, embedder, tuple(engines.pids.values())), _doing)
    result = {
        "tts_first_audio_ms": round(first_audio_ms),
        "stt_ms": round(stt_ms),
        "llm_ms": round(llm_ms),
        "text": text,
        "answer": answer,
        "measured": asdict(measured),
    }
    print(json.dumps(result))  # noqa: T201 - the answer of the command
    return 0 if text else 1


def _host(settings: WorkerSettings, embedder: MiniLM, processes: Sequence[int]) -> Host:
    """The engines that this configuration uses; for a stage that a provider does elsewhere there is none."""
    here = engines_for(settings.pipeline)
    recogniser, voice = (
        EngineClient(socket_path(settings.engine_dir, name)) if name in here else None
        for name in ("moonshine", "piper")
    )
    return Host(embedder, recogniser, voice, processes)


def _doing(what: str) -> None:
    print(json.dumps({"doing": what}), flush=True)  # noqa: T201 - the progress of the command
