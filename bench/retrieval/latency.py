"""How long a search takes in a large tenant, alone and among many small ones; how near the index is to an exact scan.

Made-up passages around the real ones: only their number matters. Their vectors are real ones with noise, so that the
graph has neighbourhoods as real texts have.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import psycopg
from pgvector import HalfVector
from psycopg import sql

from bench.retrieval.corpus import Corpus
from store.chunks import NewChunk, refresh_statistics, swap_chunks
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.indexing import pack
from tools.knowledge.service import KnowledgeService

PER_DOCUMENT = 2000
Figures = dict[str, float]


def words_like(corpus: Corpus, count: int, seed: int) -> list[str]:
    """Passages of 90 words from the corpus' own words and made-up ones, frequent ones more often."""
    random = np.random.default_rng(seed)
    real = sorted({word for _, text in corpus.passages for word in text.lower().split()})
    vocabulary = [*real, *(f"w{number}x" for number in range(4000))]
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    order = random.permutation(len(vocabulary))
    chosen = random.choice(len(vocabulary), size=(count, 90), p=weights / weights.sum())
    return [" ".join(vocabulary[order[column]] for column in row) for row in chosen]


def vectors_like(vectors: Vectors, count: int, seed: int) -> Vectors:
    """Unit vectors around the given ones."""
    random = np.random.default_rng(seed)
    near = vectors[random.integers(len(vectors), size=count)]
    mixed = near + vectors[random.integers(len(vectors), size=count)] * np.float32(0.7)
    noisy = mixed + random.normal(scale=0.045, size=mixed.shape).astype(np.float32)
    return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)


async def fill(database: Database, identity: Identity, texts: Sequence[str], vectors: Vectors, model: str) -> None:
    """Confirmed documents of ``PER_DOCUMENT`` chunks each."""
    for start in range(0, len(texts), PER_DOCUMENT):
        rows = range(start, min(start + PER_DOCUMENT, len(texts)))
        pieces = [
            NewChunk(
                seq,
                seq // 4 + 1,
                "",
                0,
                len(texts[row]),
                texts[row],
                vectors[row],
                model,
                pack(vectors[row : row + 1].repeat(6, axis=0)),
            )
            for seq, row in enumerate(rows)
        ]
        async with database.transaction(identity) as connection:
            document = new_id()
            await connection.execute(
                "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, storage_key, "
                "status, page_count, created_at) "
                "VALUES (%s, %s, 'Archive', 'a', 'text/plain', 1, %s, '', 'ready', 1, %s)",
                (document, identity.tenant_id, str(document), datetime(2026, 11, 1, tzinfo=UTC)),
            )
            await swap_chunks(connection, identity, document, pieces)


async def timed(database: Database, identity: Identity, corpus: Corpus, model: Embedder) -> Figures:
    """Milliseconds of whole searches, the question's embedding and the quotations included; and of prefetched ones."""
    knowledge = KnowledgeService(database, FixedClock(datetime.now(UTC)), model)
    questions = [question.text for question in corpus.questions][::2]
    for question in questions[:10]:
        await knowledge.search(identity, question)
    times = [(await knowledge.search(identity, question)).execution_time_ms for question in questions]
    ahead: list[float] = []
    for question in questions[:60]:
        knowledge.prefetch(identity, question)
        await asyncio.sleep(0.1)  # what a caller needs to stop speaking
        ahead.append((await knowledge.search(identity, question)).execution_time_ms)
    await knowledge.aclose()
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "worst_ms": max(times),
        "prefetched_p95_ms": round(statistics.quantiles(ahead, n=20)[-1], 1),
    }


async def nearness(url: str, identity: Identity, questions: Vectors, model: str) -> dict[str, Figures]:
    """Recall of the 10 nearest against an exact scan, and milliseconds, by HNSW settings, with the tenant's filter."""
    dimensions = questions.shape[1]
    statement = sql.SQL(
        "SELECT chunk_id FROM chunk_vectors WHERE dimensions = {n} AND tenant_id = %s AND model = %s "
        "ORDER BY embedding::halfvec({n}) <#> %s::halfvec({n}) LIMIT 60"
    ).format(n=sql.Literal(dimensions))
    found: dict[str, Figures] = {}
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        exact: list[list[object]] = []
        for name, settings in _SETTINGS.items():
            for setting in settings:
                await connection.execute(setting.encode())
            times: list[float] = []
            shares: list[float] = []
            for number, question in enumerate(questions):
                values = (identity.tenant_id, model, HalfVector(question).to_text())
                before = asyncio.get_running_loop().time()
                rows = [row[0] for row in await (await connection.execute(statement, values)).fetchall()]
                times.append((asyncio.get_running_loop().time() - before) * 1000)
                if name == "exact":
                    exact.append(rows)
                shares.append(len(set(rows[:10]) & set(exact[number][:10])) / 10)
            found[name] = {
                "recall_at_10": round(statistics.mean(shares), 4),
                "median_ms": round(statistics.median(times), 2),
                "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
            }
    return found


_SETTINGS = {
    "exact": ["SET enable_indexscan = off", "SET hnsw.ef_search = 40"],
    **{
        f"ef {ef}, {scan}": [
            "SET enable_indexscan = on",
            "SET enable_sort = off",
            f"SET hnsw.ef_search = {ef}",
            f"SET hnsw.iterative_scan = {scan}",
        ]
        for ef in (40, 80, 160)
        for scan in ("off", "relaxed_order", "strict_order")
    },
}


async def refresh(database: Database) -> None:
    """What autovacuum does within a minute."""
    await refresh_statistics(database)
