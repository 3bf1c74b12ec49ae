"""Whether the installation's workers can hold one more call now, whoever's it is; limits of a tenant: ``admission.py``.

A place is promised with a token and taken by the call; both are decided under one lock, so that the last one goes to
one caller only. What a worker can hold stands in its heartbeat (``workers.py``); one that fell silent holds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from store import locks
from store.database import Connection, Database
from store.errors import TooMany
from store.workers import FRESH_S

ALIVE_S = 60.0  # a call that gave no sign of life for so long is none: its process died
PROMISED_FOR = timedelta(seconds=10)  # who has a token joins within this; later they take their chance
ASK_AGAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class WorkerPlaces:
    """``capacity``: calls it can hold; ``held``: calls that began and have not ended; the rest as in ``Worker``."""

    worker_id: str
    capacity: int
    held: int
    is_strained: bool
    lag_s: float
    wait_s: float

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.held)


async def promise(connection: Connection, room: str) -> None:
    """Keep a place for a call in ``room`` for some seconds, until the end of the transaction for nobody else to see.

    Raises TooMany ``all_busy`` when there is none. A room whose call is held has its place and needs no second one, or
    whoever reloads the page would take a line from others. Without any worker nobody is refused: one may come.
    """
    await _lock(connection)
    workers = await _places(connection, besides_room=room)
    if sum(one.held for one in await _places(connection)) > sum(one.held for one in workers):
        return
    if workers and await _unpromised(connection, workers, besides_room=room) <= 0:
        raise all_busy(sum(one.capacity for one in workers))
    await connection.execute("DELETE FROM promised_places WHERE ends_at <= clock_timestamp()")
    await connection.execute(
        "INSERT INTO promised_places (room, ends_at) VALUES (%s, clock_timestamp() + %s) "
        "ON CONFLICT (room) DO UPDATE SET ends_at = excluded.ends_at",
        (_key(room), PROMISED_FOR),
    )


async def take(connection: Connection, room: str, worker_id: str) -> None:
    """A place of this worker for the call that begins in ``room`` in this transaction; its promise is kept with that.

    Raises TooMany ``all_busy`` when the worker is full, or when all that is left is promised to others. A worker that
    has not said yet what it can hold takes the call.
    """
    await _lock(connection)
    workers = await _places(connection, besides_room=room)
    mine = next((one for one in workers if one.worker_id == worker_id), None)
    if mine is not None:
        is_promised = await _is_promised(connection, room)
        if not mine.free or not (is_promised or await _unpromised(connection, workers, besides_room=room) > 0):
            raise all_busy(sum(one.capacity for one in workers))
    await connection.execute("DELETE FROM promised_places WHERE room = %s", (_key(room),))


async def read_places(database: Database) -> list[WorkerPlaces]:
    """Every worker that is there and takes calls, for people who look on."""
    async with database.system() as connection:
        return await _places(connection)


def all_busy(total: int) -> TooMany:
    lines = "The only line is" if total == 1 else f"All {total} lines are"
    return TooMany(f"{lines} busy right now. Try again in a minute.", code="all_busy", retry_after_s=ASK_AGAIN_S)


async def _lock(connection: Connection) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (locks.PLACES,))


async def _places(connection: Connection, *, besides_room: str = "") -> list[WorkerPlaces]:
    rows = await (
        await connection.execute(
            "SELECT worker_id, capacity, held, strained, lag_s, wait_s "
            "FROM places_of_workers(make_interval(secs => %s), make_interval(secs => %s), %s)",
            (FRESH_S, ALIVE_S, besides_room),
        )
    ).fetchall()
    return [
        WorkerPlaces(row["worker_id"], row["capacity"], row["held"], row["strained"], row["lag_s"], row["wait_s"])
        for row in rows
    ]


async def _unpromised(connection: Connection, workers: Sequence[WorkerPlaces], *, besides_room: str) -> int:
    """Free places that are promised to nobody; below 0 when a worker with promised places has gone."""
    row = await (
        await connection.execute(
            "SELECT count(*) AS n FROM promised_places WHERE ends_at > clock_timestamp() AND room <> %s",
            (_key(besides_room),),
        )
    ).fetchone()
    return sum(one.free for one in workers) - (row["n"] if row else 0)


async def _is_promised(connection: Connection, room: str) -> bool:
    row = await (
        await connection.execute(
            "SELECT EXISTS (SELECT FROM promised_places WHERE room = %s AND ends_at > clock_timestamp()) AS found",
            (_key(room),),
        )
    ).fetchone()
    return bool(row and row["found"])


def _key(room: str) -> str:
    return hashlib.sha256(room.encode()).hexdigest()
