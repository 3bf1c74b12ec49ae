"""A sentence as a Command: the operation and what was said for it; nothing is made up. Now: Saturday, 10:00, Berlin."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.calendars.commands.operations import wanted_of
from tools.calendars.commands.reading import understand

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("Book lunch with Anna tomorrow at noon", "create"),
        ("Dentist on Friday at 3 pm", "create"),
        ("add lunch to my calendar tomorrow at 1 pm", "create"),
        ("make a meeting with Tom at 3 pm", "create"),
        ("What's my Thursday like?", "list"),
        ("show my week", "list"),
        ("When is my dentist?", "search"),
        ("find the dentist", "search"),
        ("Move the dentist to Monday", "update"),
        ("make it weekly", "update"),
        ("rename the stand-up to Daily", "update"),
        ("add Tom to the stand-up", "update"),
        ("Cancel everything on Friday afternoon", "delete"),
        ("clear my Friday afternoon", "delete"),
        ("Am I free tomorrow at 3?", "free"),
        ("Find half an hour with Priya and Tom next week", "suggest"),
        ("When can Priya and I meet next week?", "suggest"),
        ("undo that", "undo"),
        ("put it back", "undo"),
        ("put it back by an hour", "create"),
        ("What is the capital of France?", "unknown"),
        ("Do not cancel the dentist", "unknown"),
        ("Cancel the dentist and book lunch at noon", "unknown"),
        ("hello", "unknown"),
    ],
)
def test_the_operation_is_told_by_the_beginning(text: str, operation: str) -> None:
    assert understand(text, NOW, knows_last=True).operation == operation


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("Make it weekly", {"rule": "FREQ=WEEKLY"}),
        ("Make the stand-up every two weeks", {"event": "Stand-up", "rule": "FREQ=WEEKLY;INTERVAL=2"}),
        ("Cancel Thanksgiving on Thursday", {"event": "Thanksgiving", "event_day": "2026-11-26"}),
        ("Cancel Thanksgiving on Friday", {"event": "Thanksgiving", "event_day": "2026-11-27"}),
        ("Cancel the dentist on Thanksgiving", {"event": "Dentist", "event_day": "2026-11-26"}),
        ("Stop repeating the stand-up", {"event": "Stand-up", "rule": "once"}),
        ("Make the stand-up half an hour longer", {"event": "Stand-up", "longer_min": 30}),
        ("Make the dentist on Monday 2 hours", {"event": "Dentist", "event_day": "2026-11-23", "duration_min": 120}),
        ("Extend the dentist by 15 minutes", {"event": "Dentist", "longer_min": 15}),
        ("Extend the dentist to an hour", {"event": "Dentist", "duration_min": 60}),
        ("Push the stand-up back by 30 minutes", {"event": "Stand-up", "shift_min": 30}),
        ("Actually half past", {"past_hour_min": 30}),
        ("Call it Budget review", {"title": "Budget review"}),
        ("Rename the stand-up to Daily", {"event": "Stand-up", "title": "Daily"}),
        ("Cancel the whole series", {"scope": "all"}),
        ("Cancel the call from next week on", {"event": "Call", "event_day": "2026-11-23", "scope": "following"}),
        ("Delete the 3 pm call tomorrow", {"event": "Call", "event_day": "2026-11-22", "event_at": "15:00:00"}),
    ],
)  # fmt: skip
def test_what_shall_change_and_of_what(text: str, parameters: dict[str, Any]) -> None:
    command = understand(text, NOW, knows_last=True)
    assert command.ask == ""
    assert command.parameters() == parameters


def test_my_weekly_call_is_moved_and_not_made_weekly() -> None:
    parameters = understand("Move my weekly call to 4 pm", NOW).parameters()
    assert parameters["event"] == "Call"
    assert "rule" not in parameters
    assert parameters["new_time"]["start"] == "2026-11-21T16:00:00"


def test_wishes_are_kept_in_the_persons_words() -> None:
    command = understand("Find an hour with Priya and Tom next week, mornings, no Fridays", NOW)
    assert command.attendees == ("Priya", "Tom")
    assert command.wishes == ("mornings", "no Fridays")
    assert command.duration_min == 60


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Call Ben tomorrow at 7", "Do you mean 7 AM or 7 PM tomorrow?"),
        ("Book a table on February 30th at 8 pm", "February 30th does not exist. Which day do you mean?"),
        ("Book a call yesterday at 3 pm", "That time has already passed. Which other time do you want?"),
        ("Dentist on Friday", "What time shall it be?"),
        ("Cancel it", "Which event do you mean?"),
    ],
)
def test_what_is_open_is_asked_and_the_confidence_says_so(text: str, question: str) -> None:
    command = understand(text, NOW)
    assert command.question == question
    assert command.confidence <= 0.5


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    command = understand(text, NOW)
    assert 0 <= command.confidence <= 1
    command.parameters()


@given(
    st.lists(
        st.sampled_from(
            "cancel move book everything all of them to from on the dentist monday 9 half past weekly every other "
            "at noon until christmas with Tom and it make call undo find next week 30 february longer by".split()
        ),
        max_size=14,
    )
)
def test_words_in_any_order_are_read_without_an_error(words: list[str]) -> None:
    text = " ".join(words)
    assert 0 <= understand(text, NOW, knows_last=True).confidence <= 1
    wanted_of(text, says_when=True)


@pytest.mark.parametrize(
    ("heard", "operation"),
    [("And knew that, please.", "undo"), ("Make it weakly.", "update"), ("I knew that.", "unknown")],
)
def test_what_a_small_recogniser_writes_is_understood(heard: str, operation: str) -> None:
    assert understand(heard, NOW, knows_last=True).operation == operation


def test_a_time_alone_is_one_of_the_event_s_day() -> None:
    command = understand("Move the stand-up on Tuesday to 10", NOW)
    assert (command.operation, command.ask, command.event) == ("update", "", "Stand-up")


@pytest.mark.parametrize(
    "called", ["call it Lunch with Ben", "rename it to lunch with Ben", "then call it Lunch with Ben."]
)
def test_another_time_and_another_name_are_wished_in_one_sentence(called: str) -> None:
    command = understand(f"Move lunch with Maria to the 3rd of December at 1pm and {called}", NOW)
    assert (command.event, command.title, command.ask) == ("Lunch with Maria", "Lunch with Ben", "")
    assert command.new is not None
    assert command.new.best is not None
    assert str(command.new.best.start) == "2026-12-03 13:00:00"
