"""A question that is pending: the page's two buttons are the caller's yes and no, and a spoken no ends it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

from livekit import rtc
from livekit.agents import AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from agent.behaviors import entered
from agent.behaviors.transcript import Understand
from tools.call import CallContext

YES = "Yes, please."
NO = "No, never mind."
NOES = frozenset({"no", "never_mind"})


def attach(session: AgentSession[Any], call: CallContext, room: rtc.Room) -> None:
    """Registers the RPC methods ``voiceloop.confirm`` and ``voiceloop.cancel``; payload ``{"id": …}``."""

    async def answer(data: rtc.RpcInvocationData, words: str) -> str:
        pending = call.pending
        if pending is None or str(pending.id) != _id(data.payload):
            return json.dumps({"ok": False, "reason": "There is nothing to confirm any more."})
        if words is NO:
            call.withdraw(pending.id)
        else:
            call.words.approve()
        entered.answer(session, words)
        return json.dumps({"ok": True})

    async def confirm(data: rtc.RpcInvocationData) -> str:
        return await answer(data, YES)

    async def cancel(data: rtc.RpcInvocationData) -> str:
        return await answer(data, NO)

    room.local_participant.register_rpc_method("voiceloop.confirm", confirm)
    room.local_participant.register_rpc_method("voiceloop.cancel", cancel)


def attach_spoken_no(session: AgentSession[Any], call: CallContext, understand: Understand) -> None:
    """Withdraws what waits for a yes when the caller said no, so that neither the page nor a later yes revives it."""

    reading: set[asyncio.Task[None]] = set()

    async def read(text: str, proposal_id: UUID) -> None:
        understood = await asyncio.to_thread(understand, text)  # a sentence vector takes longer than a frame of audio
        if understood.intent in NOES:
            call.withdraw(proposal_id)

    def on_item(event: ConversationItemAddedEvent) -> None:
        item = event.item
        if call.pending is None or not isinstance(item, ChatMessage) or item.role != "user":
            return
        task = asyncio.create_task(read(item.text_content or "", call.pending.id))
        reading.add(task)
        task.add_done_callback(reading.discard)

    session.on("conversation_item_added", on_item)


def _id(payload: str) -> str:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):  # anybody in the room may send anything
        return ""
    return str(value.get("id", "")) if isinstance(value, dict) else ""
