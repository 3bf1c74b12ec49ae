"""Rows about work that is long over go; what somebody may still ask for, or work on, stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from ingest.documents.leftovers import JOBS_KEPT, TEXTS_KEPT, remove_leftovers
from ingest.documents.statuses import ANALYSE, INDEX
from store import documents, embedded_texts, jobs
from store.clock import FixedClock
from store.database import Database
from store.documents import Fields, NewDocument
from store.identity import Identity
from store.ids import new_id


async def _document(database: Database, identity: Identity, updated_at: datetime) -> UUID:
    """With one kept vector."""
    one = new_id()
    async with database.transaction(identity) as connection:
        new = NewDocument(one, Fields("Rules"), "rules.txt", "text/plain", 4, str(one), str(one), updated_at)
        await documents.insert(connection, identity, new)
        await embedded_texts.keep(connection, identity, one, {b"digest": b"vector"})
        await connection.execute("UPDATE documents SET updated_at = %s WHERE id = %s", (updated_at, one))
    return one


async def _job(
    database: Database, identity: Identity, document_id: UUID | None, kind: str, at: datetime, *, is_over: bool = True
) -> UUID:
    job_id = new_id()
    async with database.transaction(identity) as connection:
        await jobs.create(connection, identity, job_id=job_id, kind=kind, document_id=document_id, at=at)
        if is_over:
            await jobs.cancel(connection, identity, job_id)
    return job_id


async def test_old_finished_jobs_go_but_the_last_of_each_document_and_kind(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock
) -> None:
    old, hour = clock.now() - JOBS_KEPT - timedelta(days=1), timedelta(hours=1)
    one = await _document(database, identity, clock.now())
    await _job(database, identity, one, ANALYSE, old)
    await _job(database, identity, None, "reindex", old)
    await _job(database, other_identity, None, "reindex", old + hour)
    kept = {
        await _job(database, identity, one, ANALYSE, old + hour),
        await _job(database, identity, one, INDEX, old),
        await _job(database, identity, None, "reindex", old + hour),
        await _job(database, identity, one, INDEX, old - hour, is_over=False),
    }
    assert await remove_leftovers(database, clock) == 2
    assert {job.id for job in await jobs.list_jobs(database, identity, limit=10)} == kept
    assert len(await jobs.list_jobs(database, other_identity, limit=10)) == 1


async def test_kept_vectors_go_when_nobody_works_on_their_document(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    long_ago = clock.now() - TEXTS_KEPT - timedelta(hours=1)
    given_up = await _document(database, identity, long_ago)
    waiting = await _document(database, identity, long_ago)
    young = await _document(database, identity, clock.now())
    await _job(database, identity, given_up, INDEX, long_ago)
    await _job(database, identity, waiting, INDEX, long_ago, is_over=False)
    assert await remove_leftovers(database, clock) == 1
    async with database.transaction(identity) as connection:
        left = [one for one in (given_up, waiting, young) if await embedded_texts.read(connection, one)]
    assert left == [waiting, young]
