"""Typed messages (``lk.chat``) enter the conversation like spoken ones: cleaned, and no longer than a person would say.

The framework's own answer to a typed message is used; this only stands before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from livekit.agents import AgentSession
from livekit.agents.voice.room_io import TextInputEvent, TextInputOptions

from agent import errors
from tools.plaintext import clean_text

LONGEST = 2000

_answer = TextInputOptions().text_input_cb


async def answer_typed(session: AgentSession[Any], event: TextInputEvent) -> None:
    """Answer the message; one without visible text is nothing, one that is too long is refused aloud."""
    text = clean_text(event.text, limit=LONGEST + 1)
    if len(text) > LONGEST:
        session.say(errors.TOO_LONG)
    elif text:
        answering = _answer(session, replace(event, text=text))
        if answering is not None:
            await answering
