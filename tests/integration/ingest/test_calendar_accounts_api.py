"""Calendar accounts over HTTP: a browser goes to a provider and comes back; what programs may do without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from ingest.app import create_app
from ingest.keys import CALENDAR_APPS, CALENDAR_GATES, CALENDAR_OPENER, ERRANDS
from ingest.settings import Settings, settings_from_environment
from store.database import Database
from store.errors import SettingsError
from store.identity import Identity
from tests.fakes.google_oauth import GoogleOAuth, google_oauth
from tests.fakes.loopback import leading_to
from tests.integration.calendars.accounts import APPS, Shelf
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import browser, make_person, sign_in_page
from tools.calendars.accounts.gates import open_gates
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect

ACCOUNTS = "/api/calendar/accounts"
DAV = {"provider": "caldav", "server_url": "https://dav.test/", "username": "ada", "password": "app-password"}


@dataclass
class World:
    sidecar: Sidecar
    google: GoogleOAuth
    shelf: Shelf

    async def allow(self, page: aiohttp.ClientSession, url: str) -> str:
        """A person agrees at the provider and is sent back; where the page's browser ends up."""
        return await self.arrive(page, self.google.consent(url))

    async def arrive(self, page: aiohttp.ClientSession, address: str) -> str:
        there = urlsplit(address)
        # a redirect by another site: the page's own cookie is strict and stays behind
        target = URL(f"{self.sidecar.url}{there.path}?{there.query}", encoded=True)
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        jar = page.cookie_jar.filter_cookies(target)
        cookies = {name: one.value for name, one in jar.items() if name != "voiceloop_session"}
        async with (
            aiohttp.ClientSession(cookies=cookies) as redirected,
            redirected.get(target, allow_redirects=False, headers=headers) as response,
        ):
            assert response.status == 303, await response.text()
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            return response.headers["Location"]


@pytest.fixture
async def world(
    settings: Settings, database: Database, identity: Identity, other_identity: Identity
) -> AsyncIterator[World]:
    async with google_oauth([f"{settings.public_url}{ACCOUNTS}/callback"]) as google:
        app, shelf = create_app(settings), Shelf()
        app[CALENDAR_APPS], app[CALENDAR_GATES] = APPS, open_gates(APPS, leading_to(google.places()))
        app[CALENDAR_OPENER] = shelf.opener
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            keys = [await make_key(database, one) for one in (identity, other_identity)]
            yield World(Sidecar(app, f"http://{host}:{port}", *keys, identity), google, shelf)
        finally:
            await runner.cleanup()
        assert google.problems == []


@pytest.fixture
async def page(world: World, database: Database, identity: Identity) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser in which somebody signed in."""
    await make_person(database, identity)
    async with await sign_in_page(world.sidecar) as session:
        yield session


@pytest.fixture
async def program(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    """The owner's key."""
    async with world.sidecar.client() as session:
        yield session


async def ask(
    session: aiohttp.ClientSession, method: str, path: str, body: object = None, status: int = 200
) -> dict[str, Any]:
    async with session.request(method, path, json=body) as response:
        answer = await response.json() if response.status != 204 else {}
        assert response.status == status, answer
        return answer


async def begin(page: aiohttp.ClientSession) -> str:
    return (await ask(page, "POST", ACCOUNTS, {"provider": "google"}))["authorize_url"]


async def connect(world: World, page: aiohttp.ClientSession) -> str:
    location = await world.allow(page, await begin(page))
    assert location.startswith("/#/calendar?connected="), location
    return location.partition("=")[2]


async def test_a_person_goes_to_google_and_comes_back_connected(world: World, page: aiohttp.ClientSession) -> None:
    account_id = await connect(world, page)
    listed = await ask(page, "GET", ACCOUNTS)
    [account] = listed["items"]
    assert (account["id"], account["provider"], account["label"]) == (account_id, "google", "ada@gmail.test")
    assert (account["status"], account["owner"]["name"]) == ("connected", "Ada")
    whole = await ask(page, "GET", f"{ACCOUNTS}/{account_id}")
    assert {(one["name"], one["use"]) for one in whole["calendars"]} == {
        ("ada@gmail.test", "busy"),
        ("Holidays in Germany", "ignored"),
        ("The Band", "busy"),
    }
    text = f"{listed} {whole}"
    assert not any(word in text for word in ("token", "refresh", "password", "sealed", "ya29"))


async def test_the_cookie_that_marks_the_browser_is_for_the_way_back_only(
    world: World, page: aiohttp.ClientSession
) -> None:
    async with page.post(ACCOUNTS, json={"provider": "google"}) as response:
        cookie = response.cookies["voiceloop_connecting"]
    assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == (ACCOUNTS, "Lax", "600")
    assert cookie["httponly"]


async def test_two_tabs_of_a_browser_connect_an_account_each(world: World, page: aiohttp.ClientSession) -> None:
    first, second = await begin(page), await begin(page)
    assert "connected=" in await world.allow(page, first)
    assert "connected=" in await world.allow(page, second)


async def test_another_browser_connects_nothing_with_the_address(
    world: World, page: aiohttp.ClientSession, program: aiohttp.ClientSession
) -> None:
    back = world.google.consent(await begin(page))
    async with browser(world.sidecar) as stranger:
        assert await world.arrive(stranger, back) == "/#/calendar?connect_error=other_browser"
    assert (await ask(program, "GET", ACCOUNTS))["items"] == []
    assert "connected=" in await world.arrive(page, back)
    assert await world.arrive(page, back) == "/#/calendar?connect_error=used"


async def test_what_went_wrong_is_a_word_in_the_pages_address(world: World, page: aiohttp.ClientSession) -> None:
    world.google.unticked = {"calendar.freebusy"}
    assert await world.allow(page, await begin(page)) == "/#/calendar?connect_error=scope_missing"
    world.google.denies = True
    assert await world.allow(page, await begin(page)) == "/#/calendar?connect_error=denied"
    world.google.denies, world.google.unticked = False, set()
    world.shelf.error = CalendarUnavailable("away")
    assert await world.allow(page, await begin(page)) == "/#/calendar?connect_error=unavailable"
    world.shelf.error = NeedsReconnect("refused")
    assert await world.allow(page, await begin(page)) == "/#/calendar?connect_error=failed"
    for query in ("", "?state=x&code=y", "?error=server_error", "?state=%00&code=%ff"):
        there = f"{world.sidecar.url}{ACCOUNTS}/callback{query}"
        assert await world.arrive(page, there) == "/#/calendar?connect_error=expired"


async def test_who_signed_out_meanwhile_connects_nothing(world: World, page: aiohttp.ClientSession) -> None:
    url = await begin(page)
    await ask(page, "POST", "/api/auth/logout", {}, status=204)
    assert await world.allow(page, url) == "/#/calendar?connect_error=signed_out"


async def test_a_program_cannot_send_a_browser_anywhere(program: aiohttp.ClientSession) -> None:
    problem = await ask(program, "POST", ACCOUNTS, {"provider": "google"}, status=403)
    assert problem["code"] == "needs_session"


async def test_a_viewer_connects_nothing(world: World, database: Database, identity: Identity) -> None:
    viewer = await make_person(database, identity, "eve@demo.test", role="viewer")
    async with world.sidecar.client(await make_key(database, viewer)) as session:
        assert (await ask(session, "POST", ACCOUNTS, DAV, status=403))["code"] == "missing_scope"


async def test_a_caldav_account_is_connected_at_once(world: World, program: aiohttp.ClientSession) -> None:
    answer = await ask(program, "POST", ACCOUNTS, DAV)
    assert answer["authorize_url"] is None
    assert (answer["account"]["address"], answer["account"]["server_url"]) == ("ada", "https://dav.test/")
    world.shelf.error = NeedsReconnect("401")
    again = f"{ACCOUNTS}/{answer['account']['id']}/reconnect"
    assert (await ask(program, "POST", again, {"password": "wrong"}, status=422))["code"] == "wrong_password"
    assert (await ask(program, "POST", again, {}, status=422))["code"] == "password_missing"
    world.shelf.error = None
    renewed = await ask(program, "POST", again, {"password": "better"})
    assert renewed["account"]["id"] == answer["account"]["id"]
    assert world.shelf.opened[-1].login is not None
    assert world.shelf.opened[-1].login.password == "better"


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "icloud"},
        {"provider": "google", "password": "x"},
        {"provider": "caldav"},
        {**DAV, "password": ""},
        {**DAV, "server_url": "  "},
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(program: aiohttp.ClientSession, body: dict[str, str]) -> None:
    async with program.post(ACCOUNTS, json=body) as response:
        assert response.status == 422
        assert "app-password" not in await response.text()


async def test_a_password_is_kept_for_no_repeated_request(world: World, program: aiohttp.ClientSession) -> None:
    async with program.post(ACCOUNTS, json=DAV, headers={"Idempotency-Key": "once"}) as response:
        assert response.status in {200, 422}
    async with world.sidecar.client() as session:
        assert "app-password" not in str(await ask(session, "GET", "/api/audit"))


async def test_connecting_again_leads_to_the_same_account(world: World, page: aiohttp.ClientSession) -> None:
    account_id = await connect(world, page)
    answer = await ask(page, "POST", f"{ACCOUNTS}/{account_id}/reconnect", {})
    assert (await world.allow(page, answer["authorize_url"])).endswith(account_id)


async def test_an_account_and_its_calendars_are_set_up(
    world: World, page: aiohttp.ClientSession, program: aiohttp.ClientSession
) -> None:
    account_id = await connect(world, page)
    whole = await ask(page, "GET", f"{ACCOUNTS}/{account_id}")
    ids = {one["name"]: one["id"] for one in whole["calendars"]}
    change = {"label": "Private", "calendars": [{"id": ids["The Band"], "use": "hidden"}]}
    changed = await ask(page, "PATCH", f"{ACCOUNTS}/{account_id}", change)
    assert changed["label"] == "Private"
    assert {(one["name"], one["use"]) for one in changed["calendars"]} >= {("The Band", "hidden")}
    default = {"default_calendar_id": ids["ada@gmail.test"]}
    for anybody in (page, program):  # a member decides nothing for all, and nobody gives hers to all but she
        assert (await ask(anybody, "PATCH", f"{ACCOUNTS}/{account_id}", default, status=403))["code"] == "not_yours"
    unknown = {"calendars": [{"id": account_id, "use": "busy"}]}
    problem = await ask(page, "PATCH", f"{ACCOUNTS}/{account_id}", unknown, status=422)
    assert problem["code"] == "calendar_not_of_account"


async def test_a_calendar_is_set_up_by_itself(program: aiohttp.ClientSession) -> None:
    await ask(program, "POST", ACCOUNTS, DAV)
    calendar = next(one for one in (await ask(program, "GET", "/api/calendar/calendars"))["items"] if one["writable"])
    path = f"/api/calendar/calendars/{calendar['id']}"
    change = {"name": "Work", "color": "#A03C14", "counts_busy": False, "default": True}
    changed = await ask(program, "PATCH", path, change)
    assert {name: changed[name] for name in change} == change
    assert changed["use"] == "ignored"
    assert (await ask(program, "PATCH", path, {"color": "red"}, status=422))["code"] == "bad_color"
    assert (await ask(program, "PATCH", path, {"name": "\n"}, status=422))["code"] == "name_missing"
    await ask(program, "PATCH", path, {"default": False}, status=422)


async def test_disconnecting_says_what_is_gone_and_tells_google_afterwards(
    world: World, page: aiohttp.ClientSession
) -> None:
    account_id = await connect(world, page)
    gone = await ask(page, "DELETE", f"{ACCOUNTS}/{account_id}")
    assert (gone["calendars"], gone["events"], gone["waiting_writes"]) == (3, 0, 0)
    assert "at the provider they stay" in gone["message"]
    await world.sidecar.app[ERRANDS].done()
    assert world.google.revoked == ["1//refresh-3"]
    assert (await ask(page, "GET", ACCOUNTS))["items"] == []
    await ask(page, "DELETE", f"{ACCOUNTS}/{account_id}", status=404)


async def test_a_google_that_is_away_does_not_keep_anybody_connected(world: World, page: aiohttp.ClientSession) -> None:
    account_id = await connect(world, page)
    world.google.is_down = True
    await ask(page, "DELETE", f"{ACCOUNTS}/{account_id}")
    await world.sidecar.app[ERRANDS].done()
    assert (await ask(page, "GET", ACCOUNTS))["items"] == []


async def test_the_providers_say_what_is_missing(
    world: World, page: aiohttp.ClientSession, client: aiohttp.ClientSession
) -> None:
    await connect(world, page)
    with_clients = (await ask(page, "GET", "/api/calendar/providers"))["items"]
    assert [(one["provider"], one["configured"], one["accounts"]) for one in with_clients] == [
        ("google", True, 1),
        ("microsoft", True, 0),
        ("caldav", True, 0),
    ]
    without = (await ask(client, "GET", "/api/calendar/providers"))["items"]
    assert [(one["configured"], one["missing"]) for one in without] == [
        (False, ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]),
        (False, ["MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"]),
        (True, []),
    ]
    assert without[0]["hint"] == "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET to connect Google calendars."


async def test_attempts_to_connect_are_limited(world: World, program: aiohttp.ClientSession) -> None:
    world.shelf.error = NeedsReconnect("401")
    answers: list[int] = []
    for _ in range(61):
        async with program.post(ACCOUNTS, json=DAV) as response:
            answers.append(response.status)
    assert (answers[0], answers[-1]) == (422, 429)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"GOOGLE_CLIENT_ID": "x"}, "GOOGLE_CLIENT_ID is set, but GOOGLE_CLIENT_SECRET is not: set both, or neither"),
        ({"MICROSOFT_CLIENT_SECRET": "hunter2"}, "MICROSOFT_CLIENT_SECRET is set, but MICROSOFT_CLIENT_ID is not"),
        ({"MICROSOFT_AUTHORITY": "http://login.test"}, "MICROSOFT_AUTHORITY"),
        ({"MICROSOFT_TENANT": "a/b"}, "MICROSOFT_TENANT"),
        ({"GOOGLE_API_BASE_URL": "google"}, "GOOGLE_API_BASE_URL"),
        ({"VOICELOOP_CALDAV_ALLOW": "10.0.0.0/33"}, "VOICELOOP_CALDAV_ALLOW"),
        ({"VOICELOOP_CALDAV_ALLOW": "https://dav.test"}, "VOICELOOP_CALDAV_ALLOW"),
    ],
)
def test_half_a_client_stops_the_start_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], problem: str
) -> None:
    needed = {"DATABASE_URL": "x", "LIVEKIT_URL": "ws://x", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s" * 36}
    for name, value in {**needed, "VOICELOOP_SECRET_KEY": "k" * 40, **given}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=problem) as caught:
        settings_from_environment()
    assert "hunter2" not in caught.value.message


def test_whole_clients_and_hosts_inside_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = {"DATABASE_URL": "x", "LIVEKIT_URL": "ws://x", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s" * 36}
    given = {
        "GOOGLE_CLIENT_ID": "x",
        "GOOGLE_CLIENT_SECRET": "hunter2",
        "VOICELOOP_CALDAV_ALLOW": "nas, 10.0.0.0/8,::1",
    }
    for name, value in {**needed, "VOICELOOP_SECRET_KEY": "k" * 40, **given}.items():
        monkeypatch.setenv(name, value)
    apps = settings_from_environment().calendar_apps
    assert apps.google is not None
    assert apps.microsoft is None
    assert apps.caldav_allow == ("nas", "10.0.0.0/8", "::1")
    assert "hunter2" not in repr(apps)
