"""How well search finds, quotes and abstains, with the real sentence model. The figures are floors, not goals."""

from __future__ import annotations

import tomllib

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.knowledge.corpus import HERE, Passage, sample_handbook, staff_handbook
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import MiniLM
from tools.knowledge.model import Candidate, SearchFilters, WordStatistics
from tools.knowledge.ranking import bm25, fuse
from tools.knowledge.repository import KnowledgeRepository
from tools.knowledge.service import KnowledgeService, telling_part


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def best(candidates: list[Candidate], scores: list[float]) -> str:
    return candidates[scores.index(max(scores))].chunk.heading if candidates else ""


def winners(candidates: list[Candidate], statistics: WordStatistics) -> dict[str, str]:
    """The heading each method puts first."""
    return {
        "words": best(candidates, [bm25(candidate, statistics) for candidate in candidates]),
        "meaning": best(candidates, [candidate.cosine or 0.0 for candidate in candidates]),
        "both": best(candidates, [fuse(candidate, statistics) for candidate in candidates]),
    }


async def test_both_together_find_more_than_words_or_meaning_alone(
    database: Database, identity: Identity, model: MiniLM
) -> None:
    passages, _ = staff_handbook()
    texts = [(number // 6 + 1, passage.heading, passage.text) for number, passage in enumerate(passages)]
    await add_document(database, identity, "Staff handbook", texts, model)
    repository = KnowledgeRepository(database)
    hits = {"words": 0, "meaning": 0, "both": 0}

    async def count(passage: Passage, question: str) -> None:
        question = telling_part(question)

        async def vector() -> object:
            return model.embed([question])[0]

        found = await repository.candidates(identity, question, vector(), model.name, SearchFilters())  # pyright: ignore[reportArgumentType]
        for method, heading in winners(*found).items():
            hits[method] += heading == passage.heading

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
