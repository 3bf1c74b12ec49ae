"""Removal for good: tenants that were marked, with rows and files, and what lay in the trash for long enough.

Every step is a transaction and may be done twice, so that after a kill at any point the next round finishes. A tenant's
mark is set first and its row goes last, together with a note of its id; files found after that belong to nobody
(``documents/orphans.py``). Runs in the sidecar; what is big goes in small batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import Error

from store import trash
from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.files import Files
from store.log import get_logger

log = get_logger(__name__)
_EVERY_S: Final = 3600.0
_CLOCKS_AGREE: Final = timedelta(hours=1)
_EXPECTED: Final = (VoiceLoopError, Error, OSError)  # tried again in the next round


class Purger:
    """Removes what is due, now and every hour; ``wake`` brings the next round forward."""

    def __init__(self, database: Database, files: Files, clock: Clock, *, trash_days: int) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._keep = timedelta(days=trash_days)
        self._due = asyncio.Event()
        self._one_round = asyncio.Lock()

    def wake(self) -> None:
        """Something was marked; look soon."""
        self._due.set()

    async def run(self) -> None:
        """Until cancelled. Whatever fails is logged and tried again in the next round."""
        while True:
            self._due.clear()
            try:
                await self.round()
            except _EXPECTED:
                log.warning("trash not looked through; tried again later", exc_info=True)
            except Exception:  # a root: nothing would ever be removed again if this ended
                log.exception("trash not looked through; tried again later")
            try:
                async with asyncio.timeout(_EVERY_S):
                    await self._due.wait()
            except TimeoutError:
                pass

    async def round(self) -> None:
        """Empty the trash of every tenant and remove the tenants that are marked or were deleted long ago.

        By a clock that is wrong, or moved by VOICELOOP_NOW, nothing is old enough: only what is marked goes then.
        """
        async with self._one_round:
            before = await self._old_enough()
            if before is not None:
                for tenant_id in await trash.tenants_with_trash(self._database, before):
                    await self._one(self.empty_trash(tenant_id, before), tenant_id)
            for tenant_id in await trash.tenants_to_purge(self._database, before, at=self._clock.now()):
                await self._one(self.remove_tenant(tenant_id), tenant_id)

    async def empty_trash(self, tenant_id: UUID, before: datetime) -> None:
        """What was deleted in this tenant before the instant, with the files of its conversations.

        A kill in between leaves files without rows, which the hourly sweep finds.
        """
        for storage_key in await trash.empty_trash(self._database, tenant_id, before):
            await self._files.delete(storage_key)

    async def remove_tenant(self, tenant_id: UUID) -> None:
        """Remove a marked tenant's files, queued jobs, rows, and the tenant itself; finishes what was begun."""
        await self.remove_files(tenant_id)
        await self.remove_rows(tenant_id)
        await self.remove_row(tenant_id)
        await self.remove_files(tenant_id)  # of an upload that was under way
        log.info("tenant removed for good", tenant_id=str(tenant_id))

    async def remove_files(self, tenant_id: UUID) -> None:
        """Every file the tenant has, half-written ones too, and their folder."""
        await self._files.remove_all(tenant_id)

    async def remove_rows(self, tenant_id: UUID) -> None:
        """What may be many rows, and its jobs in the queue."""
        await trash.remove_rows(self._database, tenant_id)

    async def remove_row(self, tenant_id: UUID) -> None:
        """The tenant itself with all that is left."""
        await trash.remove_tenant_row(self._database, tenant_id, at=self._clock.now())

    async def _old_enough(self) -> datetime | None:
        """What was deleted before this instant is due; None when the clocks do not agree on what time it is."""
        now = self._clock.now()
        async with self._database.system() as connection:
            theirs = await trash.now_of(connection)
        if abs(theirs - now) > _CLOCKS_AGREE:
            log.warning("the trash is kept: this clock and the database's differ", now=now.isoformat())
            return None
        return now - self._keep

    async def _one(self, work: Coroutine[Any, Any, None], tenant_id: UUID) -> None:
        try:
            await work
        except _EXPECTED:
            log.warning("removal not finished; tried again later", tenant_id=str(tenant_id), exc_info=True)
