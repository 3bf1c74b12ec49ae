"""Answers to questions asked before, as rows: found only under the present version of what the tenant knows.

The version is moved by triggers in the transaction that changes documents. Nothing here knows how an answer looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from store.database import Database
from store.identity import Identity

_FIND = sql.SQL(
    "SELECT coalesce(v.value, 0) AS version, c.outcome FROM (SELECT 1) AS one "
    "LEFT JOIN knowledge_counters v ON v.tenant_id = current_tenant() AND v.name = 'version' "
    "LEFT JOIN answer_cache c ON c.tenant_id = current_tenant() AND c.key = %s "
    "AND c.version = coalesce(v.value, 0) AND c.expires_at > %s"
)
_KEEP = sql.SQL(
    "INSERT INTO answer_cache (tenant_id, key, version, outcome, used_at, expires_at) "
    "VALUES (%(tenant)s, %(key)s, %(version)s, %(outcome)s, %(at)s, %(expires)s) "
    "ON CONFLICT (tenant_id, key) DO UPDATE SET version = excluded.version, outcome = excluded.outcome, "
    "used_at = excluded.used_at, expires_at = excluded.expires_at"
)
_TRIM = sql.SQL(
    "DELETE FROM answer_cache WHERE tenant_id = current_tenant() AND (expires_at <= %(at)s OR version < %(version)s "
    "OR key IN (SELECT key FROM answer_cache WHERE tenant_id = current_tenant() "
    "ORDER BY used_at DESC, key OFFSET %(most)s))"
)
_COUNT = sql.SQL(
    "INSERT INTO knowledge_counters AS c (tenant_id, name, value) VALUES (%s, %s, 1) "
    "ON CONFLICT (tenant_id, name) DO UPDATE SET value = c.value + 1"
)
_STATISTICS = sql.SQL(
    "WITH counters AS (SELECT max(value) FILTER (WHERE name = 'version') AS version, "
    "max(changed_at) FILTER (WHERE name = 'version') AS invalidated_at, "
    "max(value) FILTER (WHERE name = 'hits') AS hits, "
    "max(value) FILTER (WHERE name = 'misses') AS misses FROM knowledge_counters) "
    "SELECT invalidated_at, coalesce(hits, 0) AS hits, coalesce(misses, 0) AS misses, k.entries, k.bytes "
    "FROM counters, LATERAL (SELECT count(*) AS entries, coalesce(sum(pg_column_size(outcome)), 0)::bigint AS bytes "
    "FROM answer_cache WHERE expires_at > %s AND version = coalesce(counters.version, 0)) AS k"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """``version``: of what the tenant knew when it was asked; ``outcome``: None when nothing is kept for it."""

    version: int
    outcome: Any


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """``invalidated_at``: when what the tenant knows last changed; None when it never did."""

    entries: int
    hits: int
    misses: int
    bytes: int
    invalidated_at: datetime | None


async def find(database: Database, identity: Identity, key: bytes, at: datetime) -> Kept:
    """The answer kept under ``key``, if it is of the present version and not too old at ``at``."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_FIND, (key, at))).fetchone()
    return Kept(row["version"], row["outcome"]) if row else Kept(0, None)


async def keep(
    database: Database,
    identity: Identity,
    key: bytes,
    kept: Kept,
    *,
    at: datetime,
    expires_at: datetime,
    most: int,
) -> None:
    """Keep an answer under the version read before it was searched; the longest unused beyond ``most`` go."""
    values = {
        "tenant": identity.tenant_id,
        "key": key,
        "version": kept.version,
        "outcome": Jsonb(kept.outcome),
        "at": at,
        "expires": expires_at,
    }
    async with database.transaction(identity) as connection:
        await connection.execute(_COUNT, (identity.tenant_id, "misses"))
        await connection.execute(_KEEP, values)
        await connection.execute(_TRIM, {"at": at, "version": kept.version, "most": most})


async def note_use(database: Database, identity: Identity, key: bytes, at: datetime) -> None:
    """An answer was given from here."""
    async with database.transaction(identity) as connection:
        await connection.execute(_COUNT, (identity.tenant_id, "hits"))
        await connection.execute("UPDATE answer_cache SET used_at = %s WHERE key = %s AND used_at < %s", (at, key, at))


async def statistics(database: Database, identity: Identity, at: datetime) -> CacheStatistics:
    """Of this tenant; entries that could not be given any more are not counted."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(_STATISTICS, (at,))).fetchone()
    return CacheStatistics(**row) if row else CacheStatistics(0, 0, 0, 0, None)


async def clear(database: Database, identity: Identity) -> None:
    """Forget all answers and figures of this tenant."""
    async with database.transaction(identity) as connection:
        await connection.execute("DELETE FROM answer_cache")
        await connection.execute("DELETE FROM knowledge_counters WHERE name IN ('hits', 'misses')")
