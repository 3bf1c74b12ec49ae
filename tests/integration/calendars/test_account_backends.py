"""From connecting to the open backend of each provider: stand-ins for Google and Microsoft, and a real Radicale."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import NotFound
from store.identity import Identity
from tests.contract.calendars.caldav import Radicale, running_radicale
from tests.fakes.google_calendar import FakeGoogleCalendar
from tests.fakes.graph_calendar.server import FakeGraph
from tests.integration.calendars.accounts import APPS, KEYRING, REDIRECT, Desk, desk_of
from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.backends import Login, opener_of
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.model import WrongPassword
from tools.calendars.accounts.opening import AccountBackends
from tools.calendars.backend import NeedsReconnect
from tools.calendars.caldav import AddressRefused


@pytest.fixture
async def desk(database: Database, identity: Identity, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk_of(database, identity, clock) as made:
        yield made


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with running_radicale(tmp_path_factory.mktemp("radicale")) as server:
        server.set_password("ada", "app-password")
        server.make_calendar("ada", "office")
        yield server


def connecting_with(desk: Desk, apps: CalendarApps) -> Connecting:
    """Connecting with real backends instead of the shelf."""
    return Connecting(
        desk.database,
        KEYRING,
        desk.clock,
        apps=apps,
        gates=desk.gates,
        opener=opener_of(apps),
        redirect_uri=REDIRECT,
    )


def backends_with(desk: Desk, apps: CalendarApps) -> AccountBackends:
    return AccountBackends(desk.database, KEYRING, desk.keeper(), opener_of(apps))


async def test_a_google_account_is_connected_and_opened(desk: Desk) -> None:
    fake = FakeGoogleCalendar()
    fake.add_calendar("team#1@group.calendar.google.com", "Team")
    async with fake.running():
        apps = replace(APPS, google_api=fake.url.removesuffix("/calendar/v3"))
        desk.connecting = connecting_with(desk, apps)
        account = await desk.connect("google")
        assert "@" in account.address
        async with backends_with(desk, apps).open_backend(desk.person, account.id) as backend:
            assert {one.name for one in await backend.list_calendars()} >= {"Team"}
            assert desk.google.refreshes == 0
            fake.refused_tokens = set(desk.google.access_tokens)  # as Google does when a token ends early
            assert await backend.list_calendars()
        assert desk.google.refreshes == 1
    assert fake.violations == []


async def test_a_microsoft_account_is_connected_and_opened(desk: Desk) -> None:
    graph = FakeGraph()
    graph.mailbox.add_calendar("Calendar", default=True)
    async with graph.running():
        apps = replace(APPS, graph_api=graph.url)
        desk.connecting = connecting_with(desk, apps)
        graph.tokens = {"eyJ.access-3"}
        account = await desk.connect("microsoft")
        desk.clock.advance(timedelta(hours=1))
        graph.tokens = {"eyJ.access-5"}
        async with backends_with(desk, apps).open_backend(desk.person, account.id) as backend:
            assert [one.name for one in await backend.list_calendars()] == ["Calendar"]
        assert desk.microsoft.refreshes == 1
    assert graph.violations == []


async def test_a_caldav_account_is_connected_and_opened(desk: Desk, radicale: Radicale) -> None:
    apps = CalendarApps(caldav_allow=("127.0.0.1",))
    connecting = connecting_with(desk, apps)
    account = await connecting.connect_caldav(desk.person, Login(radicale.url, "ada", "app-password"))
    _, calendars = await desk.service.read(desk.person, account.id)
    assert [(one.name, one.writable, one.timezone) for one in calendars] == [("Office", True, "Europe/Berlin")]
    again = await connecting.connect_caldav(desk.person, Login(f"{radicale.url}/", "ada", "app-password"))
    assert again.id == account.id, "an address has one spelling"
    async with backends_with(desk, apps).open_backend(desk.person, account.id) as backend:
        assert [one.name for one in await backend.list_calendars()] == ["Office"]


async def test_a_wrong_caldav_password_or_address_is_told_and_not_kept(desk: Desk, radicale: Radicale) -> None:
    connecting = connecting_with(desk, CalendarApps(caldav_allow=("127.0.0.1",)))
    with pytest.raises(WrongPassword):
        await connecting.connect_caldav(desk.person, Login(radicale.url, "ada", "guessed"))
    for typed in ("ftp://dav.test", "https://ada:secret@dav.test", "https://169.254.169.254/", "no address"):
        with pytest.raises(AddressRefused):
            await connecting.connect_caldav(desk.person, Login(typed, "ada", "app-password"))
    closed = connecting_with(desk, CalendarApps())
    for typed in (radicale.url, radicale.url.replace("http:", "https:"), "https://localhost:8443"):
        with pytest.raises(AddressRefused):
            await closed.connect_caldav(desk.person, Login(typed, "ada", "app-password"))
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []


async def test_an_account_that_needs_a_person_is_not_opened(desk: Desk) -> None:
    account = await desk.connect("google")
    await desk.rows("UPDATE calendar_accounts SET status = 'needs_reconnect' RETURNING 1")
    backends = backends_with(desk, APPS)
    with pytest.raises(NeedsReconnect):
        async with backends.open_backend(desk.person, account.id):
            pass
    await desk.service.disconnect(desk.person, account.id)
    with pytest.raises(NotFound):
        async with backends.open_backend(desk.person, account.id):
            pass
