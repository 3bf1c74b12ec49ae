"""What a caller did beside speaking (a button, a field, the keys) goes into the conversation as their words."""

from __future__ import annotations

import contextlib
from typing import Any

from livekit.agents import AgentSession


def answer(session: AgentSession[Any], words: str) -> None:
    """Have it answered now; after what is being written down, which nothing interrupts."""
    with contextlib.suppress(RuntimeError):
        session.interrupt()
    session.generate_reply(user_input=words)
