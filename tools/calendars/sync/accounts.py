"""Which accounts are due, one program at a time for each, and what became of a look at one. SQL.

``ask`` makes an account due at once: whoever listens to ``CHANNEL`` hears it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg

from store import locks
from store.database import Connection, Database
from store.errors import Unavailable
from store.identity import Identity, Origin
from tools.calendars.accounts import repository

CHANNEL: Final = "voiceloop_calendar_sync"
_LONGEST_WAIT_S: Final = 900.0
_FIRST_WAIT_S: Final = 15.0
_JUST_NOW: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class DueAccount:
    """An account of a tenant; ``identity`` acts in it."""

    tenant_id: UUID
    id: UUID

    @property
    def identity(self) -> Identity:
        return Identity(self.tenant_id, None, "worker", name="calendar sync", origin=Origin("job"))


@dataclass(frozen=True, slots=True)
class AccountState:
    """What a round has to know. ``pull``: its calendars are to be looked at now."""

    user_id: UUID
    status: str
    pull: bool
    failures: int


async def due_accounts(database: Database, at: datetime, *, most: int) -> list[DueAccount]:
    """Accounts with something to pull or to deliver, every tenant's first before anybody's second."""
    async with database.system() as connection:
        rows = await connection.execute("SELECT * FROM calendar_accounts_due(%s, %s)", (at, most))
        return [DueAccount(row["tenant_id"], row["account_id"]) for row in await rows.fetchall()]


@asynccontextmanager
async def only_one(database: Database, account_id: UUID) -> AsyncGenerator[bool]:
    """Whether nobody else is at the account; if so nobody else will be inside the block, in any program.

    The lock is a connection's own, so a killed program holds nothing. Raises Unavailable.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(database.url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer now.", code="database_unavailable") from error
    try:
        cursor = await connection.execute(
            "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (locks.CALENDAR_SYNC, str(account_id))
        )
        row = await cursor.fetchone()
        yield bool(row and row[0])
    finally:
        await connection.close()


async def state_of(connection: Connection, account_id: UUID, at: datetime) -> AccountState | None:
    """How the account stands; None when it is gone."""
    cursor = await connection.execute(
        "SELECT user_id, status, sync_at <= %s AS pull, failures FROM calendar_accounts WHERE id = %s", (at, account_id)
    )
    row = await cursor.fetchone()
    return AccountState(**row) if row else None


async def ask(
    connection: Connection, account_ids: list[UUID] | None = None, *, not_since: datetime | None = None
) -> None:
    """Look at these accounts soon, or at all of the tenant's; with ``not_since`` at those not just looked at."""
    await connection.execute(
        "UPDATE calendar_accounts SET sync_at = 'epoch' WHERE (%(ids)s::uuid[] IS NULL OR id = ANY (%(ids)s)) "
        "AND failures = 0 AND (%(since)s::timestamptz IS NULL OR synced_at IS NULL OR synced_at < %(since)s)",
        {"ids": account_ids, "since": not_since and not_since - _JUST_NOW},
    )


async def begin(database: Database, account: DueAccount, at: datetime, every_s: float) -> None:
    """Note when the next look is due, before this one: who asks for one meanwhile is not forgotten."""
    async with database.transaction(account.identity) as connection:
        await connection.execute(
            "UPDATE calendar_accounts SET sync_at = %s WHERE id = %s", (at + timedelta(seconds=every_s), account.id)
        )


async def worked(database: Database, account: DueAccount, at: datetime) -> None:
    """All was seen; the account's status is told when it was another."""
    async with database.transaction(account.identity) as connection:
        state = await state_of(connection, account.id, at)
        await connection.execute(
            "UPDATE calendar_accounts SET synced_at = %s, failures = 0 WHERE id = %s", (at, account.id)
        )
        if state is not None and state.status == "failing":
            await repository.note_status(connection, account.identity, account.id, "connected", "")


async def failed(
    database: Database, account: DueAccount, message: str, at: datetime, retry_after_s: float | None = None
) -> None:
    """The server cannot be asked: the account fails, and is tried again after a pause that doubles."""
    async with database.transaction(account.identity) as connection:
        state = await state_of(connection, account.id, at)
        if state is None:
            return
        pause_s = max(min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(state.failures, 10)), retry_after_s or 0)
        until = at + timedelta(seconds=pause_s)
        await connection.execute(
            "UPDATE calendar_accounts SET sync_at = %s, failures = failures + 1 WHERE id = %s", (until, account.id)
        )
        await connection.execute(  # else they would make the account due at once again
            "UPDATE calendar_writes w SET next_try_at = greatest(w.next_try_at, %s) FROM calendars c "
            "WHERE c.id = w.calendar_id AND c.account_id = %s AND w.status = 'waiting'",
            (until, account.id),
        )
        if state.status == "connected":
            await repository.note_status(connection, account.identity, account.id, "failing", message)


async def lost(database: Database, account: DueAccount, message: str) -> None:
    """Its consent was withdrawn: nothing is asked for until a person connects it again."""
    async with database.transaction(account.identity) as connection:
        cursor = await connection.execute("SELECT status FROM calendar_accounts WHERE id = %s", (account.id,))
        row = await cursor.fetchone()
        if row is not None and row["status"] != "needs_reconnect":
            await repository.note_status(connection, account.identity, account.id, "needs_reconnect", message)
