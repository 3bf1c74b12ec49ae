"""Chunks of confirmed documents in Postgres: one statement for candidates by meaning and by words with their figures.

SQL in, model out; scores are made in ``ranking.py``. Which chunks fit is found by the function ``find_chunks``
(migration 0019), which sees ids and figures of the current tenant; every text is read under row-level security.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from pgvector import HalfVector
from psycopg import sql
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.identity import Identity
from tools.knowledge.embedding import Vectors
from tools.knowledge.model import (
    Box,
    Candidate,
    Chunk,
    Location,
    SearchFilters,
    SearchResult,
    Word,
    WordStatistics,
)

_FIND = sql.SQL(
    "SELECT f.cosine, f.chunks, f.mean_length, f.words, f.places, c.id, c.document_id, d.title, d.page_count, "
    "d.page_kind, d.version, d.source, c.seq, c.page, c.heading, c.char_start, c.char_end, c.text, "
    "coalesce(p.label, '') AS label, coalesce(v.sentences, '') AS sentences "
    "FROM find_chunks(%(question)s, %(vector)s::halfvec, %(model)s, %(wanted)s, %(most)s) f "
    "JOIN chunks c ON c.id = f.chunk_id JOIN documents d ON d.id = c.document_id AND d.status = 'ready' "
    "LEFT JOIN pages p ON p.document_id = c.document_id AND p.number = c.page "
    "LEFT JOIN chunk_vectors v ON v.chunk_id = c.id AND v.model = %(model)s"
)
_REGIONS = sql.SQL(
    "SELECT q.number, r->'box' AS box, r->'seconds' AS seconds "
    "FROM unnest(%s::int[], %s::uuid[], %s::int[], %s::int[], %s::int[]) AS q(number, document_id, page, upto, since) "
    "JOIN pages p ON p.document_id = q.document_id AND p.number = q.page, jsonb_array_elements(p.regions) r "
    "WHERE (r->>'start')::int < q.upto AND (r->>'end')::int > q.since ORDER BY q.number, (r->>'start')::int"
)
_CHUNK = (
    *("id", "document_id", "title", "page_count", "seq", "page", "heading", "char_start", "char_end", "text"),
    *("page_kind", "label", "version", "source"),
)
Found = tuple[list[Candidate], WordStatistics]


class KnowledgeRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def searching(self, identity: Identity) -> AsyncGenerator[Search]:
        """One transaction for a search and what is read about its results."""
        async with self._database.transaction(identity) as connection:
            yield Search(connection)


class Search:
    """A search under way on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def candidates(
        self, question: str, vector: Vectors | None, model: str, filters: SearchFilters, *, most: int
    ) -> Found:
        """Up to ``most`` chunks that fit best by words and meaning together, in no order, with their figures."""
        values = {
            "question": question,
            "vector": HalfVector(vector) if vector is not None else None,
            "model": model,
            "wanted": Jsonb(_wanted(filters)),
            "most": most,
        }
        rows = await (await self._connection.execute(_FIND, values)).fetchall()
        if not rows:
            return [], WordStatistics()
        return [_candidate(row) for row in rows], _statistics(rows[0])

    async def locations(self, results: Sequence[SearchResult]) -> list[Location]:
        """Where the quotations stand on their pages or in their recordings."""
        spans = [(number, one.chunk.document_id, one.chunk.page, *_on_page(one)) for number, one in enumerate(results)]
        if not spans:
            return []
        rows = await (
            await self._connection.execute(_REGIONS, [list(column) for column in zip(*spans, strict=True)])
        ).fetchall()
        return [_location([row for row in rows if row["number"] == number]) for number in range(len(results))]


def _on_page(result: SearchResult) -> tuple[int, int]:
    """(end, start) of the quotation in its page's text; of the chunk when it could not be placed."""
    start, end = result.quote_span
    base = result.chunk.char_start
    return (base + end, base + start) if end else (result.chunk.char_end, base)


def _location(rows: Sequence[dict[str, Any]]) -> Location:
    boxes = tuple(cast("Box", tuple(row["box"])) for row in rows if row["box"])
    heard = [row["seconds"] for row in rows if row["seconds"]]
    return Location(boxes, (float(heard[0][0]), float(heard[-1][1])) if heard else None)


def _wanted(filters: SearchFilters) -> dict[str, Any]:
    given = {
        "document_ids": [str(one) for one in filters.document_ids],
        "series_ids": [str(one) for one in filters.series_ids],
        "category": filters.category,
        "tags": list(filters.tags),
        "language": filters.language,
        "created_from": filters.created_from.isoformat() if filters.created_from else None,
        "created_to": filters.created_to.isoformat() if filters.created_to else None,
    }
    return {name: value for name, value in given.items() if value}


def _candidate(row: dict[str, Any]) -> Candidate:
    chunk = Chunk(**{name: row[name] for name in _CHUNK})
    return Candidate(chunk, row["cosine"], row["places"], bytes(row["sentences"]))


def _statistics(row: dict[str, Any]) -> WordStatistics:
    words = [Word(tuple(one["stems"]), one["place"], one["found"], one["rarity"]) for one in json.loads(row["words"])]
    return WordStatistics(row["chunks"], row["mean_length"], tuple(words))
