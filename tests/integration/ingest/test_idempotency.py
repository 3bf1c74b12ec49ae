"""Repeated writes at their border: whose key it is, what is never kept, and clients that leave before the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import aiohttp
import pytest
from aiohttp import web
from pydantic import BaseModel

from ingest.idempotency import answer_once
from ingest.keys import DATABASE
from ingest.routes import Route
from store import answers
from store.database import Database
from store.errors import Conflict, Invalid
from store.identity import Identity
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar

LONGEST_WAIT_S = 120


class Done(BaseModel):
    number: int


@dataclass
class Slow:
    """A write that says when it has begun and goes on when let; counts how often it was done."""

    url: str
    begun: asyncio.Event
    go_on: asyncio.Event
    times: int = 0


@pytest.fixture
async def slow(database: Database, identity: Identity) -> AsyncIterator[Slow]:
    state = Slow("", asyncio.Event(), asyncio.Event())

    async def handler(_request: web.Request) -> Done:
        state.begun.set()
        await state.go_on.wait()
        state.times += 1
        return Done(number=state.times)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await answer_once(request, route, identity)

    route = Route("POST", "/slow", handler, "", "", None, None, Done, 201)
    app = web.Application()
    app[DATABASE] = database
    app.router.add_post("/slow", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        state.url = f"http://{host}:{port}"
        yield state
    finally:
        await runner.cleanup()


async def test_a_write_whose_client_left_is_done_once_and_its_answer_kept(slow: Slow) -> None:
    headers = {"Idempotency-Key": "one"}
    async with aiohttp.ClientSession(slow.url, headers=headers) as session:
        leaving = asyncio.create_task(session.post("/slow"))
        await asyncio.wait_for(slow.begun.wait(), 5)
        leaving.cancel()
        await asyncio.wait({leaving})
    async with aiohttp.ClientSession(slow.url, headers=headers) as session:
        async with session.get("/none"):  # a round trip, in which the server sees that the first one left
            pass
        slow.go_on.set()
        answer = await _until_kept(session)
    assert (answer, slow.times) == ({"number": 1}, 1)


async def _until_kept(session: aiohttp.ClientSession) -> dict[str, int]:
    for _ in range(100):
        async with session.post("/slow") as response:
            if response.status == 201:
                assert response.headers.get("Idempotent-Replayed") == "true"
                return await response.json()
        await asyncio.sleep(0.02)  # Conflict: the first one still runs
    raise AssertionError("the answer was never kept")


async def test_a_key_is_its_users_own(database: Database, identity: Identity) -> None:
    colleague = replace(identity, user_id=new_id())
    assert await answers.claim(database, identity, "k", b"request") is None
    await answers.keep(database, identity, "k", 201, {"secret": 1})
    assert await answers.claim(database, colleague, "k", b"request") is None
    await answers.release(database, colleague, "k")
    known = await answers.claim(database, identity, "k", b"request")
    assert known is not None
    assert known.body == {"secret": 1}
    with pytest.raises(Invalid):
        await answers.claim(database, identity, "k", b"other request")


async def test_a_claim_outlives_the_longest_wait_but_not_its_program(database: Database, identity: Identity) -> None:
    assert await answers.claim(database, identity, "k", b"r") is None
    await _age(database, identity, LONGEST_WAIT_S + 60)
    with pytest.raises(Conflict):
        await answers.claim(database, identity, "k", b"r")
    await _age(database, identity, answers.CLAIM_LIFETIME_S)
    assert await answers.claim(database, identity, "k", b"r") is None


async def _age(database: Database, identity: Identity, seconds: int) -> None:
    async with database.transaction(identity) as connection:
        await connection.execute(
            "UPDATE idempotent_answers SET created_at = created_at - make_interval(secs => %s)", (seconds,)
        )


async def test_a_token_for_a_call_is_never_kept(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    tokens: set[str] = set()
    for _ in range(2):
        async with client.post("/api/token", json={}, headers={"Idempotency-Key": "k"}) as response:
            assert response.status == 201
            assert "Idempotent-Replayed" not in response.headers
            tokens.add((await response.json())["participant_token"])
    assert len(tokens) == 2
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        row = await (await connection.execute("SELECT count(*) AS n FROM idempotent_answers")).fetchone()
    assert row == {"n": 0}


async def test_an_uploads_key_belongs_to_its_file_and_name(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    async def send(content: bytes, name: str = "a.txt") -> tuple[int, dict[str, str]]:
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name)
        async with client.post("/api/files/upload", data=form, headers={"Idempotency-Key": "k"}) as response:
            return response.status, await response.json()

    status, first = await send(b"The pool opens at nine.")
    assert (status, set(first) >= {"upload_id", "job_id"}) == (201, True)
    assert await send(b"The pool opens at nine.") == (201, first)
    for content, name in (
        (b"The pool opens at four.", "a.txt"),
        (b"The pool opens at nine.", "b.txt"),
        (b"x", "a.txt"),
    ):
        status, problem = await send(content, name)
        assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert len(sidecar.app_files()) == 1
