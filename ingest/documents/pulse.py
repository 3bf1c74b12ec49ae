"""A running job's sign of life: tells how far it is, hears that it was cancelled or its document deleted.

Work inside ``async with Pulse(...)`` is cut off, child processes and all, when the job is over; JobOver says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from store import jobs
from store.database import Database
from store.errors import Unavailable
from store.identity import Identity

_EVERY_S = 0.4


class JobOver(Exception):
    """The job was cancelled, or is gone with its document: nothing more is to be done for it."""


@dataclass(frozen=True, slots=True)
class Work:
    """One job: who asked, which job row, which document."""

    identity: Identity
    job_id: UUID
    document_id: UUID


class Pulse:
    """Where the job is. ``step`` begins a stage, ``progress`` says how much of it is done (0-1)."""

    def __init__(self, database: Database, work: Work) -> None:
        self._database, self._work = database, work
        self._stage, self._from, self._to = "", 0, 0
        self._share = 0.0
        self._told: tuple[str, int] = ("", 0)
        self._proved = False
        self._is_over = self._rests = False

    async def step(self, stage: str, start: int, end: int) -> None:
        """From here on it is ``stage``, which takes the job from ``start`` to ``end`` percent. Raises JobOver."""
        self._stage, self._from, self._to, self._share = stage, start, end, 0.0
        await self._tell()
        if self._is_over:
            raise JobOver

    def progress(self, share: float) -> None:
        """``share`` (0-1) of the stage is done; told within half a second. May be called from any thread."""
        self._share = min(1.0, max(0.0, share))

    def prove(self) -> None:
        """The job came further than any try before it: those count no more."""
        self._proved = True

    def rest(self) -> None:
        """Beat no more: what follows is one transaction, which looks for itself whether the job still runs."""
        self._rests = True

    @asynccontextmanager
    async def beating(self) -> AsyncGenerator[Pulse]:
        """Watch over the block. Raises JobOver."""
        task = asyncio.current_task()
        assert task is not None
        beat = asyncio.create_task(self._beat(task))
        try:
            yield self
        except asyncio.CancelledError:
            if self._is_over and task.uncancel() == 0:
                raise JobOver from None
            raise
        finally:
            beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beat
                await asyncio.sleep(0)  # takes what the last beat may have sent just now

    async def _beat(self, task: asyncio.Task[None]) -> None:
        while not self._is_over:
            await asyncio.sleep(_EVERY_S)
            if self._rests:
                return
            with contextlib.suppress(Unavailable):  # the work itself will notice
                await self._tell()
        if not self._rests:
            task.cancel()

    async def _tell(self) -> None:
        percent = round(self._from + (self._to - self._from) * self._share)
        now, work = (self._stage, percent), self._work
        async with self._database.transaction(work.identity) as connection:
            if now != self._told or self._proved:
                proved, self._proved = self._proved, False
                alive = await jobs.advance(
                    connection, work.identity, work.job_id, stage=self._stage, progress=percent, proved=proved
                )
            else:
                alive = await jobs.running(connection, work.job_id)
        self._told = now
        self._is_over = not alive
