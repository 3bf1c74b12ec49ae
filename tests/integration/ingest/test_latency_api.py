"""What callers waited, over HTTP: by day, with each conversation, and with each sentence."""

from __future__ import annotations

import json
import zoneinfo
from importlib import resources

import aiohttp
import pytest

from ingest.keys import DATABASE
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_key

MEASURED = {"heard": 640.0, "wait": 400.0, "to_transcript": 380.0, "to_decision": 20.0, "to_sound": 240.0}


async def held(sidecar: Sidecar) -> str:
    """A conversation with one measured answer; returns its id."""
    conversation = await sidecar.insert("conversations")
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        await connection.execute(
            "INSERT INTO messages (id, tenant_id, conversation_id, role, text, latency_ms, created_at) "
            "VALUES (%s, %s, %s, 'assistant', 'Yes.', %s, now())",
            (new_id(), sidecar.identity.tenant_id, conversation, json.dumps(MEASURED)),
        )
    return conversation


async def test_days_tell_how_long_callers_waited(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    await held(sidecar)
    async with client.get("/api/latency") as response:
        found = await response.json()
    assert (found["turns"], found["median_ms"], found["p95_ms"], found["next_cursor"]) == (1, 640.0, 640.0, None)
    assert [(one["turns"], one["median_ms"]) for one in found["items"]] == [(1, 640.0)]


async def test_days_may_be_those_of_a_zone_that_the_database_does_not_know(
    sidecar: Sidecar, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def zone_of_house(*_: object) -> zoneinfo.ZoneInfo:
        with (resources.files("tzdata") / "zoneinfo" / "Europe" / "Berlin").open("rb") as file:
            return zoneinfo.ZoneInfo.from_file(file, key="Europe/Atlantis")

    monkeypatch.setattr("ingest.api.latency.zone_of_house", zone_of_house)
    await held(sidecar)
    async with client.get("/api/latency") as response:
        found = await response.json()
    assert (response.status, found["timezone"], len(found["items"])) == (200, "Europe/Atlantis", 1)


async def test_a_conversation_and_its_sentences_tell_it_too(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation, unmeasured = await held(sidecar), await sidecar.insert("conversations")
    async with client.get(f"/api/conversations/{conversation}") as response:
        assert (await response.json())["waits"] == {"turns": 1, "median_ms": 640.0, "p95_ms": 640.0}
    async with client.get(f"/api/conversations/{conversation}/messages") as response:
        assert (await response.json())["items"][0]["latency_ms"] == MEASURED
    async with client.get("/api/conversations") as response:
        listed = {one["id"]: one["waits"] for one in (await response.json())["items"]}
    assert (listed[unmeasured], listed[conversation]["turns"]) == (None, 1)


async def test_without_calls_there_are_no_figures(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/latency", params={"days": "365"}) as response:
        found = await response.json()
    assert (found["items"], found["turns"], found["median_ms"], found["p95_ms"]) == ([], 0, None, None)


@pytest.mark.parametrize("days", ["0", "366", "x"])
async def test_a_time_without_end_is_refused(client: aiohttp.ClientSession, days: str) -> None:
    async with client.get("/api/latency", params={"days": days}) as response:
        assert response.status == 422


async def test_who_may_not_read_conversations_sees_no_figures(sidecar: Sidecar) -> None:
    key = await make_key(sidecar.app[DATABASE], sidecar.identity, scopes=frozenset({"calendar:read"}))
    async with sidecar.client(key) as client, client.get("/api/latency") as response:
        assert response.status == 403


async def test_another_tenants_waits_are_nobodys_business(sidecar: Sidecar) -> None:
    await held(sidecar)
    async with sidecar.client(sidecar.other_key) as client, client.get("/api/latency") as response:
        assert (await response.json())["turns"] == 0
