"""When a stage fails for good, the caller hears a sentence instead of silence."""

from __future__ import annotations

from typing import Any

from livekit.agents import AgentSession, ErrorEvent
from livekit.agents.llm import LLM

from agent import errors
from store.log import get_logger

log = get_logger(__name__)


def attach(session: AgentSession[Any]) -> None:
    def on_error(event: ErrorEvent) -> None:
        recoverable = bool(getattr(event.error, "recoverable", False))
        log.warning("a stage of the call failed", stage=type(event.source).__name__, recoverable=recoverable)
        if not recoverable and isinstance(event.source, LLM):
            session.say(errors.NO_ANSWER)

    session.on("error", on_error)
