"""Changing the key: everything sealed with an older one is sealed again with the first, file by file and row by row.

May be killed at any moment and started again: what is done is told by the key id it carries. The canary comes last, so
that no program starts without the old key while something needs it. Reports into the installation's row.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import sql

from ingest.jobs.queue import KEYS, put
from store import installation
from store.clock import Clock
from store.database import Connection, Database
from store.files import Files
from store.identity import Identity, Origin
from store.log import get_logger
from store.seal import FIELD_MAGIC, Keyring, SealBroken
from store.sealed import COLUMNS, SealedColumn

log = get_logger(__name__)
ROTATE: Final = "rotate_key"
_REPORT_EVERY_S = 0.5


@dataclass(slots=True)
class Census:
    """How many sealed things there are under each key id; b"" stands for what carries none."""

    files: Counter[bytes] = field(default_factory=Counter[bytes])
    fields: Counter[bytes] = field(default_factory=Counter[bytes])
    canary: bytes = b""

    def left(self, keyring: Keyring) -> int:
        """Files and fields that another key than the first sealed."""
        return sum(count for key, count in (self.files + self.fields).items() if key != keyring.current_id)


@dataclass(slots=True)
class State:
    """What a rotation has done. ``broken``: cannot be opened with any key; ``problem``: why it stopped."""

    key: str
    started_at: str
    total: int = 0
    done: int = 0
    broken: int = 0
    ended_at: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


async def queue_rotation(database: Database, keyring: Keyring) -> None:
    """Let a job process do it, after the one that may be running."""
    await installation.note_rotation(database, None)
    async with database.system() as connection:
        waiting = await connection.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", (ROTATE,)
        )
        if await waiting.fetchone() is None:
            await put(connection, KEYS, ROTATE, {"key_id": keyring.current_id.hex()}, lock=ROTATE, once=ROTATE)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Does it. Several at once do no harm."""

    database: Database
    files: Files
    keyring: Keyring
    clock: Clock

    async def count(self) -> Census:
        """Look at everything that is sealed."""
        census = Census(canary=await installation.canary_key_id(self.database))
        for storage_key in await self.files.storage_keys():
            key_id = await _key_id_of_file(self.files, storage_key)
            if key_id is not None:
                census.files[key_id] += 1
        for tenant_id in await installation.tenant_ids(self.database):
            async with self.database.transaction(_nobody_of(tenant_id)) as connection:
                for column in COLUMNS:
                    census.fields += await _count_column(connection, column)
        return census

    async def run(self, key_id: bytes) -> State:
        """Seal everything with the first key, which must be the one of ``key_id``; returns what was done.

        Raises OSError (a full disk) and Unavailable; what was done until then stays done.
        """
        state = State(key=key_id.hex(), started_at=_text(self.clock.now()))
        if key_id != self.keyring.current_id:
            state.problem = "the job process was started with other keys; restart it with the present ones"
            state.ended_at = _text(self.clock.now())
            await installation.note_rotation(self.database, state.as_json())
            return state
        state.total = (await self.count()).left(self.keyring)
        await installation.note_rotation(self.database, state.as_json())
        reported = time.monotonic()
        try:
            async for was_opened in self._everything():
                state.done += was_opened
                state.broken += not was_opened
                if time.monotonic() - reported >= _REPORT_EVERY_S:
                    await installation.note_rotation(self.database, state.as_json())
                    reported = time.monotonic()
        except OSError as error:
            state.problem = f"a file could not be written ({error.strerror}); the job process tries again"
            await installation.note_rotation(self.database, state.as_json())
            raise
        if (await self.count()).left(self.keyring) <= state.broken:  # what no key opens needs no old one
            await installation.reseal_canary(self.database, self.keyring)
        state.ended_at = _text(self.clock.now())
        await installation.note_rotation(self.database, state.as_json())
        log.info("key rotated", done=state.done, broken=state.broken)
        return state

    async def _everything(self) -> AsyncIterator[bool]:
        """Seal again one by one; True for each that was, False for each that cannot be opened."""
        for storage_key in await self.files.storage_keys():
            try:
                if await self.files.rotate(storage_key):
                    yield True
            except SealBroken as error:
                log.error("file cannot be opened", storage_key=storage_key, error=error.message)
                yield False
        for tenant_id in await installation.tenant_ids(self.database):
            for column in COLUMNS:
                async for was_opened in self._column(tenant_id, column):
                    yield was_opened

    async def _column(self, tenant_id: UUID, column: SealedColumn) -> AsyncIterator[bool]:
        after = UUID(int=0)
        while True:
            async with self.database.transaction(_nobody_of(tenant_id)) as connection:
                rows = await (
                    await connection.execute(
                        _OLD_ROWS.format(**_names(column)),
                        {"after": after, "start": len(FIELD_MAGIC) + 1, "key": self.keyring.current_id},
                    )
                ).fetchall()
                results = [await self._row(connection, tenant_id, column, row["id"], row["sealed"]) for row in rows]
            for was_opened in results:
                yield was_opened
            if not rows:
                return
            after = rows[-1]["id"]

    async def _row(
        self, connection: Connection, tenant_id: UUID, column: SealedColumn, row_id: UUID, sealed: bytes
    ) -> bool:
        try:
            plain = column.open(self.keyring, tenant_id, row_id, sealed)
        except SealBroken as error:
            log.error("value cannot be opened", table=column.table, row=str(row_id), error=error.message)
            return False
        again = column.seal(self.keyring, tenant_id, row_id, plain)
        await connection.execute(_WRITE.format(**_names(column)), (again, row_id))
        return True


_OLD_ROWS = sql.SQL(
    "SELECT {id} AS id, {column} AS sealed FROM {table} WHERE {column} IS NOT NULL AND {id} > %(after)s "
    "AND substr({column}, %(start)s, 4) <> %(key)s ORDER BY {id} LIMIT 100 FOR UPDATE"
)
_WRITE = sql.SQL("UPDATE {table} SET {column} = %s WHERE {id} = %s")
_COUNT = sql.SQL(
    "SELECT substr({column}, %(start)s, 4) AS key, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
)


def _names(column: SealedColumn) -> dict[str, sql.Identifier]:
    return {
        "table": sql.Identifier(column.table),
        "id": sql.Identifier(column.id_column),
        "column": sql.Identifier(column.column),
    }


async def _count_column(connection: Connection, column: SealedColumn) -> Counter[bytes]:
    rows = await connection.execute(_COUNT.format(**_names(column)), {"start": len(FIELD_MAGIC) + 1})
    return Counter({bytes(row["key"]): row["n"] for row in await rows.fetchall()})


async def _key_id_of_file(files: Files, storage_key: str) -> bytes | None:
    try:
        return await files.key_id(storage_key)
    except SealBroken:
        return b""


def _nobody_of(tenant_id: UUID) -> Identity:
    return Identity(tenant_id, None, "worker", name="key rotation", origin=Origin("job"))


def _text(at: datetime) -> str:
    return at.isoformat()
