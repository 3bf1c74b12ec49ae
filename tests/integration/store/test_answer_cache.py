"""Kept answers: one tenant's, of the present version, for a while, and no more than a tenant may have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg.errors import DivisionByZero

from store import answer_cache
from store.answer_cache import Kept
from store.database import Database
from store.identity import Identity
from tests.integration.knowledge.library import add_document

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
PASSAGES = [(1, "Parking", "Parking costs 12 euros."), (1, "Breakfast", "Breakfast is at 7.")]


async def version(database: Database, identity: Identity) -> int:
    return (await answer_cache.find(database, identity, KEY, NOW)).version


async def keep(database: Database, identity: Identity, key: bytes = KEY, *, at: datetime = NOW, most: int = 10) -> None:
    kept = Kept(await version(database, identity), {"answer": key.decode()})
    await answer_cache.keep(database, identity, key, kept, at=at, expires_at=at + timedelta(hours=1), most=most)


async def found(database: Database, identity: Identity, key: bytes = KEY, at: datetime = NOW) -> object:
    return (await answer_cache.find(database, identity, key, at)).outcome


async def change(database: Database, identity: Identity, statement: str, document: UUID) -> None:
    async with database.transaction(identity) as connection:
        await connection.execute(statement.encode(), (document,))  # pyright: ignore[reportArgumentType]


async def test_an_answer_is_found_again_by_its_tenant_only(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await keep(database, identity)
    assert await found(database, identity) == {"answer": KEY.decode()}
    assert await found(database, other_identity) is None
    assert (await answer_cache.statistics(database, other_identity, NOW)).entries == 0


async def test_an_answer_has_its_time(database: Database, identity: Identity) -> None:
    await keep(database, identity)
    assert await found(database, identity, at=NOW + timedelta(minutes=59)) is not None
    assert await found(database, identity, at=NOW + timedelta(minutes=61)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM documents WHERE id = %s",
        "UPDATE documents SET status = 'replaced' WHERE id = %s",
        "UPDATE documents SET title = 'Other' WHERE id = %s",
        "UPDATE documents SET tags = '{old}' WHERE id = %s",
        'UPDATE documents SET source = \'{"authors": ["Ada"]}\' WHERE id = %s',
        "DELETE FROM chunks WHERE document_id = %s",
        "UPDATE chunks SET text = 'Parking is free.' WHERE document_id = %s AND seq = 1",
    ],
)
async def test_an_answer_ends_with_every_change_of_what_could_be_found(
    database: Database, identity: Identity, statement: str
) -> None:
    document = await add_document(database, identity, "Rules", PASSAGES)
    before = await version(database, identity)
    await keep(database, identity)
    await change(database, identity, statement, document)
    assert await version(database, identity) == before + 1
    assert await found(database, identity) is None


async def test_what_cannot_be_found_changes_nothing(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    document = await add_document(database, identity, "Rules", PASSAGES)
    waiting = await add_document(database, identity, "Draft", PASSAGES, status="awaiting_confirmation")
    await keep(database, identity)
    await change(database, identity, "UPDATE documents SET title = 'Other draft' WHERE id = %s", waiting)
    await change(database, identity, "UPDATE documents SET updated_at = now() WHERE id = %s", document)
    await add_document(database, other_identity, "Rules", PASSAGES)
    assert await found(database, identity) is not None


async def test_an_answer_searched_before_a_change_is_not_given_after_it(database: Database, identity: Identity) -> None:
    before = await version(database, identity)
    await add_document(database, identity, "Rules", PASSAGES)
    late = Kept(before, {"answer": "old"})
    await answer_cache.keep(database, identity, KEY, late, at=NOW, expires_at=NOW + timedelta(hours=1), most=10)
    assert await found(database, identity) is None


async def test_a_change_that_is_rolled_back_was_none(database: Database, identity: Identity) -> None:
    document = await add_document(database, identity, "Rules", PASSAGES)
    await keep(database, identity)
    removed_then_failed = (
        "WITH gone AS (DELETE FROM chunks WHERE document_id = %s RETURNING seq) SELECT 1 / min(seq) FROM gone"
    )
    with pytest.raises(DivisionByZero):
        await change(database, identity, removed_then_failed, document)
    assert await found(database, identity) is not None


async def test_two_documents_change_at_once_without_waiting_for_each_other(
    database: Database, identity: Identity
) -> None:
    first = await add_document(database, identity, "Rules", PASSAGES)
    second = await add_document(database, identity, "Prices", PASSAGES)
    rename = b"UPDATE documents SET title = 'x' WHERE id = %s"
    async with database.transaction(identity) as one:
        await one.execute(rename, (first,))  # pyright: ignore[reportArgumentType]
        async with database.transaction(identity) as other:
            await other.execute("SET LOCAL lock_timeout = '2s'")
            await other.execute(rename, (second,))  # pyright: ignore[reportArgumentType]


async def test_a_tenant_keeps_no_more_than_it_may_and_the_unused_go_first(
    database: Database, identity: Identity
) -> None:
    for number in range(3):
        await keep(database, identity, f"key-{number}".encode(), at=NOW + timedelta(seconds=number), most=3)
    await answer_cache.note_use(database, identity, b"key-0", NOW + timedelta(seconds=10))
    await keep(database, identity, b"key-3", at=NOW + timedelta(seconds=11), most=3)
    assert await found(database, identity, b"key-1") is None
    for key in (b"key-0", b"key-2", b"key-3"):
        assert await found(database, identity, key) is not None


async def test_figures_are_kept_and_cleared(database: Database, identity: Identity, other_identity: Identity) -> None:
    await keep(database, identity)
    await keep(database, other_identity)
    await answer_cache.note_use(database, identity, KEY, NOW)
    await answer_cache.note_use(database, identity, KEY, NOW)
    told = await answer_cache.statistics(database, identity, NOW)
    assert (told.entries, told.hits, told.misses) == (1, 2, 1)
    assert told.bytes > 0
    assert told.invalidated_at is None
    await answer_cache.clear(database, identity)
    told = await answer_cache.statistics(database, identity, NOW)
    assert (told.entries, told.hits, told.misses) == (0, 0, 0)
    assert (await answer_cache.statistics(database, other_identity, NOW)).entries == 1
