"""The same question asked again: known at once while the documents are the same, searched anew when they are not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import NotAllowed, Unavailable
from store.identity import Identity
from tests.fakes.embedder import BrokenEmbedder, LetterEmbedder
from tests.integration.knowledge.library import add_document
from tools.knowledge.cache import AnswerCache, key_of, normalised
from tools.knowledge.embedding import Vectors
from tools.knowledge.model import SearchFilters
from tools.knowledge.service import KnowledgeService

PASSAGES = [(1, "Parking", "Parking costs 12 euros per night."), (2, "Pets", "Dogs are welcome on the ground floor.")]
QUESTION = "What does parking cost?"


class Counting(LetterEmbedder):
    """How many questions were searched: each is embedded once."""

    def __init__(self) -> None:
        super().__init__()
        self.questions = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.questions += 1
        return super().embed(texts)


class Desk:
    """Asks, and waits until what is written behind the answer is there."""

    def __init__(self, database: Database, clock: FixedClock, *, ttl_s: float = 3600.0) -> None:
        self.embedder = Counting()
        self.answers = AnswerCache(database, clock, ttl_s=ttl_s)
        self.service = KnowledgeService(database, clock, self.embedder, self.answers)

    async def ask(self, identity: Identity, question: str = QUESTION, **options: object) -> str:
        outcome = await self.service.search(identity, question, **options)  # pyright: ignore[reportArgumentType]
        await self.service.aclose()
        return outcome.results[0].quote if outcome.answered else ""


@pytest.fixture
async def desk(database: Database, clock: FixedClock, identity: Identity) -> AsyncIterator[Desk]:
    await add_document(database, identity, "House rules", PASSAGES, LetterEmbedder())
    desk = Desk(database, clock)
    yield desk
    await desk.service.aclose()


async def test_who_asks_again_gets_the_same_without_a_search(desk: Desk, identity: Identity) -> None:
    first = await desk.service.search(identity, QUESTION)
    await desk.service.aclose()
    again = await desk.service.search(identity, "what does   parking cost")
    assert desk.embedder.questions == 1
    assert again.results == first.results
    assert again.query_id != first.query_id  # it is asked, and logged, for itself
    await desk.service.aclose()
    told = await desk.answers.statistics(identity)
    assert (told.entries, told.hits, told.misses) == (1, 1, 1)


async def test_another_process_knows_it_too(
    desk: Desk, database: Database, clock: FixedClock, identity: Identity
) -> None:
    await desk.ask(identity)
    other = Desk(database, clock)
    assert await other.ask(identity) == "Parking costs 12 euros per night."
    assert other.embedder.questions == 0


async def test_a_change_of_the_documents_is_known_at_once(desk: Desk, database: Database, identity: Identity) -> None:
    assert "12" in await desk.ask(identity)
    async with database.transaction(identity) as connection:
        await connection.execute("DELETE FROM documents")
    assert await desk.ask(identity) == ""
    await add_document(
        database, identity, "New rules", [(1, "Parking", "Parking costs 15 euros per night.")], LetterEmbedder()
    )
    assert "15" in await desk.ask(identity)
    assert desk.embedder.questions == 3


async def test_another_tenant_asks_for_itself(desk: Desk, identity: Identity, other_identity: Identity) -> None:
    await desk.ask(identity)
    assert await desk.ask(other_identity) == ""
    assert (await desk.answers.statistics(other_identity)).hits == 0


async def test_filters_limits_and_models_are_part_of_the_question(desk: Desk, identity: Identity) -> None:
    await desk.ask(identity)
    await desk.ask(identity, limit=3)
    await desk.ask(identity, filters=SearchFilters(category="policy"))
    assert desk.embedder.questions == 3
    keys = {key_of(QUESTION, 5, SearchFilters(), model) for model in ("a", "b")}
    assert len(keys) == 2


async def test_an_answer_ends_with_its_time_and_with_no_time_none_is_kept(
    desk: Desk, database: Database, clock: FixedClock, identity: Identity
) -> None:
    await desk.ask(identity)
    clock.advance(timedelta(hours=1, seconds=1))
    await desk.ask(identity)
    assert desk.embedder.questions == 2
    without = Desk(database, clock, ttl_s=0)
    await without.ask(identity)
    await without.ask(identity)
    assert without.embedder.questions == 2


async def test_an_honest_no_is_kept_and_an_answer_by_words_alone_is_not(
    desk: Desk, database: Database, clock: FixedClock, identity: Identity
) -> None:
    for _ in range(2):
        assert await desk.ask(identity, "Who won the football match?") == ""
    assert desk.embedder.questions == 1
    degraded = KnowledgeService(database, clock, BrokenEmbedder(), desk.answers)
    await degraded.search(identity, "Are dogs welcome?")
    await degraded.aclose()
    assert (await desk.answers.statistics(identity)).entries == 1


async def test_a_cache_that_fails_costs_a_search_and_not_an_answer(
    desk: Desk, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr("store.answer_cache.find", away)
    assert "12" in await desk.ask(identity)
    monkeypatch.undo()
    monkeypatch.setattr("store.answer_cache.keep", away)
    assert "12" in await desk.ask(identity)


async def test_it_is_read_and_emptied_by_who_may(desk: Desk, identity: Identity) -> None:
    await desk.ask(identity)
    reader = replace(identity, scopes=frozenset({"documents:read"}))
    assert (await desk.answers.statistics(reader)).entries == 1
    with pytest.raises(NotAllowed):
        await desk.answers.clear(reader)
    with pytest.raises(NotAllowed):
        await desk.answers.statistics(replace(identity, scopes=frozenset()))
    await desk.answers.clear(identity)
    assert (await desk.answers.statistics(identity)).entries == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What does parking cost?", "what does parking cost", True),
        ("Ist es für Ältere?", "ist es fu\u0308r A\u0308ltere", True),
        ("Does it cost 5 €?", "Does it cost 5 $?", False),
        ("Room 12", "Room 21", False),
        ("What does C++ cost?", "What does C# cost?", False),
        ("Does it work at +5 degrees?", "Does it work at -5 degrees?", False),
        ("Is it 3.5 m wide?", "Is it 3 5 m wide?", False),
        ("Wie viel ist Buße?", "Wie viel ist Busse?", False),
        ("कल", "काल", False),
        ("ใกล้", "ไกล", False),
    ],
)
def test_questions_are_the_same_only_when_they_ask_the_same(one: str, other: str, same: bool) -> None:
    assert (normalised(one) == normalised(other)) == same
