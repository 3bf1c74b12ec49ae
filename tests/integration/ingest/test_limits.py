"""Rate limits: what all sidecars together let through, and what somebody hears who asked too often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ingest.limits import Limits
from ingest.settings import Settings
from store import allowances
from store.allowances import Allowance
from store.clock import FixedClock
from store.database import Database
from store.errors import TooMany
from store.identity import Identity
from tests.integration.ingest.conftest import make_key
from tests.integration.ingest.people import make_person
from tests.integration.ingest.sidecars import serving

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Pair:
    """Two sidecars on one database, one clock."""

    def __init__(self, settings: Settings, clock: FixedClock, stack: AsyncExitStack) -> None:
        self.settings = settings
        self.clock = clock
        self._stack = stack
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.urls: list[str] = []

    async def start(self, **changes: Any) -> None:
        await self._stack.enter_async_context(self._session)
        for _ in range(2):
            self.urls.append(await self._stack.enter_async_context(serving(self.settings, self.clock, **changes)))

    async def get(self, key: str, path: str = "/api/me", *, number: int = 0, **headers: str) -> aiohttp.ClientResponse:
        headers = {"Authorization": f"Bearer {key}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        async with self._session.get(self.urls[number % 2] + path, headers=headers) as response:
            await response.read()
            return response

    async def post(self, path: str, body: dict[str, Any], *, number: int = 0, **headers: str) -> aiohttp.ClientResponse:
        async with self._session.post(self.urls[number % 2] + path, json=body, headers=headers) as response:
            await response.read()
            return response

    async def flood(self, key: str, count: int, path: str = "/api/me") -> list[int]:
        """The statuses of ``count`` requests at once, in turn to one and the other."""
        answers = await asyncio.gather(*(self.get(key, path, number=number) for number in range(count)))
        return sorted(answer.status for answer in answers)


@pytest.fixture
async def pair(settings: Settings, clock: FixedClock, identity: Identity) -> AsyncIterator[Pair]:
    del identity  # there is a tenant with an owner
    async with AsyncExitStack() as stack:
        yield Pair(settings, clock, stack)


@pytest.fixture
async def key(database: Database, identity: Identity) -> str:
    return await make_key(database, identity)


async def test_two_sidecars_let_through_no_more_than_the_limit(pair: Pair, key: str) -> None:
    await pair.start(limit_key="10/60")
    assert await pair.flood(key, 30) == [200] * 10 + [429] * 20
    refused = await pair.get(key)
    problem = await refused.json()
    assert (refused.status, problem["code"], refused.headers["Retry-After"]) == (429, "rate_limited", "6")
    assert refused.content_type == "application/problem+json"
    assert problem["detail"] == "Too many requests with this key. Try again in 6 seconds."
    assert refused.headers["RateLimit-Policy"] == '"key";q=10;w=60'
    assert refused.headers["RateLimit"] == '"key";r=0;t=6'


async def test_after_the_time_told_a_request_is_taken_again(pair: Pair, key: str) -> None:
    await pair.start(limit_key="10/60")
    await pair.flood(key, 12)
    pair.clock.advance(timedelta(seconds=5.2))
    assert (await pair.get(key)).headers["Retry-After"] == "1"
    pair.clock.advance(timedelta(seconds=0.8))
    assert await pair.flood(key, 4) == [200, 429, 429, 429]
    pair.clock.advance(timedelta(hours=1))
    assert await pair.flood(key, 15) == [200] * 10 + [429] * 5


async def test_keys_are_limited_apart_and_their_tenant_together(
    pair: Pair, key: str, database: Database, identity: Identity, other_identity: Identity, fresh_database_url: str
) -> None:
    second, stranger = await make_key(database, identity), await make_key(database, other_identity)
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("UPDATE tenants SET requests_limit = 15 WHERE id = %s", (identity.tenant_id,))
    await pair.start(limit_key="10/60")
    assert (await pair.flood(key, 12)).count(200) == 10
    assert (await pair.flood(second, 8)).count(200) <= 5
    refused = await pair.get(second)
    assert "this tenant" in (await refused.json())["detail"]
    assert (await pair.flood(stranger, 10)).count(200) == 10


async def test_what_load_balancers_ask_and_the_page_itself_are_not_limited(pair: Pair, key: str) -> None:
    await pair.start(limit_address="3/60")
    for path, status in (("/health", 200), ("/ready", 503), ("/metrics", 200), ("/", 200), ("/assets/main-1.js", 200)):
        assert await pair.flood(key, 6, path) == [status] * 6
    assert await pair.flood(key, 5) == [200, 200, 200, 429, 429]


async def test_limits_can_be_switched_off(pair: Pair, key: str) -> None:
    await pair.start(limit_address="off", limit_key="off")
    assert await pair.flood(key, 40) == [200] * 40


async def test_an_address_is_believed_from_our_own_proxies_only(pair: Pair, key: str) -> None:
    await pair.start(limit_address="2/60", trusted_proxies="127.0.0.0/8, 10.0.0.1")
    for address in ("198.51.100.1", "evil, 198.51.100.2", "198.51.100.9, 198.51.100.3, 10.0.0.1", "2001:db8::1"):
        assert [(await pair.get(key, X_Forwarded_For=address)).status for _ in range(3)] == [200, 200, 429]
    assert (await pair.get(key, X_Forwarded_For="1.2.3.4, 198.51.100.2")).status == 429
    assert (await pair.get(key, X_Forwarded_For="2001:db8::2")).status == 429, "the same network"
    assert (await pair.get(key, X_Forwarded_For="2001:db8:0:1::1")).status == 200


async def test_a_made_up_address_counts_for_nothing_without_a_proxy(pair: Pair, key: str) -> None:
    await pair.start(limit_address="2/60")
    statuses = [(await pair.get(key, X_Forwarded_For=f"198.51.100.{n}")).status for n in range(4)]
    assert statuses == [200, 200, 429, 429]


async def test_wrong_keys_are_limited_and_right_ones_still_taken(pair: Pair, key: str) -> None:
    await pair.start(limit_failed="5/60")
    assert await pair.flood("vl_wrong", 12) == [401] * 5 + [429] * 7
    assert (await pair.get(key)).status == 200


async def test_signing_in_is_limited_for_an_e_mail_that_nobody_has_too(pair: Pair) -> None:
    await pair.start(limit_sign_in_email="3/300")
    for name in ("nobody@demo.test", "owner@demo.test"):
        emails = (name, name.upper(), f" {name}", name)
        answers = [
            await pair.post("/api/auth/login", {"email": email, "password": "x"}, number=number)
            for number, email in enumerate(emails)
        ]
        assert [answer.status for answer in answers] == [401, 401, 401, 429]
        assert answers[-1].headers["Retry-After"] == "100"


async def test_somebody_elsewhere_does_not_shut_a_person_out(pair: Pair) -> None:
    await pair.start(limit_sign_in_email="3/300", limit_sign_in_email_anywhere="8/300", trusted_proxies="127.0.0.1")

    async def attempts(address: str, count: int) -> list[int]:
        body = {"email": "owner@demo.test", "password": "x"}
        answers = [
            await pair.post("/api/auth/login", body, number=n, **{"X-Forwarded-For": address}) for n in range(count)
        ]
        return [answer.status for answer in answers]

    assert await attempts("198.51.100.1", 6) == [401] * 3 + [429] * 3
    assert await attempts("198.51.100.2", 2) == [401] * 2, "the person, from their own address"
    assert await attempts("198.51.100.3", 4) == [401] * 3 + [429], "what one address was refused counts for it alone"
    assert await attempts("198.51.100.4", 1) == [429], "from all addresses together there is an end"


async def test_an_e_mail_in_other_letters_is_nobodys_and_is_counted(pair: Pair) -> None:
    await pair.start(limit_sign_in_email="2/300")
    for email in ("owner@demo.test\u0130", "\u212aim@demo.test"):
        statuses = [
            (await pair.post("/api/auth/login", {"email": email, "password": "x"}, number=n)).status for n in range(3)
        ]
        assert statuses == [401, 401, 429]


async def test_who_asks_too_often_does_not_use_up_their_tenant(
    pair: Pair, key: str, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    colleague = await make_key(database, await make_person(database, identity))
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("UPDATE tenants SET requests_limit = 20 WHERE id = %s", (identity.tenant_id,))
    await pair.start(limit_key="5/60")
    assert (await pair.flood(key, 60)).count(200) == 5
    assert (await pair.flood(colleague, 5)).count(200) == 5


async def test_more_keys_do_not_give_a_user_more(pair: Pair, key: str, database: Database, identity: Identity) -> None:
    keys = [key, *[await make_key(database, identity) for _ in range(2)]]
    await pair.start(limit_user="6/60", limit_key="4/60")
    statuses = [(await pair.get(one)).status for one in keys for _ in range(6)]
    assert statuses.count(200) == 6


async def test_wrong_tokens_that_sign_out_are_counted_too(pair: Pair) -> None:
    await pair.start(limit_failed="3/60")
    answers = [await pair.post("/api/auth/logout", {}, number=n, Authorization="Bearer vl_wrong") for n in range(5)]
    assert [answer.status for answer in answers] == [401] * 3 + [429] * 2


async def test_signing_in_is_limited_for_an_address(pair: Pair) -> None:
    await pair.start(limit_sign_in_address="3/60")
    answers = [
        await pair.post("/api/auth/login", {"email": f"a{n}@demo.test", "password": "x"}, number=n) for n in range(4)
    ]
    assert [answer.status for answer in answers] == [401, 401, 401, 429]


async def test_forgotten_passwords_are_limited(pair: Pair) -> None:
    await pair.start(limit_reset_email="1/3600")
    answers = [await pair.post("/api/auth/password/forgot", {"email": "a@b.test"}, number=n) for n in range(2)]
    assert [answer.status for answer in answers] == [202, 429]
    assert answers[1].headers["Retry-After"] == "3600"


async def test_room_tokens_are_limited_for_a_user_whatever_key_they_use(
    pair: Pair, key: str, database: Database, identity: Identity
) -> None:
    await pair.start(limit_token="2/60")
    keys = [key, await make_key(database, identity)]
    answers = [await pair.post("/api/token", {}, number=n, Authorization=f"Bearer {keys[n % 2]}") for n in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 429, 429]


async def test_leases_ask_the_database_seldom_and_never_give_too_much(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    take = allowances.take

    async def counted(*arguments: Any) -> allowances.Grant:
        nonlocal asked
        asked += 1
        return await take(*arguments)

    monkeypatch.setattr(allowances, "take", counted)
    clock, allowance, taken = FixedClock(START), Allowance(1200, 60), 0
    sidecars = [Limits(database, clock) for _ in range(3)]
    for second in range(4):
        for number in range(900):
            try:
                await sidecars[number % 3].take("somebody", allowance)
                taken += 1
            except TooMany:
                continue
        clock.advance(timedelta(seconds=1))
        assert taken <= 1200 + 20 * second
    assert taken >= 1200
    assert asked < 100


async def test_many_waiters_on_one_lease_each_get_their_own_token(database: Database) -> None:
    limits, allowance = Limits(database, FixedClock(START)), Allowance(100, 60)
    results = await asyncio.gather(*(limits.take("somebody", allowance) for _ in range(150)), return_exceptions=True)
    assert sum(isinstance(result, TooMany) for result in results) == 50


async def test_an_unspent_lease_is_over_after_two_seconds(database: Database) -> None:
    clock, allowance = FixedClock(START), Allowance(4000, 60)
    hoarder, other = Limits(database, clock), Limits(database, clock)
    await hoarder.take("somebody", allowance)
    clock.advance(timedelta(seconds=2))
    before = await other.take("somebody", allowance)
    await hoarder.take("somebody", allowance)
    clock.advance(timedelta(minutes=1))
    assert before < 4000 <= 1 + await other.take("somebody", allowance) + 16


@pytest.fixture
def connection(fresh_database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(fresh_database_url, autocommit=True) as opened:
        opened.execute("SET ROLE voiceloop_app")
        yield opened


Asks = st.lists(
    st.tuples(st.integers(min_value=0, max_value=5_000_000), st.integers(min_value=1, max_value=30)), max_size=25
)


@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=Asks, burst=st.integers(min_value=1, max_value=20), seconds=st.sampled_from([1, 3, 7, 60, 300, 3600]))
def test_no_stretch_of_time_sees_more_than_the_burst_and_what_came_back(
    connection: psycopg.Connection[Any], asks: list[tuple[int, int]], burst: int, seconds: int
) -> None:
    at, bucket, grants = START, str(uuid4()), list[tuple[datetime, int]]()
    for pause_us, wanted in asks:
        at += timedelta(microseconds=pause_us)
        row = connection.execute(
            "SELECT granted, retry_after_s FROM take_allowance(%s, %s, %s, %s, %s)",
            (bucket, wanted, burst, burst / seconds, at),
        ).fetchone()
        assert row is not None
        assert 0 <= row[0] <= wanted
        assert (row[0] == 0) == (row[1] > 0)
        grants.append((at, row[0]))
    for first, (begin, _) in enumerate(grants):
        for last in range(first, len(grants)):
            elapsed = (grants[last][0] - begin).total_seconds()
            assert sum(count for _, count in grants[first : last + 1]) <= burst + elapsed * burst / seconds


def test_the_buckets_themselves_are_nobodys_to_read(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM allowances")


async def test_full_buckets_are_forgotten_and_others_kept(database: Database, fresh_database_url: str) -> None:
    await allowances.take(database, "gone", 1, Allowance(10, 60), START)
    await allowances.take(database, "busy", 10, Allowance(10, 3600), START)
    await allowances.forget_full(database, START + timedelta(minutes=30))
    with psycopg.connect(fresh_database_url) as connection:
        row = connection.execute("SELECT count(*) FROM allowances").fetchone()
    assert row == (1,)
