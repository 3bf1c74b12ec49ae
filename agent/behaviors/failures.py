"""A stage that fails for good and a line that broke: the caller hears a sentence instead of silence.

What a failed mind or voice leads to is decided where its stream ends (``bridging.py``); this is about the rest.
"""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, ErrorEvent
from livekit.agents.stt import STT

from agent import errors
from agent.behaviors.watchdog import Watchdog
from store.log import get_logger

log = get_logger(__name__)
SHORT_BREAK_S = 1.0  # nobody notices


def attach(session: AgentSession[Any], watchdog: Watchdog) -> None:
    def on_error(event: ErrorEvent) -> None:
        recoverable = bool(getattr(event.error, "recoverable", False))
        log.warning("a stage of the call failed", stage=type(event.source).__name__, recoverable=recoverable)
        if not recoverable and isinstance(event.source, STT):
            watchdog.deaf("recognition failed")

    session.on("error", on_error)


def attach_line(session: AgentSession[Any], room: rtc.Room, watchdog: Watchdog) -> None:
    """A caller who waited for an answer, or was hearing one, while the line was broken, is told when it is back."""
    loop = asyncio.get_running_loop()
    broken: tuple[float, bool] | None = None  # since when, and whether it took something away

    def on_break() -> None:
        nonlocal broken
        broken = broken or (loop.time(), watchdog.is_open or session.agent_state in ("speaking", "thinking"))

    def on_return() -> None:
        nonlocal broken
        (since, lost), broken = broken or (loop.time(), False), None
        log.info("the line is back", seconds=round(loop.time() - since, 1), lost=lost)
        if lost and loop.time() - since > SHORT_BREAK_S:
            watchdog.say(errors.LINE_BACK)

    room.on("reconnecting", on_break)
    room.on("reconnected", on_return)
