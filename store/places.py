"""Whether the installation's workers can hold one more call now, whoever's it is; limits of a tenant: ``admission.py``.

A place is promised with a token and taken by the call; both are decided under one lock, so that the last one goes to
one caller only. A promise counts against its tenant's limit of calls too, and a person has one at a time. What a worker
can hold stands in its heartbeat (``workers.py``); one that fell silent holds nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from store import locks
from store.database import Connection, Database
from store.errors import TooMany
from store.identity import Identity
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


async def promise(connection: Connection, identity: Identity, room: str) -> None:
    """Keep a place for a call in ``room`` for some seconds, until the end of the transaction for nobody else to see.

    It takes the place of what was promised to the room before, or to the person (``identity``). Raises TooMany
    ``all_busy`` when there is none. A room whose call is held has its place and needs no second one, or whoever reloads
    the page would take a line from others. Without any worker nobody is refused: one may come.
    """
    await _lock(connection)
    workers = await _places(connection, besides_room=room)
    if sum(one.held for one in await _places(connection)) > sum(one.held for one in workers):
        return
    others = await _promised(connection, room, person=_person(identity))
    if workers and sum(one.free for one in workers) <= others:
        raise all_busy(sum(one.capacity for one in workers))
    await connection.execute(
        "DELETE FROM promised_places WHERE ends_at <= clock_timestamp() OR room = %s OR person = nullif(%s, '')",
        (_key(room), _person(identity)),
    )
    await connection.execute(
        "INSERT INTO promised_places (room, ends_at, tenant, person) VALUES (%s, clock_timestamp() + %s, %s, %s)",
        (_key(room), PROMISED_FOR, _tenant(identity), _person(identity)),
    )


async def promised_to_tenant(connection: Connection, identity: Identity, *, besides_room: str) -> int:
    """Promises to the identity's tenant that a further call would come on top of: not the room's, not the person's."""
    return await _promised(connection, besides_room, person=_person(identity), tenant=_tenant(identity))


async def take(connection: Connection, room: str, worker_id: str) -> None:
    """A place of this worker for the call that begins in ``room`` in this transaction; its promise is kept with that.

    Raises TooMany ``all_busy`` when the worker is full, or when all that is left is promised to others. A worker that
    has not said yet what it can hold takes the call; one that is held by none (``worker_id`` is empty) needs no place.
    """
    await _lock(connection)
    workers = await _places(connection, besides_room=room)
    mine = next((one for one in workers if one.worker_id == worker_id), None)
    if mine is not None:
        others = await _promised(connection, room)
        is_left = await _is_promised(connection, room) or sum(one.free for one in workers) > others
        if not mine.free or not is_left:
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


async def _promised(connection: Connection, room: str, *, person: str = "", tenant: str = "") -> int:
    """How many places are promised (to this tenant, when one is given) to other rooms than this, and other people."""
    row = await (
        await connection.execute(
            "SELECT count(*) AS n FROM promised_places WHERE ends_at > clock_timestamp() AND room <> %s "
            "AND (person = '' OR person <> %s) AND (tenant = %s OR %s = '')",
            (_key(room), person, tenant, tenant),
        )
    ).fetchone()
    return row["n"] if row else 0


async def _is_promised(connection: Connection, room: str) -> bool:
    row = await (
        await connection.execute(
            "SELECT EXISTS (SELECT FROM promised_places WHERE room = %s AND ends_at > clock_timestamp()) AS found",
            (_key(room),),
        )
    ).fetchone()
    return bool(row and row["found"])


def _tenant(identity: Identity) -> str:
    return _key(f"tenant {identity.tenant_id}")


def _person(identity: Identity) -> str:
    """Empty for a key, and for the assistant: a program asks for many callers, each of whom needs a place."""
    return _key(f"person {identity.user_id}") if identity.session_id and identity.user_id else ""


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
