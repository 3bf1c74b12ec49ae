"""How well search finds, quotes and abstains, with the real sentence model. The figures are floors, not goals."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.knowledge.corpus import HERE, Passage, sample_handbook, staff_handbook
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import MiniLM
from tools.knowledge.evidence import Evidence, weigh
from tools.knowledge.model import SearchFilters
from tools.knowledge.ranking import score
from tools.knowledge.repository import KnowledgeRepository
from tools.knowledge.service import KnowledgeService, telling_part


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


METHODS: dict[str, Callable[[Evidence], float]] = {
    "words": lambda one: one.bm25,
    "meaning": lambda one: one.cosine or 0.0,
    "both": score,
}


async def test_both_together_find_more_than_words_or_meaning_alone(
    database: Database, identity: Identity, model: MiniLM
) -> None:
    passages, _ = staff_handbook()
    texts = [(number // 6 + 1, passage.heading, passage.text) for number, passage in enumerate(passages)]
    await add_document(database, identity, "Staff handbook", texts, model)
    repository = KnowledgeRepository(database)
    hits = dict.fromkeys(METHODS, 0)

    async def count(passage: Passage, question: str) -> None:
        question = telling_part(question)
        vector = model.embed([question])[0]
        async with repository.searching(identity) as search:
            found, figures = await search.candidates(question, vector, model.name, SearchFilters(), most=40)
        for method, scored in METHODS.items():
            first = max(found, key=lambda one: scored(weigh(one, figures, question, vector)))
            hits[method] += first.chunk.heading == passage.heading

    for passage in passages:
        await count(passage, passage.plain)
        await count(passage, passage.other)
    assert hits["both"] >= max(hits["words"], hits["meaning"]), hits
    assert hits["both"] >= 0.8 * 2 * len(passages), hits


async def test_the_sample_handbook_answers_what_guests_ask(
    database: Database, identity: Identity, clock: FixedClock, model: MiniLM
) -> None:
    await add_document(database, identity, "Harbour House handbook", sample_handbook(), model)
    knowledge = KnowledgeService(database, clock, model)
    questions = tomllib.loads((HERE / "questions.toml").read_text("utf-8"))
    answered, right = 0, 0
    for question, words in questions["answerable"]:
        outcome = await knowledge.search(identity, question)
        answered += outcome.answered
        right += words.lower() in outcome.results[0].quote.lower()
    wrongly = [
        question for question in questions["unanswerable"] if (await knowledge.search(identity, question)).answered
    ]
    await knowledge.aclose()
    total = len(questions["answerable"])
    assert answered >= 0.9 * total, f"{answered} of {total} answered"
    assert right >= 0.8 * total, f"{right} of {total} quoted the right sentence"
    assert len(wrongly) <= 0.05 * len(questions["unanswerable"]), wrongly
