"""Access tokens of OAuth accounts: kept sealed, refreshed by one program at a time, whatever asks for them.

Who waited for another's refresh reads what it brought and sends nothing. A refresh token that the provider replaced is
committed before the access token that came with it is used, also when whoever asked has gone.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from store import locks
from store.clock import Clock
from store.database import Connection, Database
from store.identity import Identity
from store.log import get_logger
from store.seal import Keyring
from tools.calendars.accounts import repository
from tools.calendars.accounts.gates import Gates, OAuthGate
from tools.calendars.accounts.model import NAMES, AccountNotFound, Credentials, Fresh, NotConfigured, Provider, Token
from tools.calendars.accounts.repository import KeptAccess
from tools.calendars.backend import NeedsReconnect

log = get_logger(__name__)
_EARLY: Final = timedelta(seconds=60)  # a token that ends sooner may end on its way
_AT_ONCE: Final = 2  # a refresh holds a database connection while the provider thinks


class TokenKeeper:
    """Of a whole program. Close it before the database, so that what a provider replaced is kept."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock, gates: Gates) -> None:
        self._database, self._keyring, self._clock, self._gates = database, keyring, clock, gates
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[UUID, asyncio.Task[Token]] = {}

    def tokens_of(self, identity: Identity, account_id: UUID) -> AccountTokens:
        """Where a backend gets this account's tokens from; ``identity`` is of its tenant."""
        return AccountTokens(self, identity, account_id)

    def is_good(self, token: Token | None, refused: str = "") -> bool:
        return token is not None and token.value != refused and token.expires_at > self._clock.now() + _EARLY

    async def token(self, identity: Identity, account_id: UUID, refused: str) -> Token:
        """A good token: the kept one, or a new one. Raises NeedsReconnect, AccountNotFound, CalendarUnavailable."""
        async with self._database.transaction(identity) as connection:
            kept = await self._kept(connection, identity, account_id)
        if self.is_good(token := token_in(kept.credentials), refused) and token is not None:
            return token
        while True:
            running = self._running.get(account_id)
            began = running is None
            if running is None:
                running = asyncio.create_task(self._refresh(identity, account_id, refused))
                self._running[account_id] = running
                running.add_done_callback(partial(self._end, account_id))
            token = await asyncio.shield(running)
            if began or token.value != refused:
                return token

    async def aclose(self) -> None:
        """Wait for what runs."""
        if self._running:
            await asyncio.wait(list(self._running.values()))

    async def _refresh(self, identity: Identity, account_id: UUID, refused: str) -> Token:
        lost: NeedsReconnect | None = None
        async with self._turn, self._database.transaction(identity) as connection:
            await connection.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (locks.CALENDAR_TOKEN, str(account_id))
            )
            kept = await self._kept(connection, identity, account_id)
            if self.is_good(token := token_in(kept.credentials), refused) and token is not None:
                return token  # another program was faster
            try:
                fresh = await self._gate_of(kept.provider).refresh(kept.credentials)
            except NeedsReconnect as error:
                lost = error
                await repository.note_status(connection, identity, account_id, "needs_reconnect", error.message)
            else:
                token, credentials = stored(fresh, self._clock.now())
                await repository.write_credentials(connection, identity, self._keyring, account_id, credentials)
        if lost is not None:
            log.info("calendar account needs to be connected again", account=str(account_id))
            raise lost
        assert token is not None
        return token

    async def _kept(self, connection: Connection, identity: Identity, account_id: UUID) -> KeptAccess:
        kept = await repository.access_of(connection, identity, self._keyring, account_id)
        if kept.owner_is_gone:
            raise AccountNotFound
        if kept.status == "needs_reconnect":
            name = NAMES[kept.provider]
            raise NeedsReconnect(f"{name} no longer accepts this connection. Connect the account again.")
        return kept

    def _gate_of(self, provider: Provider) -> OAuthGate:
        gate = None if provider == "caldav" else self._gates.get(provider)
        if gate is None:
            raise NotConfigured(f"This installation is no longer set up for {NAMES[provider]}.")
        return gate

    def _end(self, account_id: UUID, task: asyncio.Task[Token]) -> None:
        self._running.pop(account_id, None)
        if not task.cancelled():
            task.exception()  # whoever asked has it, or has gone


class AccountTokens:
    """One account's; keeps the token it saw last, so that a sync asks no row for every request."""

    def __init__(self, keeper: TokenKeeper, identity: Identity, account_id: UUID) -> None:
        self._keeper, self._identity, self._account_id = keeper, identity, account_id
        self._seen: Token | None = None

    async def access_token(self, *, refused: str = "") -> str:
        """As ``backend.AccessTokens`` has it."""
        if self._seen is None or not self._keeper.is_good(self._seen, refused):
            self._seen = await self._keeper.token(self._identity, self._account_id, refused)
        return self._seen.value


class GivenToken:
    """A token that was just given, for the first look at an account that has no row yet."""

    def __init__(self, value: str) -> None:
        self._value = value

    async def access_token(self, *, refused: str = "") -> str:
        """Raises NeedsReconnect when the server refuses it: there is nothing to refresh."""
        if refused:
            raise NeedsReconnect("The provider does not accept the token that it gave.")
        return self._value


def stored(fresh: Fresh, at: datetime) -> tuple[Token, Credentials]:
    """The token that began at this instant, and the credentials as they are kept."""
    token = Token(fresh.access_token, at + timedelta(seconds=fresh.lifetime_s))
    kept = {"access_token": token.value, "expires_at": token.expires_at.isoformat()}
    return token, {**fresh.credentials, **kept}


def token_in(credentials: Credentials) -> Token | None:
    """The access token among kept credentials."""
    value, end = credentials.get("access_token"), credentials.get("expires_at")
    return Token(str(value), datetime.fromisoformat(str(end))) if value and end else None
