"""Work that nobody waits for, such as what is written behind an answer: what goes wrong in it is logged, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from store.log import get_logger

log = get_logger(__name__)


class Background:
    """Runs coroutines beside everything else; ``aclose`` waits for them and never raises for what they did."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start ``work`` now."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def aclose(self, *, give_up: bool = False) -> None:
        """Wait until all has ended, or end it."""
        if give_up:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("work in the background failed", exc_info=error)
