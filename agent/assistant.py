"""The Agent of a call: a persona's instructions, its tools, and its first sentence."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.agents import Agent, FlushSentinel, ModelSettings, llm
from livekit.agents.llm import Tool, Toolset
from livekit.agents.llm.chat_context import Instructions
from livekit.agents.voice.io import TimedString

from agent.behaviors.bridging import OPENER

if TYPE_CHECKING:
    from agent.behaviors.ahead import SpeakingEarly
    from agent.behaviors.watchdog import Watchdog


class Assistant(Agent):
    """Greets when it enters; everything else it does is in its tools and in ``agent/behaviors``."""

    def __init__(
        self,
        *,
        instructions: Instructions,
        tools: Sequence[Tool | Toolset],
        greeting: str,
        watchdog: Watchdog | None = None,
        early: SpeakingEarly | None = None,
    ) -> None:
        super().__init__(instructions=instructions, tools=list(tools))
        self.greeting = greeting
        self._watchdog, self._early = watchdog, early

    async def on_enter(self) -> None:
        if not self.greeting:
            return
        if self._watchdog is None:
            self.session.say(self.greeting, allow_interruptions=True)
        else:
            self._watchdog.say(self.greeting, allow_interruptions=True)

    def llm_node(
        self, chat_ctx: llm.ChatContext, tools: list[Tool], model_settings: ModelSettings
    ) -> AsyncIterable[llm.ChatChunk | str | FlushSentinel]:
        chunks: AsyncIterable[llm.ChatChunk | str | FlushSentinel]
        chunks = Agent.default.llm_node(self, chat_ctx, tools, model_settings)
        if self._early is not None and model_settings.tool_choice != "none":
            chunks = self._early.follow(chunks, chat_ctx, tools)
        return chunks if self._watchdog is None else self._watchdog.bridge.bridge_words(chunks)

    def tts_node(self, text: AsyncIterable[str], model_settings: ModelSettings) -> AsyncIterable[rtc.AudioFrame]:
        def speak(words: AsyncIterable[str]) -> AsyncIterable[rtc.AudioFrame]:
            return Agent.default.tts_node(self, words, model_settings)

        return speak(text) if self._watchdog is None else self._watchdog.bridge.bridge_sound(text, speak)

    async def transcription_node(
        self, text: AsyncIterable[str | TimedString], model_settings: ModelSettings
    ) -> AsyncIterable[str | TimedString]:
        async for piece in text:
            if shown := piece.replace(OPENER, "") if OPENER in piece else piece:
                yield shown


class Apology(Agent):
    """Says one sentence and lets the call end; for a call whose records cannot be reached."""

    def __init__(self, sentence: str, watchdog: Watchdog) -> None:
        super().__init__(instructions="")
        self._sentence = sentence
        self._watchdog = watchdog

    async def on_enter(self) -> None:
        if speech := self._watchdog.say(self._sentence, allow_interruptions=False):
            speech.add_done_callback(lambda _: self.session.shutdown(drain=False))
