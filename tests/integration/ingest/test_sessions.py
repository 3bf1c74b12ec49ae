"""Sessions: seen, ended, idle; remembered for moments, never longer than they are good."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from ingest.api import live
from ingest.keys import CREDENTIALS, ERRANDS, TOKENS
from store import access
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import login, make_person, send, sign_in_page, status_of_me


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> FixedClock:
    """The sidecar's clock stands still until a test moves it."""
    monkeypatch.setattr("ingest.app.clock_from_environment", lambda _environment: clock)
    return clock


@pytest.fixture
async def ada(sidecar: Sidecar, database: Database) -> Identity:
    return await make_person(database, sidecar.identity)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question to the database who somebody is."""
    seen: list[str] = []
    for name in ("identity_of_key", "identity_of_session", "identity_of_cookie"):
        ask = getattr(access, name)

        async def counted(*arguments: Any, name: str = name, ask: Any = ask) -> access.SignedIn | None:
            seen.append(name)
            return await ask(*arguments)

        monkeypatch.setattr(access, name, counted)
    return seen


async def own_sessions(sidecar: Sidecar, bearer: str) -> list[dict[str, Any]]:
    async with sidecar.client(bearer) as client, client.get("/api/auth/sessions") as response:
        assert response.status == 200
        return (await response.json())["items"]


async def test_one_sees_and_ends_ones_own_sessions(sidecar: Sidecar, database: Database, ada: Identity) -> None:
    await make_person(database, sidecar.identity, "bob@demo.test")
    bob = await login(sidecar, "bob@demo.test")
    first, second = await login(sidecar), await login(sidecar)
    listed = await own_sessions(sidecar, first["access_token"])
    assert len(listed) == 2
    [here] = [one for one in listed if one["current"]]
    [there] = [one for one in listed if not one["current"]]
    assert (here["kind"], here["address"]) == ("program", "127.0.0.1")
    assert "aiohttp" in here["user_agent"]
    assert here["expires_at"] == "2026-12-21T09:00:00Z"
    path = f"/api/auth/sessions/{there['id']}"
    async with sidecar.client(bob["access_token"]) as client, client.delete(path) as response:  # not Bob's
        assert (response.status, (await response.json())["code"]) == (404, "session_not_found")
    async with sidecar.client(first["access_token"]) as client:
        async with client.delete(path) as response:
            assert response.status == 204
        async with client.delete(path) as response:
            assert response.status == 404
    assert await status_of_me(sidecar, second["access_token"]) == 401
    assert [one["id"] for one in await own_sessions(sidecar, first["access_token"])] == [here["id"]]


async def test_many_sessions_come_in_pages(sidecar: Sidecar, ada: Identity, clock: FixedClock) -> None:
    tokens: list[str] = []
    for _ in range(3):
        tokens.append((await login(sidecar))["access_token"])
        clock.advance(timedelta(seconds=1))
    async with sidecar.client(tokens[0]) as client:
        async with client.get("/api/auth/sessions", params={"limit": 2}) as response:
            page = await response.json()
        assert len(page["items"]) == 2
        async with client.get("/api/auth/sessions", params={"limit": 2, "cursor": page["next_cursor"]}) as response:
            rest = await response.json()
    assert [one["current"] for one in rest["items"]] == [True]
    assert rest["next_cursor"] is None


async def test_signing_out_everywhere_ends_every_session_at_once(sidecar: Sidecar, ada: Identity) -> None:
    programs, page = [await login(sidecar), await login(sidecar)], await sign_in_page(sidecar)
    async with page:
        async with page.post("/api/auth/logout-everywhere") as response:
            assert response.status == 204
            assert response.cookies["voiceloop_signed_out"].value == "1"
        async with page.get("/api/me") as response:
            assert response.status == 401
    for pair in programs:
        assert await status_of_me(sidecar, pair["access_token"]) == 401
        status, _ = await send(sidecar, "/api/auth/refresh", {"refresh_token": pair["refresh_token"]})
        assert status == 401
    assert await status_of_me(sidecar, sidecar.key) == 200


async def test_a_page_nobody_uses_is_signed_out_after_a_week(
    sidecar: Sidecar, ada: Identity, clock: FixedClock
) -> None:
    async with await sign_in_page(sidecar) as page:
        for _ in range(4):  # used now and then it stays, 24 days long
            clock.advance(timedelta(days=6))
            async with page.get("/api/me") as response:
                assert response.status == 200
            await sidecar.app[ERRANDS].done()
        clock.advance(timedelta(days=5))
        async with page.get("/api/me") as response:
            assert response.status == 200
        await sidecar.app[ERRANDS].done()
        clock.advance(timedelta(days=1))  # thirty days after signing in it is over all the same
        async with page.get("/api/me") as response:
            assert response.status == 401
    async with await sign_in_page(sidecar) as page:
        clock.advance(timedelta(days=7))
        async with page.get("/api/me") as response:
            assert response.status == 401


async def test_whoever_was_recognised_is_remembered_for_five_seconds(
    sidecar: Sidecar, ada: Identity, clock: FixedClock, asked: list[str]
) -> None:
    pair = await login(sidecar)
    async with await sign_in_page(sidecar) as page:
        asked.clear()
        for _ in range(3):
            assert await status_of_me(sidecar, sidecar.key) == 200
            assert await status_of_me(sidecar, pair["access_token"]) == 200
            async with page.get("/api/me") as response:
                assert response.status == 200
        assert sorted(asked) == ["identity_of_cookie", "identity_of_key", "identity_of_session"]
        clock.advance(timedelta(seconds=5))
        assert await status_of_me(sidecar, sidecar.key) == 200
        assert len(asked) == 4


async def test_a_wrong_credential_is_never_remembered(sidecar: Sidecar, asked: list[str]) -> None:
    for _ in range(2):
        assert await status_of_me(sidecar, "vl_unknown") == 401
    assert asked == ["identity_of_key"] * 2


async def test_a_key_is_over_when_it_expires_though_it_is_remembered(
    sidecar: Sidecar, database: Database, clock: FixedClock
) -> None:
    key = await make_key(database, sidecar.identity)
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE api_keys SET expires_at = %s WHERE key_hash = %s",
            (clock.now() + timedelta(seconds=2), access.hash_of_secret(key)),
        )
    assert await status_of_me(sidecar, key) == 200
    clock.advance(timedelta(seconds=2))
    assert await status_of_me(sidecar, key) == 401


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "DELETE FROM api_keys",
        "UPDATE users SET deleted_at = now()",
    ],
)
async def test_another_sidecars_change_counts_here_within_moments(
    sidecar: Sidecar, database: Database, clock: FixedClock, statement: str
) -> None:
    assert await status_of_me(sidecar, sidecar.key) == 200
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute(statement.encode())
    for _ in range(200):  # the clock stands still: only the database's word makes it forget
        if await status_of_me(sidecar, sidecar.key) == 401:
            break
    else:
        raise AssertionError("the key is still taken")


async def test_a_lower_role_counts_within_moments(sidecar: Sidecar, database: Database, ada: Identity) -> None:
    token = (await login(sidecar))["access_token"]
    me: dict[str, Any] = {}
    async with sidecar.client(token) as client:
        async with database.transaction(ada) as connection:
            await connection.execute("UPDATE users SET role = 'viewer' WHERE id = %s", (ada.user_id,))
        for _ in range(200):
            async with client.get("/api/me") as response:
                me = await response.json()
            if "documents:write" not in me["scopes"]:
                break
        assert me["user"]["role"] == "viewer"
        assert "documents:write" not in me["scopes"]


async def test_a_live_stream_ends_with_the_session(sidecar: Sidecar, ada: Identity) -> None:
    token = (await login(sidecar))["access_token"]
    async with sidecar.client(token) as client, client.get("/api/events") as stream:
        assert stream.status == 200
        await stream.content.readuntil(b"\n\n")
        assert (await send(sidecar, "/api/auth/logout", bearer=token))[0] == 204
        assert await stream.content.read() == b""
    async with sidecar.client(token) as client, client.get("/api/events") as stream:
        assert stream.status == 401


async def test_a_live_stream_ends_with_its_key(
    sidecar: Sidecar, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_HEARTBEAT_S", 0.01)
    key = await make_key(database, sidecar.identity)
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE api_keys SET expires_at = %s WHERE key_hash = %s",
            (clock.now() + timedelta(minutes=2), access.hash_of_secret(key)),
        )
    await ends_after(sidecar, key, clock, timedelta(minutes=2))


async def test_a_live_stream_ends_with_its_access_token_or_after_a_quarter_of_an_hour(
    sidecar: Sidecar, ada: Identity, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_HEARTBEAT_S", 0.01)
    token = (await login(sidecar))["access_token"]
    clock.advance(timedelta(minutes=5))
    await ends_after(sidecar, token, clock, timedelta(minutes=10))
    await ends_after(sidecar, sidecar.key, clock, timedelta(minutes=15))


async def ends_after(sidecar: Sidecar, bearer: str, clock: FixedClock, lasts: timedelta) -> None:
    """The bearer's stream beats until just before the time is over, and is closed then."""
    async with sidecar.client(bearer) as client, client.get("/api/events") as stream:
        await stream.content.readuntil(b"listening\n\n")
        clock.advance(lasts - timedelta(seconds=1))
        for _ in range(2):  # the first may have been on its way already
            assert await stream.content.readuntil(b"\n\n") == b": still here\n\n"
        clock.advance(timedelta(seconds=1))
        async with asyncio.timeout(5):
            assert (await stream.content.read()).replace(b": still here\n\n", b"") == b""


async def test_live_streams_end_when_nobody_hears_of_changes_any_more(sidecar: Sidecar, database: Database) -> None:
    async with sidecar.client() as client, client.get("/api/events") as stream:
        await stream.content.readuntil(b"listening\n\n")
        async with database.system() as connection:
            await connection.execute("RESET ROLE")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query = 'LISTEN voiceloop_access'"
            )
            await connection.execute("SET ROLE voiceloop_app")
        async with asyncio.timeout(5):
            assert await stream.content.read() == b""


async def test_nothing_is_remembered_while_nobody_listens(
    sidecar: Sidecar, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar.app[CREDENTIALS], "_listening", False)
    for _ in range(3):
        assert await status_of_me(sidecar, sidecar.key) == 200
    assert asked == ["identity_of_key"] * 3


async def test_the_last_use_of_a_key_is_noted_once_a_minute(
    sidecar: Sidecar, database: Database, clock: FixedClock
) -> None:
    async def noted() -> object:
        await sidecar.app[ERRANDS].done()
        async with database.transaction(sidecar.identity) as connection:
            row = await (await connection.execute("SELECT last_used_at FROM api_keys")).fetchone()
        assert row is not None
        return row["last_used_at"]

    assert await noted() is None
    first = clock.now()
    for _ in range(3):
        await status_of_me(sidecar, sidecar.key)
        clock.advance(timedelta(seconds=20))
    assert await noted() == first
    await status_of_me(sidecar, sidecar.key)
    assert await noted() == clock.now()


async def test_a_token_for_another_session_of_another_tenant_is_refused(
    sidecar: Sidecar, ada: Identity, other_identity: Identity, database: Database
) -> None:
    await make_person(database, other_identity, "eve@other.test")
    eve = await login(sidecar, "eve@other.test")
    async with sidecar.client(eve["access_token"]) as client, client.get("/api/auth/sessions") as response:
        [session] = (await response.json())["items"]
    assert ada.user_id is not None
    mixed = sidecar.app[TOKENS].issue(ada.tenant_id, ada.user_id, session["id"])
    assert await status_of_me(sidecar, mixed) == 401


async def test_a_page_that_shows_somebody_else_changes_nothing(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    async with await sign_in_page(sidecar) as page:
        me = f"{ada.tenant_id}/{ada.user_id}"
        for shown, status in ((me, 200), (f"{ada.tenant_id}/{sidecar.identity.user_id}", 409), ("", 409)):
            headers = {"X-VoiceLoop-Person": shown}
            async with page.patch("/api/me", json={"name": "Ada B."}, headers=headers) as response:
                assert response.status == status, shown
                if status == 409:
                    assert (await response.json())["code"] == "other_person"
