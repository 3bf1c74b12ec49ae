"""The page's files, repeated writes, live events, health and figures."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from ingest.api import health
from ingest.keys import DATABASE, HUB
from store import workers
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.live import LiveEvent, announce
from store.workers import Worker
from tests.integration.ingest.conftest import Sidecar
from tools.calendars.model import NewEvent
from tools.calendars.service import CalendarService


async def test_a_repeated_write_gets_its_first_answer(client: aiohttp.ClientSession) -> None:
    body = {"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}
    headers = {"Idempotency-Key": "one"}
    async with client.post("/api/calendar/events", json=body, headers=headers) as response:
        first = await response.json()
    async with client.post("/api/calendar/events", json=body, headers=headers) as response:
        assert (response.status, await response.json()) == (201, first)
        assert response.headers["Idempotent-Replayed"] == "true"
    other = {"summary": "Dinner", "start": "2026-11-24T19:00:00Z"}
    async with client.post("/api/calendar/events", json=other, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (422, "idempotency_key_reused")
    async with client.post("/api/calendar/events", json=body, headers={"Idempotency-Key": "two"}) as response:
        problem = await response.json()
        assert (response.status, problem["code"]) == (409, "time_taken")
        assert problem["alternatives"]


async def test_events_are_booked_moved_and_cancelled(client: aiohttp.ClientSession) -> None:
    body = {"summary": "Lunch", "start": "2026-11-24T12:00", "duration_min": 60, "attendees": ["Anna"]}
    async with client.post("/api/calendar/events", json=body) as response:
        event = await response.json()
    assert (event["start"], event["end"]) == ("2026-11-24T12:00:00+01:00", "2026-11-24T13:00:00+01:00")
    path = f"/api/calendar/events/{event['id']}"
    async with client.patch(path, json={"start": "2026-11-24T15:00"}) as response:
        assert (await response.json())["end"] == "2026-11-24T16:00:00+01:00"
    async with client.delete(path) as response:
        assert response.status == 204
    window = {"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z"}
    async with client.get("/api/calendar/events", params=window) as response:
        assert (await response.json())["items"] == []


@pytest.mark.parametrize(
    "window",
    [
        {"from": "0001-01-01T00:00:00", "to": "0001-01-02T00:00:00Z"},
        {"from": "9999-12-31T00:00:00-10:00", "to": "9999-12-31T23:00:00-10:00"},
        {"from": "2026-01-01T00:00:00Z", "to": "2028-01-01T00:00:00Z"},
        {"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z", "cursor": "²"},
    ],
)
async def test_a_window_that_no_calendar_has_is_refused(client: aiohttp.ClientSession, window: dict[str, str]) -> None:
    async with client.get("/api/calendar/events", params=window) as response:
        assert response.status == 422, await response.text()


async def test_an_all_day_event_is_its_day(client: aiohttp.ClientSession) -> None:
    body = {"summary": "Fair", "start": "2026-11-26T00:00", "all_day": True}
    async with client.post("/api/calendar/events", json=body) as response:
        event = await response.json()
    assert (event["start"], event["end"]) == ("2026-11-26T00:00:00+01:00", "2026-11-27T00:00:00+01:00")
    for crooked in ({"start": "2026-11-27T09:00"}, {"start": "2026-11-27T00:00", "duration_min": 60}):
        async with client.post("/api/calendar/events", json=body | crooked) as response:
            assert (response.status, (await response.json())["code"]) == (422, "not_all_day")


async def test_title_place_people_and_text_of_an_event_are_changed(
    client: aiohttp.ClientSession, sidecar: Sidecar
) -> None:
    body = {"summary": "Lunch", "start": "2026-11-24T12:00", "duration_min": 60, "attendees": ["Anna"]}
    async with client.post("/api/calendar/events", json=body) as response:
        event = await response.json()
    path = f"/api/calendar/events/{event['id']}"
    change = {"summary": "Dinner", "location": "Quay", "description": "Bring the plans.", "attendees": []}
    async with client.patch(path, json=change) as response:
        assert _content(await response.json()) == _content(event | change)
    async with client.patch(path, json={"end": "2026-11-24T14:00", "location": ""}) as response:
        longer = event | change | {"end": "2026-11-24T14:00:00+01:00", "location": ""}
        assert _content(await response.json()) == _content(longer)
    for nothing in ({}, {"timezone": "Europe/Berlin"}, {"summary": ""}, {"summary": " \u200b"}, {"title": "x"}):
        async with client.patch(path, json=nothing) as response:
            assert response.status == 422, nothing
    async with client.get(path) as response:
        assert _content(await response.json()) == _content(longer)
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        row = await (
            await connection.execute("SELECT sequence, updated_at > created_at AS later FROM events")
        ).fetchone()
    assert row == {"sequence": 2, "later": True}
    async with client.get("/api/openapi.json") as response:
        schemas = (await response.json())["components"]["schemas"]
    assert {"summary", "location", "description", "attendees"} <= set(schemas["EventChangeShape"]["properties"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/conversations", 200),
        ("/assets/main-1.js", 200),
        ("/assets/none.js", 404),
        ("/..%2fsecret.txt", 404),
        ("/%2e%2e/secret.txt", 404),
        ("/assets/..%2f..%2fsecret.txt", 404),
        ("/a%00b.txt", 404),
    ],
)
async def test_the_page_and_nothing_else_is_served(sidecar: Sidecar, path: str, status: int) -> None:
    url = URL(f"{sidecar.url}{path}", encoded=True)
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == status
        policy = response.headers["Content-Security-Policy"]
        assert "outside" not in await response.text()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self';" in policy
    assert "ws://127.0.0.1:9" in policy


async def test_live_events_reach_their_own_tenant_only(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    async with client.get("/api/events") as mine, stranger.get("/api/events") as theirs:
        assert mine.content_type == "text/event-stream"
        await asyncio.wait_for(mine.content.readuntil(b"\n\n"), 5)
        await asyncio.wait_for(theirs.content.readuntil(b"\n\n"), 5)
        await _until_heard(sidecar, mine)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(theirs.content.readuntil(b"\n\n"), 0.3)


async def test_what_a_call_does_to_the_calendar_is_told_once_and_to_its_tenant_only(
    sidecar: Sidecar,
    client: aiohttp.ClientSession,
    stranger: aiohttp.ClientSession,
    database: Database,
    other_identity: Identity,
) -> None:
    calendars = CalendarService(database, FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC)))  # as the worker has it
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    new = NewEvent(summary="Lunch", start=noon, end=noon + timedelta(hours=1), timezone="Europe/Berlin")
    async with client.get("/api/events") as mine, stranger.get("/api/events") as theirs:
        await _until_heard(sidecar, mine)
        booked = await calendars.book(sidecar.identity, new)
        await calendars.move(sidecar.identity, booked.id, noon + timedelta(hours=2))
        async with client.patch(f"/api/calendar/events/{booked.id}", json={"summary": "Late lunch"}) as response:
            late_lunch = await response.json()
        for _ in range(2):
            await calendars.cancel(sidecar.identity, booked.id)
        other = await calendars.book(other_identity, new)
        await calendars.book(sidecar.identity, replace(new, description="x" * 4000, attendees=("ä" * 120,) * 50))
        told = [await _next_told(mine) for _ in range(5)]
        assert [one["type"] for one in told] == [
            "event.booked",
            "event.moved",
            "event.updated",
            "event.cancelled",
            "event.booked",
        ]
        assert told[0] == {"type": "event.booked", **booked.as_json()}
        assert told[2].items() <= {"type": "event.updated", **late_lunch}.items()
        assert (await _next_told(theirs))["id"] == str(other.id)


def _content(event: dict[str, Any]) -> dict[str, Any]:
    """What an event is, without what undoes its last change."""
    return {name: value for name, value in event.items() if name != "change_id"}


async def _next_told(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    """The data of the next change that is none of ``_until_heard``'s."""
    while True:
        block = (await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 5)).decode()
        data = [line.removeprefix("data: ") for line in block.splitlines() if line.startswith("data: ")]
        if data and "document.updated" not in data[0]:
            return json.loads(data[0])


async def _until_heard(sidecar: Sidecar, stream: aiohttp.ClientResponse) -> None:
    """The hub may not yet have said LISTEN; tell until it is heard."""
    for _ in range(50):
        async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
            await announce(connection, sidecar.identity, "document.updated", {"id": "1", "text": "x" * 9000})
        try:
            block = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 0.2)
        except TimeoutError:
            continue
        lines = block.decode().splitlines()
        if lines[0].startswith("retry:"):
            continue
        assert lines[0] == "event: document.updated"
        assert json.loads(lines[1].removeprefix("data: ")) == {"type": "document.updated", "id": "1"}
        return
    raise AssertionError("nothing was heard")


def anything(_type: str) -> bool:
    return True


async def test_a_slow_listener_is_dropped_and_others_are_not(sidecar: Sidecar) -> None:
    hub, listener, tenant = sidecar.app[HUB], sidecar.identity, sidecar.identity.tenant_id
    async with hub.stream(listener, anything) as slow, hub.stream(listener, anything) as quick:
        for number in range(250):
            hub.deliver(LiveEvent(tenant, "job.updated", {"id": number}))
            assert await quick.next(1) is not None
        assert slow.closed.is_set()
        assert not quick.closed.is_set()


async def test_ready_names_what_is_missing(
    client: aiohttp.ClientSession, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with client.get("/health") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    async with client.get("/ready") as response:
        answer = await response.json()
        assert response.status == 503
    assert answer["checks"]["database"] == answer["checks"]["storage"] == "ok"
    assert "LiveKit" in answer["checks"]["livekit"]
    assert "voiceloop worker" in answer["checks"]["worker"]
    await workers.beat(database, Worker("w1", "here"))
    monkeypatch.setattr(health, "_KEPT_S", 0.0)
    async with client.get("/ready") as response:
        answer = await response.json()
    assert (answer["checks"]["worker"], answer["workers"]) == ("ok", 1)
    assert (answer["places"], answer["calls"], answer["strained"]) == (1, 0, 0)
    await workers.beat(database, Worker("w1", "here", capacity=3, is_strained=True, lag_s=0.2))
    async with client.get("/ready") as response:
        answer = await response.json()
    assert (answer["places"], answer["strained"]) == (3, 1)
    await workers.beat(database, Worker("w1", "here", capacity=0))  # it drains
    assert await workers.count_ready(database) == 0
    await workers.beat(database, Worker("w1", "here"))
    assert await workers.count_ready(database) == 1
    await workers.forget(database, "w1")
    assert await workers.count_ready(database) == 0


async def test_a_flood_of_questions_whether_it_is_ready_asks_the_database_once(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    ping = Database.ping

    async def counted(database: Database) -> None:
        nonlocal asked
        asked += 1
        await ping(database)

    async def ready() -> int:
        async with client.get("/ready") as response:
            return response.status

    monkeypatch.setattr(Database, "ping", counted)
    assert await asyncio.gather(*(ready() for _ in range(30))) == [503] * 30
    assert asked <= 3  # a slow machine may take longer than the second it is kept


async def test_metrics_count_by_template_not_by_address(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/files/00000000-0000-0000-0000-000000000000"):
        pass
    async with client.get("/metrics") as response:
        text = await response.text()
    assert 'route="/api/files/{id}",status="404"' in text
    assert "00000000-0000" not in text
    assert 'voiceloop_queue_jobs{status="todo"} 0.0' in text


async def test_personas_are_paged_like_every_list(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    await sidecar.insert("personas")
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"cursor": "nonsense"}):
        async with client.get("/api/personas", params=wrong) as response:
            assert response.status == 422
    async with client.get("/api/personas", params={"limit": "1"}) as response:
        page = await response.json()
    assert (len(page["items"]), page["next_cursor"]) == (1, None)
