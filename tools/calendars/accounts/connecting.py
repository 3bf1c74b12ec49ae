"""Connecting an account: sent to the provider, back with its answer, or a password tried at once. Rules, no HTTP.

Nothing is written unless all of it worked: the consent, the scopes, and a first look at the account's calendars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from psycopg.errors import UniqueViolation

from store import access
from store.access import new_secret
from store.clock import Clock
from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity, Origin
from store.ids import new_id
from store.log import get_logger
from store.seal import Keyring
from tools.calendars.accounts import authorizations, mirrored, repository
from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.authorizations import Pending
from tools.calendars.accounts.backends import Access, Login, Opener, normal_server_url
from tools.calendars.accounts.gates import Gates, OAuthGate
from tools.calendars.accounts.model import (
    NAMES,
    Account,
    ConnectRefused,
    Credentials,
    NotConfigured,
    NotYours,
    OAuthProvider,
    Provider,
    WrongPassword,
)
from tools.calendars.accounts.tokens import GivenToken, stored
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    NeedsReconnect,
    RemoteCalendar,
    RemoteEventGone,
)

log = get_logger(__name__)
_PATIENCE_S: Final = 8.0  # a person looks at an empty page meanwhile
_MOST_ACCOUNTS: Final = 20


@dataclass(frozen=True, slots=True)
class _Connected:
    """What was found out about an account and is to be kept."""

    provider: Provider
    address: str
    server_url: str
    scopes: tuple[str, ...]
    credentials: Credentials
    calendars: Sequence[RemoteCalendar]


class Connecting:
    """``redirect_uri`` is where providers send people back to: the public address of the callback's route."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        clock: Clock,
        *,
        apps: CalendarApps,
        gates: Gates,
        opener: Opener,
        redirect_uri: str,
    ) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock
        self._apps, self._gates, self._open = apps, gates, opener
        self._redirect_uri = redirect_uri

    async def begin(
        self, identity: Identity, provider: OAuthProvider, browser: str, *, again: Account | None = None
    ) -> str:
        """Where this person's browser is to go. ``browser``: what a cookie of it holds until it is back.

        ``again``: the account to connect anew. Raises NotConfigured, CalendarUnavailable, ConnectRefused.
        """
        assert identity.user_id is not None
        if again is not None:
            _require_own(identity, again)
        state = new_secret()
        begun = await self._gate(provider).begin(state, self._redirect_uri, hint=again.address if again else "")
        flow = {"begun": dict(begun.flow), "session": str(identity.session_id)}
        pending = Pending(identity.user_id, again and again.id, provider, flow)
        async with self._database.transaction(identity) as connection:
            await authorizations.keep(
                connection, identity, self._keyring, pending, state=state, browser=browser, at=self._clock.now()
            )
        return begun.url

    async def finish(self, query: Mapping[str, str], browser: str, origin: Origin) -> Account:
        """The account that a person who came back with this query has connected.

        Raises ConnectRefused, CalendarUnavailable, NeedsReconnect, Conflict.
        """
        at = self._clock.now()
        tenant_id, pending = await authorizations.use(
            self._database, self._keyring, state=query.get("state", ""), browser=browser, at=at
        )
        identity = await self._still_signed_in(tenant_id, pending, origin)
        grant = await self._gate(pending.provider).finish(pending.flow["begun"], query)
        tokens = GivenToken(grant.fresh.access_token)
        async with self._open(Access(pending.provider, tokens, patience_s=_PATIENCE_S)) as backend:
            calendars = await backend.list_calendars()
        address = grant.address or next((one.id for one in calendars if one.primary), "")
        if not address:
            raise ConnectRefused("The account has no calendar of its own.")
        _, credentials = stored(grant.fresh, at)
        found = _Connected(pending.provider, address, "", grant.scopes, credentials, calendars)
        return await self._write(identity, found, pending.account_id)

    async def connect_caldav(self, identity: Identity, login: Login, *, again: UUID | None = None) -> Account:
        """Try the password, and keep it when it works. Raises WrongPassword, AddressRefused, NotFound, Unavailable."""
        login = replace(login, server_url=normal_server_url(self._apps, login.server_url))
        try:
            async with self._open(Access("caldav", login=login, patience_s=_PATIENCE_S)) as backend:
                calendars = await backend.list_calendars()
        except (NeedsReconnect, CalendarForbidden) as error:
            raise WrongPassword from error
        except RemoteEventGone as error:
            raise NotFound("There are no calendars at this address.", code="no_calendars") from error
        credentials = {"username": login.username, "password": login.password}
        found = _Connected("caldav", login.username, login.server_url, (), credentials, calendars)
        return await self._write(identity, found, again)

    async def connect_caldav_again(self, identity: Identity, account: Account, password: str) -> Account:
        """The account's new password. Raises as ``connect_caldav``, and NotYours."""
        _require_own(identity, account)
        return await self.connect_caldav(
            identity, Login(account.server_url, account.address, password), again=account.id
        )

    async def _still_signed_in(self, tenant_id: UUID, pending: Pending, origin: Origin) -> Identity:
        """Who began it, if they still may: the session they began with is good now."""
        session_id = UUID(pending.flow["session"])
        signed_in = await access.identity_of_session(self._database, session_id, self._clock.now())
        identity = signed_in and signed_in.identity
        if identity is None or (identity.tenant_id, identity.user_id) != (tenant_id, pending.user_id):
            raise ConnectRefused("You were signed out meanwhile. Sign in and begin again.", code="signed_out")
        identity.require("calendar:write")
        return replace(identity, origin=origin)

    async def _write(self, identity: Identity, found: _Connected, again: UUID | None) -> Account:
        try:
            async with self._database.transaction(identity) as connection:
                account_id = await self._keep(connection, identity, found, again)
                assert identity.user_id is not None
                await mirrored.mirror(connection, identity, account_id, found.calendars, identity.user_id)
                await repository.tell(connection, identity, account_id, "updated")
                return await repository.read_account(connection, identity, account_id)
        except UniqueViolation as error:
            raise Conflict("This account is being connected at this moment.", code="already_connecting") from error

    async def _keep(self, connection: Connection, identity: Identity, found: _Connected, again: UUID | None) -> UUID:
        known = await repository.account_at(connection, identity, found.provider, found.server_url, found.address)
        if again is not None and known != again:
            raise ConnectRefused(
                f"That was another {NAMES[found.provider]} account. Choose the one that is to be connected again.",
                code="other_account",
            )
        if known is not None:
            await repository.renew_account(
                connection, identity, self._keyring, known, scopes=found.scopes, credentials=found.credentials
            )
            return known
        if await repository.count_own(connection, identity) >= _MOST_ACCOUNTS:
            raise Conflict(f"More than {_MOST_ACCOUNTS} accounts are too many.", code="too_many_accounts")
        account_id = new_id()
        await repository.insert_account(
            connection,
            identity,
            self._keyring,
            account_id=account_id,
            provider=found.provider,
            address=found.address,
            server_url=found.server_url,
            scopes=found.scopes,
            credentials=found.credentials,
            at=self._clock.now(),
        )
        return account_id

    def _gate(self, provider: OAuthProvider) -> OAuthGate:
        gate = self._gates.get(provider)
        if gate is None:
            variables = " and ".join(self._apps.missing(provider)) or "its client"
            raise NotConfigured(f"Set {variables} first: this installation is no client of {NAMES[provider]} yet.")
        return gate


def _require_own(identity: Identity, account: Account) -> None:
    if account.user_id != identity.user_id:
        raise NotYours("Only its owner can connect this account again.")


def reason_of(error: Exception) -> str:
    """A word for the page: why connecting came to nothing."""
    if isinstance(error, ConnectRefused):
        return error.code
    return "unavailable" if isinstance(error, CalendarUnavailable) else "failed"
