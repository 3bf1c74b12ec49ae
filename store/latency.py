"""How long callers waited for answers, from what is kept with the sentences: per conversation, and per day.

``messages.latency_ms['heard']`` is measured from the sound itself (``agent/turns/stopwatch.py``); answers without it
(written ones, older ones) count nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from store.database import Database
from store.identity import Identity


@dataclass(frozen=True, slots=True)
class Waits:
    """Half of ``turns`` answers were heard within ``median_ms``, 95 of 100 within ``p95_ms``; None without any."""

    turns: int
    median_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Days:
    """``days``: those with answers, oldest first; ``whole``: all of them taken together."""

    days: Sequence[tuple[date, Waits]]
    whole: Waits


async def of_conversations(database: Database, identity: Identity, ids: Sequence[UUID]) -> dict[UUID, Waits]:
    """Those of the conversations that have measured answers; the identity's tenant's alone."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT conversation_id, count(*) AS turns, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP "
                "(ORDER BY (latency_ms->>'heard')::float8) AS waits FROM messages "
                "WHERE conversation_id = ANY(%s) AND role = 'assistant' AND latency_ms->>'heard' IS NOT NULL "
                "GROUP BY conversation_id",
                (list(ids),),
            )
        ).fetchall()
    return {row["conversation_id"]: _waits(row) for row in rows}


async def by_day(database: Database, identity: Identity, starts: Sequence[tuple[date, datetime]]) -> Days:
    """The tenant's answers by day; without conversations in the trash.

    ``starts``: every day, oldest first, with the instant at which it begins; the last one has no end. They are given
    because Postgres may not know the zone that they are days of: its list of zones is another one than Python's.
    """
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                # found by the conversations' beginning, which has an index; no call lasts a day
                "SELECT nth, count(*) AS turns, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY ms) AS waits "
                "FROM (SELECT width_bucket(m.created_at, %(starts)s::timestamptz[]) AS nth, "
                "(m.latency_ms->>'heard')::float8 AS ms "
                "FROM conversations c JOIN messages m ON m.conversation_id = c.id "
                "WHERE c.deleted_at IS NULL AND c.started_at >= %(since)s - interval '1 day' "
                "AND m.created_at >= %(since)s AND m.role = 'assistant' "
                "AND m.latency_ms->>'heard' IS NOT NULL) measured "
                "GROUP BY GROUPING SETS ((nth), ()) ORDER BY grouping(nth), nth",
                {"starts": [start for _, start in starts], "since": starts[0][1]},
            )
        ).fetchall()
    *days, whole = rows
    return Days([(starts[row["nth"] - 1][0], _waits(row)) for row in days], _waits(whole))


def _waits(row: dict[str, Any]) -> Waits:
    median_ms, p95_ms = (round(value, 1) for value in row["waits"]) if row["turns"] else (None, None)
    return Waits(row["turns"], median_ms, p95_ms)
