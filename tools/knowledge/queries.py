"""What was asked and what was found: written behind the answers, read by people, forgotten after a while.

Questions are callers' own words: personal. Who may read documents may read them; ``forget`` keeps their time short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from store.database import Database
from store.identity import Identity

MAX_GAPS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its outcome. ``stems``: its telling words, sorted, the same for who asks the same."""

    id: UUID
    query: str
    answered: bool
    result_count: int
    top_relevance: int
    degraded: bool
    channel: str
    conversation_id: UUID | None
    document_id: UUID | None
    execution_time_ms: float
    created_at: datetime
    document_title: str | None = None
    stems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that found nothing and ask the same; ``query`` as it was asked last."""

    query: str
    times: int
    last_at: datetime
    query_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class QueryFilter:
    """None means any; ``since`` inclusive, ``until`` exclusive. ``before``: the last row of the page before."""

    answered: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None


class QueryLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, identity: Identity, asked: Asked) -> None:
        """Keep one question. A conversation or document that is gone meanwhile is left out."""
        async with self._database.transaction(identity) as connection:
            await connection.execute(
                "INSERT INTO knowledge_queries (id, tenant_id, query, answered, result_count, top_relevance, degraded, "
                "channel, conversation_id, document_id, execution_time_ms, created_at, stems) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, (SELECT id FROM conversations WHERE id = %s), "
                "(SELECT id FROM documents WHERE id = %s), %s, %s, %s)",
                (
                    asked.id,
                    identity.tenant_id,
                    asked.query,
                    asked.answered,
                    asked.result_count,
                    asked.top_relevance,
                    asked.degraded,
                    asked.channel,
                    asked.conversation_id,
                    asked.document_id,
                    asked.execution_time_ms,
                    asked.created_at,
                    list(asked.stems),
                ),
            )

    async def read(self, identity: Identity, wanted: QueryFilter, *, most: int) -> list[Asked]:
        """Newest first. Raises NotAllowed without the scope ``documents:read``."""
        identity.require("documents:read")
        before = wanted.before or (None, None)
        async with (
            self._database.transaction(identity) as connection,
            connection.cursor(row_factory=class_row(Asked)) as cursor,
        ):
            await cursor.execute(
                "SELECT q.id, q.query, q.answered, q.result_count, q.top_relevance, q.degraded, q.channel, "
                "q.conversation_id, q.document_id, q.execution_time_ms, q.created_at, d.title AS document_title "
                "FROM knowledge_queries q LEFT JOIN documents d ON d.id = q.document_id "
                "WHERE (%(answered)s::boolean IS NULL OR q.answered = %(answered)s) "
                "AND (%(since)s::timestamptz IS NULL OR q.created_at >= %(since)s) "
                "AND (%(until)s::timestamptz IS NULL OR q.created_at < %(until)s) "
                "AND (%(at)s::timestamptz IS NULL OR (q.created_at, q.id) < (%(at)s, %(id)s::uuid)) "
                "ORDER BY q.created_at DESC, q.id DESC LIMIT %(most)s",
                {
                    "answered": wanted.answered,
                    "since": wanted.since,
                    "until": wanted.until,
                    "at": before[0],
                    "id": before[1],
                    "most": most,
                },
            )
            return await cursor.fetchall()

    async def gaps(self, identity: Identity, *, most: int = MAX_GAPS) -> list[Gap]:
        """Unanswered questions, those that ask the same together, most frequent first.

        Raises NotAllowed without the scope ``documents:read``.
        """
        identity.require("documents:read")
        async with (
            self._database.transaction(identity) as connection,
            connection.cursor(row_factory=class_row(Gap)) as cursor,
        ):
            await cursor.execute(
                "SELECT (array_agg(query ORDER BY created_at DESC))[1] AS query, count(*) AS times, "
                "max(created_at) AS last_at, (array_agg(id ORDER BY created_at DESC))[:20] AS query_ids "
                "FROM knowledge_queries WHERE NOT answered "
                "GROUP BY CASE WHEN stems = '{}' THEN ARRAY[lower(query)] ELSE stems END "
                "ORDER BY times DESC, last_at DESC LIMIT %s",
                (most,),
            )
            return await cursor.fetchall()


async def forget(database: Database, before: datetime) -> int:
    """Remove the questions of all tenants asked before an instant; returns how many."""
    async with database.system() as connection:
        row: dict[str, Any] | None = await (
            await connection.execute("SELECT forget_old_queries(%s) AS n", (before,))
        ).fetchone()
    return int(row["n"]) if row else 0


def stems_of(words: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The key of a question among others: its words' first stems, sorted, each once."""
    return tuple(sorted({stems[0] for stems in words if stems}))
