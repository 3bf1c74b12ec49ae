"""Removal for good: tenants that were marked, with rows and files, and what lay in the trash for long enough.

Every step is a transaction and may be done twice, so that after a kill at any point the next round finishes. A tenant's
mark is set first and its row goes last, together with a note of its id; files found after that belong to nobody
(``documents/orphans.py``). Runs in the sidecar; what is big goes in small batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Error

from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.files import SealedFiles
from store.identity import Identity, Origin
from store.log import get_logger

log = get_logger(__name__)
_EVERY_S: Final = 3600.0
_CLOCKS_AGREE: Final = timedelta(hours=1)
_BATCHES: Final[tuple[LiteralString, ...]] = (  # what may be many, with what hangs on it; the rest goes with the tenant
    "DELETE FROM documents WHERE id IN (SELECT id FROM documents LIMIT 20)",
    "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations LIMIT 200)",
    "DELETE FROM events WHERE id IN (SELECT id FROM events LIMIT 1000)",
    "DELETE FROM knowledge_queries WHERE id IN (SELECT id FROM knowledge_queries LIMIT 5000)",
)
_TRASH: Final[tuple[LiteralString, ...]] = (
    "DELETE FROM conversations WHERE deleted_at < %s",
    "DELETE FROM api_keys WHERE revoked_at < %s",
    "DELETE FROM personas WHERE deleted_at < %s",
    "DELETE FROM users WHERE deleted_at < %s",
)
_EXPECTED: Final = (VoiceLoopError, Error, OSError)  # tried again in the next round


class Purger:
    """Removes what is due, now and every hour; ``wake`` brings the next round forward."""

    def __init__(self, database: Database, files: SealedFiles, clock: Clock, *, trash_days: int) -> None:
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
                for tenant_id in await self._tenants("SELECT tenants_with_trash(%s) AS id", before):
                    await self._one(self._empty_trash(tenant_id, before), tenant_id)
            upto, now = before or "-infinity", self._clock.now()
            for tenant_id in await self._tenants("SELECT tenants_to_purge(%s, %s) AS id", upto, now):
                await self._one(self.remove_tenant(tenant_id), tenant_id)

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
        """What may be many rows, batch by batch, so that nobody waits for a lock; and its jobs in the queue."""
        async with self._database.system() as connection:
            await connection.execute(
                "DELETE FROM procrastinate_jobs WHERE status <> 'doing' AND args->>'tenant_id' = %s", (str(tenant_id),)
            )
        for statement in _BATCHES:
            gone = 1
            while gone:
                async with self._database.transaction(_sweeper(tenant_id)) as connection:
                    gone = (await connection.execute(statement)).rowcount

    async def remove_row(self, tenant_id: UUID) -> None:
        """The tenant itself with all that is left; its id is noted in the same transaction."""
        async with self._database.system() as connection:
            await connection.execute("SELECT finish_purge_of_tenant(%s, %s)", (tenant_id, self._clock.now()))

    async def _old_enough(self) -> datetime | None:
        """What was deleted before this instant is due; None when the clocks do not agree on what time it is."""
        now = self._clock.now()
        async with self._database.system() as connection:
            row = await (await connection.execute("SELECT now() AS now")).fetchone()
        if row is None or abs(row["now"] - now) > _CLOCKS_AGREE:
            log.warning("the trash is kept: this clock and the database's differ", now=now.isoformat())
            return None
        return now - self._keep

    async def _empty_trash(self, tenant_id: UUID, before: datetime) -> None:
        async with self._database.transaction(_sweeper(tenant_id)) as connection:
            for statement in _TRASH:
                await connection.execute(statement, (before,))

    async def _tenants(self, statement: LiteralString, *values: object) -> list[UUID]:
        async with self._database.system() as connection:
            rows = await (await connection.execute(statement, values)).fetchall()
        return [row["id"] for row in rows]

    async def _one(self, work: Coroutine[Any, Any, None], tenant_id: UUID) -> None:
        try:
            await work
        except _EXPECTED:
            log.warning("removal not finished; tried again later", tenant_id=str(tenant_id), exc_info=True)


def _sweeper(tenant_id: UUID) -> Identity:
    return Identity(tenant_id, None, "system", name="trash", origin=Origin("job"))
