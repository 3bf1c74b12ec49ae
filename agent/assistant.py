"""The Agent of a call: a persona's instructions, its tools, and its first sentence."""

from __future__ import annotations

from collections.abc import Sequence

from livekit.agents import Agent
from livekit.agents.llm import Tool, Toolset
from livekit.agents.llm.chat_context import Instructions


class Assistant(Agent):
    """Greets when it enters; everything else it does is in its tools and in ``agent/behaviors``."""

    def __init__(self, *, instructions: Instructions, tools: Sequence[Tool | Toolset], greeting: str) -> None:
        super().__init__(instructions=instructions, tools=list(tools))
        self._greeting = greeting

    async def on_enter(self) -> None:
        if self._greeting:
            self.session.say(self._greeting, allow_interruptions=True)


class Apology(Agent):
    """Says one sentence and lets the call end; for a call whose records cannot be reached."""

    def __init__(self, sentence: str) -> None:
        super().__init__(instructions="")
        self._sentence = sentence

    async def on_enter(self) -> None:
        speech = self.session.say(self._sentence, allow_interruptions=False)
        speech.add_done_callback(lambda _: self.session.shutdown(drain=False))
