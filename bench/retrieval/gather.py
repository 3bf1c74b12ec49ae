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
from tools.knowledge.results import UNKNOWN_LOSS, Asked, in_order, lost_without, without_lacking
from tools.knowledge.service import telling_part

POOL = 40


@dataclass(frozen=True, slots=True)
class Gathered:
    """One question, its candidates (passage numbers beside them; -1: not of the corpus) and the exact dense order.

    ``lost``: of the first candidate, see ``tools.knowledge.results.lost_without``.
    """

    question: Question
    asked: str
    candidates: list[Candidate]
    passages: list[int]
    evidence: list[Evidence]
    statistics: WordStatistics
    dense: list[int]
    lost: float


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
                lost_of_first(candidates, statistics, (asked, vector), model),
            )
        )
    return found


def lost_of_first(candidates: list[Candidate], statistics: WordStatistics, asked: Asked, model: Embedder) -> float:
    ordered = in_order(candidates, statistics, asked)
    if not ordered or asked[1] is None:
        return UNKNOWN_LOSS
    first = ordered[0][2]
    rest = without_lacking(asked[0], first, statistics)
    return lost_without(asked[1], model.embed([rest])[0] if rest else None, first)
