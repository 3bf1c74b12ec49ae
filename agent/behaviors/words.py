"""Notes what the caller and the assistant said, before any tool of the turn runs: writes act on the caller's words."""

from __future__ import annotations

from typing import Any

from livekit.agents import AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from tools.call import CallContext


def attach(session: AgentSession[Any], call: CallContext) -> None:
    call.words.trust(call.persona.prompt)

    def on_item(event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "user":
            call.words.hear(item.text_content or "")
        elif isinstance(item, ChatMessage) and item.role == "assistant":
            call.words.speak(item.text_content or "")

    session.on("conversation_item_added", on_item)
