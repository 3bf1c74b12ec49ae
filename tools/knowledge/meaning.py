"""What a question means to a model: its vector, made once, in threads of their own.

While a model's server does not answer, nobody waits for it: one question in a while tries it for all, the others are
searched by words.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from store.errors import VoiceLoopError
from store.log import get_logger
from tools.knowledge.embedding import Embedder, Vectors

_FAILURES = (VoiceLoopError, OSError, RuntimeError, ValueError)
_PAUSE_S = 15.0
_LONG_S = 0.5  # a refusal that comes sooner costs nobody anything, and may be the question's own fault
_AT_ONCE = 6
log = get_logger(__name__)


class Meaning:
    """One for all questions of a process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._threads = ThreadPoolExecutor(_AT_ONCE, "questions")  # files and keys wait in other threads
        self._next_try: dict[str, float] = {}  # by model, while its server does not answer

    async def of(self, embedder: Embedder | None, text: str) -> Vectors | None:
        """The vector of ``text``; None when embedding fails or lately failed slowly, and then words alone must do."""
        if embedder is None:
            return None
        next_try = self._next_try.get(embedder.name)
        if next_try is not None:
            if self._now() < next_try:
                return None
            self._next_try[embedder.name] = self._now() + _PAUSE_S  # this one tries it for all
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._made, embedder, text)

    def _made(self, embedder: Embedder, text: str) -> Vectors | None:
        began = self._now()
        try:
            vector = embedder.embed([text])[0]
        except _FAILURES:
            took = self._now() - began
            log.warning("embedding failed after %.1f s, searching by words only", took, exc_info=True)
            if took >= _LONG_S:
                self._next_try[embedder.name] = self._now() + _PAUSE_S
            else:
                self._next_try.pop(embedder.name, None)
            return None
        self._next_try.pop(embedder.name, None)
        return vector


class Question:
    """What is asked, without what people say around it, and the model it is asked with (None: words only)."""

    def __init__(self, text: str, embedder: Embedder | None, meaning: Meaning) -> None:
        self.text, self.embedder = text, embedder
        self._meaning = meaning
        self._making: asyncio.Task[Vectors | None] | None = None

    @property
    def model(self) -> str:
        return self.embedder.name if self.embedder else ""

    async def vector(self) -> Vectors | None:
        """Made when it is first asked for, however many ask; None as of ``Meaning.of``."""
        if self._making is None:
            self._making = asyncio.create_task(self._meaning.of(self.embedder, self.text))
        return await self._making

    async def vector_of(self, other: str) -> Vectors | None:
        """Of another wording of the same question."""
        return await self._meaning.of(self.embedder, other)
