"""Searches begun while a caller still speaks, kept until the question is asked. Bounded; knows nothing of searching.

One search under way a conversation: what is said meanwhile waits, and only its last wording is looked for.
"""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from store.errors import VoiceLoopError
from store.log import get_logger
from tools.knowledge.background import Background

log = get_logger(__name__)
Found = TypeVar("Found")
_KEPT_S = 15.0  # documents may change meanwhile: not long
_AT_MOST = 256  # conversations
_ENDS = "?!.,;:…"
_SILENT = frozenset(
    "a an the of to in on at is are was were be do does did can could will would i you we it my your our me us for and "
    "or so please just um uh er well okay ok there here that this".split()
)


@dataclass(slots=True)
class _Slot(Generic[Found]):
    wanted: str
    at: float
    task: asyncio.Task[None] | None = None
    done: dict[str, tuple[float, Found]] = field(default_factory=dict[str, tuple[float, Found]])


class Prefetch(Generic[Found]):
    """What was found ahead, by conversation and wording."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots: OrderedDict[Hashable, _Slot[Found]] = OrderedDict()
        self._background = Background()

    def begin(self, key: Hashable, text: str, search: Callable[[str], Awaitable[Found]]) -> None:
        """Look for ``text`` in the background, unless that is under way or done."""
        if len(wording(text)) < 2:
            return
        slot = self._slots.pop(key, None) or _Slot[Found](text, self._clock())
        self._slots[key] = slot
        slot.wanted, slot.at = text, self._clock()
        if slot.task is None or slot.task.done():
            slot.task = self._background.begin(self._run(slot, search))
        while len(self._slots) > _AT_MOST:
            _, old = self._slots.popitem(last=False)
            if old.task:
                old.task.cancel()

    async def take(self, key: Hashable, text: str) -> Found | None:
        """What was found for the same telling words; waits when exactly that is being looked for. None: nothing."""
        slot = self._slots.get(key)
        asked = wording(text)
        if slot is None or not asked or self._clock() - slot.at > _KEPT_S:
            return None
        if not self._has(slot, asked) and slot.task and not slot.task.done() and wording(slot.wanted) == asked:
            await asyncio.wait({slot.task})
        return slot.done[asked][1] if self._has(slot, asked) else None

    async def aclose(self) -> None:
        """Give up what is under way."""
        self._slots.clear()
        await self._background.aclose(give_up=True)

    async def _run(self, slot: _Slot[Found], search: Callable[[str], Awaitable[Found]]) -> None:
        looked_for = ""
        while wording(slot.wanted) != looked_for:
            text = slot.wanted
            looked_for = wording(text)
            if not self._has(slot, looked_for):
                slot.done.pop(looked_for, None)
                try:
                    at, found = self._clock(), await search(text)
                except VoiceLoopError:  # the question itself will say so, if it still fails then
                    log.info("nothing was found ahead", exc_info=True)
                    return
                while len(slot.done) >= 4:
                    slot.done.pop(next(iter(slot.done)))
                slot.done[looked_for] = at, found

    def _has(self, slot: _Slot[Found], asked: str) -> bool:
        """Whether it was looked for, and lately: what a call asked minutes ago is looked for again."""
        return asked in slot.done and self._clock() - slot.done[asked][0] <= _KEPT_S


def wording(text: str) -> str:
    """The telling words of a question in their order, as two recognitions of the same sentence share them.

    Signs stay in their words: they tell C++ from C#, and five degrees from minus five.
    """
    words = (word.rstrip(_ENDS) for word in unicodedata.normalize("NFC", text).lower().split())
    return " ".join(word for word in words if word and word not in _SILENT)
