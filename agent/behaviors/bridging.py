"""Stands between the framework and a mind or a voice that may stall: while it does, a ready sentence can sound instead.

`bridge_words` wraps the stream of a language model, `bridge_sound` the one of a voice (``bridged_streams.py``). Which
sentence and when is decided by `watchdog.py`; here is only how it gets through a turn that already holds the floor.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from typing import Final

from livekit import rtc

from agent.behaviors.bridged_streams import OPENER, End, Inbox, Nothing, Words, checked, clauses, drained, spoken
from agent.pipeline.cached_audio import Sound
from store.log import get_logger

log = get_logger(__name__)
STALL_S: Final = 8.0  # a mind that has begun and then writes nothing for so long has lost its thread


class Mind:
    """One answer being thought of. ``open`` lets its voice begin before there are words."""

    def __init__(self) -> None:
        self.has_begun = False
        self.inbox: asyncio.Queue[Words | End] = asyncio.Queue()

    def open(self) -> None:
        self.inbox.put_nowait(OPENER)


class Mouth:
    """One answer being spoken. ``play`` sounds before what the voice has not made yet."""

    def __init__(self) -> None:
        self.lead_s = 0.0  # of a ready sentence that came before the voice
        self.has_begun = False  # the voice itself has: what is played now would come in the middle of its words
        self.inbox: Inbox[rtc.AudioFrame | Sound | End] = Inbox()

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
        self._next: tuple[Mind, Sound] | None = None  # for the mouth that this mind is about to open
        self.on_words: Callable[[], None] = lambda: None  # a mind has begun
        self.on_voice: Callable[[float], None] = lambda lead_s: None  # a voice has, after so much of a ready sentence

    def play(self, sound: Sound) -> bool:
        """Sound in the turn that holds the floor; False when nothing in it could."""
        if self._mouths:
            if self._mouths[-1].has_begun:
                return False
            self._mouths[-1].play(sound)
        elif self._minds:
            self._next = self._minds[-1], sound
            self._minds[-1].open()
        else:
            return False
        return True

    async def bridge_words(self, chunks: AsyncIterable[Words]) -> AsyncGenerator[Words]:
        """The same chunks. What is no speech is left out; nothing at all, or an error, is told to the watchdog."""
        mind, is_over = Mind(), False
        self._minds.append(mind)
        self.failed = ""
        try:
            async with aclosing(checked(drained(chunks, mind.inbox, STALL_S))) as useful:
                async for chunk in useful:
                    if not mind.has_begun and chunk is not OPENER:
                        mind.has_begun = True
                        self.on_words()
                    yield chunk
            is_over = True
        except Nothing as nothing:
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
            if not is_over and self._next is not None and self._next[0] is mind:
                self._next = None  # discarded before it had a mouth: the next answer does not begin with its filler

    async def bridge_sound(
        self, text: AsyncIterable[str], speak: Callable[[AsyncIterable[str]], AsyncIterable[rtc.AudioFrame]]
    ) -> AsyncGenerator[rtc.AudioFrame]:
        """The frames of ``speak``, begun with the first visible word; a broken voice is substituted, then raised."""
        mouth = Mouth()
        self._mouths.append(mouth)
        if self._next is not None:
            mouth.play(self._next[1])
            self._next = None
        try:
            async with aclosing(drained(spoken(text, speak), mouth.inbox)) as frames:
                async for item in frames:
                    if isinstance(item, Sound):
                        async for frame in clauses(item, mouth.inbox):
                            mouth.lead_s += frame.duration
                            yield frame
                    else:
                        if not mouth.has_begun:
                            mouth.has_begun = True
                            self.on_voice(mouth.lead_s)
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
