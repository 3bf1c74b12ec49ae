"""What the workers' rows tell: the providers in use; and a media server that hangs up."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from ingest.keys import LIVEKIT
from store import workers
from store.database import Database
from store.workers import Worker
from tests.integration.ingest.conftest import Sidecar

LOCAL = {"stt": ["moonshine"], "llm": ["offline"], "tts": ["piper"]}


async def test_the_providers_are_those_of_the_ready_workers(client: aiohttp.ClientSession, database: Database) -> None:
    async with client.get("/api/providers") as response:
        assert await response.json() == {"items": [], "workers": 0, "next_cursor": None}
    await workers.beat(database, Worker("w1", "here", providers={**LOCAL, "stt": ["deepgram", "moonshine"]}))
    await workers.beat(database, Worker("w2", "there", providers=LOCAL))
    await workers.beat(database, Worker("w3", "leaving", capacity=0, providers={"llm": ["openai"]}))
    await workers.beat(database, Worker("w4", "of an older release"))
    async with client.get("/api/providers") as response:
        answer = await response.json()
    assert answer["workers"] == 3
    assert [(one["kind"], one["name"], one["workers"]) for one in answer["items"]] == [
        ("stt", "deepgram", 1),
        ("stt", "moonshine", 2),
        ("llm", "offline", 2),
        ("tts", "piper", 2),
    ]


async def test_a_worker_that_changes_its_providers_is_believed(database: Database) -> None:
    await workers.beat(database, Worker("w1", "here", providers=LOCAL))
    await workers.beat(database, Worker("w1", "here", providers={"llm": ("openai", "offline")}))
    assert await workers.ready_providers(database) == [{"stt": [], "llm": ["openai", "offline"], "tts": []}]


async def test_ready_says_so_when_the_media_server_hangs_up(
    sidecar: Sidecar, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang_up(*_: object) -> None:
        await asyncio.sleep(0)
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(sidecar.app[LIVEKIT].room, "list_rooms", hang_up)
    async with client.get("/ready") as response:
        assert response.status == 503
        assert "LiveKit" in (await response.json())["checks"]["livekit"]
