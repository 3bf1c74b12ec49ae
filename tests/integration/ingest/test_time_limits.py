"""Clients that are slow on purpose, too large, or send what is no HTTP: all end with a 4xx or a closed connection."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from ingest.routes import Route
from ingest.settings import Settings
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import make_key
from tests.integration.ingest.sidecars import exchange, serving

Answer = tuple[int, dict[str, str]]
MIB = 1024 * 1024


@pytest.fixture
async def key(database: Database, identity: Identity) -> str:
    return await make_key(database, identity)


@pytest.fixture
async def impatient(settings: Settings, key: str) -> AsyncIterator[str]:
    """A sidecar that waits half a second for anything."""
    del key
    async with serving(settings, body_timeout_s=0.5, answer_timeout_s=0.5, idle_timeout_s=0.5) as url:
        yield url


def head(method: str, path: str, key: str = "", **headers: str | int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


async def test_a_body_that_stops_coming_is_answered_with_408_and_the_end(impatient: str, key: str) -> None:
    answer = await exchange(impatient, head("POST", "/api/token", key, Content_Length=100), b'{"persona":')
    assert status(answer) == 408
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "request_timeout"
    assert b"connection: close" in answer.lower()


async def test_an_upload_that_stops_coming_leaves_nothing(impatient: str, key: str, settings: Settings) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"hello " * 20_000
    request = head(
        "POST", "/api/files/upload", key, Content_Length=200_000, Content_Type="multipart/form-data; boundary=b"
    )
    assert status(await exchange(impatient, request, part)) == 408
    assert _kept(settings) == []


def _kept(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.files).rglob("*") if path.is_file() and path.name != ".lock"]


async def test_a_body_that_trickles_is_not_waited_for(impatient: str, key: str) -> None:
    address = urlsplit(impatient)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head("POST", "/api/token", key, Content_Length=100_000))
    began, answer = time.monotonic(), b""
    while not answer and time.monotonic() - began < 8:
        writer.write(b" ")
        try:
            answer = await asyncio.wait_for(reader.read(4000), 0.1)
        except TimeoutError:
            continue
    writer.close()
    assert status(answer) == 408
    assert time.monotonic() - began < 8


async def test_headers_that_trickle_end_with_their_connection(impatient: str) -> None:
    address = urlsplit(impatient)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /health HTTP/1.1\r\n")
    began, closed = time.monotonic(), False
    while not closed and time.monotonic() - began < 8:
        writer.write(b"X-A: b\r\n")
        try:
            closed = await asyncio.wait_for(reader.read(100), 0.1) == b""
        except TimeoutError:
            continue
        except ConnectionResetError:
            closed = True
    writer.close()
    assert closed


async def test_a_connection_without_a_request_is_closed(impatient: str) -> None:
    assert await exchange(impatient, b"") == b""


async def test_an_answer_that_takes_too_long_is_given_up(
    impatient: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("ingest.zones.tenants.read_tenant", hang)
    window = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z"}
    headers = {"Authorization": f"Bearer {key}"}
    event = {"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}
    async with aiohttp.ClientSession(impatient, headers=headers) as session:
        async with session.get("/api/calendar/events", params=window) as response:
            assert (response.status, (await response.json())["code"]) == (503, "took_too_long")
        for attempt in range(2):
            once = {"Idempotency-Key": "one"}
            async with session.post("/api/calendar/events", json=event, headers=once) as response:
                assert (response.status, (await response.json())["code"]) == (503, "took_too_long"), attempt


async def test_a_live_stream_and_who_asks_to_wait_are_not_given_up(impatient: str, key: str) -> None:
    async with aiohttp.ClientSession(impatient, headers={"Authorization": f"Bearer {key}"}) as session:
        async with session.get("/api/events") as stream:
            await stream.content.readuntil(b"\n\n")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(stream.content.read(1), 1.2)
            assert not stream.content.at_eof()
        text = {"title": "Hours", "text": "Breakfast is at eight."}
        began = time.monotonic()
        async with session.post("/api/knowledge/ingest", json=text, params={"wait": "1.2"}) as response:
            assert response.status == 202
        assert time.monotonic() - began > 1.1


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_a_megabyte_is_refused(impatient: str, key: str, declared: bool) -> None:
    body = b'{"persona": "' + b"a" * MIB + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(impatient, headers=headers) as session,
        session.post("/api/token", data=io.BytesIO(body) if declared else pieces()) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (413, "too_large")


async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(impatient: str, key: str) -> None:
    body = gzip.compress(b" " * (20 * MIB))
    headers = {"Authorization": f"Bearer {key}", "Content-Encoding": "gzip"}
    async with (
        aiohttp.ClientSession(impatient) as session,
        session.post("/api/token", data=body, headers=headers) as response,
    ):
        assert response.status == 413


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content_Encoding": "gzip", "Content_Length": 9}, b"no gzip!!"),
        ({"Content_Encoding": "deflate", "Content_Length": 9}, b"no zip!!!"),
        ({"Transfer_Encoding": "chunked"}, b"zz\r\nnonsense\r\n"),
        ({"Transfer_Encoding": "chunked"}, b"5\r\nab\r\n0\r\n\r\n"),
        ({"Content_Length": "-1"}, b""),
        ({"Content_Length": "1, 2"}, b""),
        ({"Content_Length": 2, "Transfer_Encoding": "chunked"}, b"2\r\n{}\r\n0\r\n\r\n"),
        ({"X": "a" * 20_000}, b""),
        ({f"X{number}": "a" for number in range(400)}, b""),
    ],
    ids=[
        "gzip",
        "deflate",
        "chunk size",
        "short chunk",
        "negative",
        "two lengths",
        "both",
        "long header",
        "many headers",
    ],
)
async def test_what_is_no_request_is_refused(
    impatient: str, key: str, headers: dict[str, str | int], body: bytes
) -> None:
    answer = await exchange(impatient, head("POST", "/api/token", key, **headers), body)
    assert 400 <= status(answer) < 500, answer
    assert b"aiohttp" not in answer.lower()
    assert b"python" not in answer.lower()


async def test_an_address_that_is_too_long_is_refused(impatient: str) -> None:
    answer = await exchange(impatient, head("GET", "/api/me?" + "a" * 20_000))
    assert 400 <= status(answer) < 500


def test_a_route_says_how_long_it_may_take() -> None:
    async def handler(_: object) -> None: ...

    def made(**fields: object) -> Route:
        return Route("GET", "/", handler, "", "", None, None, None, 200, **fields)  # pyright: ignore[reportArgumentType]

    assert made().time_to_answer_s(60) == 60
    assert made(timeout_s=5.0).time_to_answer_s(60) == 5
    assert made(timeout_s=0.0).time_to_answer_s(60) is None
    assert made(upload=True).time_to_answer_s(60) is None
