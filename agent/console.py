"""The same conversation in a terminal: typed lines in, sentences out. Spoken: ``spoken_console.py``.

One line of input is one turn; end of input or a goodbye ends it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from livekit.agents import AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from agent.behaviors import outside_tools
from agent.dispatch import Dispatch
from agent.opening import open_call
from agent.settings import WorkerSettings
from agent.worker import build_call_pipeline, compose
from tools.knowledge.embedding import MiniLM


async def converse(settings: WorkerSettings, *, persona: str) -> int:
    """Hold one typed conversation; returns the exit code."""
    async with AsyncExitStack() as stack:
        embedder = MiniLM()
        opened = await open_call(
            settings, Dispatch(settings.tenant, persona), embedder, stack, room_name="", channel="console"
        )
        pipeline = build_call_pipeline(settings, opened, {"vad": None, "embedder": embedder})
        session: AgentSession[None] = AgentSession(llm=pipeline.llm, turn_handling={"turn_detection": None})
        closed = asyncio.Event()
        session.on("close", lambda _: closed.set())
        session.on("conversation_item_added", _print_item)
        assistant = compose(session, opened, settings, embedder)
        await session.start(assistant)
        outside_tools.attach(stack, assistant, pipeline.llm, opened, settings)
        async for line in _lines(closed):
            await session.run(user_input=line)
        await session.aclose()
    return 0


def _print_item(event: ConversationItemAddedEvent) -> None:
    if isinstance(event.item, ChatMessage) and event.item.role == "assistant":
        print(f"assistant: {event.item.text_content}", flush=True)  # noqa: T201 - this is the conversation


async def _lines(closed: asyncio.Event) -> AsyncIterator[str]:
    """Lines typed until the end of input or of the session."""
    ended = asyncio.create_task(closed.wait())
    while not closed.is_set():
        reading = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
        await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done() or not (line := reading.result()):
            break
        if line.strip():
            yield line.strip()
    ended.cancel()
