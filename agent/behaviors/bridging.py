"""Stands between the framework and a mind or a voice that may stall: while it does, a ready sentence can sound instead.

`bridge_words` wraps the stream of a language model, `bridge_sound` the one of a voice. Which sentence and when is
decided by `watchdog.py`; here is only how it gets through a turn that already holds the floor.
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
from store.log import get_logger

log = get_logger(__name__)
OPENER: Final = "\u2060"  # begins a segment without a word in it; never shown, never spoken, never remembered
_NOT_SPEECH: Final = ("{", "[", "<", "`")  # a tool call or markup that was written where words belong
STALL_S: Final = 8.0  # a mind that has begun and then writes nothing for so long has lost its thread
Words = ChatChunk | str | FlushSentinel
Item = TypeVar("Item")
Line = TypeVar("Line")


class _End:
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


class Mind:
    """One answer being thought of. ``open`` lets its voice begin before there are words."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Words | _End] = asyncio.Queue()

    def open(self) -> None:
        self.inbox.put_nowait(OPENER)


class Mouth:
    """One answer being spoken. ``play`` sounds before what the voice has not made yet."""

    def __init__(self) -> None:
        self.inbox: Inbox[rtc.AudioFrame | Sound | _End] = Inbox()

    def play(self, sound: Sound) -> None:
        self.inbox.put_nowait(sound)


class Bridge:
    """The minds and mouths of a call that are open now, and what happens to them.

    ``on_sound``: the voice itself gave sound. ``on_nothing``: a mind ended without anything to say or do. ``on_stall``:
    it stopped in the middle. ``substitute``: what sounds when a voice broke.
    """

    def __init__(
        self,
        on_sound: Callable[[], None],
        on_nothing: Callable[[str], None],
        on_stall: Callable[[], None],
        substitute: Callable[[], Sound],
    ) -> None:
        self._on_sound, self._on_nothing, self._on_stall, self._substitute = on_sound, on_nothing, on_stall, substitute
        self.failed = ""  # why the latest mind came to nothing; empty while it has not
        self._minds: list[Mind] = []
        self._mouths: list[Mouth] = []
        self._next: Sound | None = None  # for the mouth that an opened mind is about to open

    def play(self, sound: Sound) -> bool:
        """Sound in the turn that holds the floor; False when nothing in it could."""
        if self._mouths:
            self._mouths[-1].play(sound)
        elif self._minds:
            self._next = sound
            self._minds[-1].open()
        else:
            return False
        return True

    async def bridge_words(self, chunks: AsyncIterable[Words]) -> AsyncGenerator[Words]:
        """The same chunks. What is no speech is left out; nothing at all, or an error, is told to the watchdog."""
        mind = Mind()
        self._minds.append(mind)
        self.failed = ""
        try:
            async with aclosing(_checked(_drained(chunks, mind.inbox, STALL_S))) as checked:
                async for chunk in checked:
                    yield chunk
        except _Nothing as nothing:
            self.failed = str(nothing)
            self._on_nothing(self.failed)
        except TimeoutError:
            self._on_stall()
        except Exception as error:
            self.failed = type(error).__name__
            self._on_nothing(self.failed)
            raise
        finally:
            self._minds.remove(mind)

    async def bridge_sound(
        self, text: AsyncIterable[str], speak: Callable[[AsyncIterable[str]], AsyncIterable[rtc.AudioFrame]]
    ) -> AsyncGenerator[rtc.AudioFrame]:
        """The frames of ``speak``, begun with the first visible word; a broken voice is substituted, then raised."""
        mouth = Mouth()
        self._mouths.append(mouth)
        if self._next is not None:
            mouth.play(self._next)
            self._next = None
        try:
            async with aclosing(_drained(_spoken(text, speak), mouth.inbox)) as frames:
                async for item in frames:
                    if isinstance(item, Sound):
                        async for frame in _clauses(item, mouth.inbox):
                            yield frame
                    else:
                        self._on_sound()
                        yield item
        except Exception as error:
            log.warning("the voice failed in the middle of a turn", reason=type(error).__name__)
            self._on_sound()
            async for frame in self._substitute().stream():
                yield frame
            raise
        finally:
            self._mouths.remove(mouth)


class _Nothing(Exception):
    """A mind ended without words, calls or an error."""


async def _drained(
    source: AsyncIterable[Item], inbox: asyncio.Queue[Item | Line | _End], stall_s: float | None = None
) -> AsyncGenerator[Item | Line]:
    """What lies in the inbox, where ``source`` is put piece by piece; ends and raises with the source.

    Raises TimeoutError when nothing more comes for ``stall_s`` after the first piece.
    """

    async def pump() -> None:
        end = _End()
        try:
            async for item in source:
                inbox.put_nowait(item)
        except Exception as error:  # noqa: BLE001  # raised again where the stream is read
            end = _End(error)
        finally:
            inbox.put_nowait(end)

    pumping = asyncio.create_task(pump(), name="bridge")
    try:
        limit_s = None
        while not isinstance(item := await asyncio.wait_for(inbox.get(), limit_s), _End):
            limit_s = limit_s if _is_opener(item) else stall_s
            yield item
        if item.error is not None:
            raise item.error
    finally:
        await utils.aio.cancel_and_wait(pumping)


async def _checked(chunks: AsyncGenerator[Words]) -> AsyncGenerator[Words]:
    """Without answers that are no speech. Raises _Nothing when no word and no call is left."""
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
        raise _Nothing("malformed" if held else "empty")


def _is_opener(item: object) -> bool:
    return item is OPENER


def _parts(chunk: Words) -> tuple[bool, str]:
    """Whether it calls tools, and the words in it."""
    if isinstance(chunk, str):
        return False, chunk
    if isinstance(chunk, FlushSentinel) or chunk.delta is None:
        return False, ""
    return bool(chunk.delta.tool_calls), chunk.delta.content or ""


async def _spoken(
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


async def _clauses(sound: Sound, inbox: Inbox[rtc.AudioFrame | Sound | _End]) -> AsyncIterator[rtc.AudioFrame]:
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
