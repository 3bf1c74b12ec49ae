"""Other origins: those listed may use the interface with a key, nobody may with a cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from ingest.headers import CHANGE_HEADER
from ingest.settings import Settings
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import make_key
from tests.integration.ingest.sidecars import serving

SHOP = "https://shop.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
async def shop(settings: Settings, database: Database, identity: Identity) -> AsyncIterator[aiohttp.ClientSession]:
    """A page of an origin that is listed, with a key."""
    headers = {"Origin": SHOP, "Authorization": f"Bearer {await make_key(database, identity)}"}
    async with (
        serving(settings, cors_origins=f"{SHOP},http://localhost:3000") as url,
        aiohttp.ClientSession(url, headers=headers) as session,
    ):
        yield session


async def test_a_listed_origin_is_answered_before_anybody_is_authenticated(shop: aiohttp.ClientSession) -> None:
    for path in ("/api/token", "/api/calendar/events/1", "/api/nothing"):
        async with shop.options(path, headers={**PREFLIGHT, "Authorization": "Bearer wrong"}) as response:
            assert (response.status, await response.read()) == (204, b"")
            assert response.headers["Access-Control-Allow-Origin"] == SHOP
            assert "POST" in response.headers["Access-Control-Allow-Methods"]
            allowed = response.headers["Access-Control-Allow-Headers"].lower()
            assert "authorization" in allowed
            assert "idempotency-key" in allowed
            assert response.headers["Access-Control-Max-Age"] == "600"
            assert "Origin" in response.headers.getall("Vary")
            assert "Access-Control-Allow-Credentials" not in response.headers


async def test_a_listed_origin_reads_answers_and_errors(shop: aiohttp.ClientSession) -> None:
    for path, status in (("/api/me", 200), ("/api/files/1", 404), ("/api/personas?limit=x", 422)):
        async with shop.get(path) as response:
            assert response.status == status
            assert response.headers["Access-Control-Allow-Origin"] == SHOP
            exposed = response.headers["Access-Control-Expose-Headers"]
            assert "Access-Control-Allow-Credentials" not in response.headers
        assert {
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "X-Request-ID",
            "Idempotent-Replayed",
            CHANGE_HEADER,
        } == set(exposed.split(", "))


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example.com",
        "https://shop.example.com.evil.example",
        "https://shop.example.com:444",
        "https://xshop.example.com",
        "null",
        "*",
        "",
    ],
)
async def test_any_other_origin_hears_nothing(shop: aiohttp.ClientSession, origin: str) -> None:
    async with shop.options("/api/me", headers={**PREFLIGHT, "Origin": origin}) as response:
        assert response.status in {403, 405}
        assert "Access-Control-Allow-Origin" not in response.headers
    async with shop.get("/api/me", headers={"Origin": origin}) as response:
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Origin" in response.headers.getall("Vary")


async def test_nothing_but_the_interface_is_shared(shop: aiohttp.ClientSession) -> None:
    for path in ("/", "/health", "/metrics", "/assets/main-1.js"):
        async with shop.get(path) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        async with shop.options(path, headers=PREFLIGHT) as response:
            assert response.status == 405


async def test_without_a_list_no_origin_is_let_in(client: aiohttp.ClientSession) -> None:
    async with client.options("/api/me", headers={**PREFLIGHT, "Origin": SHOP}) as response:
        assert (response.status, (await response.json())["code"]) == (403, "origin_not_allowed")
    async with client.get("/api/me", headers={"Origin": SHOP}) as response:
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Vary" not in response.headers
