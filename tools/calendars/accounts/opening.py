"""From an account's row to its open backend: credentials opened, tokens that refresh themselves. For programs alone:
whether somebody may use the account is decided before."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from uuid import UUID

from store.database import Database
from store.identity import Identity
from store.seal import Keyring
from tools.calendars.accounts import repository
from tools.calendars.accounts.backends import Access, Login, Opener
from tools.calendars.accounts.model import NAMES, AccountNotFound
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.backend import CalendarBackend, NeedsReconnect


class AccountBackends:
    """Opens the backend of any account of a tenant."""

    def __init__(self, database: Database, keyring: Keyring, keeper: TokenKeeper, opener: Opener) -> None:
        self._database, self._keyring, self._keeper, self._open = database, keyring, keeper, opener

    @contextlib.asynccontextmanager
    async def open_backend(
        self, identity: Identity, account_id: UUID, *, patience_s: float = 30.0
    ) -> AsyncGenerator[CalendarBackend]:
        """The account's backend, closed with the block; no request is sent yet.

        Raises AccountNotFound, NeedsReconnect (a person has to connect it again), SealBroken.
        """
        async with self._database.transaction(identity) as connection:
            kept = await repository.access_of(connection, identity, self._keyring, account_id)
        if kept.owner_is_gone:
            raise AccountNotFound
        if kept.status == "needs_reconnect":
            raise NeedsReconnect(f"Connect the {NAMES[kept.provider]} account again.")
        login = None
        if kept.provider == "caldav":
            login = Login(kept.server_url, str(kept.credentials["username"]), str(kept.credentials["password"]))
        tokens = None if login else self._keeper.tokens_of(identity, account_id)
        access = Access(kept.provider, tokens, login, kept.timezone, patience_s)
        async with self._open(access) as backend:
            yield backend
