"""Writes what happens in a call to the database, behind the call: callers of ``put`` never wait.

A database that is away is tried again until it answers, in order, so nothing said is lost while the process lives.
Add a kind of row by queueing another coroutine function; nothing here knows what the rows mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from store.errors import Unavailable
from store.log import get_logger

log = get_logger(__name__)

Write = Callable[[], Awaitable[None]]
_RETRY_S = (0.1, 0.5, 1.0, 2.0, 5.0)


class Recorder:
    """A queue of writes carried out one after another by one task."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Write | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="recorder")

    def put(self, write: Write) -> None:
        """Queue a write; it must be safe to repeat."""
        self._queue.put_nowait(write)

    async def aclose(self, timeout_s: float = 8.0) -> None:
        """Wait for what is queued, at most ``timeout_s``; what is then left is counted in the log."""
        self._queue.put_nowait(None)
        _, pending = await asyncio.wait({self._task}, timeout=timeout_s)
        if pending:
            self._task.cancel()
            log.error("rows of a call were lost: the database did not answer", count=self._queue.qsize())

    async def _run(self) -> None:
        while (write := await self._queue.get()) is not None:
            await self._write(write)

    async def _write(self, write: Write) -> None:
        attempt = 0
        while True:
            try:
                await write()
            except Unavailable:
                await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
                attempt += 1
            except Exception:
                log.exception("a row of a call could not be written")
                return
            else:
                return
