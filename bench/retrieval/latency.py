"""How long a search takes in a large tenant among small ones, what of it costs how much, how near the index is to an
exact scan: `python -m bench.retrieval.latency [--chunks 100000] [--tenants 100] [--builds]`.

Made-up passages around the real ones: only their number matters. Their vectors are real ones mixed with noise, so that
the graph has neighbourhoods. ``--builds`` builds the index with other settings too (minutes). A Postgres of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from psycopg import sql

from bench.retrieval.corpus import Corpus, encyclopedia
from bench.retrieval.gather import load
from bench.retrieval.server import database_server
from store.chunks import NewChunk, refresh_statistics, swap_chunks
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.migrate import migrate
from tests.conftest import make_owner
from tools.knowledge.embedding import Embedder, MiniLM, Vectors
from tools.knowledge.indexing import pack
from tools.knowledge.model import SearchFilters
from tools.knowledge.repository import KnowledgeRepository
from tools.knowledge.results import in_order, rank
from tools.knowledge.service import KnowledgeService, telling_part

PER_DOCUMENT = 2000
_OF_A_SMALL_TENANT = 100
_BUILDS = {"m 8, construction 64": (8, 64), "m 16, construction 64": (16, 64), "m 24, construction 128": (24, 128)}
_READS = [(ef, scan) for scan in ("off", "relaxed_order", "strict_order") for ef in (40, 80, 160)]
_SHARES = ("recall of 10", "of 60")
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


async def prepared(url: str, chunks: int, tenants: int, corpus: Corpus, model: Embedder) -> Identity:
    """A large tenant and ``tenants`` small ones; the index is built afterwards, as a restored database's is."""
    await migrate(url)
    base = model.embed([text for _, text in corpus.passages])
    async with (
        await Database.open(url) as database,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
    ):
        await connection.execute("DROP INDEX chunk_vectors_384")
        large = await make_owner(database, "large")
        await load(database, large, corpus, model)
        await fill(database, large, words_like(corpus, chunks, 1), vectors_like(base, chunks, 1), model.name)
        many = tenants * _OF_A_SMALL_TENANT
        texts, vectors = words_like(corpus, many, 2), vectors_like(base, many, 2)
        for number in range(tenants):
            small = await make_owner(database, f"small-{number}")
            rows = slice(number * _OF_A_SMALL_TENANT, (number + 1) * _OF_A_SMALL_TENANT)
            await fill(database, small, texts[rows], vectors[rows], model.name)
        await build(connection, 16, 64)
        await refresh_statistics(database)
    return large


async def build(connection: psycopg.AsyncConnection[tuple[Any, ...]], m: int, construction: int) -> float:
    """Build the index anew; returns the seconds it took."""
    started = time.perf_counter()
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute("DROP INDEX IF EXISTS chunk_vectors_384")
    await connection.execute(
        sql.SQL(
            "CREATE INDEX chunk_vectors_384 ON chunk_vectors USING hnsw ((embedding::halfvec(384)) halfvec_ip_ops) "
            "WITH (m = {}, ef_construction = {}) WHERE dimensions = 384"
        ).format(sql.Literal(m), sql.Literal(construction))
    )
    return time.perf_counter() - started


async def timed(
    database: Database, identity: Identity, questions: Sequence[str], model: Embedder
) -> dict[str, Figures]:
    """Milliseconds of whole searches, the question's embedding and the quotations included; and of prefetched ones."""
    knowledge = KnowledgeService(database, FixedClock(datetime.now(UTC)), model)
    for question in questions[:10]:
        await knowledge.search(identity, question)
    times: list[float] = []
    for question in questions:
        times.append((await knowledge.search(identity, question)).execution_time_ms)
        await asyncio.sleep(0.05)  # the query log of one is not written while the next is timed
    ahead: list[float] = []
    for question in questions[:60]:
        knowledge.prefetch(identity, question)
        await asyncio.sleep(0.3)  # what a caller needs to stop speaking
        ahead.append((await knowledge.search(identity, question)).execution_time_ms)
    await knowledge.aclose()
    return {"whole search": spread(times), "whole search, prefetched": spread(ahead)}


async def apart(
    database: Database, identity: Identity, questions: Sequence[str], model: Embedder
) -> dict[str, Figures]:
    """Milliseconds of the parts of a search, one after another."""
    repository = KnowledgeRepository(database)
    times: dict[str, list[float]] = {"embedding": [], "statement": [], "ranking and quoting": []}
    for question in map(telling_part, questions):
        started = time.perf_counter()
        vector: Vectors = model.embed([question])[0]
        embedded = time.perf_counter()
        async with repository.searching(identity) as search:
            found, words = await search.candidates(question, vector, model.name, SearchFilters(), most=40)
        fetched = time.perf_counter()
        rank(in_order(found, words, (question, vector)), words, (question, vector), 5)
        marks = (started, embedded, fetched, time.perf_counter())
        for part, (since, until) in zip(times.values(), pairwise(marks), strict=True):
            part.append((until - since) * 1000)
    return {name: spread(part) for name, part in times.items()}


async def nearness(
    connection: psycopg.AsyncConnection[tuple[Any, ...]], identity: Identity | None, questions: Vectors, model: str
) -> dict[str, Figures]:
    """Recall of the 10 and 60 nearest against an exact scan, and milliseconds, by settings of reading.

    ``identity``: whose chunks are wanted; None: everybody's, without the filter.
    """
    statement = _OF_A_TENANT if identity else _OF_ALL
    exact: list[list[object]] = []
    found: dict[str, Figures] = {}
    await connection.execute("SET enable_indexscan = off")
    for name, ef, scan in (("exact", 40, "off"), *((f"ef {ef}, {scan}", ef, scan) for ef, scan in _READS)):
        await connection.execute(sql.SQL("SET hnsw.ef_search = {}").format(sql.Literal(ef)))
        await connection.execute(sql.SQL("SET hnsw.iterative_scan = {}").format(sql.Literal(scan)))
        times: list[float] = []
        rows: list[list[object]] = []
        for question in questions:
            values = {"model": model, "question": HalfVector(question).to_text()}
            values |= {"tenant": str(identity.tenant_id)} if identity else {}
            before = time.perf_counter()
            # not prepared: a plan that was kept would not know the settings
            cursor = await connection.execute(statement, values, prepare=False)
            rows.append([one[0] for one in await cursor.fetchall()])
            times.append((time.perf_counter() - before) * 1000)
        if name == "exact":
            exact = rows
            await connection.execute("SET enable_indexscan = on")
            await connection.execute("SET enable_sort = off")
            await connection.execute("SET enable_seqscan = off")
        found[name] = {"recall of 10": shared(rows, exact, 10), "of 60": shared(rows, exact, 60), **spread(times)}
    await connection.execute("RESET ALL")
    return found


_OF_A_TENANT = sql.SQL(
    "SELECT chunk_id FROM chunk_vectors WHERE dimensions = 384 AND tenant_id = %(tenant)s AND model = %(model)s "
    "ORDER BY embedding::halfvec(384) <#> %(question)s::halfvec(384) LIMIT 60"
)
_OF_ALL = sql.SQL(
    "SELECT chunk_id FROM chunk_vectors WHERE dimensions = 384 AND model = %(model)s "
    "ORDER BY embedding::halfvec(384) <#> %(question)s::halfvec(384) LIMIT 60"
)


def shared(rows: Sequence[Sequence[object]], exact: Sequence[Sequence[object]], most: int) -> float:
    return statistics.mean(
        len(set(got[:most]) & set(right[:most])) / len(right[:most]) for got, right in zip(rows, exact, strict=True)
    )


def spread(times: Sequence[float]) -> Figures:
    """Of milliseconds."""
    return {"median": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1], "least": min(times)}


def table(title: str, rows: dict[str, Figures]) -> list[str]:
    names = list(next(iter(rows.values())))
    lines = [f"| {title} | {' | '.join(names)} |", f"| --- {'| --- ' * len(names)}|"]
    return [
        *lines,
        *(
            f"| {row} | {' | '.join(f'{value:.{3 if name in _SHARES else 1}f}' for name, value in figures.items())} |"
            for row, figures in rows.items()
        ),
        "",
    ]


async def measure(url: str, chunks: int, tenants: int, builds: bool) -> list[str]:
    corpus, model = encyclopedia(), MiniLM()
    large = await prepared(url, chunks, tenants, corpus, model)
    questions = [question.text for question in corpus.questions][::2]
    async with await Database.open(url) as database:
        rows = await timed(database, large, questions, model) | await apart(database, large, questions, model)
    lines = table(f"milliseconds at {chunks:,} chunks, {tenants} other tenants", rows)
    meant = model.embed(questions[::2])
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        lines += table("m 16, construction 64, tenant's filter", await nearness(connection, large, meant, model.name))
        lines += table("the same without the filter", await nearness(connection, None, meant, model.name))
        for name, settings in _BUILDS.items() if builds else ():
            seconds = await build(connection, *settings)
            near = await nearness(connection, large, meant, model.name)
            lines += table(f"{name}, built in {seconds:.0f} s", near)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--builds", action="store_true")
    given = parser.parse_args()
    with database_server() as url:
        print("\n".join(asyncio.run(measure(url, given.chunks, given.tenants, given.builds))))


if __name__ == "__main__":
    main()
