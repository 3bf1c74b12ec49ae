"""What tests of calendar accounts share: both providers on this machine, and a server with the calendars one names.

The server's backend answers `list_calendars` alone; what a backend does otherwise is the contract suite's business.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any, cast

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.seal import Keyring
from store.sessions import Client, start_session
from tests.fakes import google_oauth, microsoft_authority
from tests.fakes.google_oauth import GoogleOAuth
from tests.fakes.loopback import leading_to
from tests.fakes.microsoft_authority import MicrosoftAuthority
from tools.calendars.accounts.apps import CalendarApps, OAuthApp
from tools.calendars.accounts.backends import Access, Opener
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.gates import Gates, open_gates
from tools.calendars.accounts.service import AccountService
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.backend import CalendarBackend, Channel, RemoteCalendar

PUBLIC = "https://voice.test"
REDIRECT = f"{PUBLIC}/api/calendar/accounts/callback"
KEYRING = Keyring(["a" * 40])
GOOGLE_CALENDARS = (
    RemoteCalendar("ada@gmail.test", "ada@gmail.test", "Europe/Berlin", True, primary=True, color="#9fe1e7"),
    RemoteCalendar("de.holiday#group", "Holidays in Germany", "Europe/Berlin", writable=False),
    RemoteCalendar("band@group", "The\nBand", "Mars/Olympus", True),
)
APPS = CalendarApps(
    google=OAuthApp(google_oauth.CLIENT_ID, google_oauth.CLIENT_SECRET),
    microsoft=OAuthApp(microsoft_authority.CLIENT_ID, microsoft_authority.CLIENT_SECRET),
    microsoft_authority=microsoft_authority.AUTHORITY,
)


@dataclass
class Shelf:
    """Every server's calendars; ``error`` instead of them; ``opened`` what backends were made of."""

    calendars: list[RemoteCalendar] = field(default_factory=lambda: list(GOOGLE_CALENDARS))
    error: Exception | None = None
    opened: list[Access] = field(default_factory=list[Access])
    tokens: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])

    @property
    def opener(self) -> Opener:
        @contextlib.asynccontextmanager
        async def open_backend(access: Access) -> AsyncGenerator[CalendarBackend]:
            self.opened.append(access)
            yield cast(CalendarBackend, _Backend(self, access))

        return open_backend


class _Backend:
    def __init__(self, shelf: Shelf, access: Access) -> None:
        self._shelf, self._access = shelf, access

    async def list_calendars(self) -> list[RemoteCalendar]:
        if self._access.tokens is not None:
            self._shelf.tokens.append(await self._access.tokens.access_token())
        if self._shelf.error is not None:
            raise self._shelf.error
        return self._shelf.calendars

    async def unwatch(self, channel: Channel) -> None:
        if self._access.tokens is not None:
            self._shelf.tokens.append(await self._access.tokens.access_token())
        if self._shelf.error is not None:
            raise self._shelf.error
        self._shelf.ended.append(channel.id)


@dataclass
class Desk:
    """Somebody signed in, both providers, and what the product does between them."""

    database: Database
    clock: FixedClock
    google: GoogleOAuth
    microsoft: MicrosoftAuthority
    shelf: Shelf
    places: dict[str, str]
    person: Identity
    gates: Gates
    connecting: Connecting
    service: AccountService

    def keeper(self, database: Database | None = None) -> TokenKeeper:
        """As another program would have one."""
        gates = open_gates(APPS, leading_to(self.places))
        return TokenKeeper(database or self.database, KEYRING, self.clock, gates)

    async def connect(self, provider: Any = "google", browser: str = "b1") -> Any:
        """The whole way: begin, consent, back."""
        url = await self.connecting.begin(self.person, provider, browser)
        return await self.come_back(url, provider, browser)

    async def come_back(self, url: str, provider: Any = "google", browser: str = "b1") -> Any:
        fake = self.google if provider == "google" else self.microsoft
        return await self.connecting.finish(query_of(fake.consent(url)), browser, self.person.origin)

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        async with self.database.transaction(self.person) as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()


def query_of(url: str) -> dict[str, str]:
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(url).query))


async def sign_in(database: Database, identity: Identity, clock: FixedClock) -> Identity:
    async with database.transaction(identity) as connection:
        started = await start_session(connection, identity, "page", Client("127.0.0.1", "test"), at=clock.now())
    return replace(identity, session_id=started.session_id)


@contextlib.asynccontextmanager
async def desk_of(database: Database, identity: Identity, clock: FixedClock) -> AsyncGenerator[Desk]:
    async with (
        google_oauth.google_oauth([REDIRECT]) as google,
        microsoft_authority.microsoft_authority([REDIRECT]) as ms,
    ):
        places = {**google.places(), **ms.places()}
        gates, shelf = open_gates(APPS, leading_to(places)), Shelf()
        connecting = Connecting(
            database, KEYRING, clock, apps=APPS, gates=gates, opener=shelf.opener, redirect_uri=REDIRECT
        )
        service = AccountService(database, KEYRING, gates, shelf.opener)
        person = await sign_in(database, identity, clock)
        yield Desk(database, clock, google, ms, shelf, places, person, gates, connecting, service)
        assert (google.problems, ms.problems) == ([], [])
