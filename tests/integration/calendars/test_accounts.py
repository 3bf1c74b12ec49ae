"""Connecting calendar accounts: the way to the provider and back, what is kept of it, and all that goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict, NotAllowed
from store.identity import Identity
from store.ids import new_id
from store.policy import scopes_of_role
from store.sessions import end_session
from tests.integration.calendars.accounts import APPS, KEYRING, REDIRECT, Desk, desk_of, query_of, sign_in
from tools.calendars.accounts.apps import CalendarApps
from tools.calendars.accounts.backends import Login
from tools.calendars.accounts.connecting import Connecting
from tools.calendars.accounts.model import (
    AccountNotFound,
    CalendarChange,
    ConnectRefused,
    NotConfigured,
    NotYours,
    WrongPassword,
)
from tools.calendars.accounts.repository import access_of
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect, RemoteCalendar
from tools.calendars.caldav import AddressRefused

SECRETS = ("ya29.access", "1//refresh", "eyJ.access", "0.refresh", "app-password")


@pytest.fixture
async def desk(database: Database, identity: Identity, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk_of(database, identity, clock) as made:
        yield made


async def refused(desk: Desk, url: str, browser: str = "b1") -> str:
    with pytest.raises(ConnectRefused) as caught:
        await desk.come_back(url, browser=browser)
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []
    assert await desk.rows("SELECT 1 FROM calendars WHERE account_id IS NOT NULL") == []
    return caught.value.code


async def test_google_is_connected_with_its_calendars(desk: Desk) -> None:
    account = await desk.connect("google")
    assert (account.provider, account.address, account.status) == ("google", "ada@gmail.test", "connected")
    assert account.user_id == desk.person.user_id
    _, calendars = await desk.service.read(desk.person, account.id)
    assert {(one.name, one.timezone, one.writable, one.use) for one in calendars} == {
        ("ada@gmail.test", "Europe/Berlin", True, "busy"),
        ("Holidays in Germany", "Europe/Berlin", False, "ignored"),
        ("The Band", "Europe/Berlin", True, "busy"),  # an unknown zone is the tenant's
    }
    assert {one.user_id for one in calendars} == {desk.person.user_id}
    assert desk.shelf.tokens == ["ya29.access-2"]


async def test_microsoft_is_connected_with_its_calendars(desk: Desk) -> None:
    account = await desk.connect("microsoft")
    assert (account.provider, account.address) == ("microsoft", "ada@contoso.test")
    assert account.scopes[:1] != ()
    assert desk.shelf.tokens == ["eyJ.access-3"]
    assert desk.microsoft.descriptions == 1, "what the authority is, is asked once"


async def test_tokens_are_sealed_in_their_row_and_shown_nowhere(desk: Desk) -> None:
    for provider in ("google", "microsoft"):
        account = await desk.connect(provider)
        [row] = await desk.rows("SELECT to_jsonb(a)::text AS text FROM calendar_accounts a WHERE id = %s", account.id)
        entries = await desk.rows("SELECT to_jsonb(e)::text AS text FROM audit_entries e")
        shown = f"{row} {account!r} {entries}"
        assert not any(secret in shown for secret in SECRETS)
        async with desk.database.transaction(desk.person) as connection:
            kept = (await access_of(connection, desk.person, KEYRING, account.id)).credentials
        assert any(secret in str(kept) for secret in SECRETS)


async def test_connecting_and_disconnecting_are_in_the_audit_log(desk: Desk) -> None:
    account = await desk.connect()
    await desk.service.disconnect(desk.person, account.id)
    rows = await desk.rows(
        "SELECT action, actor_user_id FROM audit_entries WHERE resource_type = 'calendar_account' ORDER BY at"
    )
    assert [(row["action"], row["actor_user_id"]) for row in rows] == [
        ("calendar_account.created", desk.person.user_id),
        ("calendar_account.deleted", desk.person.user_id),
    ]


async def test_what_is_kept_until_the_browser_is_back_is_sealed_too(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    asked = dict(parse_qsl(urlsplit(url).query))
    [row] = await desk.rows("SELECT to_jsonb(a)::text AS text FROM calendar_authorizations a")
    assert asked["state"] not in row["text"]
    assert "code_verifier" not in row["text"]
    assert asked["scope"].split() == [
        "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        "https://www.googleapis.com/auth/calendar.events",
        "https://www.googleapis.com/auth/calendar.freebusy",
    ]


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_who_says_no_is_told_so(desk: Desk, provider: str) -> None:
    desk.google.denies = desk.microsoft.denies = True
    with pytest.raises(ConnectRefused) as caught:
        await desk.connect(provider)
    assert caught.value.code == "denied"


async def test_an_unticked_box_is_noticed(desk: Desk) -> None:
    desk.google.unticked = {"calendar.events"}
    url = await desk.connecting.begin(desk.person, "google", "b1")
    assert await refused(desk, url) == "scope_missing"
    assert desk.google.revoked == [], "that would end what was allowed before, too"


async def test_a_scope_that_microsoft_left_out_is_noticed(desk: Desk) -> None:
    desk.microsoft.leaves_out = {"Calendars.ReadWrite"}
    with pytest.raises(ConnectRefused) as caught:
        await desk.connect("microsoft")
    assert caught.value.code == "scope_missing"


async def test_ten_minutes_are_enough_and_then_it_is_over(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    desk.clock.advance(timedelta(minutes=10))
    assert await refused(desk, url) == "expired"
    assert desk.google.exchanges == 0


async def test_an_answer_counts_once(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    back = query_of(desk.google.consent(url))
    await desk.connecting.finish(back, "b1", desk.person.origin)
    with pytest.raises(ConnectRefused) as caught:
        await desk.connecting.finish(back, "b1", desk.person.origin)
    assert caught.value.code == "used"
    assert desk.google.exchanges == 1


async def test_a_state_that_nobody_gave_out_is_nothing(desk: Desk) -> None:
    for state in ("", "x" * 43):
        with pytest.raises(ConnectRefused) as caught:
            await desk.connecting.finish({"state": state, "code": "4/code"}, "b1", desk.person.origin)
        assert caught.value.code == "expired"


async def test_another_browser_finishes_nothing_and_spoils_nothing(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    for browser in ("", "b2"):
        assert await refused(desk, url, browser) == "other_browser"
    account = await desk.come_back(url)
    assert account.status == "connected"


async def test_who_signed_out_meanwhile_connects_nothing(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    async with desk.database.transaction(desk.person) as connection:
        assert desk.person.session_id is not None
        await end_session(
            connection,
            desk.person.session_id,
            at=desk.clock.now(),
            reason="signed_out",
            user_id=desk.person.user_id,
        )
    assert await refused(desk, url) == "signed_out"
    assert desk.google.exchanges == 0


async def test_a_code_that_google_does_not_know_connects_nothing(desk: Desk) -> None:
    url = await desk.connecting.begin(desk.person, "google", "b1")
    query = query_of(desk.google.consent(url)) | {"code": "4/forged"}
    with pytest.raises(ConnectRefused) as caught:
        await desk.connecting.finish(query, "b1", desk.person.origin)
    assert caught.value.code == "failed"


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_provider_that_is_away_connects_nothing(desk: Desk, provider: str) -> None:
    url = await desk.connecting.begin(desk.person, provider, "b1")  # type: ignore[arg-type]
    back = query_of((desk.google if provider == "google" else desk.microsoft).consent(url))
    desk.places.clear()
    with pytest.raises(CalendarUnavailable):
        await desk.connecting.finish(back, "b1", desk.person.origin)
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []


async def test_a_microsoft_that_is_down_cannot_be_gone_to(desk: Desk) -> None:
    desk.microsoft.is_down = True
    with pytest.raises(CalendarUnavailable):
        await desk.connecting.begin(desk.person, "microsoft", "b1")


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_an_answer_that_makes_no_sense_connects_nothing(desk: Desk, provider: str) -> None:
    desk.google.garbage = desk.microsoft.garbage = True
    with pytest.raises((ConnectRefused, CalendarUnavailable)):
        await desk.connect(provider)
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_client_that_the_provider_does_not_know_is_the_operators_business(
    desk: Desk, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.google_oauth.CLIENT_SECRET", "another one by now")
    monkeypatch.setattr("tests.fakes.microsoft_authority.CLIENT_SECRET", "another one by now")
    with pytest.raises(CalendarUnavailable, match="does not know this installation"):
        await desk.connect(provider)


async def test_the_same_account_connected_twice_at_once_is_one(desk: Desk) -> None:
    urls = [await desk.connecting.begin(desk.person, "google", "b1") for _ in range(4)]
    done = await asyncio.gather(*(desk.come_back(url) for url in urls), return_exceptions=True)
    assert all(one.code == "already_connecting" for one in done if isinstance(one, Conflict)), done
    [row] = await desk.rows("SELECT count(*) AS n FROM calendar_accounts")
    assert row["n"] == 1
    [row] = await desk.rows("SELECT count(*) AS n FROM calendars WHERE account_id IS NOT NULL")
    assert row["n"] == 3


async def test_without_a_first_look_at_the_calendars_nothing_is_kept(desk: Desk) -> None:
    desk.shelf.error = CalendarUnavailable("away")
    with pytest.raises(CalendarUnavailable):
        await desk.connect()
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []


async def test_a_second_time_is_the_same_account_with_new_tokens(desk: Desk) -> None:
    first = await desk.connect()
    _, calendars = await desk.service.read(desk.person, first.id)
    band = next(one for one in calendars if one.name == "The Band")
    await desk.service.change_calendar(desk.person, band.id, CalendarChange(name="Music", hidden=True))
    desk.shelf.calendars = [*desk.shelf.calendars, RemoteCalendar("new@group", "New")]
    second = await desk.connect()
    assert second.id == first.id
    _, calendars = await desk.service.read(desk.person, first.id)
    assert {(one.name, one.use) for one in calendars} >= {("Music", "hidden"), ("New", "busy")}
    assert len(calendars) == 4


async def test_connecting_again_takes_the_same_account_only(desk: Desk) -> None:
    account = await desk.connect()
    await desk.rows("UPDATE calendar_accounts SET status = 'needs_reconnect', last_error = 'x' RETURNING 1")
    url = await desk.connecting.begin(desk.person, "google", "b1", again=account)
    assert query_of(url)["login_hint"] == "ada@gmail.test"
    mine, desk.shelf.calendars = desk.shelf.calendars, [RemoteCalendar("bob@gmail.test", "bob", primary=True)]
    with pytest.raises(ConnectRefused) as caught:
        await desk.come_back(url)
    assert caught.value.code == "other_account"
    desk.shelf.calendars = mine
    renewed = await desk.come_back(await desk.connecting.begin(desk.person, "google", "b1", again=account))
    assert (renewed.id, renewed.status, renewed.last_error) == (account.id, "connected", "")


async def test_a_provider_without_a_client_says_what_to_set(desk: Desk) -> None:
    bare = Connecting(
        desk.database,
        KEYRING,
        desk.clock,
        apps=CalendarApps(),
        gates={},
        opener=desk.shelf.opener,
        redirect_uri=REDIRECT,
    )
    with pytest.raises(NotConfigured, match="GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET"):
        await bare.begin(desk.person, "google", "b1")
    assert APPS.missing("google") == ()


async def test_consents_that_are_never_finished_are_bounded_and_swept_out(desk: Desk) -> None:
    for _ in range(20):
        await desk.connecting.begin(desk.person, "google", "b1")
    with pytest.raises(ConnectRefused, match="Too many"):
        await desk.connecting.begin(desk.person, "google", "b1")
    desk.clock.advance(timedelta(days=2))
    fresh = await sign_in(desk.database, desk.person, desk.clock)
    await desk.connecting.begin(fresh, "google", "b1")
    [row] = await desk.rows("SELECT count(*) AS n FROM calendar_authorizations")
    assert row["n"] == 1


LOGIN = Login("https://dav.test/", "ada", "app-password")


async def test_a_caldav_password_is_tried_and_then_kept(desk: Desk) -> None:
    account = await desk.connecting.connect_caldav(desk.person, LOGIN)
    assert (account.provider, account.address, account.server_url) == ("caldav", "ada", "https://dav.test/")
    assert [one.login for one in desk.shelf.opened] == [LOGIN]
    assert "app-password" not in repr(desk.shelf.opened)
    async with desk.database.transaction(desk.person) as connection:
        kept = (await access_of(connection, desk.person, KEYRING, account.id)).credentials
    assert kept == {"username": "ada", "password": "app-password"}


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (NeedsReconnect("401"), WrongPassword),
        (AddressRefused("That address is inside."), AddressRefused),
        (CalendarUnavailable("away"), CalendarUnavailable),
    ],
)
async def test_a_caldav_login_that_does_not_work_is_not_kept(
    desk: Desk, error: Exception, wanted: type[Exception]
) -> None:
    desk.shelf.error = error
    with pytest.raises(wanted):
        await desk.connecting.connect_caldav(desk.person, LOGIN)
    assert await desk.rows("SELECT 1 FROM calendar_accounts") == []


async def colleague(desk: Desk) -> Identity:
    """An editor of the same tenant."""
    made = replace(desk.person, user_id=new_id(), role="editor", scopes=scopes_of_role("editor"), session_id=None)
    await desk.rows(
        "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'bob@demo.test', 'Bob', 'editor') "
        "RETURNING 1",
        made.user_id,
        made.tenant_id,
    )
    return made


async def test_people_see_their_own_and_managers_all(desk: Desk) -> None:
    editor = await colleague(desk)
    account = await desk.connect()
    theirs = await desk.connecting.connect_caldav(editor, LOGIN)
    assert [one.id for one in await desk.service.list_accounts(editor, limit=9, after=None)] == [theirs.id]
    assert len(await desk.service.list_accounts(desk.person, limit=9, after=None)) == 2
    with pytest.raises(AccountNotFound):
        await desk.service.read(editor, account.id)
    with pytest.raises(AccountNotFound):
        await desk.service.disconnect(editor, account.id)
    assert {one.user_id for one in await desk.service.list_calendars(editor)} == {editor.user_id}
    with pytest.raises(NotYours):
        await desk.connecting.begin(desk.person, "google", "b1", again=theirs)
    await desk.service.disconnect(desk.person, theirs.id)


async def test_the_calendar_the_assistant_books_in_is_chosen_by_owners_and_can_be_written(desk: Desk) -> None:
    account = await desk.connect()
    _, calendars = await desk.service.read(desk.person, account.id)
    by_name = {one.name: one for one in calendars}
    primary, holidays = by_name["ada@gmail.test"], by_name["Holidays in Germany"]
    editor = replace(desk.person, role="editor", scopes=scopes_of_role("editor"))
    with pytest.raises(NotAllowed):
        await desk.service.change_calendar(editor, primary.id, CalendarChange(default=True))
    with pytest.raises(Conflict, match="only be read"):
        await desk.service.change_calendar(desk.person, holidays.id, CalendarChange(default=True))
    _, changed = await desk.service.change(
        desk.person, account.id, label=" My\nGoogle ", default=primary.id, uses={holidays.id: "hidden"}
    )
    assert [one.name for one in changed if one.is_default] == ["ada@gmail.test"]
    assert next(one for one in changed if one.id == holidays.id).use == "hidden"
    renamed, _ = await desk.service.read(desk.person, account.id)
    assert renamed.label == "My Google"


async def test_disconnecting_takes_all_of_it_and_tells_the_provider(desk: Desk) -> None:
    await desk.rows(
        "INSERT INTO calendars (id, tenant_id, name, timezone, is_default) "
        "VALUES (gen_random_uuid(), %s, 'Office', 'UTC', true) RETURNING 1",
        desk.person.tenant_id,
    )
    account = await desk.connect()
    _, calendars = await desk.service.read(desk.person, account.id)
    primary = next(one for one in calendars if one.writable)
    await desk.service.change_calendar(desk.person, primary.id, CalendarChange(default=True))
    await desk.rows(
        "INSERT INTO events (id, tenant_id, calendar_id, summary, starts_at, ends_at, timezone) "
        "VALUES (gen_random_uuid(), %s, %s, 'Lunch', now(), now() + interval '1 hour', 'UTC') RETURNING 1",
        desk.person.tenant_id,
        primary.id,
    )
    lost, revoke = await desk.service.disconnect(desk.person, account.id)
    assert (lost.calendars, lost.events, lost.waiting_writes) == (3, 1, 0)
    left = await desk.service.list_calendars(desk.person)
    assert [(one.name, one.is_default) for one in left] == [("Office", True)]
    assert desk.google.revoked == []
    await revoke()
    assert desk.google.revoked == ["1//refresh-3"]
    with pytest.raises(AccountNotFound):
        await desk.service.read(desk.person, account.id)


@pytest.mark.parametrize("answers", [True, False])
async def test_disconnecting_ends_the_calls_of_the_provider_before_its_consent(desk: Desk, answers: bool) -> None:
    account = await desk.connect()
    await desk.rows(
        "INSERT INTO calendar_channels (id, tenant_id, calendar_id, channel_id, resource_id, secret_hash, expires_at, "
        "created_at) SELECT gen_random_uuid(), tenant_id, id, 'c1', 'r', '', now() + interval '7 days', now() "
        "FROM calendars WHERE account_id = %s AND is_default IS NOT NULL LIMIT 1 RETURNING 1",
        account.id,
    )
    _, tell = await desk.service.disconnect(desk.person, account.id)
    desk.shelf.error = None if answers else CalendarUnavailable("The calendar server does not answer.")
    await tell()
    assert desk.shelf.ended == (["c1"] if answers else [])
    assert len(desk.google.revoked) == 1


async def test_a_consent_that_somebody_else_here_needs_is_not_ended(desk: Desk) -> None:
    await desk.connect()
    other = await colleague(desk)
    theirs = await sign_in(desk.database, other, desk.clock)
    url = await desk.connecting.begin(theirs, "google", "b2")
    second = await desk.come_back(url, browser="b2")
    _, revoke = await desk.service.disconnect(theirs, second.id)
    await revoke()
    assert desk.google.revoked == []


async def test_an_account_whose_credentials_nobody_can_open_can_be_disconnected(desk: Desk) -> None:
    account = await desk.connect()
    await desk.rows("UPDATE calendar_accounts SET sealed_credentials = 'x' RETURNING 1")
    _, revoke = await desk.service.disconnect(desk.person, account.id)
    await revoke()
    assert desk.google.revoked == []


async def test_what_changes_is_told_live(desk: Desk, fresh_database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(fresh_database_url, autocommit=True) as listener:
        await listener.execute("LISTEN voiceloop_live")
        account = await desk.connect()
        await desk.service.disconnect(desk.person, account.id)
        told = [json.loads(one.payload)["data"] async for one in listener.notifies(timeout=10, stop_after=2)]
    assert told == [
        {"type": "calendar_account.updated", "id": str(account.id)},
        {"type": "calendar_account.deleted", "id": str(account.id)},
    ]
