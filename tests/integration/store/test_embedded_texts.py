"""Vectors kept while a document is being indexed."""

from __future__ import annotations

import pytest

from store import embedded_texts
from store.database import Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from tests.integration.knowledge.library import add_document


async def test_vectors_are_kept_once_and_forgotten(database: Database, identity: Identity) -> None:
    document = await add_document(database, identity, "Rooms", [(1, "", "Room 1.")], status="indexing")
    async with database.transaction(identity) as connection:
        await embedded_texts.keep(connection, identity, document, {b"one": b"1", b"two": b"2"})
        await embedded_texts.keep(connection, identity, document, {b"two": b"other", b"three": b"3"})
        kept = await embedded_texts.read(connection, document)
        assert kept == {b"one": b"1", b"two": b"2", b"three": b"3"}
        await embedded_texts.forget(connection, document)
        assert await embedded_texts.read(connection, document) == {}


async def test_a_document_deleted_meanwhile_is_said_to_be_gone(database: Database, identity: Identity) -> None:
    async with database.transaction(identity) as connection:
        with pytest.raises(NotFound) as gone:
            await embedded_texts.keep(connection, identity, new_id(), {b"one": b"1"})
    assert gone.value.code == "document_not_found"
