"""A connected account whose server is a contract suite's contender: the real backend, its server beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.contract.calendars.contender import Contender
from tests.integration.calendars.drafts import BERLIN, agenda, lunch, told, weekly
from tools.calendars.backend import CalendarBackend, RemoteEvent
from tools.calendars.model import Event
from tools.calendars.service import CalendarService
from tools.calendars.sync.accounts import DueAccount, ask, due_accounts
from tools.calendars.sync.rounds import OpenBackend, Rounds

BEGIN, END = "2026-11-21", "2027-06-30"


@dataclass
class Synced:
    """One account; ``sync`` is a round as the loop makes it, ``there`` what its server shows."""

    database: Database
    identity: Identity
    clock: FixedClock
    contender: Contender
    calendars: CalendarService
    account: DueAccount
    rounds: Rounds
    calendar_id: UUID | None = None

    @property
    def backend(self) -> CalendarBackend:
        return self.contender.backend

    async def sync(self, *, ahead_s: float = 600) -> bool:
        """A look that is due because time has passed."""
        self.clock.advance(timedelta(seconds=ahead_s))
        found = await self.rounds.round(self.account)
        if self.calendar_id is None:
            [row] = await self.rows("SELECT id FROM calendars WHERE remote_id = %s", self.contender.calendar_id)
            self.calendar_id = row["id"]
        return found

    async def book(
        self, start: str = "2026-11-24T12:00", minutes: int = 60, summary: str = "Lunch", **more: Any
    ) -> Event:
        new = lunch(start, minutes, summary, calendar_id=self.calendar_id, **more)
        return await self.calendars.book(self.identity, new)

    async def book_series(self, **more: Any) -> Event:
        return await self.calendars.book(self.identity, weekly(calendar_id=self.calendar_id, **more))

    async def here(self) -> list[str]:
        return told(
            one
            for one in await agenda(self.calendars, self.identity, BEGIN, END)
            if one.calendar_id == self.calendar_id
        )

    async def events_there(self) -> list[RemoteEvent]:
        from tests.integration.calendars.drafts import wall

        start, end = wall(f"{BEGIN}T00:00"), wall(f"{END}T00:00")
        return await self.backend.occurrences(self.contender.calendar_id, start, end)

    async def there(self) -> list[str]:
        return [f"{one.start.astimezone(BERLIN):%m-%d %H:%M} {one.summary}" for one in await self.events_there()]

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        async with self.database.transaction(self.identity) as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def writes(self) -> list[str]:
        """``create waiting``: what became of the writes, oldest first."""
        rows = await self.rows("SELECT operation, status FROM calendar_writes ORDER BY id")
        return [f"{row['operation']} {row['status']}" for row in rows]

    async def status(self) -> str:
        [row] = await self.rows("SELECT status FROM calendar_accounts WHERE id = %s", self.account.id)
        return row["status"]

    async def is_due(self) -> bool:
        return self.account in await due_accounts(self.database, self.clock.now(), most=10)

    async def ask(self) -> None:
        async with self.database.transaction(self.identity) as connection:
            await ask(connection)


def opening(backend: CalendarBackend) -> OpenBackend:
    @asynccontextmanager
    async def open_backend(identity: Identity, account_id: UUID) -> AsyncGenerator[CalendarBackend]:
        yield backend

    return open_backend


async def synced_with(
    database: Database,
    identity: Identity,
    clock: FixedClock,
    contender: Contender,
    *,
    wrap: Callable[..., Any] | None = None,
) -> Synced:
    """An account as if it had just been connected; nothing is pulled yet."""
    account_id = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, sealed_credentials, created_at) "
            "VALUES (%s, %s, %s, 'caldav', 'ada@example.com', '', %s)",
            (account_id, identity.tenant_id, identity.user_id, clock.now()),
        )
    backend = wrap(contender.backend) if wrap else contender.backend
    rounds = Rounds(database, opening(backend), clock)
    account = DueAccount(identity.tenant_id, account_id)
    return Synced(database, identity, clock, contender, CalendarService(database, clock), account, rounds)
