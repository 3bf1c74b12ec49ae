"""The connection pool and the two kinds of transaction: one that sees a tenant, one that sees none.

Every connection runs as the plain role ``voiceloop_app`` (a superuser would bypass row-level security), and a
transaction sees exactly the tenant of the Identity it was opened for. Nothing here knows a table.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pgvector.psycopg import register_vector_async
from psycopg import AsyncConnection, Error, OperationalError, sql
from psycopg.errors import DeadlockDetected, DiskFull, InFailedSqlTransaction, LockNotAvailable, QueryCanceled
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from store.errors import SettingsError, Unavailable
from store.identity import Identity

APP_ROLE = "voiceloop_app"
_TRUSTED_IDLE_S = 2.0  # a connection used this recently is taken without asking whether it still answers
_BEGIN = sql.SQL(
    "BEGIN; SELECT set_config('voiceloop.tenant', {tenant}, true), set_config('voiceloop.actor', {actor}, true)"
)


class Connection(AsyncConnection[DictRow]):
    """A pooled connection; ``idle_since``: when it was last given back (monotonic seconds), 0 for never."""

    idle_since: float = 0.0


class Database:
    """A pool of plain-role connections. Open it at a program's root, close it there."""

    def __init__(self, pool: AsyncConnectionPool[Connection], url: str) -> None:
        self._pool = pool
        self.url = url

    @classmethod
    async def open(cls, url: str, *, min_size: int = 1, max_size: int = 4, timeout_s: float = 10.0) -> Database:
        """Connect and check the role. Raises Unavailable when Postgres does not answer within ``timeout_s``."""
        pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=Connection,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout_s,
            open=False,
            kwargs={"row_factory": dict_row, "autocommit": True, "connect_timeout": 10},
            configure=_become_plain_role,
            check=_still_answers,
            reset=_note_return,
        )
        database = cls(pool, url)
        try:
            await pool.open(wait=True, timeout=timeout_s)
        except PoolTimeout as error:
            await pool.close()
            raise Unavailable(
                "The database does not answer. Check DATABASE_URL, that Postgres runs, and that "
                "`voiceloop migrate` has been run on it.",
                code="database_unavailable",
            ) from error
        return database

    async def close(self) -> None:
        await self._pool.close()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self, identity: Identity) -> AsyncGenerator[Connection]:
        """A transaction that sees only ``identity``'s tenant; commits at the end, rolls back on any exception."""
        begin = _BEGIN.format(tenant=sql.Literal(str(identity.tenant_id)), actor=sql.Literal(_actor(identity)))
        async with self._connection() as connection:
            await connection.execute(begin, prepare=False)  # one round trip for all three
            try:
                yield connection
            except BaseException:
                await _roll_back(connection)
                raise
            if connection.info.transaction_status == TransactionStatus.INERROR:
                await _roll_back(connection)  # Postgres would answer the COMMIT with a silent rollback
                raise InFailedSqlTransaction("An error inside this transaction was passed over: nothing was kept.")
            await connection.execute("COMMIT")

    @asynccontextmanager
    async def system(self) -> AsyncGenerator[Connection]:
        """A transaction without a tenant: tenant tables look empty; for security-definer functions and the queue."""
        async with self._connection() as connection, connection.transaction():
            yield connection

    async def ping(self) -> None:
        """Raise Unavailable unless Postgres answers now."""
        async with self._connection() as connection:
            await connection.execute("SELECT 1")

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (DeadlockDetected, LockNotAvailable, QueryCanceled) as error:
            raise Unavailable("This met another change at the same moment. Try again.", code="database_busy") from error
        except DiskFull as error:
            raise Unavailable("The database has no room left on its disk.", code="database_full") from error
        except (PoolTimeout, OperationalError) as error:
            raise Unavailable(
                "The database does not answer now. Try again in a moment.", code="database_unavailable"
            ) from error


def _actor(identity: Identity) -> str:
    """Who acts, as JSON: what the audit log's triggers write down."""
    origin = identity.origin
    values = {
        "user": str(identity.user_id or ""),
        "key": str(identity.key_id or ""),
        "role": identity.role,
        "name": identity.name,
        "channel": origin.channel,
        "address": origin.address,
        "request": origin.request_id,
    }
    return json.dumps({name: value for name, value in values.items() if value})


async def _roll_back(connection: Connection) -> None:
    """The error that led here is the one to tell, not that a broken connection cannot roll back either."""
    with contextlib.suppress(Error):
        await connection.rollback()


async def _still_answers(connection: Connection) -> None:
    if time.monotonic() - connection.idle_since > _TRUSTED_IDLE_S:
        await connection.execute("SELECT 1")


async def _note_return(connection: Connection) -> None:
    connection.idle_since = time.monotonic()


async def _become_plain_role(connection: AsyncConnection[Any]) -> None:
    await register_vector_async(connection)
    try:
        await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APP_ROLE)))
    except Error as error:
        raise SettingsError(
            f"The database has no role {APP_ROLE} that this user may take. Run `voiceloop migrate` first.",
            code="not_migrated",
        ) from error
