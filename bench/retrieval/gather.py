"""Puts the corpus into a database and gathers, for each question, the candidates with all their figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.retrieval.corpus import Corpus, Question
from store.database import Database
from store.identity import Identity
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.evidence import Evidence, weigh
from tools.knowledge.indexing import embedded_text
from tools.knowledge.model import Candidate, SearchFilters, WordStatistics
from tools.knowledge.repository import KnowledgeRepository
from tools.knowledge.service import telling_part

POOL = 40


@dataclass(frozen=True, slots=True)
class Gathered:
    """One question, its candidates (passage numbers beside them; -1: not of the corpus) and the exact dense order."""

    question: Question
    asked: str
    candidates: list[Candidate]
    passages: list[int]
    evidence: list[Evidence]
    statistics: WordStatistics
    dense: list[int]


async def load(database: Database, identity: Identity, corpus: Corpus, model: Embedder) -> None:
    passages = [(row // 8 + 1, heading, text) for row, (heading, text) in enumerate(corpus.passages)]
    await add_document(database, identity, corpus.name, passages, model)


async def gather(database: Database, identity: Identity, corpus: Corpus, model: Embedder) -> list[Gathered]:
    vectors = model.embed([embedded_text(heading, text) for heading, text in corpus.passages])
    numbers = {text: row for row, (_, text) in enumerate(corpus.passages)}
    repository = KnowledgeRepository(database)
    found: list[Gathered] = []
    for question in corpus.questions:
        asked = telling_part(question.text)
        vector: Vectors = model.embed([asked])[0]
        async with repository.searching(identity) as search:
            candidates, statistics = await search.candidates(asked, vector, model.name, SearchFilters(), most=POOL)
        found.append(
            Gathered(
                question,
                asked,
                candidates,
                [numbers.get(one.chunk.text, -1) for one in candidates],
                [weigh(one, statistics, asked, vector) for one in candidates],
                statistics,
                [int(row) for row in np.argsort(-(vectors @ vector))[:5]],
            )
        )
    return found
