"""Signing in: right and wrong passwords, several tenants, the page's cookie, this machine's owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp
import argon2
import pytest

from ingest import cookies
from ingest.keys import ERRANDS
from ingest.settings import Settings
from store import passwords
from store.database import Database
from store.errors import Unavailable
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.people import (
    AS_BROWSER,
    PASSWORD,
    browser,
    count,
    login,
    make_person,
    send,
    sign_in_page,
    status_of_me,
)
from tests.integration.ingest.sidecars import serving

SESSIONS = b"SELECT count(*) AS n FROM sessions"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The usual settings, or with the changes a test is parametrized with."""
    return settings.model_copy(update=getattr(request, "param", {}))


@pytest.fixture
async def ada(sidecar: Sidecar, database: Database) -> Identity:
    return await make_person(database, sidecar.identity)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that is verified, in order."""
    seen: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # argon2's own name
            seen.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    return seen


async def test_a_program_signs_in_with_email_and_password(sidecar: Sidecar, database: Database, ada: Identity) -> None:
    pair = await login(sidecar, " ADA@demo.test ")
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 900)
    async with sidecar.client(pair["access_token"]) as client, client.get("/api/me") as response:
        me = await response.json()
    assert (me["user"]["id"], me["user"]["role"], me["session"]) == (str(ada.user_id), "editor", {"kind": "program"})
    assert me["tenant"]["operates"] is False
    assert "documents:write" in me["scopes"]
    assert "members:write" not in me["scopes"]
    signed_in = b"SELECT count(*) AS n FROM users WHERE last_sign_in_at IS NOT NULL"
    assert await count(database, ada, signed_in) == 1


async def test_a_key_has_no_session(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/me") as response:
        assert (await response.json())["session"] is None
    async with client.patch("/api/me", json={"name": "Nobody"}) as response:
        assert (response.status, (await response.json())["code"]) == (403, "needs_session")
    async with client.get("/api/auth/sessions") as response:
        assert response.status == 403


async def test_whatever_is_wrong_gets_one_answer_after_the_same_work(
    sidecar: Sidecar, database: Database, ada: Identity, verified: list[str]
) -> None:
    await make_person(database, ada, "invited@demo.test", password=None)
    gone = await make_person(database, ada, "gone@demo.test")
    async with database.transaction(ada) as connection:
        await connection.execute("UPDATE users SET deleted_at = now() WHERE id = %s", (gone.user_id,))
    attempts = [
        {"email": "ada@demo.test", "password": "wrong horse battery"},
        {"email": "ada@demo.test", "password": PASSWORD, "tenant": "other"},
        {"email": "ada@demo.test", "password": PASSWORD, "tenant": "no-such-tenant"},
        {"email": "nobody@demo.test", "password": PASSWORD},
        {"email": "invited@demo.test", "password": ""},
        {"email": "gone@demo.test", "password": PASSWORD},
        {"email": "' OR true --", "password": PASSWORD},
    ]
    answers: set[str] = set()
    for attempt in attempts:
        verified.clear()
        status, problem = await send(sidecar, "/api/auth/login", attempt)
        assert (status, problem["code"]) == (401, "wrong_credentials"), attempt
        assert len(verified) == 1, attempt
        problem.pop("request_id")
        answers.add(str(problem))
    assert len(answers) == 1


async def test_an_address_that_only_folds_to_somebodys_is_nobodys(
    sidecar: Sidecar, database: Database, verified: list[str]
) -> None:
    await make_person(database, sidecar.identity, "mirik@demo.test")
    for email in ("mir\u0130k@demo.test", "m\u0130rik@demo.test", "miri\u212a@demo.test"):
        verified.clear()
        status, problem = await send(sidecar, "/api/auth/login", {"email": email, "password": PASSWORD})
        assert (status, problem["code"], len(verified)) == (401, "wrong_credentials", 1), email


async def test_somebody_in_two_tenants_says_which(
    sidecar: Sidecar, database: Database, ada: Identity, other_identity: Identity, verified: list[str]
) -> None:
    await make_person(database, other_identity)
    status, problem = await send(sidecar, "/api/auth/login", {"email": "ada@demo.test", "password": PASSWORD})
    assert (status, problem["code"]) == (409, "choose_tenant")
    assert {one["slug"] for one in problem["tenants"]} == {"demo", "other"}
    chosen = {"email": "ada@demo.test", "password": PASSWORD, "tenant": "other"}
    status, pair = await send(sidecar, "/api/auth/login", chosen)
    async with sidecar.client(pair["access_token"]) as client, client.get("/api/me") as response:
        assert (await response.json())["tenant"]["slug"] == "other"
    for email in ("ada@demo.test", "nobody@demo.test"):  # the work does not tell who is in two
        verified.clear()
        status, problem = await send(sidecar, "/api/auth/login", {"email": email, "password": "wrong horse"})
        assert (status, problem["code"], len(verified)) == (401, "wrong_credentials", 2)


async def test_another_password_in_each_tenant_needs_no_choice(
    sidecar: Sidecar, database: Database, ada: Identity, other_identity: Identity
) -> None:
    await make_person(database, other_identity, password="another horse battery")
    pair = await login(sidecar, password="another horse battery")
    async with sidecar.client(pair["access_token"]) as client, client.get("/api/me") as response:
        assert (await response.json())["tenant"]["slug"] == "other"


@pytest.mark.parametrize(
    "statement",
    [
        b"UPDATE users SET deleted_at = now() WHERE name = 'Ada'",
        b"UPDATE tenants SET deleted_at = now() WHERE slug = 'demo'",
        b"DELETE FROM users WHERE name = 'Ada'",
    ],
    ids=["user deleted", "tenant deleted", "user purged"],
)
async def test_nothing_of_somebody_deleted_is_taken_any_more(
    sidecar: Sidecar, database: Database, ada: Identity, statement: bytes
) -> None:
    pair, page = await login(sidecar), await sign_in_page(sidecar)
    assert await status_of_me(sidecar, pair["access_token"]) == 200
    async with database.system() as connection:
        await connection.execute("RESET ROLE")
        await connection.execute(statement)
        await connection.execute("SET ROLE voiceloop_app")
    await until_forgotten(sidecar, pair["access_token"])
    async with page, page.get("/api/me") as response:
        assert response.status == 401
    status, _ = await send(sidecar, "/api/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert status == 401
    status, _ = await send(sidecar, "/api/auth/login", {"email": "ada@demo.test", "password": PASSWORD})
    assert status == 401


async def until_forgotten(sidecar: Sidecar, bearer: str) -> None:
    """Ask until the database's word has come round, which takes far less than the five seconds of the cache."""
    for _ in range(200):
        if await status_of_me(sidecar, bearer) == 401:
            return
    raise AssertionError("still taken")


async def test_the_page_signs_in_and_out(sidecar: Sidecar, ada: Identity) -> None:
    async with browser(sidecar) as page:
        async with page.post("/api/auth/session", json={"email": "ada@demo.test", "password": PASSWORD}) as response:
            me = await response.json()
            cookie = response.cookies["voiceloop_session"]
        assert (me["user"]["email"], me["session"]) == ("ada@demo.test", {"kind": "page"})
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"], cookie["secure"]) == ("Strict", "/", "")
        assert int(cookie["max-age"]) == 30 * 24 * 3600
        kept = {"Cookie": f"voiceloop_session={cookie.value}"}
        async with page.patch("/api/me", json={"name": "Ada L."}) as response:
            assert (await response.json())["user"]["name"] == "Ada L."
        async with page.post("/api/auth/logout") as response:
            assert response.status == 204
            assert response.cookies["voiceloop_signed_out"].value == "1"
        async with page.get("/api/me") as response:
            assert response.status == 401
    async with browser(sidecar) as thief, thief.get("/api/me", headers=kept) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "csrf_header_missing"),
        ({"X-VoiceLoop": "1"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Origin": "https://evil.example"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Sec-Fetch-Site": "cross-site"}, "cross_site"),
    ],
)
@pytest.mark.parametrize("path", ["/api/auth/session", "/api/auth/session/local"])
async def test_no_other_site_signs_a_browser_in(
    sidecar: Sidecar, ada: Identity, path: str, headers: dict[str, str], code: str
) -> None:
    body = {"email": "ada@demo.test", "password": PASSWORD} if path.endswith("session") else None
    async with (
        aiohttp.ClientSession(sidecar.url) as session,
        session.post(path, json=body, headers=headers) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (403, code)
        assert not response.cookies


async def test_a_page_behind_another_name_is_signed_in_by_password_only(sidecar: Sidecar, ada: Identity) -> None:
    behind = {"X-Forwarded-For": "192.0.2.7", "Host": "voice.example.com", "Origin": "https://voice.example.com"}
    async with aiohttp.ClientSession(sidecar.url, headers={**behind, "X-VoiceLoop": "1"}) as session:
        async with session.get("/api/auth/methods") as response:
            assert await response.json() == {"password": True, "local": False}
        async with session.post("/api/auth/session/local") as response:
            assert (response.status, (await response.json())["code"]) == (403, "not_local")
        credentials = {"email": "ada@demo.test", "password": PASSWORD}
        async with session.post("/api/auth/session", json=credentials) as response:
            assert response.status == 200
            cookie = response.cookies["voiceloop_session"].value
        async with session.get("/api/me", headers={"Cookie": f"voiceloop_session={cookie}"}) as response:
            assert response.status == 200


async def test_signing_in_as_somebody_else_ends_the_session_before(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    async with browser(sidecar) as page:
        async with page.get("/", headers=AS_BROWSER) as response:
            owner = {"Cookie": f"voiceloop_session={response.cookies['voiceloop_session'].value}"}
        async with page.post("/api/auth/session", json={"email": "ada@demo.test", "password": PASSWORD}) as response:
            assert (await response.json())["user"]["email"] == "ada@demo.test"
        async with page.get("/api/me") as response:
            assert (await response.json())["user"]["email"] == "ada@demo.test"
    async with browser(sidecar) as another, another.get("/api/me", headers=owner) as response:
        assert response.status == 401


@pytest.mark.parametrize("settings", [{"public_url": "https://voice.example.com"}], indirect=True)
async def test_behind_tls_cookies_are_sent_over_tls_only(sidecar: Sidecar, ada: Identity) -> None:
    headers = {"X-VoiceLoop": "1", "Origin": "https://voice.example.com"}  # which a proxy asks us for by another name
    credentials = {"email": "ada@demo.test", "password": PASSWORD}
    async with (
        aiohttp.ClientSession(sidecar.url, headers=headers) as session,
        session.post("/api/auth/session", json=credentials) as response,
    ):
        assert response.status == 200
        assert response.cookies["voiceloop_session"]["secure"] is True


@pytest.mark.parametrize("settings", [{"public_url": "https://voice.example.com"}], indirect=True)
@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("voice.example.com", "http://voice.example.com", 403),
        ("voice.example.com", "ftp://voice.example.com", 403),
        ("voice.example.com", "https://voice.example.com", 200),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", 200),
        ("127.0.0.1:8080", "ftp://127.0.0.1:8080", 403),
    ],
)
async def test_a_page_that_came_without_tls_is_not_ours_where_there_is_tls(
    sidecar: Sidecar, ada: Identity, host: str, origin: str, status: int
) -> None:
    credentials = {"email": "ada@demo.test", "password": PASSWORD}
    async with (
        aiohttp.ClientSession(sidecar.url, headers={"X-VoiceLoop": "1", "Host": host, "Origin": origin}) as session,
        session.post("/api/auth/session", json=credentials) as response,
    ):
        assert response.status == status


async def test_an_owners_cookie_where_no_owner_is_taken_is_no_session_and_taken_back(
    sidecar: Sidecar, settings: Settings
) -> None:
    async with browser(sidecar) as page, page.get("/", headers=AS_BROWSER) as response:
        kept = {"Cookie": f"voiceloop_session={response.cookies['voiceloop_session'].value}"}
    async with (
        serving(settings, local_sign_in=False) as url,
        aiohttp.ClientSession(url, headers={"X-VoiceLoop": "1", "Origin": url}) as session,
    ):
        async with session.get("/api/me", headers=kept) as response:
            assert (response.status, (await response.json())["code"]) == (401, "not_signed_in")
            assert response.cookies["voiceloop_session"]["max-age"] == "0"
        async with session.post("/api/auth/logout", headers=kept) as response:
            assert response.status == 204
            assert response.cookies["voiceloop_session"]["max-age"] == "0"


async def test_leaving_always_takes_the_cookie_back(sidecar: Sidecar) -> None:
    async with browser(sidecar) as page, page.get("/", headers=AS_BROWSER) as response:
        kept = {"Cookie": f"voiceloop_session={response.cookies['voiceloop_session'].value}"}
    async with browser(sidecar) as elsewhere:
        async with elsewhere.post("/api/auth/logout", headers={**kept, "Via": "1.1 proxy"}) as response:
            assert response.status == 204
            assert response.cookies["voiceloop_session"]["max-age"] == "0"
        async with elsewhere.get("/api/me", headers=kept) as response:
            assert response.status == 200, "only its own machine ends it"


async def test_without_the_database_the_page_is_shown_all_the_same(
    sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_away(*_: object) -> None:
        raise Unavailable("The database does not answer now.")

    monkeypatch.setattr(cookies.tenants, "tenant_id_of_slug", is_away)
    async with browser(sidecar) as page, page.get("/", headers=AS_BROWSER) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "voiceloop_session" not in response.cookies


async def test_who_signed_out_on_this_machine_stays_out_until_they_want_in(
    sidecar: Sidecar, database: Database
) -> None:
    async with browser(sidecar) as page:
        async with page.get("/api/auth/methods") as response:
            assert await response.json() == {"password": True, "local": True}
        async with page.get("/", headers=AS_BROWSER) as response:
            assert "voiceloop_session" in response.cookies
        async with page.post("/api/auth/logout") as response:
            assert response.status == 204
        async with page.get("/", headers=AS_BROWSER) as response:
            assert "voiceloop_session" not in response.cookies
        async with page.get("/api/me") as response:
            assert response.status == 401
        async with page.post("/api/auth/session/local") as response:
            assert (await response.json())["session"] == {"kind": "local"}
        async with page.get("/api/me") as response:
            assert (await response.json())["user"]["role"] == "owner"
        assert not any(cookie.key == "voiceloop_signed_out" for cookie in page.cookie_jar)
        for _ in range(3):  # and one session is enough for a browser that comes again
            async with page.get("/", headers=AS_BROWSER) as response:
                assert "voiceloop_session" not in response.cookies
    assert await count(database, sidecar.identity, SESSIONS) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "*/*"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "cors"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"},
        {"Accept": "text/html", "Cookie": "voiceloop_signed_out=1"},
    ],
    ids=["a program", "a script", "a link on another site", "who signed out"],
)
async def test_no_session_is_made_for(sidecar: Sidecar, database: Database, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(sidecar.url) as session, session.get("/", headers=headers) as response:
        assert response.status == 200
        assert "voiceloop_session" not in response.cookies
    assert await count(database, sidecar.identity, SESSIONS) == 0


async def test_a_hash_of_earlier_days_is_made_anew(sidecar: Sidecar, database: Database, ada: Identity) -> None:
    assert ada.user_id is not None
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with database.transaction(ada) as connection:
        await connection.execute("UPDATE passwords SET hash = %s", (weak,))
    await login(sidecar)
    await sidecar.app[ERRANDS].done()
    async with database.transaction(ada) as connection:
        hash_ = await passwords.hash_of_user(connection, ada.user_id)
    assert hash_ is not None
    assert not passwords.needs_rehash(hash_)
    assert await passwords.verify(hash_, PASSWORD)


async def test_a_hash_made_anew_in_this_moment_turns_nobody_away(
    sidecar: Sidecar, database: Database, ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_all = passwords.verify_all

    async def slow(hashes: Sequence[str | None], password: str) -> list[bool]:
        right = await verify_all(hashes, password)
        monkeypatch.setattr(passwords, "verify_all", verify_all)
        async with database.transaction(ada) as connection:  # another sign-in strengthens the hash meanwhile
            await connection.execute("UPDATE passwords SET hash = %s", (await passwords.hash_password(password),))
        return right

    monkeypatch.setattr(passwords, "verify_all", slow)
    await login(sidecar)
