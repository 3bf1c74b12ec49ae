"""When is, and when will: the calendar answers when it has an event of that name, the documents when it has none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.brain.slots import located, tells_of
from tests.unit.brain.conftest import Talk


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When is the summer party?", "12 June"),
        ("When's the summer party?", "12 June"),
        ("Do you know when the summer party is?", "12 June"),
        ("When is our summer party on Saturday?", "12 June"),
        ("When will the surveyor visit?", "17 March"),
        ("When will the surveyor come on Monday?", "17 March"),
        ("What day is the summer party?", "12 June"),
    ],
)
async def test_what_the_calendar_does_not_have_is_looked_for_in_the_documents(
    talk: Talk, question: str, answer: str
) -> None:
    asked = await talk.say(question)
    assert asked.calls[-1][0] == "search_knowledge"
    assert answer in asked.words
    assert "Dentist" not in asked.words
    assert [name for name, _ in (await talk.say("Read me that sentence.")).calls] == ["read_citation"]


@pytest.mark.parametrize(
    ("event", "question"),
    [
        ("Summer party", "When is the summer party?"),
        ("Surveyor", "When will the surveyor visit?"),
        ("Visit of the surveyor", "When will the surveyor visit us?"),
        ("Boat trip", "When is the boat trip?"),
    ],
)
async def test_an_event_of_that_name_is_answered_from_the_calendar(talk: Talk, event: str, question: str) -> None:
    talk.desk.events = {event: datetime.fromisoformat("2026-11-25T15:00")}
    asked = await talk.say(question)
    assert [name for name, _ in asked.calls] == ["list_events"]
    assert "Wednesday" in asked.words
    assert "3 PM" in asked.words


async def test_words_that_two_events_share_are_no_event(talk: Talk) -> None:
    talk.desk.events = {
        "Summer sales": datetime.fromisoformat("2026-11-24T09:00"),
        "Birthday party": datetime.fromisoformat("2026-11-25T15:00"),
    }
    assert "12 June" in (await talk.say("When is the summer party?")).words


def test_an_event_that_lasts_all_day_is_one_of_its_name_and_has_no_time() -> None:
    fact = "You have 2 events: tomorrow, Summer party all day and Dentist from 9 to 10 AM."
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert tells_of(fact, "Summer party")
    assert not tells_of(fact, "Party of the dentist")
    assert located(fact, "Summer party", now, now.date()) is None


async def test_what_is_in_neither_gets_the_agenda(talk: Talk) -> None:
    asked = await talk.say("When is the garden review?")
    assert [name for name, _ in asked.calls] == ["list_events", "search_knowledge"]
    assert "Team review" in asked.words


@pytest.mark.parametrize(
    "question", ["When is my next meeting?", "When is my appointment with Bob?", "What's on today?"]
)
async def test_questions_for_the_calendar_alone_stay_there(talk: Talk, question: str) -> None:
    assert [name for name, _ in (await talk.say(question)).calls] == ["list_events"]


@pytest.mark.parametrize("question", ["When is check in?", "What time is breakfast?"])
async def test_questions_for_the_documents_alone_go_straight_there(talk: Talk, question: str) -> None:
    assert [name for name, _ in (await talk.say(question)).calls] == ["search_knowledge"]


async def test_a_booking_waits_while_both_are_asked(talk: Talk) -> None:
    await talk.say("Book a meeting with Anna tomorrow at three PM.")
    aside = await talk.say("When will the parcel arrive?")
    assert [name for name, _ in aside.calls] == ["list_events", "search_knowledge"]
    assert aside.words.endswith("Shall I book it?")
