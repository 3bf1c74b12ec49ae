"""Removes rows about work that is long over, tenant by tenant: old jobs, and vectors kept for a job that never came.

Of each document and kind the last job stays, however old: it says how the document came to be what it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from store import embedded_texts, installation, jobs
from store.clock import Clock
from store.database import Database
from store.identity import Identity, Origin

JOBS_KEPT: Final = timedelta(days=30)
TEXTS_KEPT: Final = timedelta(days=1)  # whoever tries again within a day need not wait for the same vectors twice


async def remove_leftovers(database: Database, clock: Clock) -> int:
    """Remove them now; returns how many rows."""
    count, now = 0, clock.now()
    for tenant_id in await installation.tenant_ids(database):
        async with database.transaction(Identity(tenant_id, None, "worker", origin=Origin("job"))) as connection:
            count += await jobs.forget_finished(connection, now - JOBS_KEPT)
            count += await embedded_texts.forget_unused(connection, now - TEXTS_KEPT)
    return count
