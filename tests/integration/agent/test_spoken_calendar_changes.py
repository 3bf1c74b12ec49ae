"""The calendar by voice, without audio: a day's briefing, and changes of length, place and people.

It is Saturday, 21 November 2026, 10:00 in Berlin.
"""

from __future__ import annotations

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.agent.conftest import Talk
from tests.integration.agent.test_spoken_calendar import Diary
from tools.calendars.model import Event

MONDAY = "2026-11-23T10:00"


@pytest.fixture
def diary(database: Database, identity: Identity, clock: FixedClock) -> Diary:
    return Diary(database, identity, clock)


async def agreed(talk: Talk, *sentences: str) -> str:
    """Each sentence said, then a yes; what the last of them was answered with."""
    asked = ""
    for sentence in sentences:
        asked = await talk.say(sentence)
    await talk.say("Yes.")
    return asked


async def only(diary: Diary) -> Event:
    [event] = await diary.events()
    return event


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("What's my day like?", "You have 1 event today. Lunch at noon."),
        ("Give me my briefing, please.", "You have 1 event today. Lunch at noon."),
        ("Brief me for tomorrow.", "Nothing is on your calendar tomorrow."),
        ("How does Monday look?", "Review"),
    ],
)
async def test_a_day_is_told_as_a_whole(talk: Talk, diary: Diary, sentence: str, told: str) -> None:
    await diary.write("Lunch", "2026-11-21T12:00")
    await diary.write("Review", MONDAY)
    assert told in await talk.say(sentence)


async def test_another_day_is_briefed_when_the_caller_goes_on(talk: Talk, diary: Diary) -> None:
    await diary.write("Review", MONDAY)
    await diary.write("Dentist", "2026-11-23T15:00")
    await talk.say("What's my day like?")
    told = await talk.say("And on Monday?")
    assert "First Review at 10 AM, then Dentist at 3 PM." in told


@pytest.mark.parametrize(
    ("sentence", "minutes"), [("Make it half an hour longer.", 90), ("Make it half an hour shorter.", 30)]
)
async def test_an_event_is_made_longer_or_shorter(talk: Talk, diary: Diary, sentence: str, minutes: int) -> None:
    await diary.write("Review", MONDAY, 60)
    await talk.say("What's on my calendar on Monday?")
    assert "Shall I change Review" in await agreed(talk, sentence)
    assert await diary.rows() == [("Review", "11-23 10:00", minutes)]


async def test_a_booking_is_made_longer_while_it_is_read_back(talk: Talk, diary: Diary) -> None:
    asked = await agreed(talk, "Book a meeting with Anna on Monday at ten.", "Make it half an hour longer.")
    assert "for 1 hour" in asked
    assert await diary.rows() == [("Meeting with Anna", "11-23 10:00", 60)]


async def test_it_is_pushed_back_by_an_hour(talk: Talk, diary: Diary) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.")
    assert "11 AM" in await agreed(talk, "Push it back by an hour.")
    assert await diary.rows() == [("Meeting with Anna", "11-23 11:00", 30)]


async def test_somebody_is_added(talk: Talk, diary: Diary) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.")
    assert "to be with Anna and Tom" in await agreed(talk, "Add Tom to it.")
    assert (await only(diary)).attendees == ("Anna", "Tom")


@pytest.mark.parametrize("sentence", ["Invite tom@example.com.", "Invite tom at example dot com."])
async def test_an_address_is_added_once_it_was_read_back(talk: Talk, diary: Diary, sentence: str) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.")
    assert await talk.say(sentence) == "I have tom@example.com. Is that right?"
    assert "to be with Anna and tom@example.com" in await agreed(talk, "Yes, that's right.")
    assert (await only(diary)).attendees == ("Anna", "tom@example.com")


async def test_somebody_is_added_while_it_is_read_back(talk: Talk, diary: Diary) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.", "Add Tom to it.")
    event = await only(diary)
    assert (event.summary, event.attendees) == ("Meeting with Anna and Tom", ("Anna", "Tom"))


async def test_it_gets_another_name_and_a_place(talk: Talk, diary: Diary) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.", "Put it in room three.")
    await agreed(talk, "Rename it to Budget review.")
    event = await only(diary)
    assert (event.summary, event.location) == ("Budget review", "room three")
    await agreed(talk, "Move the budget review to the board room.")
    assert (await only(diary)).location == "the board room"
    assert await diary.rows() == [("Budget review", "11-23 10:00", 30)]


async def test_who_asks_about_the_location_is_asked_where(talk: Talk, diary: Diary) -> None:
    await agreed(talk, "Book a meeting with Anna on Monday at ten.")
    asked = await talk.say("What about the location?")
    assert asked.endswith("?")
    assert "to be at the blue room" in await agreed(talk, "In the blue room.")
    assert (await only(diary)).location == "the blue room"


async def test_a_no_changes_nothing(talk: Talk, diary: Diary) -> None:
    await diary.write("Review", MONDAY, 60)
    await talk.say("What's on my calendar on Monday?")
    await talk.say("Make it half an hour longer.")
    await talk.say("No.")
    assert await diary.rows() == [("Review", "11-23 10:00", 60)]


async def test_a_series_made_of_an_event_leaves_out_the_date_that_is_taken(talk: Talk, diary: Diary) -> None:
    await diary.write("Lunch", "2026-11-30T10:00")
    await agreed(talk, "Book a meeting with Anna on Monday at ten.")
    await talk.say("Make it weekly.")
    asked = await talk.say("Yes.")
    assert "Monday, November 30th is taken by Lunch. Shall I leave that date out for Meeting with Anna?" in asked
    await talk.say("Yes, please.")
    rows = await diary.rows()
    assert ("Meeting with Anna", "12-07 10:00", 30) in rows
    assert ("Meeting with Anna", "11-30 10:00", 30) not in rows


async def test_one_event_of_an_afternoon_is_named_when_it_is_cancelled(talk: Talk, diary: Diary) -> None:
    await diary.write("Lunch", "2026-11-23T13:00")
    await talk.say("Cancel everything on Monday afternoon.")
    assert "Lunch from 1 to 1:30 PM" in await talk.say("Yes.")
    assert await diary.rows() == []
