"""Documents and chunks as rows."""

from __future__ import annotations

from store import chunks
from store.database import Database
from store.identity import Identity
from tests.integration.knowledge.library import add_document


async def test_the_planner_learns_of_new_chunks_at_once(database: Database, identity: Identity) -> None:
    await add_document(database, identity, "House rules", [(1, "Parking", "Parking costs 12 euros."), (1, "", "Quay.")])
    await chunks.refresh_statistics(database)
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT reltuples::int AS n FROM pg_class WHERE relname = 'chunks'")
        ).fetchone()
    assert row == {"n": 2}
