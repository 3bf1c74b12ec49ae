"""Series, changes of what an event is, all of an afternoon, taking back, times with people: the tool that follows.

It is Saturday, 21 November 2026, 10:00 in Berlin.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.brain.dialogue import Setting, decide
from agent.brain.phrasing import TOOL_OF
from agent.brain.reading import Reader
from agent.brain.state import Action, Answered, Item, Said, Spoke

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ALL = frozenset(TOOL_OF.values())
OLD = ALL - {"change_event", "cancel_events", "undo_last_change", "suggest_times"}


class Call:
    """Say sentences and give the tools' answers by hand."""

    def __init__(self, reader: Reader, offered: frozenset[str] = ALL) -> None:
        self._setting = Setting(NOW, offered, "", reader.intent)
        self._items: list[Item] = []
        self._last = Action()

    def says(self, text: str) -> Action:
        return self._next(Said(text))

    def tool(self, output: str, *, failed: bool = False) -> Action:
        return self._next(Answered(self._last.tool, self._last.arguments, f"{output} | Tell.", failed))

    def _next(self, item: Item) -> Action:
        self._items.append(item)
        action = decide(self._items, self._setting)
        if action.tool:
            self._last = action
        else:
            self._items.append(Spoke(action.say))
        return action


@pytest.fixture
def call(reader: Reader) -> Call:
    return Call(reader)


def said(action: Action) -> Mapping[str, Any]:
    """The arguments that matter."""
    return {name: value for name, value in action.arguments.items() if value not in ("", [], False)}


def test_a_series_is_booked_by_its_rule(call: Call) -> None:
    asked = call.says("Set up a stand-up every Monday at nine for six weeks.")
    assert asked.tool == "book_event"
    assert said(asked) == {
        "title": "Stand-up",
        "start": "2026-11-23T09:00",
        "duration_min": 30,
        "repeat": "FREQ=WEEKLY;BYDAY=MO;COUNT=6",
    }
    call.tool("I have Stand-up on Monday, November 23rd at 9 AM. Shall I book it?")
    assert call.says("Yes.").arguments["confirmed"] is True


def test_dates_of_a_series_that_are_taken_are_left_out_after_a_yes(call: Call) -> None:
    call.says("Book lunch every Friday at noon.")
    assert "without these" in call.tool("2 of 12 dates are taken: Friday, November 27th and 1 more.", failed=True).say
    again = call.says("Yes.")
    assert again.tool == "book_event"
    assert again.arguments["skip_taken"] is True
    assert again.arguments["confirmed"] is False


def test_one_date_that_is_taken_is_left_out_too(call: Call) -> None:
    call.says("Book lunch every Friday at noon.")
    asked = call.tool("Friday, November 27th is taken by Review.", failed=True).say
    assert asked == "Friday, November 27th is taken by Review. Shall I leave that date out and book the rest?"
    assert call.says("Yes.").arguments["skip_taken"] is True


def test_an_event_becomes_weekly_without_the_date_that_is_taken(call: Call) -> None:
    call.says("Make the dentist weekly.")
    call.tool("Shall I change Dentist on Tuesday, November 24th at 9 AM to repeat every week at 9 AM?")
    assert "skip_taken" not in call.says("Yes.").arguments
    call.tool("Tuesday, December 1st is taken by Lunch. Shall I leave that date out for Dentist?")
    again = call.says("Yes, please.")
    assert again.tool == "change_event"
    assert (again.arguments["skip_taken"], again.arguments["confirmed"]) == (True, True)


def test_who_says_yes_to_several_times_is_asked_which_and_then_read_back_the_first(call: Call) -> None:
    call.says("Book a call with Ben on Tuesday at 4 PM.")
    taken = "You already have Review on Tuesday, November 24th from 4 to 5 PM. I could do Tuesday, November 24th at "
    call.tool(f"{taken}3 PM, 5 PM, or Wednesday, November 25th at 4 PM instead.", failed=True)
    asked = call.says("Yes, please.").say
    assert asked.startswith("Which one: ")
    assert "3 PM, 5 PM, or Wednesday, November 25th at 4 PM" in asked.replace("PM or", "PM, or")
    first = call.says("Yes.")
    assert (first.tool, first.arguments["start"]) == ("book_event", "2026-11-24T15:00")
    assert first.arguments["confirmed"] is False


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("Make it weekly.", {"repeat": "FREQ=WEEKLY"}),
        ("Make it an hour.", {"duration_min": 60}),
        ("Call it Budget review.", {"title": "Budget review"}),
        ("Actually half past.", {"start": "2026-11-22T10:30"}),
    ],
)
def test_while_it_is_read_back_a_word_changes_the_booking(call: Call, sentence: str, changed: dict[str, Any]) -> None:
    first = call.says("Book a meeting with Tom tomorrow at ten.")
    call.tool("I have Meeting with Tom tomorrow at 10 AM for 30 minutes. Shall I book it?")
    action = call.says(sentence)
    assert action.tool == "book_event"
    assert action.arguments == {**first.arguments, **changed}


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("Make it weekly.", {"repeat": "FREQ=WEEKLY"}),
        ("Make it an hour.", {"duration_min": 60}),
        ("Call it Budget review.", {"title": "Budget review"}),
    ],
)
def test_after_it_was_booked_a_word_changes_the_event(call: Call, sentence: str, changed: dict[str, Any]) -> None:
    call.says("Book a meeting with Tom tomorrow at ten.")
    call.tool("I have Meeting with Tom tomorrow at 10 AM for 30 minutes. Shall I book it?")
    call.says("Yes.")
    call.tool("Meeting with Tom is booked for tomorrow at 10 AM.")
    action = call.says(sentence)
    assert action.tool == "change_event"
    assert said(action) == {"event": "Meeting with Tom", "event_start": "2026-11-22T10:00", **changed}


def test_half_past_after_it_was_booked_moves_it(call: Call) -> None:
    call.says("Book a meeting with Tom tomorrow at ten.")
    call.tool("I have Meeting with Tom tomorrow at 10 AM for 30 minutes. Shall I book it?")
    call.says("Yes.")
    call.tool("Meeting with Tom is booked for tomorrow at 10 AM.")
    action = call.says("Actually half past.")
    assert action.tool == "move_event"
    assert said(action)["new_start"] == "2026-11-22T10:30"


@pytest.mark.parametrize(
    ("sentence", "scope"), [("All of them.", "all"), ("The whole series.", "all"), ("From then on.", "following")]
)
def test_how_much_of_a_series_is_said_at_the_read_back(call: Call, sentence: str, scope: str) -> None:
    call.says("Cancel the stand-up.")
    call.tool("Shall I cancel Stand-up on Monday, November 23rd at 9 AM?")
    action = call.says(sentence)
    assert action.tool == "cancel_event"
    assert action.arguments["scope"] == scope
    assert action.arguments["confirmed"] is False


def test_all_of_an_afternoon_is_cancelled_after_a_yes(call: Call) -> None:
    action = call.says("Cancel everything on Friday afternoon.")
    assert action.tool == "cancel_events"
    assert said(action) == {"start_date": "2026-11-27", "end_date": "2026-11-27", "part_of_day": "afternoon"}
    call.tool("Shall I cancel Call with Ben and Review on Friday, November 27th in the afternoon?")
    assert call.says("Yes, cancel everything.").arguments["confirmed"] is True


def test_everything_of_no_day_is_asked_about(call: Call) -> None:
    assert "day" in call.says("Cancel everything.").say.lower()
    assert call.says("On Friday.").arguments["start_date"] == "2026-11-27"


@pytest.mark.parametrize("sentence", ["Undo that.", "Put it back.", "Can you take that back?"])
def test_the_last_change_is_taken_back(call: Call, sentence: str) -> None:
    assert call.says(sentence).tool == "undo_last_change"


def test_undo_while_something_is_read_back_only_drops_it(call: Call) -> None:
    call.says("Cancel the dentist.")
    call.tool("Shall I cancel Dentist on Monday, November 23rd at 9 AM?")
    assert call.says("Undo that.").tool == ""


def test_putting_back_by_an_hour_is_no_undoing(call: Call) -> None:
    assert call.says("Put the meeting with Anna back by an hour.").tool != "undo_last_change"


def test_a_time_with_people_is_found_and_one_is_booked(call: Call) -> None:
    action = call.says("Find half an hour with Priya and Tom next week, mornings.")
    assert action.tool == "suggest_times"
    assert action.arguments == {
        "people": ["Priya", "Tom"],
        "duration_min": 30,
        "start_date": "2026-11-23",
        "end_date": "2026-11-29",
        "wishes": ["mornings"],
    }
    call.tool(
        "These times suit: Monday, November 23rd at 9 AM, Friday at 9 is the next; Tuesday, November 24th at 10 AM."
    )
    chosen = call.says("The second one.")
    assert chosen.tool == "book_event"
    assert said(chosen) == {
        "title": "Meeting with Priya and Tom",
        "start": "2026-11-24T10:00",
        "duration_min": 30,
        "attendees": ["Priya", "Tom"],
    }


def test_an_unsure_hour_is_asked_before_anything_is_tried(call: Call) -> None:
    asked = call.says("Schedule a call with Ben tomorrow at seven.")
    assert asked.tool == ""
    assert asked.say == "Do you mean 7 AM or 7 PM tomorrow?"
    assert call.says("In the evening.").arguments["start"] == "2026-11-22T19:00"


def test_a_day_there_is_not_is_told(call: Call) -> None:
    asked = call.says("Book dinner with Ben on February 30th at 8 PM.")
    assert asked.say == "February 30th does not exist. Which day do you mean?"
    booked = call.says("The 28th of February.")
    assert said(booked)["title"] == "Dinner with Ben"
    assert said(booked)["start"] == "2027-02-28T20:00"


def test_a_date_on_another_weekday_is_asked_about(call: Call) -> None:
    assert "another day of the week" in call.says("Book a call with Ben on Tuesday the 3rd of December at 3 PM.").say
    assert call.says("The Thursday.").arguments["start"] == "2026-12-03T15:00"


@pytest.mark.parametrize(
    "sentence",
    [
        "Undo that.",
        "Cancel everything on Friday afternoon.",
        "Find half an hour with Priya and Tom next week.",
        "Rename the dentist to checkup.",
        "Make the dentist weekly.",
    ],
)
def test_a_tool_that_the_persona_lacks_is_never_called(reader: Reader, sentence: str) -> None:
    assert Call(reader, OLD).says(sentence).tool in OLD | {""}
    assert Call(reader, frozenset({"search_knowledge"})).says(sentence).tool in {"search_knowledge", ""}


def _booked(call: Call) -> None:
    call.says("Book a meeting with Tom tomorrow at ten.")
    call.tool("I have Meeting with Tom tomorrow at 10 AM for 30 minutes. Shall I book it?")
    call.says("Yes.")
    call.tool("Meeting with Tom is booked for tomorrow at 10 AM.")


@pytest.mark.parametrize("heard", ["And do that.", "And knew that.", "Undo it.", "and undo that"])
def test_undo_is_understood_as_it_is_heard_right_after_a_change(call: Call, heard: str) -> None:
    _booked(call)
    assert call.says(heard).tool == "undo_last_change"


def test_what_sounds_like_undo_takes_nothing_back_when_nothing_was_done(call: Call) -> None:
    assert call.says("And do that.").say.endswith("?")
    _booked(call)
    call.says("Undo that.")
    call.tool("Meeting with Tom is no longer booked.")
    assert call.says("And do that.").tool == ""


def test_and_do_that_is_a_yes_while_something_is_read_back(call: Call) -> None:
    _booked(call)
    call.says("Cancel the dentist.")
    call.tool("Shall I cancel Dentist on Tuesday, November 24th at 9 AM?")
    assert call.says("And do that.").tool != "undo_last_change"


@pytest.mark.parametrize(
    ("answer", "day"), [("Yes.", "2026-11-26"), ("Thursday.", "2026-11-26"), ("No, Friday.", "2026-11-27")]
)
def test_a_weekday_that_was_misheard_is_asked_for(call: Call, answer: str, day: str) -> None:
    assert call.says("What's my thirsty light?").say == "Do you mean Thursday?"
    asked = call.says(answer)
    assert day in {asked.arguments.get("date"), asked.arguments.get("start_date")}
