"""One written sentence to the calendar: what it does, what it asks, and what it never does. Now: Saturday 10:00."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from store.database import Database
from tests.integration.ingest.conftest import Sidecar, make_key

WINDOW = {"from": "2026-11-21T00:00:00Z", "to": "2027-03-31T00:00:00Z"}
ZONE = "Europe/Berlin"


async def say(client: aiohttp.ClientSession, text: str, **fields: Any) -> dict[str, Any]:
    body = {"command": text, "timezone": ZONE, **fields}
    async with client.post("/api/calendar/command", json=body) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def book(client: aiohttp.ClientSession, summary: str, start: str, **fields: Any) -> dict[str, Any]:
    body = {"summary": summary, "start": start, "timezone": ZONE, **fields}
    async with client.post("/api/calendar/events", json=body) as response:
        assert response.status == 201, await response.text()
        return await response.json()


async def starts(client: aiohttp.ClientSession) -> list[tuple[str, str]]:
    async with client.get("/api/calendar/events", params=WINDOW) as response:
        assert response.status == 200
        return [(event["summary"], event["start"][5:16]) for event in (await response.json())["items"]]


async def test_an_event_is_booked_with_people_place_and_length(client: aiohttp.ClientSession) -> None:
    said = await say(client, "Put lunch with Tom at the office on Friday at 12:30 for 45 minutes")
    assert said["operation"] == "create"
    assert said["confidence"] > 0.8
    assert said["question"] is None
    assert said["message"] == "Lunch with Tom is booked for Friday, November 27th at 12:30 PM."
    event = said["result"]["events"][0]
    assert event["start"] == "2026-11-27T12:30:00+01:00"
    assert event["end"] == "2026-11-27T13:15:00+01:00"
    assert event["attendees"] == ["Tom"]
    assert event["location"] == "the office"
    assert said["parameters"]["when"]["start"] == "2026-11-27T12:30:00"


async def test_a_series_is_booked_and_all_of_it_moved(client: aiohttp.ClientSession) -> None:
    said = await say(client, "Set up a stand-up every Monday at nine for three weeks")
    assert said["result"]["events"][0]["rrule"] == "FREQ=WEEKLY;COUNT=3;BYDAY=MO"
    assert [start for _, start in await starts(client)] == ["11-23T09:00", "11-30T09:00", "12-07T09:00"]
    await say(client, "Move all of the stand-ups to 10 am")
    assert [start for _, start in await starts(client)] == ["11-23T10:00", "11-30T10:00", "12-07T10:00"]


async def test_a_day_is_listed_and_an_event_is_searched(client: aiohttp.ClientSession) -> None:
    await book(client, "Dentist", "2026-11-26T15:00:00")
    listed = await say(client, "What's my Thursday like?")
    assert listed["operation"] == "list"
    assert listed["message"] == "You have 1 event on Thursday, November 26th: Dentist from 3 to 3:30 PM."
    found = await say(client, "When is my dentist?")
    assert found["operation"] == "search"
    assert found["message"] == "Dentist on Thursday, November 26th at 3 PM."
    missing = await say(client, "When is my haircut?")
    assert missing["result"]["events"] == []


async def test_an_event_is_moved_with_its_day_or_its_time_kept(client: aiohttp.ClientSession) -> None:
    await book(client, "Dentist", "2026-11-26T15:00:00")
    said = await say(client, "Move the dentist to Monday at nine")
    assert said["message"] == "Dentist is changed to Monday, November 23rd at 9 AM."
    assert await starts(client) == [("Dentist", "11-23T09:00")]
    await say(client, "Move the dentist to Friday")
    assert await starts(client) == [("Dentist", "11-27T09:00")]
    await say(client, "Push the dentist back by 30 minutes")
    assert await starts(client) == [("Dentist", "11-27T09:30")]
    await say(client, "Move the dentist to 4 pm")
    assert await starts(client) == [("Dentist", "11-27T16:00")]


async def test_it_means_the_event_of_the_context(client: aiohttp.ClientSession) -> None:
    event = await book(client, "Review", "2026-11-26T15:00:00")
    here = {"context": {"last_event_id": event["id"]}}
    assert (await say(client, "Make it an hour", **here))["result"]["events"][0]["end"] == "2026-11-26T16:00:00+01:00"
    assert (await say(client, "Actually half past", **here))["result"]["events"][0]["start"][11:16] == "15:30"
    named = await say(client, "Call it Budget review", **here)
    assert named["result"]["events"][0]["summary"] == "Budget review"
    weekly = await say(client, "Make it weekly", **here)
    assert weekly["result"]["events"][0]["rrule"] == "FREQ=WEEKLY"
    unknown = await say(client, "Make it two hours")
    assert unknown["result"] is None
    assert unknown["question"]["about"] == "which_event"
    assert unknown["question"]["candidates"][0]["event_id"]


async def test_of_a_series_the_words_say_how_much(client: aiohttp.ClientSession) -> None:
    await book(client, "Stand-up", "2026-11-23T09:00:00", rrule="FREQ=WEEKLY;COUNT=5")
    await say(client, "Move the stand-up on Monday to 10 am")
    assert [start for _, start in await starts(client)][:2] == ["11-23T10:00", "11-30T09:00"]
    await say(client, "Cancel the stand-up from December 7th on")
    assert [start for _, start in await starts(client)] == ["11-23T10:00", "11-30T09:00"]
    await say(client, "Cancel the whole series of stand-ups")
    assert await starts(client) == []


async def test_everything_of_an_afternoon_is_cancelled_and_comes_back(client: aiohttp.ClientSession) -> None:
    for summary, start in (("Standup", "09:00"), ("Call with Ben", "14:00"), ("Review", "16:00")):
        await book(client, summary, f"2026-11-27T{start}:00")
    said = await say(client, "Cancel everything on Friday afternoon")
    assert len(said["result"]["events"]) == 2
    assert await starts(client) == [("Standup", "11-27T09:00")]
    undone = await say(client, "Undo that")
    assert undone["operation"] == "undo"
    assert undone["message"] == "Call with Ben and Review are back."
    assert len(await starts(client)) == 3


async def test_the_afternoons_of_two_days_leave_the_morning_between_them(client: aiohttp.ClientSession) -> None:
    for start in ("2026-11-23T13:00:00", "2026-11-23T19:00:00", "2026-11-24T09:00:00", "2026-11-24T15:00:00"):
        await book(client, "Review", start)
    listed = await say(client, "What's on Monday and Tuesday afternoon?")
    assert [one["start"][5:16] for one in listed["result"]["events"]] == ["11-23T13:00", "11-24T15:00"]
    said = await say(client, "Cancel everything on Monday and Tuesday afternoon")
    assert "each afternoon" in said["message"]
    assert await starts(client) == [("Review", "11-23T19:00"), ("Review", "11-24T09:00")]


async def test_a_morning_begins_early_and_an_evening_ends_late(client: aiohttp.ClientSession) -> None:
    await book(client, "Run", "2026-11-23T07:30:00")
    await book(client, "Call", "2026-11-23T22:30:00")
    assert "Run" in (await say(client, "What's on Monday morning?"))["message"]
    assert "Call" in (await say(client, "What's on Monday evening?"))["message"]
    await say(client, "Cancel everything on Monday morning")
    assert await starts(client) == [("Call", "11-23T22:30")]


async def test_a_holiday_s_name_is_the_event_of_that_name(client: aiohttp.ClientSession) -> None:
    await book(client, "Dentist", "2026-11-26T09:00:00")
    unsure = await say(client, "Cancel Thanksgiving on Thursday")
    assert unsure["question"]["about"] == "which_event"
    await book(client, "Thanksgiving", "2026-11-26T18:00:00")
    await say(client, "Cancel Thanksgiving on Thursday")
    assert await starts(client) == [("Dentist", "11-26T09:00")]


async def test_a_busy_stretch_is_told_with_the_event_s_own_time(client: aiohttp.ClientSession) -> None:
    await book(client, "Lunch", "2026-11-25T12:30:00", duration_min=30)
    told = (await say(client, "Am I free Wednesday between 12 and 2?"))["message"]
    assert "Lunch from 12:30 to 1 PM" in told
    assert "You are free from noon to 12:30 PM and from 1 to 2 PM." in told


async def test_an_event_is_moved_and_renamed_in_one_sentence(client: aiohttp.ClientSession) -> None:
    await book(client, "Lunch with Maria", "2026-11-25T12:30:00")
    said = "Move lunch with Maria to the 3rd of December at 1pm and call it Lunch with Maria and Ben"
    await say(client, said)
    assert await starts(client) == [("Lunch with Maria and Ben", "12-03T13:00")]


async def test_a_taken_time_is_answered_with_others(client: aiohttp.ClientSession) -> None:
    await book(client, "Review", "2026-11-27T14:00:00", duration_min=60)
    said = await say(client, "Book a call with Ben on Friday at 2 pm")
    assert said["result"] is None
    assert said["question"]["about"] == "time_taken"
    assert "Review" in said["message"]
    assert 0 < len(said["question"]["candidates"]) <= 3
    assert all(one["start"].endswith("+01:00") for one in said["question"]["candidates"])
    assert await starts(client) == [("Review", "11-27T14:00")]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Call Ben tomorrow at 7", "am_or_pm"),
        ("Book a table on February 30th at 8 pm", "impossible"),
        ("Book a call on Tuesday the 3rd of December at 3 pm", "which_day"),
        ("Dentist on Friday", "which_time"),
        ("Book something tomorrow at 3 pm", "title"),
        ("Book a call yesterday at 3 pm", "which_time"),
        ("Cancel it", "which_event"),
        ("Cancel everything", "which_day"),
        ("Don't book lunch tomorrow at noon", "denied"),
        ("Book lunch tomorrow at noon and cancel the dentist", "several"),
        ("The quick brown fox", "unknown"),
        ("Cancel lunch with Anna", "which_event"),
        ("Cancel the meeting", "which_event"),
        ("Move the dentist to Friday at 9", "which_event"),
    ],
)
async def test_what_is_unsure_is_asked_and_nothing_is_written(
    client: aiohttp.ClientSession, text: str, about: str
) -> None:
    await book(client, "Lunch with Tom", "2026-11-26T12:00:00")
    said = await say(client, text)
    assert said["result"] is None
    assert said["question"]["about"] == about
    assert said["message"] == said["question"]["text"]
    assert await starts(client) == [("Lunch with Tom", "11-26T12:00")]


async def test_an_ambiguous_hour_offers_both(client: aiohttp.ClientSession) -> None:
    said = await say(client, "Call Ben tomorrow at 7")
    assert said["confidence"] <= 0.5
    assert said["message"] == "Do you mean 7 AM or 7 PM tomorrow?"
    assert [one["start"] for one in said["question"]["candidates"]] == [
        "2026-11-22T07:00:00+01:00",
        "2026-11-22T19:00:00+01:00",
    ]


async def test_two_events_that_fit_are_both_offered(client: aiohttp.ClientSession) -> None:
    await book(client, "Call with Ben", "2026-11-26T12:00:00")
    await book(client, "Call with Mia", "2026-11-27T12:00:00")
    said = await say(client, "Cancel the call")
    assert said["question"]["about"] == "which_event"
    assert [one["text"] for one in said["question"]["candidates"]] == [
        "Call with Ben on Thursday, November 26th at noon",
        "Call with Mia on Friday, November 27th at noon",
    ]
    assert len(await starts(client)) == 2


async def test_free_time_is_told(client: aiohttp.ClientSession) -> None:
    await book(client, "Review", "2026-11-27T14:00:00", duration_min=60)
    busy = await say(client, "Am I free on Friday at 2 pm?")
    assert busy["message"] == "You are busy on Friday, November 27th at 2 PM: Review from 2 to 3 PM."
    free = await say(client, "Am I free on Friday at 4 pm?")
    assert free["result"]["slots"][0]["start"] == "2026-11-27T16:00:00+01:00"
    found = await say(client, "Find half an hour next week, mornings")
    assert found["operation"] == "suggest"
    assert found["parameters"]["wishes"] == ["mornings"]
    assert found["result"]["slots"]
    assert all(int(slot["start"][11:13]) < 12 for slot in found["result"]["slots"])


async def test_without_confirm_it_is_read_back_and_nothing_is_written(client: aiohttp.ClientSession) -> None:
    said = await say(client, "Book lunch with Anna tomorrow at noon", confirm=False)
    assert said["result"] is None
    assert said["question"]["about"] == "confirm"
    assert said["message"] == "I have Lunch with Anna tomorrow at noon for 30 minutes. Shall I book it?"
    assert await starts(client) == []


async def test_the_same_key_books_once(client: aiohttp.ClientSession) -> None:
    body = {"command": "Book lunch tomorrow at noon", "timezone": ZONE}
    for _ in range(2):
        async with client.post("/api/calendar/command", json=body, headers={"Idempotency-Key": "a"}) as response:
            assert (await response.json())["result"]["events"][0]["summary"] == "Lunch"
    assert len(await starts(client)) == 1


async def test_who_may_only_read_changes_nothing(sidecar: Sidecar, database: Database) -> None:
    key = await make_key(database, sidecar.identity, frozenset({"calendar:read"}))
    async with sidecar.client(key) as client:
        assert (await say(client, "What's on tomorrow?"))["operation"] == "list"
        body = {"command": "Book lunch tomorrow at noon", "confirm": False}
        async with client.post("/api/calendar/command", json=body) as response:
            assert response.status == 403
