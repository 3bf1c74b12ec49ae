"""The agent's participant carries the id of its conversation, so that programs in the room can attach files to it.

Whether they may is decided where the file arrives; the id alone opens nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from livekit import rtc

from store.log import get_logger
from tools.call import CallContext

ATTRIBUTE = "voiceloop.conversation"
log = get_logger(__name__)


def attach(stack: AsyncExitStack, call: CallContext, room: rtc.Room) -> None:
    """Sets it once, beside the call; it stays until the agent leaves."""

    async def mark() -> None:
        try:
            await room.local_participant.set_attributes({ATTRIBUTE: str(call.conversation_id)})
        except Exception:  # noqa: BLE001 - the root of this task: the SDK raises bare exceptions when a room closes
            log.warning("the room could not be told which conversation this is")

    task = asyncio.create_task(mark(), name="conversation mark")
    stack.callback(task.cancel)
