"""What was asked and what was not found, as people read it; languages; counts of words; searches begun ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import NotAllowed
from store.identity import Identity, Origin
from tests.fakes.embedder import LetterEmbedder
from tests.integration.knowledge.library import add_document
from tools.knowledge.model import SearchFilters
from tools.knowledge.queries import QueryFilter, forget
from tools.knowledge.service import KnowledgeService

PASSAGES = [
    (1, "Breakfast", "Breakfast is served from 7 to 10 in the morning. It is included in the price."),
    (2, "Parking", "Parking costs 12 euros per night. The gate closes at 11 PM."),
]


@pytest.fixture
def knowledge(database: Database, clock: FixedClock) -> KnowledgeService:
    return KnowledgeService(database, clock, LetterEmbedder())


async def _words(database: Database, identity: Identity) -> dict[str, int]:
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute("SELECT word, chunks FROM chunk_words")).fetchall()
    return {row["word"]: row["chunks"] for row in rows}


async def test_a_question_is_kept_with_its_channel_and_its_first_document(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    document = await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    caller = replace(identity, origin=Origin(channel="call"))
    outcome = await knowledge.search(caller, "What does parking cost?")
    await knowledge.aclose()
    (asked,) = await knowledge.queries.read(identity, QueryFilter(), most=10)
    assert (asked.id, asked.query, asked.answered) == (outcome.query_id, "What does parking cost?", True)
    assert (asked.channel, asked.document_id, asked.document_title) == ("call", document, "House rules")
    assert asked.top_relevance == outcome.results[0].relevance
    assert await knowledge.queries.read(identity, QueryFilter(answered=False), most=10) == []


async def test_questions_for_the_same_that_found_nothing_are_one_gap(
    knowledge: KnowledgeService, database: Database, identity: Identity, other_identity: Identity
) -> None:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    for query in ("Do you have a swimming pool?", "have you got swimming pools", "Who won the football match?"):
        await knowledge.search(identity, query)
    await knowledge.aclose()
    gaps = await knowledge.queries.gaps(identity)
    assert gaps[0].times >= 1
    assert sum(gap.times for gap in gaps) == 3
    assert await knowledge.queries.gaps(other_identity) == []
    with pytest.raises(NotAllowed):
        await knowledge.queries.gaps(replace(identity, scopes=frozenset()))


async def test_questions_are_forgotten_after_a_while_but_never_those_of_today(
    database: Database, identity: Identity
) -> None:
    now = datetime.now(UTC)
    old = KnowledgeService(database, FixedClock(now - timedelta(days=40)), None)
    new = KnowledgeService(database, FixedClock(now), None)
    for service in (old, new):
        await service.search(identity, "What does parking cost?")
        await service.aclose()
    assert await forget(database, now + timedelta(days=1)) == 1
    assert len(await new.queries.read(identity, QueryFilter(), most=10)) == 1


async def test_words_are_counted_as_chunks_come_and_go(database: Database, identity: Identity) -> None:
    assert await _words(database, identity) == {}
    first = await add_document(database, identity, "House rules", PASSAGES)
    await add_document(database, identity, "More rules", PASSAGES[:1])
    assert (await _words(database, identity))["breakfast"] == 2
    async with database.transaction(identity) as connection:
        await connection.execute("DELETE FROM documents WHERE id = %s", (first,))
    words = await _words(database, identity)
    assert words["breakfast"] == 1
    assert "park" not in words
    async with database.transaction(identity) as connection:
        await connection.execute("DELETE FROM documents")
    assert await _words(database, identity) == {}


async def test_a_document_is_read_in_its_language_and_again_when_a_person_corrects_it(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    knowledge = KnowledgeService(database, clock, None)
    german = [(1, "", "Die Zimmer werden täglich gereinigt. Haustiere sind erlaubt.")]
    await add_document(database, identity, "Hausordnung", german, language="de")
    assert "hausti" in await _words(database, identity)
    found = await knowledge.search(identity, "Ist ein Haustier erlaubt?")
    assert found.results[0].highlights
    only = await knowledge.search(identity, "Haustier", filters=SearchFilters(language="en"))
    assert only.results == ()
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE documents SET language = 'xx'")
    assert "haustiere" in await _words(database, identity)
    await knowledge.aclose()


async def test_what_is_looked_for_ahead_is_not_logged_and_answers_the_question(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    knowledge.prefetch(identity, "what does parking cost")
    outcome = await knowledge.search(identity, "What does the parking cost?")
    assert outcome.results[0].quote == "Parking costs 12 euros per night."
    await knowledge.aclose()
    asked = await knowledge.queries.read(identity, QueryFilter(), most=10)
    assert [one.query for one in asked] == ["What does the parking cost?"]


async def test_a_quotation_is_boxed_on_its_page(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    document = await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO pages (tenant_id, document_id, number, text, label, regions) VALUES (%s, %s, 2, %s, 'ii', "
            '\'[{"start": 0, "end": 33, "box": [0.1, 0.1, 0.9, 0.2]}, '
            '{"start": 34, "end": 60, "box": [0.1, 0.2, 0.9, 0.3]}]\')',
            (identity.tenant_id, document, PASSAGES[1][2]),
        )
    outcome = await knowledge.search(identity, "What does parking cost?")
    citation = outcome.results[0].citation(1)
    assert citation.boxes == [[0.1, 0.1, 0.9, 0.2]]
    assert (citation.place, citation.image_url) == ("page ii", f"/api/files/{document}/pages/2/image")
    await knowledge.aclose()
