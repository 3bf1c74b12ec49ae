"""Which call workers are registered now. A worker calls ``beat`` every few seconds after LiveKit accepted it.

The database's clock decides what is fresh, so machines with different clocks agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg.types.json import Jsonb

from store.database import Database

FRESH_S = 10
STAGES = ("stt", "llm", "tts")


@dataclass(frozen=True, slots=True)
class Worker:
    """``capacity`` and ``active_jobs`` count calls; capacity 0 = takes no more.

    ``is_strained``: it answers late and takes no further call, by ``lag_s`` (of its event loop) or ``wait_s`` (of an
    urgent request for a speech model), both in seconds.
    ``providers``: the names it uses for "stt", "llm" and "tts", each in the order of preference. Never a key.
    """

    id: str
    host: str
    active_jobs: int = 0
    capacity: int = 1
    providers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    is_strained: bool = False
    lag_s: float = 0.0
    wait_s: float = 0.0


async def beat(database: Database, worker: Worker) -> None:
    """Note that the worker is registered and alive."""
    async with database.system() as connection:
        await connection.execute(
            "INSERT INTO workers (id, host, active_jobs, capacity, providers, strained, lag_s, wait_s) "
            "VALUES (%(id)s, %(host)s, %(active)s, %(capacity)s, %(providers)s, %(strained)s, %(lag_s)s, %(wait_s)s) "
            "ON CONFLICT (id) DO UPDATE SET seen_at = now(), host = excluded.host, "
            "active_jobs = excluded.active_jobs, capacity = excluded.capacity, "
            "providers = excluded.providers, strained = excluded.strained, lag_s = excluded.lag_s, "
            "wait_s = excluded.wait_s",
            {
                "id": worker.id,
                "host": worker.host,
                "active": worker.active_jobs,
                "capacity": worker.capacity,
                "strained": worker.is_strained,
                "lag_s": worker.lag_s,
                "wait_s": worker.wait_s,
                "providers": Jsonb({stage: list(names) for stage, names in worker.providers.items()}),
            },
        )


async def count_ready(database: Database) -> int:
    """How many workers gave a sign of life within the last ten seconds and take calls."""
    return len(await ready_providers(database))


async def ready_providers(database: Database) -> list[dict[str, list[str]]]:
    """What each ready worker uses: stage -> names in the order of preference, the longest registered worker first."""
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT providers FROM workers WHERE seen_at > now() - make_interval(secs => %s) AND capacity > 0 "
                "ORDER BY registered_at, id",
                (FRESH_S,),
            )
        ).fetchall()
    return [{stage: [str(name) for name in row["providers"].get(stage, ())] for stage in STAGES} for row in rows]


async def forget(database: Database, worker_id: str) -> None:
    """Remove a worker that leaves on purpose, and those that have been silent for a day."""
    async with database.system() as connection:
        await connection.execute(
            "DELETE FROM workers WHERE id = %s OR seen_at < now() - interval '1 day'", (worker_id,)
        )
