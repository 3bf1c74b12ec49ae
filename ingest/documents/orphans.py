"""Removes stored files that no document has: what a process killed between file and row leaves behind.

A file is written first and its row a moment later, so only files that lay untouched for an hour are looked at. Each
tenant's files are compared under that tenant's own rows. What a tenant left that was removed for good goes too; folders
of tenants this database never knew stay.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from ingest.documents.leftovers import remove_leftovers
from store import documents, locks, tenants
from store.clock import Clock
from store.database import Database
from store.errors import VoiceLoopError
from store.files import Files
from store.files.names import document_key
from store.log import get_logger

log = get_logger(__name__)
OLD_S = 3600.0
_EVERY_S = 3600.0
_AT_ONCE = 1000  # keys that are asked about in one statement


async def remove_orphans(database: Database, files: Files, *, now: float | None = None) -> int:
    """Remove what is old and unknown; returns how many files. ``now``: seconds since 1970, else the wall clock."""
    removed = 0
    before = (time.time() if now is None else now) - OLD_S
    found = await files.left_alone_since(before)
    purged = await tenants.purged_tenants(database, list(found))
    for tenant_id, keys in found.items():
        unknown = keys if tenant_id in purged else await _unknown(database, tenant_id, keys)
        for key in unknown:
            await files.delete(key)
            removed += 1
    if removed:
        log.warning("files without a document removed", count=removed)
    return removed


async def _unknown(database: Database, tenant_id: UUID, keys: Sequence[str]) -> list[str]:
    """Those keys whose document is none of the tenant's."""
    owners = sorted({document_key(key) for key in keys})
    lost: set[str] = set()
    for start in range(0, len(owners), _AT_ONCE):
        lost.update(await documents.unknown_files(database, tenant_id, owners[start : start + _AT_ONCE]))
    return [key for key in keys if document_key(key) in lost]


async def take_turn(database: Database, files: Files) -> int | None:
    """`remove_orphans`, or None when another process is at it: to list all files is work, and some stores charge it."""
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS got", (locks.ORPHANS,))
        ).fetchone()
        return await remove_orphans(database, files) if row and row["got"] else None


async def sweep(database: Database, files: Files, clock: Clock) -> None:
    """Now and every hour, until cancelled; rows about work that is long over go as well."""
    while True:
        try:
            await take_turn(database, files)
        except (VoiceLoopError, OSError):
            log.warning("files without a document not looked for", exc_info=True)
        try:
            await remove_leftovers(database, clock)
        except VoiceLoopError:
            log.warning("rows about work that is over not removed", exc_info=True)
        await asyncio.sleep(_EVERY_S)
