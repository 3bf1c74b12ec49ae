"""Tells the turn detector what the assistant asked, as soon as it is said: before the caller's answer is judged.

Only tells; what is made of it stands in ``agent/turns``. Whether the assistant speaks is told too: words are then
recognised more often, because somebody may want to interrupt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession, AgentStateChangedEvent, ConversationItemAddedEvent, UserStateChangedEvent
from livekit.agents.llm import ChatMessage

from agent.turns.detector import OpenWords
from agent.turns.evidence import Asked
from tools.capture.service import Captures


def attach(
    session: AgentSession[Any],
    words: OpenWords,
    spoken: Callable[[], str] = str,
    captures: Captures | None = None,
) -> None:
    """``spoken()``: the assistant's words as far as they were heard; without it they are known when it has finished.

    What ``captures`` ask for goes before what the words seem to: a model puts a read-back in words of its own.
    """
    if captures is not None:
        words.wanted = lambda: Asked(captures.asks)

    def on_item(event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, ChatMessage) and event.item.role == "assistant":
            words.assistant_said(event.item.text_content or "")

    def on_assistant(event: AgentStateChangedEvent) -> None:
        words.over_assistant = event.new_state == "speaking"

    def on_caller(event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking" and (text := spoken()):
            words.assistant_said(text)

    session.on("conversation_item_added", on_item)
    session.on("agent_state_changed", on_assistant)
    session.on("user_state_changed", on_caller)
