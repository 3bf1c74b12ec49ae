"""Removes mails that are long done with, tenant by tenant: to whom what was sent is kept for a month."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from store import installation, mails
from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity, Origin
from store.log import get_logger

log = get_logger(__name__)
KEPT: Final = timedelta(days=30)
_EVERY_S = 3600.0


async def forget_mails(database: Database, clock: Clock) -> int:
    """Remove them now; returns how many."""
    count = 0
    for tenant_id in await installation.tenant_ids(database):
        async with database.transaction(Identity(tenant_id, None, "worker", origin=Origin("job"))) as connection:
            count += await mails.forget(connection, clock.now() - KEPT)
    return count


async def forget_mails_hourly(database: Database, clock: Clock) -> None:
    """Now and every hour, until cancelled."""
    while True:
        try:
            if count := await forget_mails(database, clock):
                log.info("old mails removed", count=count)
        except VoiceLoopError:
            log.warning("old mails not removed", exc_info=True)
        await asyncio.sleep(_EVERY_S)
