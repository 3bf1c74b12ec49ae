"""Events over HTTP: whole days, other calendars, how far a change has come, and undoing exactly one change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.ingest.test_calendar_events_api import WEEKLY, book, listed, starts


async def add_calendar(database: Database, identity: Identity, *, connected: bool = False, owner: bool = True) -> UUID:
    calendar_id, account_id = new_id(), new_id() if connected else None
    async with database.transaction(identity) as connection:
        if account_id:
            await connection.execute(
                "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, sealed_credentials, "
                "created_at) VALUES (%s, %s, %s, 'caldav', 'ada@example.com', '', now())",
                (account_id, identity.tenant_id, identity.user_id),
            )
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, user_id, account_id, remote_id, name, timezone) "
            "VALUES (%s, %s, %s, %s, %s, 'Other', 'Europe/Berlin')",
            (calendar_id, identity.tenant_id, identity.user_id if owner else None, account_id, str(calendar_id)),
        )
    return calendar_id


@pytest.fixture
async def other(database: Database, identity: Identity) -> UUID:
    return await add_calendar(database, identity, owner=False)


async def change(client: aiohttp.ClientSession, event: dict[str, Any], **fields: Any) -> tuple[int, dict[str, Any]]:
    async with client.patch(f"/api/calendar/events/{event['id']}", json=fields) as response:
        return response.status, await response.json()


async def undo(client: aiohttp.ClientSession, change_id: str) -> dict[str, Any]:
    async with client.post("/api/calendar/undo", json={"change_id": change_id}) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_a_deletion_names_the_change_that_undoes_exactly_it(client: aiohttp.ClientSession) -> None:
    first = await book(client, summary="First", start="2026-11-24T14:00:00")
    second = await book(client, summary="Second", start="2026-11-24T16:00:00")
    changes: list[str] = []
    for event in (first, second):
        async with client.delete(f"/api/calendar/events/{event['id']}") as response:
            assert (response.status, await response.text()) == (204, "")
            changes.append(response.headers["VoiceLoop-Change"])
    async with client.delete(f"/api/calendar/events/{first['id']}") as response:
        assert response.status == 204
        assert "VoiceLoop-Change" not in response.headers
    await undo(client, changes[0])
    assert [event["summary"] for event in await listed(client)] == ["First"]


async def test_an_event_becomes_a_whole_day_and_a_time_again(client: aiohttp.ClientSession) -> None:
    event = await book(client, summary="Fair", start="2026-11-24T22:00:00", duration_min=240)
    status, whole = await change(client, event, all_day=True)
    assert (status, whole["all_day"]) == (200, True)
    assert (whole["start"], whole["end"]) == ("2026-11-24T00:00:00+01:00", "2026-11-26T00:00:00+01:00")
    status, problem = await change(client, event, all_day=False)
    assert (status, problem["code"]) == (422, "start_missing")
    status, timed = await change(client, event, all_day=False, start="2026-11-25T09:00:00")
    assert (status, timed["all_day"], timed["start"]) == (200, False, "2026-11-25T09:00:00+01:00")
    assert timed["end"] == "2026-11-25T09:30:00+01:00"
    await undo(client, timed["change_id"])
    assert (await listed(client))[0]["all_day"] is True


async def test_an_event_goes_to_another_calendar_and_back(client: aiohttp.ClientSession, other: UUID) -> None:
    event = await book(client, summary="Call", start="2026-11-24T14:00:00", description="About it", attendees=["Tom"])
    status, there = await change(client, event, calendar_id=str(other), start="2026-11-24T15:00:00")
    assert (status, there["calendar_id"], there["start"]) == (200, str(other), "2026-11-24T15:00:00+01:00")
    assert (there["description"], there["attendees"]) == ("About it", ["Tom"])
    assert there["id"] != event["id"]
    assert [one["id"] for one in await listed(client)] == [there["id"]]
    await undo(client, there["change_id"])
    [back] = await listed(client)
    assert (back["id"], back["calendar_id"], back["start"]) == (event["id"], event["calendar_id"], event["start"])


async def test_a_whole_series_goes_with_its_exceptions_and_one_date_does_not(
    client: aiohttp.ClientSession, other: UUID
) -> None:
    await book(client, **WEEKLY)
    second, third = (await listed(client))[1:3]
    await change(client, second, start="2026-12-01T10:00:00")
    async with client.delete(f"/api/calendar/events/{third['id']}") as response:
        assert response.status == 204
    before = await starts(client)
    status, problem = await change(client, second, calendar_id=str(other))
    assert (status, problem["code"]) == (422, "scope_needed")
    path = f"/api/calendar/events/{second['series_id']}"
    async with client.patch(path, params={"scope": "all"}, json={"calendar_id": str(other)}) as response:
        assert response.status == 200, await response.text()
        there = await response.json()
    assert await starts(client) == before
    assert {one["calendar_id"] for one in await listed(client)} == {str(other)}
    await undo(client, there["change_id"])
    assert await starts(client) == before
    assert {one["series_id"] for one in await listed(client)} == {second["series_id"]}


async def test_a_calendar_that_is_busy_then_or_not_there_takes_nothing(
    client: aiohttp.ClientSession, other: UUID
) -> None:
    event = await book(client, summary="Call", start="2026-11-24T14:00:00")
    await book(client, summary="There", start="2026-11-24T15:00:00", calendar_id=str(other))
    status, problem = await change(client, event, calendar_id=str(other), start="2026-11-24T15:00:00")
    assert (status, problem["code"], problem["clash"]["summary"]) == (409, "time_taken", "There")
    status, problem = await change(client, event, calendar_id=str(new_id()))
    assert (status, problem["code"]) == (404, "calendar_not_found")
    assert len(await listed(client)) == 2


async def test_how_far_a_change_has_come_is_said_of_connected_calendars_alone(
    client: aiohttp.ClientSession, database: Database, identity: Identity
) -> None:
    here = await book(client, summary="Here", start="2026-11-24T14:00:00", busy=False)
    assert (here["delivery"], here["busy"]) == (None, False)
    connected = await add_calendar(database, identity, connected=True, owner=False)
    there = await book(client, summary="There", start="2026-11-25T14:00:00", calendar_id=str(connected))
    assert there["delivery"] == "queued"
    for status, said in (("refused", "failed"), ("delivered", "delivered")):
        async with database.transaction(identity) as connection:
            await connection.execute("UPDATE calendar_writes SET status = %s", (status,))
        assert {one["summary"]: one["delivery"] for one in await listed(client)} == {"Here": None, "There": said}
