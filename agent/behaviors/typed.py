"""Typed messages (``lk.chat``) enter the conversation like spoken ones: cleaned, and no longer than a person would say.

The framework's own answer to a typed message is used; this only stands before it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from livekit.agents import AgentSession
from livekit.agents.voice.room_io import TextInputEvent, TextInputOptions

from agent import errors
from agent.behaviors.watchdog import Watchdog
from tools.plaintext import clean_text

LONGEST = 2000
Answer = Callable[[AgentSession[Any], TextInputEvent], Coroutine[None, None, None]]

_answer = TextInputOptions().text_input_cb


def answering(guard: Watchdog) -> Answer:
    """Answers a message; one without visible text is nothing, one that is too long is refused aloud."""

    async def answer_typed(session: AgentSession[Any], event: TextInputEvent) -> None:
        text = clean_text(event.text, limit=LONGEST + 1)
        if len(text) > LONGEST:
            guard.say(errors.TOO_LONG)
        elif text:
            await _answer_now(session, replace(event, text=text))

    return answer_typed


async def _answer_now(session: AgentSession[Any], event: TextInputEvent) -> None:
    try:
        if (answering := _answer(session, event)) is not None:
            await answering
    except RuntimeError:  # something is being written down, which nothing interrupts: the answer comes after it
        session.generate_reply(user_input=event.text)
