"""Briefings, what was told, and the settings for it, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from ingest.keys import HUB
from store.database import Database
from store.identity import Identity
from store.live import LiveEvent
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import make_person

SETTINGS = "/api/calendar/notices/settings"


async def put(client: aiohttp.ClientSession, **body: Any) -> tuple[int, dict[str, Any]]:
    async with client.put(SETTINGS, json=body) as response:
        return response.status, await response.json()


async def get(client: aiohttp.ClientSession, path: str, **query: str) -> tuple[int, dict[str, Any]]:
    async with client.get(path, params=query) as response:
        return response.status, await response.json()


async def test_everything_is_off_until_it_is_switched_on(client: aiohttp.ClientSession) -> None:
    status, settings = await get(client, SETTINGS)
    assert status == 200
    assert (settings["briefing_at"], settings["heads_up_min"], settings["conflicts"], settings["travel"]) == (
        None, None, False, False,
    )  # fmt: skip


async def test_settings_are_kept_for_the_one_person(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database, identity: Identity
) -> None:
    wanted = {
        "briefing_at": "07:00",
        "briefing_days": ["monday", "sunday"],
        "briefing_by": ["mail", "page"],
        "heads_up_min": 15,
        "conflicts": True,
        "travel": True,
        "notices_by": ["page"],
        "quiet_from": "22:00",
        "quiet_to": "06:30",
        "quiet_heads_up": True,
    }
    assert await put(client, **wanted) == (200, wanted)
    assert await get(client, SETTINGS) == (200, wanted)
    ada = await make_person(database, identity, password=None)
    async with sidecar.client(await make_key(database, ada)) as others:
        assert (await get(others, SETTINGS))[1]["briefing_at"] is None
    async with sidecar.client(sidecar.other_key) as others:
        assert (await get(others, SETTINGS))[1]["briefing_at"] is None
    status, settings = await put(client)
    assert (status, settings["briefing_at"], settings["quiet_from"]) == (200, None, None)


@pytest.mark.parametrize(
    "body",
    [
        {"briefing_at": "25:00"},
        {"briefing_at": "7"},
        {"heads_up_min": 0},
        {"heads_up_min": "10"},
        {"briefing_days": ["someday"]},
        {"notices_by": ["fax"]},
        {"quiet_from": "22:00"},
        {"quiet_from": "07:00", "quiet_to": "07:00"},
        {"unknown": 1},
    ],
)
async def test_settings_that_make_no_sense_are_refused(client: aiohttp.ClientSession, body: dict[str, Any]) -> None:
    assert (await put(client, **body))[0] == 422


async def test_a_key_that_may_only_read_changes_nothing(
    sidecar: Sidecar, database: Database, identity: Identity
) -> None:
    reader = await make_key(database, identity, frozenset({"calendar:read"}))
    async with sidecar.client(reader) as client:
        assert (await put(client, briefing_at="07:00"))[0] == 403
        assert (await get(client, SETTINGS))[0] == 200


async def test_the_briefing_of_a_day(client: aiohttp.ClientSession) -> None:
    for summary, start in (("Stand-up", "2026-11-24T09:00:00+01:00"), ("Review", "2026-11-24T14:00:00+01:00")):
        body = {"summary": summary, "start": start, "duration_min": 60}
        async with client.post("/api/calendar/events", json=body) as response:
            assert response.status == 201
    status, day = await get(client, "/api/calendar/briefing", date="2026-11-24")
    assert status == 200
    assert day["spoken"] == (
        "You have 2 events on Tuesday, November 24th. First Stand-up at 9 AM, then Review at 2 PM. "
        "In between you are free from 10 AM to 2 PM."
    )
    assert [event["summary"] for event in day["events"]] == ["Stand-up", "Review"]
    assert (day["timezone"], len(day["gaps"]), day["double_booked"]) == ("Europe/Berlin", 1, [])
    assert (await get(client, "/api/calendar/briefing"))[1]["date"] == "2026-11-21"


@pytest.mark.parametrize(
    "query", [{"date": "2026-02-30"}, {"date": "soon"}, {"timezone": "Mars"}, {"date": "9999-12-31"}]
)
async def test_a_day_that_is_none_is_refused(client: aiohttp.ClientSession, query: dict[str, str]) -> None:
    assert (await get(client, "/api/calendar/briefing", **query))[0] == 422


async def test_what_was_told_comes_newest_first_in_pages_and_to_the_one_person(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database, identity: Identity
) -> None:
    async with database.transaction(identity) as connection:
        for hour in (6, 7, 8):
            await connection.execute(
                "INSERT INTO calendar_notices (id, tenant_id, user_id, kind, subject, starts_at, text, told_by, "
                "created_at) VALUES (gen_random_uuid(), %s, %s, 'starting_soon', %s, now(), %s, %s, %s)",
                (
                    identity.tenant_id,
                    identity.user_id,
                    str(hour),
                    f"At {hour}",
                    ["mail"] if hour == 7 else ["page"],
                    datetime(2026, 11, 21, hour, tzinfo=UTC),
                ),
            )
    _, first = await get(client, "/api/calendar/notices", limit="1")
    assert [one["text"] for one in first["items"]] == ["At 8"]
    _, second = await get(client, "/api/calendar/notices", cursor=first["next_cursor"])
    assert ([one["text"] for one in second["items"]], second["next_cursor"]) == (["At 6"], None)
    async with sidecar.client(sidecar.other_key) as others:
        assert (await get(others, "/api/calendar/notices"))[1]["items"] == []


async def test_nobody_hears_live_of_another_person_s_notice(
    sidecar: Sidecar, database: Database, identity: Identity
) -> None:
    ada, hub = await make_person(database, identity, password=None), sidecar.app[HUB]
    async with hub.stream(identity, lambda _type: True) as mine, hub.stream(ada, lambda _type: True) as theirs:
        hub.deliver(LiveEvent(identity.tenant_id, "calendar.notice", {"id": "1"}, identity.user_id))
        hub.deliver(LiveEvent(identity.tenant_id, "event.booked", {"id": "2"}))
        assert [(await mine.next(5)).data["id"] for _ in range(2)] == ["1", "2"]  # type: ignore[union-attr]
        assert (await theirs.next(5)).data["id"] == "2"  # type: ignore[union-attr]
