"""The running loop that keeps connected calendars in step: in every job process, by turns, woken when something is due.

It decides when and how many at once; what a round over an account is, is ``tools/calendars/sync/rounds.py``.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final
from uuid import UUID

import psycopg

from ingest.jobs.worker import side_by_side
from ingest.settings import Settings
from store.clock import Clock
from store.database import Database
from store.errors import Unavailable
from store.log import get_logger
from store.seal import Keyring
from tools.calendars.accounts.backends import opener_of
from tools.calendars.accounts.gates import open_gates
from tools.calendars.accounts.opening import AccountBackends
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.sync.accounts import CHANNEL, due_accounts
from tools.calendars.sync.channels import Channels
from tools.calendars.sync.rounds import Rounds

log = get_logger(__name__)
_AT_ONCE: Final = 4
_LOOK_S: Final = 5.0  # between two looks at what is due when nobody says anything
_AGAIN_S: Final = 1.0
_CONNECTIONS: Final = 4


async def keep_calendars_in_step(settings: Settings, keyring: Keyring, clock: Clock) -> None:
    """Until cancelled. Raises Unavailable when the database does not answer at the start."""
    url = settings.database_url.get_secret_value()
    async with await Database.open(url, max_size=_CONNECTIONS) as database:
        apps = settings.calendar_apps
        keeper = TokenKeeper(database, keyring, clock, open_gates(apps))
        backends = AccountBackends(database, keyring, keeper, opener_of(apps))
        channels = Channels(database, clock, settings.public_url)
        rounds = Rounds(database, backends.open_backend, clock, settings.calendar_sync_s, channels)
        try:
            await CalendarLoop(database, clock, rounds).run()
        finally:
            await keeper.aclose()


class CalendarLoop:
    """Rounds over what is due, a few accounts at once."""

    def __init__(self, database: Database, clock: Clock, rounds: Rounds, *, at_once: int = _AT_ONCE) -> None:
        self._database, self._clock, self._rounds, self._at_once = database, clock, rounds, at_once
        self._running: dict[UUID, asyncio.Task[bool]] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; rounds that are under way end with it."""
        try:
            await side_by_side(self._listen(), self._work())
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.look()
            except Unavailable as error:
                log.warning("calendars are not looked at", error=error.message)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def look(self) -> None:
        """Begin a round over each account that is due and not at work already, as far as there is room."""
        due = await due_accounts(self._database, self._clock.now(), most=self._at_once * 4)
        for account in due:
            if len(self._running) >= self._at_once:
                return
            if account.id not in self._running:
                task = asyncio.create_task(self._rounds.round(account))
                self._running[account.id] = task
                task.add_done_callback(partial(self._end, account.id))

    def _end(self, account_id: UUID, task: asyncio.Task[bool]) -> None:
        self._running.pop(account_id, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.warning("a round over a calendar account broke off", account=str(account_id), exc_info=error)
        elif task.result():  # else another program is at it: the next look is soon enough
            self._wake.set()

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._database.url, autocommit=True, connect_timeout=10
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._wake.set()  # what was said before is not heard
                    async for _ in connection.notifies():
                        self._wake.set()
            except psycopg.OperationalError as error:
                log.warning("calendar changes are not heard", error=str(error))
            await asyncio.sleep(_AGAIN_S)
