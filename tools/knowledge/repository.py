"""Chunks of confirmed documents in Postgres: candidates by meaning (HNSW) and by words, and the figures to score them.

SQL in, model out; scores are made in ``ranking.py``. Only documents that are ``ready`` are ever seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from store.database import Connection, Database
from store.identity import Identity
from tools.knowledge.embedding import Vectors as Vector
from tools.knowledge.model import Candidate, Chunk, SearchFilters, WordStatistics

_FILTER = sql.SQL(
    "d.status = 'ready' "
    "AND (%(document_ids)s::uuid[] IS NULL OR d.id = ANY(%(document_ids)s)) "
    "AND (%(category)s = '' OR d.analysis->>'category' = %(category)s) "
    "AND (%(tags)s::text[] IS NULL OR d.analysis->'tags' ?| %(tags)s) "
    "AND (%(created_from)s::timestamptz IS NULL OR d.created_at >= %(created_from)s) "
    "AND (%(created_to)s::timestamptz IS NULL OR d.created_at < %(created_to)s)"
)
_SIZE = sql.SQL(
    "SELECT count(*) AS chunks, coalesce(avg(c.char_end - c.char_start), 0)::float AS mean_length "
    "FROM chunks c JOIN documents d ON d.id = c.document_id WHERE {}"
).format(_FILTER)
# in how many chunks each word occurs, and the chunks with the most rarity in them; ts_rank only breaks ties
_BY_WORDS = sql.SQL(
    "WITH matched AS MATERIALIZED (SELECT c.id, ts_rank(c.words, %(any_word)s::tsquery, 1) AS rank, "
    "ARRAY(SELECT w FROM unnest(%(words)s::text[], %(queries)s::text[]::tsquery[]) AS asked(w, q) WHERE c.words @@ q) "
    "AS found FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.words @@ %(any_word)s::tsquery AND {}), "
    "frequency AS (SELECT word, count(*) AS n FROM matched, unnest(found) AS word GROUP BY word), "
    "best AS (SELECT m.id FROM matched m, unnest(m.found) AS f(word) JOIN frequency USING (word) GROUP BY m.id, m.rank "
    "ORDER BY sum(ln(1 + (%(chunks)s::float - n + 0.5) / (n + 0.5))) DESC, m.rank DESC LIMIT %(limit)s) "
    "SELECT coalesce((SELECT jsonb_object_agg(word, n) FROM frequency), '{{}}') AS frequencies, "
    "ARRAY(SELECT id FROM best) AS ids"
).format(_FILTER)
_BY_MEANING = sql.SQL(
    "SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id "
    "WHERE c.embedding_model = %(model)s AND {} ORDER BY c.embedding <=> %(vector)s LIMIT %(limit)s"
).format(_FILTER)
_SCORED = sql.SQL(
    "SELECT c.id, c.document_id, d.title, d.page_count, c.seq, c.page, c.heading, c.char_start, c.char_end, c.text, "
    "CASE WHEN c.embedding_model = %(model)s THEN 1 - (c.embedding <=> %(vector)s::vector) END AS cosine, "
    "(SELECT jsonb_object_agg(l.lexeme, coalesce(cardinality(l.positions), 1)) FROM unnest(c.words) l "
    "WHERE l.lexeme = ANY(%(words)s)) AS frequencies "
    "FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.id = ANY(%(ids)s) AND d.status = 'ready'"
)


class KnowledgeRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(
        self,
        identity: Identity,
        question: str,
        vector: Awaitable[Vector | None],
        model: str,
        filters: SearchFilters,
        *,
        limit: int = 50,
    ) -> tuple[list[Candidate], WordStatistics]:
        """Up to ``limit`` chunks by words and as many by meaning, with their figures, in no order.

        ``vector`` is awaited after the words were searched, so that embedding and the database work side by side.
        """
        asked = {**_filter_values(filters), "limit": limit, "model": model}
        async with self._database.transaction(identity) as connection:
            words = await _stems(connection, question)
            statistics, by_words = await _by_words(connection, words, asked)
            asked["vector"] = await vector
            by_meaning = await _by_meaning(connection, asked) if asked["vector"] is not None else []
            ids = list(dict.fromkeys([*by_words, *by_meaning]))
            rows = await (await connection.execute(_SCORED, {**asked, "words": words, "ids": ids})).fetchall()
        return [_candidate(row) for row in rows], statistics

    async def log(
        self, identity: Identity, query_id: UUID, query: str, outcome: tuple[bool, int, float], at: datetime
    ) -> None:
        """Keep what was asked; ``outcome`` is (answered, number of results, milliseconds)."""
        async with self._database.transaction(identity) as connection:
            await connection.execute(
                "INSERT INTO knowledge_queries (id, tenant_id, query, answered, result_count, execution_time_ms, "
                "created_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (query_id, identity.tenant_id, query, *outcome, at),
            )


async def _stems(connection: Connection, text: str) -> list[str]:
    """The stems of the telling words of ``text``, as the index knows them."""
    row = await (
        await connection.execute("SELECT tsvector_to_array(to_tsvector('english', %s)) AS stems", (text,))
    ).fetchone()
    return list(row["stems"]) if row else []


async def _by_words(
    connection: Connection, words: list[str], asked: Mapping[str, Any]
) -> tuple[WordStatistics, list[UUID]]:
    size = await (await connection.execute(_SIZE, asked)).fetchone()
    chunks, mean_length = (size["chunks"], size["mean_length"]) if size else (0, 0.0)
    if not words or not chunks:
        return WordStatistics(chunks, mean_length, dict.fromkeys(words, 0)), []
    queries = [_as_query(word) for word in words]
    values = {**asked, "words": words, "queries": queries, "any_word": " | ".join(queries), "chunks": chunks}
    row = await (await connection.execute(_BY_WORDS, values)).fetchone()
    found: dict[str, int] = row["frequencies"] if row else {}
    return WordStatistics(chunks, mean_length, {word: found.get(word, 0) for word in words}), row["ids"] if row else []


async def _by_meaning(connection: Connection, asked: Mapping[str, Any]) -> list[UUID]:
    # the tenant is a filter behind the index: go on walking the graph until enough rows are this tenant's
    await connection.execute(
        "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', '100', true)"
    )
    return [row["id"] for row in await (await connection.execute(_BY_MEANING, asked)).fetchall()]


def _as_query(word: str) -> str:
    """One lexeme as a quoted tsquery."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def _filter_values(filters: SearchFilters) -> dict[str, Any]:
    return {
        "document_ids": list(filters.document_ids) or None,
        "category": filters.category,
        "tags": list(filters.tags) or None,
        "created_from": filters.created_from,
        "created_to": filters.created_to,
    }


def _candidate(row: dict[str, Any]) -> Candidate:
    cosine, frequencies = row.pop("cosine"), row.pop("frequencies")
    return Candidate(Chunk(**row), cosine, frequencies or {})
