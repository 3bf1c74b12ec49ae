"""Search on a real database: tenants, filters, failures, the log. Quality is measured next door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid, NotAllowed
from store.identity import Identity
from tests.fakes.embedder import BrokenEmbedder, LetterEmbedder
from tests.integration.knowledge.library import add_document
from tools.knowledge.model import SearchFilters
from tools.knowledge.service import KnowledgeService

PASSAGES = [
    (1, "Breakfast", "Breakfast is served from 7 to 10 in the morning. It is included in the price."),
    (2, "Parking", "Parking costs 12 euros per night. The gate closes at 11 PM."),
    (2, "Pets", "Dogs are welcome on the ground floor."),
]


@pytest.fixture
def knowledge(database: Database, clock: FixedClock) -> KnowledgeService:
    return KnowledgeService(database, clock, LetterEmbedder())


async def logged(database: Database, identity: Identity) -> list[tuple[str, bool, int]]:
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT query, answered, result_count FROM knowledge_queries ORDER BY id")
        ).fetchall()
    return [(row["query"], row["answered"], row["result_count"]) for row in rows]


async def test_an_answer_has_its_source_and_its_sentence(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    document = await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    outcome = await knowledge.search(identity, "What does parking cost?")
    assert outcome.answered
    assert not outcome.degraded
    assert outcome.execution_time_ms > 0
    best = outcome.results[0].citation(1)
    assert (best.document_id, best.title, best.page, best.heading) == (str(document), "House rules", 2, "Parking")
    assert best.quote == "Parking costs 12 euros per night."
    assert best.relevance > 50
    assert set(best.as_json()) == {
        *("id", "number", "document_id", "title", "version", "page", "page_kind", "place", "heading", "quote"),
        *("relevance", "boxes", "seconds", "image_url", "author", "published", "source_type"),
    }


async def test_another_tenants_documents_are_not_there(
    knowledge: KnowledgeService, database: Database, identity: Identity, other_identity: Identity
) -> None:
    document = await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    mine = SearchFilters(document_ids=(document,))
    for filters in (None, mine):
        outcome = await knowledge.search(other_identity, "What does parking cost?", filters=filters)
        assert outcome.results == ()
        assert not outcome.answered
    await knowledge.aclose()
    assert await logged(database, identity) == []


@pytest.mark.parametrize("status", ["awaiting_confirmation", "indexing", "rejected", "failed"])
async def test_only_confirmed_documents_are_searched(
    knowledge: KnowledgeService, database: Database, identity: Identity, status: str
) -> None:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder(), status=status)
    assert (await knowledge.search(identity, "What does parking cost?")).results == ()


@pytest.mark.parametrize("broken", [True, False])
async def test_words_alone_answer_when_embedding_fails(
    database: Database, identity: Identity, clock: FixedClock, broken: bool
) -> None:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    service = KnowledgeService(database, clock, BrokenEmbedder() if broken else None)
    outcome = await service.search(identity, "What does parking cost?")
    assert outcome.degraded
    assert outcome.answered
    assert outcome.results[0].quote == "Parking costs 12 euros per night."
    assert not (await service.search(identity, "Who won the football match?")).answered
    await service.aclose()


async def test_chunks_without_or_with_another_models_vectors_are_found_by_words(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    await add_document(database, identity, "House rules", PASSAGES)
    outcome = await knowledge.search(identity, "parking cost")
    assert outcome.results[0].chunk.heading == "Parking"


async def test_filters_narrow_the_search(knowledge: KnowledgeService, database: Database, identity: Identity) -> None:
    old = await add_document(
        database,
        identity,
        "Old rules",
        PASSAGES,
        LetterEmbedder(),
        category="policy",
        tags=["house", "old"],
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    new = await add_document(database, identity, "New rules", PASSAGES, LetterEmbedder())
    year = datetime(2026, 1, 1, tzinfo=UTC)
    for filters, expected in (
        (SearchFilters(), {old, new}),
        (SearchFilters(document_ids=(new,)), {new}),
        (SearchFilters(category="policy"), {old}),
        (SearchFilters(tags=("old", "other")), {old}),
        (SearchFilters(created_from=year), {new}),
        (SearchFilters(created_to=year), {old}),
        (SearchFilters(category="recipe"), set()),
    ):
        outcome = await knowledge.search(identity, "parking", filters=filters)
        assert {result.chunk.document_id for result in outcome.results} == expected


@pytest.mark.parametrize(
    "query", ["'", "\\", "a | b & !c", "' OR 1=1 --", "%s %(x)s", "\u200b?", "the of and", "x" * 5000]
)
async def test_odd_queries_are_harmless(
    knowledge: KnowledgeService, database: Database, identity: Identity, query: str
) -> None:
    await add_document(
        database, identity, "House rules", [(1, "", "Back\\slash and 'quote' /a/b.txt")], LetterEmbedder()
    )
    await knowledge.search(identity, query)
    assert (await knowledge.search(identity, "Back\\slash 'quote' /a/b.txt")).results


async def test_what_cannot_be_searched_is_refused(knowledge: KnowledgeService, identity: Identity) -> None:
    for query, limit in (("", 5), (" \u200b ", 5), ("parking", 0), ("parking", 51)):
        with pytest.raises(Invalid):
            await knowledge.search(identity, query, limit=limit)
    with pytest.raises(NotAllowed):
        await knowledge.search(replace(identity, scopes=frozenset()), "parking")


async def test_every_query_is_logged_with_its_outcome(
    knowledge: KnowledgeService, database: Database, identity: Identity
) -> None:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    await knowledge.search(identity, "What does parking cost?", limit=2)
    await knowledge.search(identity, "Who won the football match?", limit=1)
    await knowledge.aclose()
    assert sorted(await logged(database, identity)) == [
        ("What does parking cost?", True, 2),
        ("Who won the football match?", False, 1),
    ]
