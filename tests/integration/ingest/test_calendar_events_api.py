"""Events over HTTP: series and what of them is meant, several at once, and taking changes back."""

from __future__ import annotations

from typing import Any

import aiohttp

WEEKLY = {"summary": "Stand-up", "start": "2026-11-23T09:00:00", "duration_min": 15, "rrule": "FREQ=WEEKLY;COUNT=5"}
WINDOW = {"from": "2026-11-21T00:00:00Z", "to": "2027-01-31T00:00:00Z"}


async def book(client: aiohttp.ClientSession, **fields: Any) -> dict[str, Any]:
    async with client.post("/api/calendar/events", json=fields) as response:
        assert response.status == 201, await response.text()
        return await response.json()


async def listed(client: aiohttp.ClientSession) -> list[dict[str, Any]]:
    async with client.get("/api/calendar/events", params=WINDOW) as response:
        assert response.status == 200
        return (await response.json())["items"]


async def starts(client: aiohttp.ClientSession) -> list[str]:
    return [event["start"][5:16] for event in await listed(client)]


async def test_a_series_is_booked_listed_and_said(client: aiohttp.ClientSession) -> None:
    series = await book(client, **WEEKLY)
    assert series["original_start"] is None
    items = await listed(client)
    assert [item["start"][5:10] for item in items] == ["11-23", "11-30", "12-07", "12-14", "12-21"]
    assert len({item["id"] for item in items}) == 5
    assert {item["series_id"] for item in items} == {series["id"]}
    assert items[0]["rrule"] == "FREQ=WEEKLY;COUNT=5"
    assert items[0]["recurrence_text"] == "every week at 9 AM, 5 times"
    async with client.get(f"/api/calendar/events/{items[2]['id']}") as response:
        assert (await response.json())["start"] == items[2]["start"]


async def test_one_of_a_series_is_moved_and_one_left_out(client: aiohttp.ClientSession) -> None:
    await book(client, **WEEKLY)
    second, third = (await listed(client))[1:3]
    change = {"start": "2026-12-01T10:00:00"}
    async with client.patch(f"/api/calendar/events/{second['id']}", json=change) as response:
        assert response.status == 200, await response.text()
        assert (await response.json())["recurrence_text"] == "every week at 9 AM, 5 times"  # the series, not this one
    async with client.delete(f"/api/calendar/events/{third['id']}") as response:
        assert response.status == 204
    assert await starts(client) == ["11-23T09:00", "12-01T10:00", "12-14T09:00", "12-21T09:00"]


async def test_from_one_on_a_series_has_another_time(client: aiohttp.ClientSession) -> None:
    await book(client, **WEEKLY)
    third = (await listed(client))[2]
    path = f"/api/calendar/events/{third['id']}"
    async with client.patch(path, params={"scope": "following"}, json={"start": "2026-12-07T11:00:00"}) as response:
        assert response.status == 200, await response.text()
    assert await starts(client) == ["11-23T09:00", "11-30T09:00", "12-07T11:00", "12-14T11:00", "12-21T11:00"]


async def test_all_of_a_series_ends_and_comes_back(client: aiohttp.ClientSession) -> None:
    await book(client, **WEEKLY)
    first = (await listed(client))[0]
    async with client.delete(f"/api/calendar/events/{first['id']}", params={"scope": "all"}) as response:
        assert response.status == 204
    assert await listed(client) == []
    async with client.post("/api/calendar/undo") as response:
        assert response.status == 200
        assert (await response.json())["operation"] == "cancel"
    assert len(await listed(client)) == 5


async def test_an_event_becomes_a_series_and_single_again(client: aiohttp.ClientSession) -> None:
    event = await book(client, summary="Call", start="2026-11-24T14:00:00")
    path = f"/api/calendar/events/{event['id']}"
    async with client.patch(path, json={"rrule": "FREQ=DAILY;COUNT=3"}) as response:
        assert response.status == 200, await response.text()
    assert await starts(client) == ["11-24T14:00", "11-25T14:00", "11-26T14:00"]
    async with client.patch(path, params={"scope": "all"}, json={"rrule": ""}) as response:
        assert response.status == 200, await response.text()
    assert await starts(client) == ["11-24T14:00"]


async def test_dates_of_a_series_that_are_taken_are_named_or_left_out(client: aiohttp.ClientSession) -> None:
    await book(client, summary="Dentist", start="2026-12-07T09:00:00")
    async with client.post("/api/calendar/events", json=WEEKLY) as response:
        problem = await response.json()
    assert (response.status, problem["code"], problem["total"]) == (409, "series_clashes", 5)
    assert [clash["clash"]["summary"] for clash in problem["clashes"]] == ["Dentist"]
    await book(client, **WEEKLY, skip_clashes=True)
    assert len(await listed(client)) == 5


async def test_several_events_go_and_come_back_together(client: aiohttp.ClientSession) -> None:
    ids = [
        (await book(client, summary=name, start=f"2026-11-27T{hour}:00:00"))["id"]
        for name, hour in (("A", 13), ("B", 15))
    ]
    async with client.post("/api/calendar/events/cancel", json={"ids": ids}) as response:
        cancelled = (await response.json())["items"]
    assert await listed(client) == []
    change = cancelled[0]["change_id"]
    async with client.post("/api/calendar/undo", json={"change_id": change}) as response:
        assert [event["summary"] for event in (await response.json())["events"]] == ["A", "B"]
    async with client.post("/api/calendar/undo", json={"change_id": change}) as response:
        assert (response.status, (await response.json())["code"]) == (404, "nothing_to_undo")
    assert len(await listed(client)) == 2


async def test_what_cannot_be_is_refused_and_nothing_is_written(client: aiohttp.ClientSession) -> None:
    for rule, code in (
        ("FREQ=SECONDLY", 422),
        ("FREQ=DAILY;COUNT=1000000000", 422),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 422),
        ("every monday", 422),
        ("FREQ=DAILY;INTERVAL=0", 422),
    ):
        async with client.post("/api/calendar/events", json={**WEEKLY, "rrule": rule}) as response:
            assert response.status == code, (rule, await response.text())
            assert (await response.json())["detail"]
    async with client.delete("/api/calendar/events/nonsense") as response:
        assert response.status == 404
    assert await listed(client) == []


async def test_a_stranger_neither_undoes_nor_cancels(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    event = await book(client, **WEEKLY)
    one = (await listed(client))[1]["id"]
    async with stranger.post("/api/calendar/undo", json={"change_id": event["change_id"]}) as response:
        assert response.status == 404
    async with stranger.post("/api/calendar/events/cancel", json={"ids": [one]}) as response:
        assert response.status == 404
    async with stranger.delete(f"/api/calendar/events/{one}", params={"scope": "all"}) as response:
        assert response.status == 404
    assert len(await listed(client)) == 5
