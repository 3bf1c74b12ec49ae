"""The dispatch watch around its rule: what fails does not end it, and nothing outlives its lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
import pytest
from livekit import api

from ingest import dispatch
from ingest.dispatch import DispatchWatch, Trust
from ingest.metrics import Metrics
from store import locks
from store.clock import FixedClock
from store.database import Database
from store.seal import Keyring


class Server:
    """A media server with rooms; looking into ``bad`` fails in a way nobody expects."""

    def __init__(self, *names: str, bad: str = "") -> None:
        self.room = self.agent_dispatch = self
        self.names, self.bad = names, bad
        self.rounds = 0
        self.looked: list[str] = []
        self.third_round = asyncio.Event()
        self.held = asyncio.Event()
        self.held.set()

    async def list_rooms(self, _request: object) -> api.ListRoomsResponse:
        self.rounds += 1
        if self.rounds == 3:
            self.third_round.set()
        if self.rounds == 1 and not self.names:
            raise psycopg.DataError("a NUL character")
        return api.ListRoomsResponse(rooms=[api.Room(name=name) for name in self.names])

    async def list_participants(self, request: api.ListParticipantsRequest) -> api.ListParticipantsResponse:
        if request.room == self.bad:
            raise psycopg.DataError("a NUL character")
        try:
            await self.held.wait()
        finally:
            await asyncio.sleep(0.02 * self.names.index(request.room))  # cleaning up takes some longer
            self.looked.append(request.room)
        return api.ListParticipantsResponse()

    async def list_dispatch(self, _room: str) -> list[api.AgentDispatch]:
        return []


class OneLock:
    """A database that gives the lock, and notes what had been looked at when it was released."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.looked_at_release: list[str] | None = None

    @asynccontextmanager
    async def system(self) -> AsyncGenerator[OneLock]:
        try:
            yield self
        finally:
            self.looked_at_release = list(self.server.looked)

    async def execute(self, _query: str, values: tuple[int]) -> OneLock:
        assert values == (locks.DISPATCH,)
        return self

    async def fetchone(self) -> dict[str, Any]:
        return {"got": True}


def watch_of(server: Server) -> tuple[DispatchWatch, OneLock]:
    database = OneLock(server)
    livekit = cast("api.LiveKitAPI", server)
    trust = Trust(Keyring.from_text("k" * 64), "demo", "default-tenant")
    clock = FixedClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    return DispatchWatch(livekit, cast("Database", database), Metrics(), trust, clock), database


async def test_one_bad_room_does_not_keep_the_others_waiting() -> None:
    server = Server("a", "bad", "c", bad="bad")
    watch, database = watch_of(server)
    await watch.round()
    assert database.looked_at_release == ["a", "c"]


async def test_the_watch_goes_on_after_what_nobody_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_POLL_S", 0.01)
    server = Server()
    watch, _ = watch_of(server)
    running = asyncio.create_task(watch.run())
    async with asyncio.timeout(5):
        await server.third_round.wait()
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()


async def test_the_lock_is_released_only_when_all_that_was_begun_has_ended() -> None:
    server = Server("a", "b")
    server.held.clear()
    watch, database = watch_of(server)
    running = asyncio.create_task(watch.round())
    await asyncio.sleep(0.05)
    assert database.looked_at_release is None
    running.cancel()
    await asyncio.wait({running})
    assert sorted(database.looked_at_release or ()) == ["a", "b"]


def test_no_two_locks_share_a_number() -> None:
    numbers = [value for name, value in vars(locks).items() if name.isupper()]
    assert len(numbers) == len(set(numbers)) >= 3
