"""Suggestions, free and busy time, conflicts and plans over HTTP, with calendars of several people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import make_person

WEEK = {"from": "2026-11-23T00:00:00+01:00", "to": "2026-11-28T00:00:00+01:00"}


@dataclass(frozen=True)
class Tom:
    """A colleague with a calendar of his own, and a client that acts as him."""

    calendar: UUID
    client: aiohttp.ClientSession


@pytest.fixture
async def tom(database: Database, identity: Identity, sidecar: Sidecar) -> AsyncIterator[Tom]:
    person = await make_person(database, identity, "tom@demo.test", password=None)
    calendar = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE users SET name = 'Tom Miller' WHERE id = %s", (person.user_id,))
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, name, timezone, user_id) VALUES (%s, %s, 'Tom', 'UTC', %s)",
            (calendar, identity.tenant_id, person.user_id),
        )
    key = await make_key(database, replace(identity, user_id=person.user_id))
    async with aiohttp.ClientSession(sidecar.url, headers={"Authorization": f"Bearer {key}"}) as client:
        yield Tom(calendar, client)


async def ask(client: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with client.post(f"/api/calendar/{path}", json=body) as response:
        answer = await response.json()
        assert response.status == 200, answer
        return answer


async def look(client: aiohttp.ClientSession, path: str, **query: str) -> dict[str, Any]:
    async with client.get(f"/api/calendar/{path}", params=query) as response:
        answer = await response.json()
        assert response.status == 200, answer
        return answer


async def refused(client: aiohttp.ClientSession, path: str, **body: Any) -> tuple[int, str]:
    async with client.post(f"/api/calendar/{path}", json=body) as response:
        return response.status, (await response.json())["code"]


async def book(client: aiohttp.ClientSession, summary: str, start: str, minutes: int = 60, **other: Any) -> str:
    body = {"summary": summary, "start": start, "duration_min": minutes, **other}
    async with client.post("/api/calendar/events", json=body) as response:
        answer = await response.json()
        assert response.status == 201, answer
        return answer["id"]


def starts(answer: dict[str, Any]) -> list[str]:
    return [one["start"][5:16] for one in answer["suggestions"]]


async def test_times_that_suit_both_calendars_are_suggested(client: aiohttp.ClientSession, tom: Tom) -> None:
    await book(client, "Mine", "2026-11-23T09:00", 180)
    await book(tom.client, "His secret", "2026-11-23T13:00", 240, calendar_id=str(tom.calendar))
    answer = await ask(client, "suggest", duration_min=60, attendees=["tom@demo.test"], **WEEK)
    assert "11-24T09:00" in starts(answer)
    assert not any(start.startswith("11-23") and start < "11-23T12:00" for start in starts(answer))
    assert not any("11-23T13:00" <= start < "11-23T17:00" for start in starts(answer))
    assert answer["unseen"] == []
    assert "you are both free" in str(answer)
    assert "secret" not in str(answer)


async def test_wishes_limits_and_zones_are_kept(client: aiohttp.ClientSession) -> None:
    answer = await ask(
        client,
        "suggest",
        duration_min=45,
        wishes=["no Mondays", {"kind": "avoid", "value": "before 10"}],
        timezone="America/New_York",
        limit=2,
        **WEEK,
    )
    assert len(answer["suggestions"]) == 2
    assert all(one["start"].endswith("-05:00") for one in answer["suggestions"])
    assert starts(answer)[0] == "11-24T10:00"


async def test_nobody_knows_the_calendar_of_a_stranger(client: aiohttp.ClientSession, tom: Tom) -> None:
    answer = await ask(
        client, "suggest", attendees=[{"email": "x@else.test"}, {"name": "Tom", "optional": True}], **WEEK
    )
    assert answer["unseen"] == ["x@else.test"]
    assert answer["note"] == "I cannot see x@else.test's calendar."
    assert answer["suggestions"]


async def test_when_nothing_fits_the_next_time_is_named(client: aiohttp.ClientSession) -> None:
    await book(client, "Fair", "2026-11-26T00:00", 1440, all_day=True)
    answer = await ask(client, "suggest", duration_min=60, **{"from": "2026-11-26T00:00", "to": "2026-11-27T00:00"})
    assert answer["suggestions"] == []
    assert "Friday, November 27th at 9 AM is the next." in answer["note"]
    assert answer["relaxations"][0]["kind"] == "later"


async def test_what_cannot_be_answered_is_said(client: aiohttp.ClientSession) -> None:
    assert await refused(client, "suggest", wishes=["something blue"]) == (422, "unknown_wish")
    assert await refused(client, "suggest", timezone="Mars") == (422, "unknown_timezone")
    assert await refused(client, "suggest", **{"from": WEEK["to"], "to": WEEK["from"]}) == (422, "empty_window")
    assert await refused(client, "suggest", **{"from": WEEK["from"], "to": "2029-01-01T00:00"}) == (
        422,
        "window_too_long",
    )
    assert await refused(client, "replan") == (422, "nothing_to_move")
    assert await refused(client, "replan", event_ids=[str(new_id())]) == (404, "event_not_found")
    assert await refused(client, "replan", event_ids=["x"]) == (404, "event_not_found")


async def test_a_name_that_fits_two_people_is_a_conflict(
    client: aiohttp.ClientSession, database: Database, identity: Identity
) -> None:
    await make_person(database, identity, "one@demo.test", password=None)
    await make_person(database, identity, "two@demo.test", password=None)
    assert await refused(client, "suggest", attendees=["Ada"], **WEEK) == (409, "ambiguous_person")


async def test_free_and_busy_tells_when_but_not_what(client: aiohttp.ClientSession, tom: Tom) -> None:
    await book(client, "Mine", "2026-11-23T09:00", 60)
    await book(client, "Mine too", "2026-11-23T10:00", 60)
    await book(tom.client, "His secret", "2026-11-24T13:00", 60, calendar_id=str(tom.calendar))
    answer = await look(client, "free-busy", people="me, tom@demo.test,Nobody", **WEEK)
    assert answer == {
        "people": [
            {
                "name": "me",
                "seen": True,
                "busy": [{"start": "2026-11-23T09:00:00+01:00", "end": "2026-11-23T11:00:00+01:00"}],
            },
            {
                "name": "tom@demo.test",
                "seen": True,
                "busy": [{"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"}],
            },
            {"name": "Nobody", "seen": False, "busy": []},
        ]
    }
    assert (await look(client, "free-busy", **WEEK))["people"][0]["name"] == "you"


async def test_a_time_held_for_a_caller_is_taken_until_it_expires(
    client: aiohttp.ClientSession, database: Database, identity: Identity
) -> None:
    await book(client, "Other day", "2026-11-25T09:00")  # so that there is a calendar
    async with database.transaction(identity) as connection:
        for hour, expires in ((9, "2026-11-21T09:05:00Z"), (11, "2026-11-21T08:59:00Z")):
            await connection.execute(
                "INSERT INTO calendar_holds (id, tenant_id, calendar_id, conversation_id, starts_at, ends_at, "
                "expires_at) SELECT %s, tenant_id, id, %s, %s, %s, %s FROM calendars",
                (new_id(), new_id(), f"2026-11-23T{hour}:00+01:00", f"2026-11-23T{hour + 1}:00+01:00", expires),
            )
    answer = await look(client, "free-busy", **(WEEK | {"to": "2026-11-24T00:00:00+01:00"}))
    assert [one["start"][11:16] for one in answer["people"][0]["busy"]] == ["09:00"]


async def test_an_invitation_takes_the_invited_persons_time(client: aiohttp.ClientSession, tom: Tom) -> None:
    await book(client, "Together", "2026-11-23T09:00", attendees=["tom@demo.test"])
    answer = await look(client, "free-busy", people="Tom", **WEEK)
    assert len(answer["people"][0]["busy"]) == 1


async def test_a_day_of_illness_is_planned_anew_and_nothing_moves_by_itself(client: aiohttp.ClientSession) -> None:
    review = await book(client, "Review", "2026-11-26T09:00")
    await book(client, "Call", "2026-11-27T09:00")
    blocked = [{"from": "2026-11-26T00:00", "to": "2026-11-27T00:00"}]
    plan = await ask(client, "replan", blocked=blocked)
    [move] = plan["moves"]
    assert (move["event_id"], move["summary"], plan["optimal"]) == (review, "Review", True)
    assert move["new_start"] == "2026-11-25T16:00:00+01:00"  # 17 hours away; Friday at 10 is 25
    assert plan["note"] == "1 event can move."
    async with client.get(f"/api/calendar/events/{review}") as response:
        assert (await response.json())["start"] == "2026-11-26T09:00:00+01:00"


async def test_named_events_move_and_attendees_count(client: aiohttp.ClientSession, tom: Tom) -> None:
    review = await book(client, "Review", "2026-11-26T09:00", attendees=["Tom"])
    await book(tom.client, "His", "2026-11-26T10:00", 420, calendar_id=str(tom.calendar))
    plan = await ask(client, "replan", event_ids=[review], **{"from": "2026-11-26T00:00", "to": "2026-11-28T00:00"})
    assert [move["new_start"] for move in plan["moves"]] == ["2026-11-27T09:00:00+01:00"]


async def test_double_bookings_are_told(client: aiohttp.ClientSession, tom: Tom) -> None:
    await book(tom.client, "Dentist", "2026-11-24T15:30", calendar_id=str(tom.calendar), attendees=["owner@demo.test"])
    await book(client, "Review", "2026-11-24T15:00")
    answer = await look(client, "conflicts", **WEEK)
    assert [one["text"] for one in answer["conflicts"]] == [
        "You are double-booked on Tuesday, November 24th at 3:30 PM: Review and Dentist."
    ]


async def test_preferences_are_kept_and_count_at_once(client: aiohttp.ClientSession) -> None:
    before = await look(client, "preferences")
    assert (before["of"], before["said"], before["working_hours"]["saturday"]) == ("me", [], [])
    hours = {"monday": [["14:00", "16:00"]]}
    async with client.put("/api/calendar/preferences", json={"working_hours": hours, "lunch": None}) as response:
        assert response.status == 200, await response.text()
        kept = await response.json()
    assert (kept["said"], kept["lunch"]) == (["lunch", "working_hours"], None)
    assert kept["working_hours"]["monday"] == [["14:00", "16:00"]]
    window = {"from": "2026-11-23T00:00", "to": "2026-11-24T00:00"}
    answer = await ask(client, "suggest", duration_min=60, **window)
    assert starts(answer) == ["11-23T14:00", "11-23T15:00"]


async def test_the_tenants_preferences_need_the_right(sidecar: Sidecar, database: Database, identity: Identity) -> None:
    key = await make_key(database, await make_person(database, identity, "eve@demo.test", password=None))
    everybodys = "/api/calendar/preferences?of=tenant"
    async with sidecar.client(key) as editor:
        async with editor.put(everybodys, json={"travel_min": 0}) as response:
            assert (response.status, (await response.json())["code"]) == (403, "missing_scope")
        async with editor.put("/api/calendar/preferences", json={"travel_min": 0}) as response:
            assert response.status == 200
    async with sidecar.client() as owner, owner.put(everybodys, json={"holidays": "DE"}) as response:
        assert response.status == 200, await response.text()
    async with sidecar.client(key) as editor:
        kept = await look(editor, "preferences")
    assert (kept["holidays"], kept["travel_min"], kept["said"]) == ("DE", 0, ["travel_min"])


async def test_wrong_preferences_are_refused_with_the_reason(client: aiohttp.ClientSession) -> None:
    for body in ({"avoids": ["sunshine"]}, {"holidays": "XX"}, {"timezone": "Mars"}, {"working_hours": {"funday": []}}):
        async with client.put("/api/calendar/preferences", json=body) as response:
            assert response.status == 422, body
