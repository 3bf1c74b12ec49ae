"""While a call lasts its row says so every few seconds; a row that falls silent belongs to a worker that died."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from agent.recorder import Recorder
from store import conversations
from store.database import Database
from tools.call import CallContext

EVERY_S = 10.0


def attach(stack: AsyncExitStack, call: CallContext, database: Database, recorder: Recorder) -> None:
    """Runs until the call's stack closes."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            recorder.put(lambda: conversations.touch(database, call.identity, call.conversation_id))

    task = asyncio.create_task(beat(), name="lifesign")
    stack.callback(task.cancel)
