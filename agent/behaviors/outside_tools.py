"""Tools of MCP servers join a call whose persona names some, beside the greeting; nothing waits for them.

The library they need is loaded only then, in a thread. The offline brain knows its own tools alone and gets none.
"""

from __future__ import annotations

import asyncio
import importlib
from contextlib import AsyncExitStack
from typing import Any

from livekit.agents import Agent, llm

from agent.brain.llm import OfflineLLM
from agent.opening import OpenCall
from agent.settings import WorkerSettings
from store.log import get_logger

log = get_logger(__name__)


def attach(stack: AsyncExitStack, agent: Agent, mind: llm.LLM[Any], opened: OpenCall, settings: WorkerSettings) -> None:
    """Begin to connect; what is open closes with the stack."""
    if not opened.persona.mcp_servers or isinstance(mind, OfflineLLM):
        return
    connections = AsyncExitStack()

    async def join() -> None:
        module = await asyncio.to_thread(importlib.import_module, "agent.outside_tools")
        outside = module.OutsideTools(agent, opened, settings.keyring, settings.mcp_guard)
        connections.push_async_callback(outside.aclose)
        await outside.run()

    async def close() -> None:
        task.cancel()
        await asyncio.wait({task})
        await connections.aclose()

    task = asyncio.create_task(join())
    task.add_done_callback(_report)
    stack.push_async_callback(close)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("outside tools failed", exc_info=error)
