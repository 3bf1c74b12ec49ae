"""While a draft of the answer waits for the turn to be decided, what follows from it is made ready.

A tool that only reads is run ahead (``tools/ahead.py``), the built-in mind thinks of what to say about it, and the
local voice makes its first clause. The framework then does it all again, and finds it done. A draft that is not said
leaves no trace; paid models are asked for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Final, cast

from livekit.agents import AgentSession, FlushSentinel, SpeechCreatedEvent, llm
from livekit.agents.voice import SpeechHandle

from agent.brain.llm import OfflineLLM, arguments_of, items_of, parts_of, tool_names
from agent.brain.state import Answered, Item
from agent.pipeline.clauses import ClauseCutter
from agent.pipeline.piper import PiperTTS
from store.log import get_logger
from tools.ahead import Ahead

log = get_logger(__name__)
MOST_STEPS: Final = 2  # a tool, and another that its result asks for
Words = llm.ChatChunk | str | FlushSentinel


class SpeakingEarly:
    """Of one call. ``follow`` sees every answer the mind begins; only drafts are followed up."""

    def __init__(self, session: AgentSession[Any], ahead: Ahead) -> None:
        self._session, self._ahead = session, ahead
        self._latest: SpeechHandle | None = None
        self._following: dict[str, asyncio.Task[None]] = {}

    def note_speech(self, event: SpeechCreatedEvent) -> None:
        speech = event.speech_handle
        if event.source == "generate_reply":
            self._latest = speech
            speech.add_done_callback(self.discard)

    def discard(self, speech: SpeechHandle) -> None:
        """It was said, or never will be."""
        if task := self._following.pop(speech.id, None):
            task.cancel()
        self._ahead.discard(speech.id)
        if isinstance(voice := self._session.tts, PiperTTS):
            voice.ahead.discard(speech.id)

    async def follow(
        self, chunks: AsyncIterable[Words], context: llm.ChatContext, tools: Sequence[llm.Tool]
    ) -> AsyncGenerator[Words]:
        """The same chunks; a tool they ask for begins while they are handed on."""
        speech, said, calls = self._latest, False, list[llm.FunctionToolCall]()
        async with aclosing(_closable(chunks)) as words:
            async for chunk in words:
                said = said or _says(chunk)
                if isinstance(chunk, llm.ChatChunk) and chunk.delta is not None:
                    calls += chunk.delta.tool_calls
                yield chunk
                if calls and speech is not None and _is_draft(speech) and speech.id not in self._following:
                    self._begin(speech.id, calls[0], None if said else items_of(context), frozenset(tool_names(tools)))

    def _begin(self, draft: str, call: llm.FunctionToolCall, items: list[Item] | None, offered: frozenset[str]) -> None:
        looking = self._ahead.begin(draft, call.name, arguments_of(call.arguments))
        if looking is None or items is None or not isinstance(mind := self._session.llm, OfflineLLM):
            return
        task = asyncio.create_task(self._think(mind, draft, call, items, offered), name="speaking early")
        self._following[draft] = task
        task.add_done_callback(_report)

    async def _think(
        self, mind: OfflineLLM, draft: str, call: llm.FunctionToolCall, items: list[Item], offered: frozenset[str]
    ) -> None:
        """What the mind will say of the tool's result, and the sound of its beginning."""
        tool, arguments = call.name, arguments_of(call.arguments)
        for _ in range(MOST_STEPS):
            looking = self._ahead.begin(draft, tool, arguments)
            if looking is None:
                return
            await asyncio.wait([looking])
            if looking.cancelled() or looking.exception():
                return
            items = [*items, Answered(tool, arguments, looking.result().result)]
            action = await asyncio.to_thread(mind.reply, items, offered)
            if not action.tool:
                await self._voice(draft, action.say)
            if action.say:
                return
            tool, arguments = action.tool, dict(action.arguments)

    async def _voice(self, draft: str, say: str) -> None:
        voice, transforms = self._session.tts, self._session.options.tts_text_transforms or []
        if not isinstance(voice, PiperTTS) or not all(map(callable, transforms)):
            return
        if clause := await first_clause(say, cast("Sequence[Transform]", transforms)):
            voice.prepare(draft, clause)


Transform = Callable[[AsyncIterable[str]], AsyncIterable[str]]


def attach(session: AgentSession[Any], ahead: Ahead) -> SpeakingEarly:
    """The Agent's ``llm_node`` goes through its ``follow``."""
    early = SpeakingEarly(session, ahead)
    session.on("speech_created", early.note_speech)
    return early


async def first_clause(say: str, transforms: Sequence[Transform]) -> str:
    """What the local voice will be asked for first when it is given these words."""

    async def written() -> AsyncIterator[str]:
        for part in parts_of(say):
            yield part

    text: AsyncIterable[str] = written()
    for transform in transforms:
        text = transform(text)
    cutter = ClauseCutter()
    async for piece in text:
        if clauses := cutter.push(piece):
            return clauses[0]
    return next(iter(cutter.flush()), "")


def _is_draft(speech: SpeechHandle) -> bool:
    return not speech.scheduled and not speech.interrupted and not speech.done()


def _says(chunk: Words) -> bool:
    if isinstance(chunk, llm.ChatChunk):
        chunk = (chunk.delta.content if chunk.delta else None) or ""
    return isinstance(chunk, str) and bool(chunk.strip())


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("an answer was not made ready ahead", reason=type(error).__name__)


async def _closable(chunks: AsyncIterable[Words]) -> AsyncGenerator[Words]:
    async for chunk in chunks:
        yield chunk
