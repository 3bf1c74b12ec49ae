"""Chunks and their vectors as rows: many at once, and the planner told about them only when there is news."""

from __future__ import annotations

import numpy as np
import psycopg

from store.chunks import ChunkVector, keep_vectors, refresh_statistics
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.fakes.embedder import LetterEmbedder
from tests.integration.knowledge.library import add_document

MANY = [(1, f"Room {number}", f"Room {number} has a view of garden {number * 7}.") for number in range(600)]


async def test_the_vectors_of_a_long_document_come_in_a_few_statements(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE statements (at timestamptz DEFAULT clock_timestamp())")
        connection.execute("GRANT INSERT ON statements TO voiceloop_app")
        connection.execute(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO statements DEFAULT VALUES; RETURN NULL; END $$"
        )
        connection.execute(
            "CREATE TRIGGER note AFTER INSERT ON chunk_vectors FOR EACH STATEMENT EXECUTE FUNCTION note()"
        )
        document = await add_document(database, identity, "Rooms", MANY, LetterEmbedder())
        row = connection.execute("SELECT count(*) FROM statements").fetchone()
        assert row is not None
        assert row[0] <= 3
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT c.id, c.heading, c.text, v.document_id, v.dimensions, v.embedding::text AS embedding, "
                "length(v.sentences) AS sentences FROM chunks c JOIN chunk_vectors v ON v.chunk_id = c.id ORDER BY seq"
            )
        ).fetchall()
        assert len(rows) == 600
        assert {(one["document_id"], one["dimensions"], one["sentences"]) for one in rows} == {(document, 384, 384)}
        made = LetterEmbedder().embed([f"{rows[9]['heading']}. {rows[9]['text']}"])[0]
        assert np.allclose(np.fromstring(rows[9]["embedding"].strip("[]"), sep=","), made, atol=1e-3)


async def test_vectors_take_the_place_of_those_of_the_same_model_and_a_chunk_gone_keeps_none(
    database: Database, identity: Identity
) -> None:
    document = await add_document(database, identity, "Rooms", MANY[:2], LetterEmbedder())
    async with database.transaction(identity) as connection:
        ids = [one["id"] for one in await (await connection.execute("SELECT id FROM chunks ORDER BY seq")).fetchall()]
        unit = np.eye(384, dtype=np.float32)[0]
        new = [ChunkVector(document, one, "letters", unit) for one in (ids[0], new_id())]
        await keep_vectors(connection, identity, [*new, ChunkVector(document, ids[1], "another", unit)])
        rows = await (
            await connection.execute(
                "SELECT model, (embedding::text LIKE '[1,0,%%') AS is_new FROM chunk_vectors ORDER BY model, is_new"
            )
        ).fetchall()
    assert [(one["model"], one["is_new"]) for one in rows] == [("another", True), ("letters", False), ("letters", True)]


async def test_the_planner_is_told_again_only_when_tables_have_doubled(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    def analysed() -> int:
        with psycopg.connect(fresh_database_url) as connection:
            row = connection.execute("SELECT reltuples::int FROM pg_class WHERE oid = 'chunks'::regclass").fetchone()
        return row[0] if row else -2

    await add_document(database, identity, "Rooms", MANY[:200])
    await refresh_statistics(database)
    assert analysed() == 200
    await add_document(database, identity, "One more", MANY[:1])
    await refresh_statistics(database)
    assert analysed() == 200
    await add_document(database, identity, "Many more", MANY)
    await refresh_statistics(database)
    assert analysed() == 801


async def test_the_index_finds_what_reading_all_vectors_finds(
    database: Database, identity: Identity, other_identity: Identity, fresh_database_url: str
) -> None:
    await add_document(database, identity, "Rooms", MANY[:120], LetterEmbedder())
    await add_document(database, other_identity, "Rooms", MANY, LetterEmbedder())
    asked = str(LetterEmbedder().embed(["Which room has a view of garden 77?"])[0].tolist())
    found: list[set[object]] = []
    with psycopg.connect(fresh_database_url) as connection:
        connection.execute("SELECT set_config('voiceloop.tenant', %s, false)", (str(identity.tenant_id),))
        for reach in (120, 10_000_000):
            rows = connection.execute(
                "SELECT id FROM nearest_chunks(%s::halfvec, 'letters', NULL, %s, 20)", (asked, reach)
            )
            found.append({row[0] for row in rows.fetchall()})
    assert len(found[0]) == 20
    assert len(found[0] & found[1]) >= 18
