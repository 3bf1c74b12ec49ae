"""A call whose stages fail on command, with the product's assistant and watchdog, and tools that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from livekit.agents import RunContext, StopResponse, function_tool
from livekit.agents.llm.chat_context import Instructions

from agent.assistant import Assistant
from agent.behaviors import failures, floor
from agent.behaviors.watchdog import TRANSCRIPTION_TIMEOUT_S, Watchdog
from agent.pipeline.cached_audio import SoundCache
from tests.fakes.faulty_stages import HANG_S, EarsOf, FaultyCall, MindOf, ReadySounds, Stretch, VoiceOf, faulty_session
from tools.boundary import answering


@function_tool
async def slow_tool() -> str:
    """Takes for ever, within its limit."""
    async with answering("The calendar"):
        await asyncio.sleep(HANG_S)
    return ""


@function_tool
async def endless_tool() -> str:
    """Takes for ever, and nobody limits it."""
    await asyncio.sleep(HANG_S)
    return ""


@function_tool
async def crashing_tool() -> str:
    """Has a bug."""
    raise ValueError("a bug")


@function_tool
async def fine_tool() -> str:
    """Works."""
    return "It is done."


@function_tool
async def silent_tool() -> None:
    """Leaves the turn unanswered."""


@function_tool
async def stopping_tool() -> None:
    """Stops the turn."""
    raise StopResponse


@function_tool
async def passing_tool(ctx: RunContext[Any]) -> Any:
    """Hands over to another assistant, which does the same."""
    return _assistant(ctx.userdata), "Passed on."


TOOLS = [slow_tool, endless_tool, crashing_tool, fine_tool, silent_tool, stopping_tool, passing_tool]


def _assistant(watchdog: Watchdog) -> Assistant:
    return Assistant(instructions=Instructions("Help."), tools=list(TOOLS), greeting="", watchdog=watchdog)


@asynccontextmanager
async def faulty_call(
    mind: MindOf,
    voice: VoiceOf | None = None,
    ears: EarsOf | None = None,
    sounds: SoundCache | None = None,
    *,
    with_floor: bool = False,
    **options: Any,
) -> AsyncIterator[FaultyCall]:
    """A call under way. ``sounds``: what is ready to sound without a voice; by default all that should be."""
    options = {"transcription_timeout": TRANSCRIPTION_TIMEOUT_S, "max_tool_steps": 4} | options
    async with faulty_session(mind, voice, ears, **options) as call:
        watchdog = Watchdog(call.session, sounds or ReadySounds())
        failures.attach(call.session, watchdog)
        if with_floor:
            floor.attach(call.session, is_filler=watchdog.is_filler, on_forgotten=watchdog.forget_words)
        call.session.userdata = watchdog
        await call.session.start(_assistant(watchdog))
        yield call


async def turn(call: FaultyCall, words: str = "What is on my calendar?", listen_s: float = 20.0) -> list[Stretch]:
    """What is heard after the caller's words, in seconds from their end."""
    ended = await call.speak(words)
    await asyncio.sleep(listen_s)
    return [Stretch(s.begin - ended, s.end - ended, s.what) for s in call.speaker.heard if s.begin > ended]
