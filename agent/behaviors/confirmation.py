"""The page's Confirm and Cancel buttons are the caller saying yes or no to the question that is pending."""

from __future__ import annotations

import json
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession

from tools.call import CallContext

YES = "Yes, please."
NO = "No, never mind."


def attach(session: AgentSession[Any], call: CallContext, room: rtc.Room) -> None:
    """Registers the RPC methods ``voiceloop.confirm`` and ``voiceloop.cancel``; payload ``{"id": …}``."""

    async def answer(data: rtc.RpcInvocationData, words: str) -> str:
        pending = call.pending
        if pending is None or str(pending.id) != _id(data.payload):
            return json.dumps({"ok": False, "reason": "There is nothing to confirm any more."})
        if words is NO:
            call.withdraw(pending.id)
        session.interrupt()
        session.generate_reply(user_input=words)
        return json.dumps({"ok": True})

    async def confirm(data: rtc.RpcInvocationData) -> str:
        return await answer(data, YES)

    async def cancel(data: rtc.RpcInvocationData) -> str:
        return await answer(data, NO)

    room.local_participant.register_rpc_method("voiceloop.confirm", confirm)
    room.local_participant.register_rpc_method("voiceloop.cancel", cancel)


def _id(payload: str) -> str:
    try:
        value = json.loads(payload)
    except json.JSONDecodeError:
        return ""
    return str(value.get("id", "")) if isinstance(value, dict) else ""
