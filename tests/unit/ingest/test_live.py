"""Live events without a server: who hears what, and what is left behind when a client or the listener fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from ingest import events
from ingest.api.live import may_hear
from ingest.app import running
from ingest.events import LiveHub, Stream
from ingest.metrics import Metrics
from store.errors import TooMany
from store.identity import ALL_SCOPES, Identity
from store.live import LiveEvent

TYPES_OF_SCOPE = {
    "calendar:read": {"event.booked", "event.cancelled"},
    "documents:read": {"document.updated", "document.deleted", "job.updated", "knowledge.updated"},
    "conversations:read": {"conversation.started", "message.added", "attachment.updated", "attachment.deleted"},
}
ALL_TYPES = set[str]().union(*TYPES_OF_SCOPE.values())


@pytest.mark.parametrize(
    ("scopes", "heard"),
    [
        *((frozenset({scope}), types) for scope, types in TYPES_OF_SCOPE.items()),
        (frozenset({"calls", "calendar:write", "documents:write", "audit:read"}), set[str]()),
        (ALL_SCOPES, ALL_TYPES),
    ],
)
def test_a_key_hears_what_its_scopes_let_it_read(scopes: frozenset[str], heard: set[str]) -> None:
    identity = Identity(uuid4(), None, "", scopes)
    assert {type_ for type_ in {*ALL_TYPES, "secret.told", ""} if may_hear(identity, type_)} == heard


async def test_what_a_client_may_not_hear_does_not_fill_its_queue() -> None:
    stream = Stream(1, lambda type_: type_ == "job.updated")
    tenant = uuid4()
    assert all(stream.offer(LiveEvent(tenant, "event.booked", {})) for _ in range(5))
    assert stream.offer(LiveEvent(tenant, "job.updated", {"id": 1}))
    told = await stream.next(1)
    assert told is not None
    assert told.data == {"id": 1}
    assert await stream.next(0.01) is None


async def test_a_client_that_leaves_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    waiting = asyncio.create_task(Stream(1, lambda _type: True).next(60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_the_listener_outlives_what_nobody_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, times = uuid4(), 0
    listener = Identity(tenant, uuid4(), "viewer")

    async def listen(_url: str) -> AsyncIterator[LiveEvent]:
        nonlocal times
        times += 1
        if times == 1:
            raise ValueError("no JSON")
        while True:
            yield LiveEvent(tenant, "job.updated", {})
            await asyncio.sleep(0.01)

    monkeypatch.setattr(events, "listen", listen)
    monkeypatch.setattr(events, "_RECONNECT_S", 0.0)
    hub = LiveHub("", Metrics())
    async with hub.stream(listener, lambda _type: True) as stream, running(hub.run()):
        async with asyncio.timeout(5):
            await stream.closed.wait()  # it may have missed something
        async with hub.stream(listener, lambda _type: True) as again:
            assert await again.next(5) is not None


async def test_a_task_that_died_does_not_hinder_the_stop() -> None:
    async def die() -> None:
        raise ValueError("dead")

    async with running(die()):
        await asyncio.sleep(0)


async def test_nobody_holds_more_streams_than_their_share() -> None:
    hub, tenant = LiveHub("", Metrics()), uuid4()
    greedy, colleague = Identity(tenant, uuid4(), "viewer"), Identity(tenant, uuid4(), "viewer")
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(events.MOST_OF_A_PERSON):
            await stack.enter_async_context(hub.stream(greedy, lambda _type: True))
        with pytest.raises(TooMany, match="live streams"):
            await stack.enter_async_context(hub.stream(greedy, lambda _type: True))
        await stack.enter_async_context(hub.stream(colleague, lambda _type: True))
    async with hub.stream(greedy, lambda _type: True):
        pass  # what was closed is free again
