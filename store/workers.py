"""Which call workers are registered now. A worker calls ``beat`` every few seconds after LiveKit accepted it.

The database's clock decides what is fresh, so machines with different clocks agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.database import Database

FRESH_S = 10


@dataclass(frozen=True, slots=True)
class Worker:
    """``capacity`` and ``active_jobs`` count calls."""

    id: str
    host: str
    active_jobs: int = 0
    capacity: int = 1


async def beat(database: Database, worker: Worker) -> None:
    """Note that the worker is registered and alive."""
    async with database.system() as connection:
        await connection.execute(
            "INSERT INTO workers (id, host, active_jobs, capacity) VALUES (%(id)s, %(host)s, %(active)s, %(capacity)s) "
            "ON CONFLICT (id) DO UPDATE SET seen_at = now(), host = excluded.host, "
            "active_jobs = excluded.active_jobs, capacity = excluded.capacity",
            {"id": worker.id, "host": worker.host, "active": worker.active_jobs, "capacity": worker.capacity},
        )


async def count_ready(database: Database) -> int:
    """How many workers gave a sign of life within the last ten seconds."""
    async with database.system() as connection:
        row = await (
            await connection.execute(
                "SELECT count(*) AS n FROM workers WHERE seen_at > now() - make_interval(secs => %s)", (FRESH_S,)
            )
        ).fetchone()
    return row["n"] if row else 0


async def forget(database: Database, worker_id: str) -> None:
    """Remove a worker that leaves on purpose, and those that have been silent for a day."""
    async with database.system() as connection:
        await connection.execute(
            "DELETE FROM workers WHERE id = %s OR seen_at < now() - interval '1 day'", (worker_id,)
        )
