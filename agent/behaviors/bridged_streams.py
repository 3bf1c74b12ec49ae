"""The streams that `bridging.py` puts between the framework and a mind or a voice: they can be told something between.

Plain generators over plain streams; they know neither the session nor who waits. Every one closes what it reads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing
from typing import Final, TypeVar

from livekit import rtc
from livekit.agents import FlushSentinel, utils
from livekit.agents.llm import ChatChunk

from agent.pipeline.cached_audio import Sound

OPENER: Final = "\u2060"  # begins a segment without a word in it; never shown, never spoken, never remembered
_NOT_SPEECH: Final = ("{", "[", "<", "`")  # a tool call or markup that was written where words belong
Words = ChatChunk | str | FlushSentinel
Item = TypeVar("Item")
Line = TypeVar("Line")


class End:
    """The wrapped stream is over; ``error`` when it broke."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Inbox(asyncio.Queue[Item]):
    """A queue that can be watched without taking from it."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def put_nowait(self, item: Item) -> None:
        super().put_nowait(item)
        self._more.set()

    async def wait_for_more(self, limit_s: float) -> None:
        """Returns when something lies in it, or after the limit."""
        self._more.clear()
        if self.empty():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), limit_s)


class Nothing(Exception):
    """A mind ended without words, calls or an error."""


async def drained(
    source: AsyncIterable[Item], inbox: asyncio.Queue[Item | Line | End], stall_s: float | None = None
) -> AsyncGenerator[Item | Line]:
    """What lies in the inbox, where ``source`` is put piece by piece; ends and raises with the source.

    Raises TimeoutError when nothing more comes for ``stall_s`` after the first piece.
    """

    async def pump() -> None:
        end = End()
        try:
            async for item in source:
                inbox.put_nowait(item)
        except Exception as error:  # noqa: BLE001  # raised again where the stream is read
            end = End(error)
        finally:
            inbox.put_nowait(end)

    pumping = asyncio.create_task(pump(), name="bridge")
    try:
        limit_s = None
        while not isinstance(item := await asyncio.wait_for(inbox.get(), limit_s), End):
            limit_s = limit_s if _is_opener(item) else stall_s
            yield item
        if item.error is not None:
            raise item.error
    finally:
        await utils.aio.cancel_and_wait(pumping)


async def checked(chunks: AsyncGenerator[Words]) -> AsyncGenerator[Words]:
    """Without answers that are no speech. Raises Nothing when no word and no call is left."""
    written, useful, held = "", False, False
    async with aclosing(chunks):
        async for chunk in chunks:
            calls, text = _parts(chunk)
            if chunk is OPENER:
                yield chunk
                continue
            if text and not written.strip():
                held = text.lstrip().startswith(_NOT_SPEECH)
            written += text
            useful = useful or calls or (bool(text.strip()) and not held)
            if calls or not (text and held):
                yield chunk
    if not useful:
        raise Nothing("malformed" if held else "empty")


def _is_opener(item: object) -> bool:
    return item is OPENER


def _parts(chunk: Words) -> tuple[bool, str]:
    """Whether it calls tools, and the words in it."""
    if isinstance(chunk, str):
        return False, chunk
    if isinstance(chunk, FlushSentinel) or chunk.delta is None:
        return False, ""
    return bool(chunk.delta.tool_calls), chunk.delta.content or ""


async def spoken(
    text: AsyncIterable[str], speak: Callable[[AsyncIterable[str]], AsyncIterable[rtc.AudioFrame]]
) -> AsyncIterator[rtc.AudioFrame]:
    """``speak`` from the first visible word on; a voice that is given nothing is not even asked."""
    pieces = aiter(visible(text))
    first = await anext(pieces, None)
    if first is None:
        return

    async def whole() -> AsyncIterator[str]:
        yield first
        async for piece in pieces:
            yield piece

    async for frame in speak(whole()):
        yield frame


async def visible(text: AsyncIterable[str]) -> AsyncGenerator[str]:
    """Without openers; the space before the first word goes with them."""
    begun = False
    async for piece in text:
        rest = piece.replace(OPENER, "")
        if begun or (rest := rest.lstrip()):
            begun = True
            if rest:
                yield rest


async def clauses(sound: Sound, inbox: Inbox[rtc.AudioFrame | Sound | End]) -> AsyncIterator[rtc.AudioFrame]:
    """A sentence at the speed it is heard; once there is something better it ends with the clause."""
    loop = asyncio.get_running_loop()
    for number, clause in enumerate(sound.clauses, start=1):
        begun = loop.time()
        for frame in sound.frames(clause):
            yield frame
        heard_s = len(clause) / 2 / sound.rate
        if number < len(sound.clauses):
            await inbox.wait_for_more(begun + heard_s - loop.time())
        if not inbox.empty():
            return
