"""Access tokens: refreshed once however many ask, kept before they are used, and never again after a withdrawal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.rotation import Rotation
from store.clock import FixedClock
from store.database import Database
from store.files import LocalFiles
from store.identity import Identity
from store.installation import check_key
from store.seal import Keyring
from tests.integration.calendars.accounts import APPS, KEYRING, REDIRECT, Desk, desk_of, query_of
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.gates import OAuthGate
from tools.calendars.accounts.model import AccountNotFound, Credentials, Fresh, NotConfigured
from tools.calendars.accounts.repository import access_of
from tools.calendars.accounts.tokens import TokenKeeper
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect

PROVIDERS = ("google", "microsoft")
HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(database: Database, identity: Identity, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk_of(database, identity, clock) as made:
        yield made


async def kept(desk: Desk, account_id: Any) -> Credentials:
    async with desk.database.transaction(desk.person) as connection:
        return (await access_of(connection, desk.person, KEYRING, account_id)).credentials


def worker(desk: Desk) -> Identity:
    """A program of the tenant, nobody signed in."""
    return Identity(desk.person.tenant_id, None, "worker", name="sync")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_token_is_used_until_a_minute_before_its_end(desk: Desk, provider: str) -> None:
    account = await desk.connect(provider)
    tokens = desk.keeper().tokens_of(worker(desk), account.id)
    fake = desk.google if provider == "google" else desk.microsoft
    first = await tokens.access_token()
    desk.clock.advance(HOUR - timedelta(seconds=70))
    assert await tokens.access_token() == first
    assert fake.refreshes == 0
    desk.clock.advance(timedelta(seconds=20))
    second = await tokens.access_token()
    assert second != first
    assert await desk.keeper().tokens_of(worker(desk), account.id).access_token() == second
    assert fake.refreshes == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_token_that_was_refused_is_replaced_before_its_time(desk: Desk, provider: str) -> None:
    account = await desk.connect(provider)
    tokens = desk.keeper().tokens_of(worker(desk), account.id)
    first = await tokens.access_token()
    second = await tokens.access_token(refused=first)
    assert second != first
    assert await tokens.access_token() == second


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_many_who_ask_at_once_in_two_programs_refresh_once(
    desk: Desk, provider: str, fresh_database_url: str
) -> None:
    account = await desk.connect(provider)
    desk.clock.advance(HOUR)
    async with await Database.open(fresh_database_url, max_size=4) as other:
        keepers = [desk.keeper(), desk.keeper(other)]
        asked = [keeper.tokens_of(worker(desk), account.id) for keeper in keepers for _ in range(5)]
        told = await asyncio.gather(*(tokens.access_token() for tokens in asked))
    assert len(set(told)) == 1
    assert (desk.google if provider == "google" else desk.microsoft).refreshes == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_many_who_were_refused_the_same_token_refresh_once(
    desk: Desk, provider: str, fresh_database_url: str
) -> None:
    account = await desk.connect(provider)
    old = await desk.keeper().tokens_of(worker(desk), account.id).access_token()
    async with await Database.open(fresh_database_url, max_size=4) as other:
        keepers = [desk.keeper(), desk.keeper(other)]
        asked = [keeper.tokens_of(worker(desk), account.id) for keeper in keepers for _ in range(4)]
        told = await asyncio.gather(*(tokens.access_token(refused=old) for tokens in asked))
    assert len(set(told)) == 1
    assert old not in told
    assert (desk.google if provider == "google" else desk.microsoft).refreshes == 1


async def test_a_refresh_token_that_was_replaced_is_kept(desk: Desk) -> None:
    desk.google.rotates = True
    for provider, fake in (("google", desk.google), ("microsoft", desk.microsoft)):
        account = await desk.connect(provider)
        for _ in range(3):
            desk.clock.advance(HOUR)
            await desk.keeper().tokens_of(worker(desk), account.id).access_token()
            assert fake.refresh_token in str(await kept(desk, account.id))
        assert fake.refreshes == 3


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_consent_that_was_withdrawn_is_told_once_and_never_tried_again(
    desk: Desk, provider: str, fresh_database_url: str
) -> None:
    account = await desk.connect(provider)
    desk.clock.advance(HOUR)
    desk.google.withdrawn = desk.microsoft.withdrawn = True
    async with await psycopg.AsyncConnection.connect(fresh_database_url, autocommit=True) as listener:
        await listener.execute("LISTEN voiceloop_live")
        tokens = desk.keeper().tokens_of(worker(desk), account.id)
        with pytest.raises(NeedsReconnect):
            await tokens.access_token()
        told = [one.payload async for one in listener.notifies(timeout=10, stop_after=1)]
    assert "calendar_account.updated" in told[0]
    shown, _ = await desk.service.read(desk.person, account.id)
    assert shown.status == "needs_reconnect"
    assert "Connect the account again" in shown.last_error
    desk.google.withdrawn = desk.microsoft.withdrawn = False
    for asked in (tokens, desk.keeper().tokens_of(worker(desk), account.id)):
        with pytest.raises(NeedsReconnect):
            await asked.access_token()
    assert desk.google.refreshes == desk.microsoft.refreshes == 0


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_provider_that_is_away_costs_the_account_nothing(desk: Desk, provider: str) -> None:
    account = await desk.connect(provider)
    desk.clock.advance(HOUR)
    before = await kept(desk, account.id)
    places = dict(desk.places)
    desk.places.clear()
    tokens = desk.keeper().tokens_of(worker(desk), account.id)
    with pytest.raises(CalendarUnavailable):
        await tokens.access_token()
    shown, _ = await desk.service.read(desk.person, account.id)
    assert (shown.status, shown.last_error) == ("connected", "")
    assert await kept(desk, account.id) == before
    desk.places.update(places)
    assert await tokens.access_token()


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_answer_that_makes_no_sense_costs_the_account_nothing(desk: Desk, provider: str) -> None:
    account = await desk.connect(provider)
    desk.clock.advance(HOUR)
    desk.google.garbage = desk.microsoft.garbage = True
    tokens = desk.keeper().tokens_of(worker(desk), account.id)
    with pytest.raises(CalendarUnavailable):
        await tokens.access_token()
    desk.google.garbage = desk.microsoft.garbage = False
    assert await tokens.access_token()


async def test_nobody_asks_for_somebody_who_was_deleted(desk: Desk) -> None:
    account = await desk.connect()
    await desk.rows("UPDATE users SET deleted_at = now() WHERE id = %s RETURNING 1", desk.person.user_id)
    with pytest.raises(AccountNotFound):
        await desk.keeper().tokens_of(worker(desk), account.id).access_token()


async def test_tokens_open_after_the_key_was_changed(desk: Desk, tmp_path: Path) -> None:
    accounts = [await desk.connect(provider) for provider in PROVIDERS]
    url = await desk.connecting.begin(desk.person, "google", "b1")
    both, new = Keyring(["n" * 40, "a" * 40]), Keyring(["n" * 40])
    await check_key(desk.database, KEYRING)
    state = await Rotation(desk.database, LocalFiles(tmp_path, both), both, desk.clock).run(both.current_id)
    assert (state.done, state.broken) == (3, 0)
    keeper = TokenKeeper(desk.database, new, desk.clock, desk.gates)
    for account in accounts:
        assert await keeper.tokens_of(worker(desk), account.id).access_token()
    assert await rotated(desk, new).finish(query_of(desk.google.consent(url)), "b1", desk.person.origin)


def rotated(desk: Desk, keyring: Keyring) -> Connecting:
    return Connecting(
        desk.database,
        keyring,
        desk.clock,
        apps=APPS,
        gates=desk.gates,
        opener=desk.shelf.opener,
        redirect_uri=REDIRECT,
    )


async def test_a_client_that_google_no_longer_knows_costs_the_account_nothing(desk: Desk) -> None:
    account = await desk.connect()
    desk.clock.advance(HOUR)
    gates = {"google": _Refusing(CalendarUnavailable("Google does not know this installation."))}
    keeper = TokenKeeper(desk.database, KEYRING, desk.clock, gates)  # pyright: ignore[reportArgumentType]
    with pytest.raises(CalendarUnavailable):
        await keeper.tokens_of(worker(desk), account.id).access_token()
    shown, _ = await desk.service.read(desk.person, account.id)
    assert shown.status == "connected"


class _Refusing:
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def refresh(self, credentials: Credentials) -> Fresh:
        raise self._error


class _Slow:
    """A gate that answers when it is told to; ``asked`` is set when a refresh began."""

    def __init__(self, gate: OAuthGate) -> None:
        self._gate, self.asked, self.answer = gate, asyncio.Event(), asyncio.Event()

    async def refresh(self, credentials: Credentials) -> Fresh:
        fresh = await self._gate.refresh(credentials)  # the provider has replaced the old one by now
        self.asked.set()
        await self.answer.wait()
        return fresh


async def test_what_a_provider_replaced_is_kept_though_whoever_asked_has_gone(desk: Desk) -> None:
    desk.google.rotates = True
    account = await desk.connect()
    desk.clock.advance(HOUR)
    slow = _Slow(desk.gates["google"])
    keeper = TokenKeeper(desk.database, KEYRING, desk.clock, {"google": slow})  # pyright: ignore[reportArgumentType]
    asking = asyncio.create_task(keeper.tokens_of(worker(desk), account.id).access_token())
    await slow.asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    slow.answer.set()
    await keeper.aclose()
    assert desk.google.refresh_token in str(await kept(desk, account.id))


async def test_an_account_that_is_disconnected_meanwhile_has_no_token(desk: Desk) -> None:
    account = await desk.connect()
    tokens = desk.keeper().tokens_of(worker(desk), account.id)
    await desk.service.disconnect(desk.person, account.id)
    with pytest.raises(AccountNotFound):
        await tokens.access_token()


async def test_a_client_that_was_taken_out_of_the_settings_is_named(desk: Desk) -> None:
    account = await desk.connect()
    desk.clock.advance(HOUR)
    with pytest.raises(NotConfigured, match="Google"):
        await TokenKeeper(desk.database, KEYRING, desk.clock, {}).tokens_of(worker(desk), account.id).access_token()


async def test_another_tenant_gets_no_token(desk: Desk, other_identity: Identity) -> None:
    account = await desk.connect()
    with pytest.raises(AccountNotFound):
        await desk.keeper().tokens_of(other_identity, account.id).access_token()


async def test_the_product_never_lets_tokens_travel_without_tls() -> None:
    folder = Path(__file__).parents[3]
    sources = [path for part in ("tools", "ingest", "store", "agent") for path in (folder / part).rglob("*.py")]
    assert [path for path in sources if "OAUTHLIB_INSECURE_TRANSPORT" in path.read_text("utf-8")] == []
