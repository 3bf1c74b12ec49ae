"""Small things done after the answer, so that it neither waits for them nor tells by its time what they were.

Bounded, in order, by one task; what fails is logged and not tried again. What must not be lost is a job, not an errand.
A stop waits a moment for what is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from store.errors import Unavailable, VoiceLoopError
from store.log import get_logger

log = get_logger(__name__)
_LONGEST_QUEUE = 1000


class Errands:
    """A queue of things to do and the task that does them."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, Callable[[], Awaitable[object]]]] = asyncio.Queue(_LONGEST_QUEUE)

    def post(self, name: str, errand: Callable[[], Awaitable[object]]) -> None:
        """Do it soon; when far too much waits already it is dropped, which the log tells."""
        try:
            self._queue.put_nowait((name, errand))
        except asyncio.QueueFull:
            log.warning("errand dropped: too many wait", errand=name)

    def promise(self, name: str, errand: Callable[[], Awaitable[object]]) -> None:
        """Do it soon, because somebody is told that it will be done. Raises Unavailable when far too much waits."""
        try:
            self._queue.put_nowait((name, errand))
        except asyncio.QueueFull as error:
            raise Unavailable("Too much is going on at this moment. Try again soon.", code="too_busy") from error

    async def run(self) -> None:
        """Do what is posted until cancelled."""
        while True:
            name, errand = await self._queue.get()
            try:
                await errand()
            except VoiceLoopError as error:
                log.warning("errand failed", errand=name, error=error.message)
            except Exception:  # a root: the next errand has nothing to do with this one
                log.exception("errand failed", errand=name)
            finally:
                self._queue.task_done()

    async def done(self) -> None:
        """Wait until everything posted so far is done."""
        await self._queue.join()

    async def finish(self, within_s: float = 3.0) -> None:
        """Wait for what is left before a stop, but not for long."""
        try:
            async with asyncio.timeout(within_s):
                await self._queue.join()
        except TimeoutError:
            log.warning("errands left undone by the stop", count=self._queue.qsize())
