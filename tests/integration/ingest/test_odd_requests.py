"""Requests no browser sends: bytes in headers, addresses that name nothing. All are refused, none breaks anything."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.integration.ingest.conftest import Sidecar


async def _status(sidecar: Sidecar, target: str, *headers: bytes) -> int:
    """The status of a GET whose bytes are sent as they are."""
    address = urlsplit(sidecar.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        hosts = [] if any(line.startswith(b"Host:") for line in headers) else [b"Host: localhost"]
        lines = [f"GET {target} HTTP/1.1".encode(), *hosts, *headers, b"Connection: close", b"", b""]
        writer.write(b"\r\n".join(lines))
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


async def test_a_key_of_odd_bytes_is_no_key(sidecar: Sidecar) -> None:
    for value in (b"\xff\xfe", b"\xff.\xfe.\xff", "schlüssel".encode()):
        assert await _status(sidecar, "/api/me", b"Authorization: Bearer " + value) == 401


@pytest.mark.parametrize("value", [b"100-continue", b"200-ok", b"\xff"])
async def test_who_expects_what_there_is_not_gets_the_answer_all_the_same(sidecar: Sidecar, value: bytes) -> None:
    expected = 100 if value == b"100-continue" else 200
    for target in ("/health", "/"):
        assert await _status(sidecar, target, b"Expect: " + value) == expected


async def test_a_host_that_is_none_is_not_local(sidecar: Sidecar) -> None:
    assert await _status(sidecar, "/", b"Host: [") in {200, 400}


@pytest.mark.parametrize(
    "target",
    [
        "/assets/" + "a" * 5000,
        "/..%2f..%2fetc%2fpasswd",
        "//evil",
        "/%",
        "/nothing",
        "/conversations/a/b",
        "/conversations/a%2fb",
        "/%00",
        "/..%2fsecret.txt",
    ],
)
async def test_an_address_of_nothing_is_not_found(sidecar: Sidecar, target: str) -> None:
    assert await _status(sidecar, target) == 404


@pytest.mark.parametrize("path", ["/", "/index.html", "/documents", "/calendar", "/conversations", "/conversations/1"])
async def test_the_pages_own_addresses_are_the_page(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path) as response:
        assert (response.status, response.content_type) == (200, "text/html")


@pytest.mark.parametrize(
    ("zone", "status"),
    [("Europe/Berlin", 201), ("UTC", 201), ("Factory", 422), ("localtime", 422), ("posixrules", 422)],
)
async def test_an_event_is_in_a_zone_with_a_name(client: aiohttp.ClientSession, zone: str, status: int) -> None:
    event = {"summary": "Lunch", "start": "2026-11-24T12:00:00", "timezone": zone}
    async with client.post("/api/calendar/events", json=event) as response:
        assert response.status == status
        booked = await response.json()
    if status == 201:
        change = {"start": "2026-11-24T13:00:00", "timezone": "Factory"}
        async with client.patch(f"/api/calendar/events/{booked['id']}", json=change) as response:
            assert (response.status, (await response.json())["code"]) == (422, "unknown_timezone")


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api/auth/login", 405, {"POST"}),
        ("DELETE", "/api/me", 405, {"GET", "PATCH"}),
        ("GET", "/api/files/upload", 405, {"POST"}),
        ("PATCH", "/api/keys/scopes", 405, {"GET"}),
        ("PUT", "/api/files/x", 405, {"GET", "PATCH", "DELETE"}),
        ("GET", "/api", 404, set[str]()),
        ("GET", "/api/", 404, set[str]()),
        ("GET", "/api/nothing/at/all", 404, set[str]()),
        ("GET", "/apis", 404, set[str]()),
        ("GET", "/api/files/uploads", 404, set[str]()),
    ],
)
async def test_a_wrong_method_is_told_from_a_wrong_address(
    client: aiohttp.ClientSession, method: str, path: str, status: int, allowed: set[str]
) -> None:
    async with client.request(method, path) as response:
        assert (response.status, response.content_type) == (status, "application/problem+json")
        assert set(response.headers.get("Allow", "").split(",")) - {""} == allowed
