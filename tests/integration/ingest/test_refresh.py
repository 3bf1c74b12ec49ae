"""Refresh tokens: each good once; presented twice the whole session ends, whoever was first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.people import count, login, make_person, send, status_of_me


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> FixedClock:
    """The sidecar's clock stands still until a test moves it."""
    monkeypatch.setattr("ingest.app.clock_from_environment", lambda _environment: clock)
    return clock


@pytest.fixture
async def ada(sidecar: Sidecar, database: Database) -> Identity:
    return await make_person(database, sidecar.identity)


async def refresh(sidecar: Sidecar, pair: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return await send(sidecar, "/api/auth/refresh", {"refresh_token": pair["refresh_token"]})


async def ended_because(database: Database, ada: Identity) -> list[str]:
    async with database.transaction(ada) as connection:
        rows = await (await connection.execute("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL")).fetchall()
    return [row["end_reason"] for row in rows]


async def test_each_refresh_gives_the_next_pair_of_the_same_session(
    sidecar: Sidecar, database: Database, ada: Identity, clock: FixedClock
) -> None:
    pair = await login(sidecar)
    for _ in range(5):
        clock.advance(timedelta(minutes=20))
        assert await status_of_me(sidecar, pair["access_token"]) == 401  # over
        status, after = await refresh(sidecar, pair)
        assert status == 200
        assert after["refresh_token"] != pair["refresh_token"]
        assert await status_of_me(sidecar, after["access_token"]) == 200
        pair = after
    assert await count(database, ada, b"SELECT count(*) AS n FROM sessions") == 1
    assert await count(database, ada, b"SELECT count(*) AS n FROM refresh_tokens WHERE used_at IS NULL") == 1


async def test_a_token_presented_twice_ends_the_session_for_everybody(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    stolen = await login(sidecar)
    another = await login(sidecar)
    _, current = await refresh(sidecar, stolen)
    assert await status_of_me(sidecar, current["access_token"]) == 200
    status, problem = await refresh(sidecar, stolen)
    assert (status, problem["code"]) == (401, "token_reused")
    assert await status_of_me(sidecar, current["access_token"]) == 401  # at once, though it is good for minutes
    for pair in (stolen, current):
        status, problem = await refresh(sidecar, pair)
        assert (status, problem["code"]) == (401, "token_reused")
    assert await ended_because(database, ada) == ["token_reused"]
    assert await status_of_me(sidecar, another["access_token"]) == 200


async def test_of_ten_refreshes_at_once_one_at_most_is_answered_and_the_session_ends(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    pair = await login(sidecar)
    answers = await asyncio.gather(*(refresh(sidecar, pair) for _ in range(10)))
    won = [after for status, after in answers if status == 200]
    assert len(won) <= 1
    assert {problem["code"] for status, problem in answers if status != 200} == {"token_reused"}
    for after in won:
        assert await status_of_me(sidecar, after["access_token"]) == 401
        assert (await refresh(sidecar, after))[0] == 401
    assert await ended_because(database, ada) == ["token_reused"]


async def test_ten_refreshes_one_after_another_from_many_tokens_do_not_mix_up_families(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    pairs = [await login(sidecar) for _ in range(4)]
    answers = await asyncio.gather(*(refresh(sidecar, pair) for pair in pairs))
    assert [status for status, _ in answers] == [200] * 4
    status, _ = await refresh(sidecar, pairs[0])
    assert status == 401
    alive = [await status_of_me(sidecar, after["access_token"]) for _, after in answers]
    assert alive == [401, 200, 200, 200]


async def test_a_session_is_over_thirty_days_after_signing_in(
    sidecar: Sidecar, ada: Identity, clock: FixedClock
) -> None:
    pair = await login(sidecar)
    clock.advance(timedelta(days=29))
    _, pair = await refresh(sidecar, pair)
    clock.advance(timedelta(days=1))
    assert await status_of_me(sidecar, pair["access_token"]) == 401
    status, problem = await refresh(sidecar, pair)
    assert (status, problem["code"]) == (401, "invalid_refresh_token")


async def test_after_signing_out_there_is_nothing_to_refresh(
    sidecar: Sidecar, database: Database, ada: Identity
) -> None:
    by_bearer, by_token = await login(sidecar), await login(sidecar)
    assert (await send(sidecar, "/api/auth/logout", bearer=by_bearer["access_token"]))[0] == 204
    body = {"refresh_token": by_token["refresh_token"]}
    for _ in range(2):  # signing out twice is no error, and an unknown token tells nothing
        assert (await send(sidecar, "/api/auth/logout", body))[0] == 204
    assert (await send(sidecar, "/api/auth/logout", {"refresh_token": "unknown"}))[0] == 204
    for pair in (by_bearer, by_token):
        assert await status_of_me(sidecar, pair["access_token"]) == 401
        status, problem = await refresh(sidecar, pair)
        assert (status, problem["code"]) == (401, "invalid_refresh_token")
    assert await ended_because(database, ada) == ["signed_out", "signed_out"]


async def test_who_is_not_signed_in_cannot_sign_out(sidecar: Sidecar) -> None:
    status, problem = await send(sidecar, "/api/auth/logout")
    assert (status, problem["code"]) == (401, "not_signed_in")
    status, problem = await send(sidecar, "/api/auth/logout", bearer=sidecar.key)
    assert (status, problem["code"]) == (422, "needs_session")
