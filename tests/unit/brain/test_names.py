"""Titles, people and places in what was said."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.brain import understand
from agent.brain.slots import booking, cancelling, moving
from tools.calendars.commands.names import Subject, read_subject, with_people

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "Book a meeting with Anna and Tom about the budget.",
            ("Meeting with Anna and Tom about the budget", ("Anna", "Tom")),
        ),
        ("Could you put lunch with Priya in my calendar, please?", ("Lunch with Priya", ("Priya",))),
        ("I need a dentist appointment.", ("Dentist appointment", ())),
        ("Set up a call with the design team.", ("Call with the design team", ())),
        ("Add an event called project kickoff.", ("Project kickoff", ())),
        ("schedule a call with bob", ("Call with bob", ("Bob",))),
        ("I have to see the dentist, please put it in.", ("Dentist", ())),
        ("Book something.", ("", ())),
    ],
)
def test_title_and_people(text: str, subject: tuple[str, tuple[str, ...]]) -> None:
    found = read_subject(text)
    assert (found.title, found.attendees) == subject


@pytest.mark.parametrize("heard", ["Please spoke a meeting with Anna", "Blaise, spoke a meeting with Anna"])
def test_a_misheard_command_is_no_part_of_the_title(heard: str) -> None:
    assert read_subject(heard).title == "Meeting with Anna"


def test_a_place_is_no_part_of_the_title() -> None:
    assert read_subject("Book a review in room 4.") == Subject("Review", (), "room 4")


def test_other_people_change_the_title() -> None:
    assert with_people("Lunch with Anna about work", ("Anna",), ("Tom", "Ben")) == "Lunch with Tom and Ben about work"


def test_when_and_what_are_told_apart() -> None:
    slots, _ = booking("Schedule a team review from two to four PM on Thursday.", NOW)
    assert (slots.title, str(slots.day), str(slots.at), slots.duration_min) == (
        "Team review",
        "2026-11-26",
        "14:00:00",
        120,
    )


def test_a_move_has_an_old_and_a_new_time() -> None:
    slots, _ = moving("Move the call with Tom from Tuesday to Wednesday at quarter to five.", NOW, None)
    assert (slots.event, str(slots.event_day)) == ("Call with Tom", "2026-11-24")
    assert (str(slots.day), str(slots.at)) == ("2026-11-25", "16:45:00")


def test_an_event_is_named_by_its_time() -> None:
    slots = cancelling("Cancel my three o'clock tomorrow.", NOW, None)
    assert (slots.event, str(slots.event_day), str(slots.event_at)) == ("", "2026-11-22", "15:00:00")


def test_a_recognisers_hyphen_does_not_hide_the_day() -> None:
    found = understand("Book a meeting with Peter to-morrow at four.", now=NOW)
    assert found.entities["day"] == "2026-11-22"
    assert found.entities["title"] == "Meeting with Peter"
