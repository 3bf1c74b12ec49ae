"""Preferences as JSON and as hours of a day, and what is said when they make no sense."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from store.errors import Invalid
from tests.unit.scheduling.week import BERLIN, at
from tools.calendars.scheduling.preferences import Preferences, preferences_of
from tools.calendars.scheduling.spans import seconds
from tools.calendars.scheduling.traits import clock_of, trait_of

SPLIT_DAY = {"working_hours": {"monday": [["13:30", "17:00"], ["9:00", "12:30"]], "friday": []}}


def test_a_day_may_have_several_stretches_and_a_day_off_none() -> None:
    known = preferences_of(SPLIT_DAY)
    assert known.open_on(date(2026, 11, 23), BERLIN) == [
        (seconds(at("mon 9")), seconds(at("mon 12:30"))),
        (seconds(at("mon 13:30")), seconds(at("mon 17"))),
    ]
    assert known.open_on(date(2026, 11, 27), BERLIN) == []
    assert len(known.open_on(date(2026, 11, 24), BERLIN)) == 1  # not named, so as it was


def test_the_json_form_reads_back_as_the_same_preferences() -> None:
    known = preferences_of(
        {
            **SPLIT_DAY,
            "lunch": None,
            "prefers": ["Mornings", "back to back"],
            "avoids": ["Fridays", "before 9", "lunch"],
            "holidays": "gb",
            "travel_min": 20,
            "timezone": "America/New_York",
        }
    )
    assert known.avoids == ("friday", "before 09:00", "lunch")
    assert known.prefers == ("mornings", "back_to_back")
    assert known.holidays == "UK"
    assert preferences_of(known.as_json()) == known


def test_what_is_not_named_is_as_it_was() -> None:
    before = preferences_of({"buffer_after_min": 10, "avoids": ["friday"]})
    assert preferences_of({"avoids": []}, before) == Preferences(buffer_after_min=10)


def test_nobody_works_on_a_holiday() -> None:
    known = Preferences(holidays="DE")
    assert known.open_on(date(2026, 12, 25), BERLIN) == []
    assert known.open_on(date(2026, 12, 25), BERLIN, on_holidays=True) != []


def test_hours_follow_the_wall_clock_over_a_change_of_the_clocks() -> None:
    summer, winter = Preferences(hours=Preferences().hours[:5] + (Preferences().hours[0],) * 2).open_between(
        date(2026, 10, 24), date(2026, 10, 25), BERLIN
    )
    assert winter[0] - summer[0] == 25 * 3600


def test_midnight_to_midnight_is_a_whole_day() -> None:
    known = preferences_of({"working_hours": {"monday": [["00:00", "24:00"]]}})
    (span,) = known.open_on(date(2026, 11, 23), BERLIN)
    assert span[1] - span[0] == 86_400


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"working_hours": []}, "an object of weekdays"),
        ({"working_hours": {"funday": []}}, "no day 'funday'"),
        ({"working_hours": {"monday": "9-5"}}, "monday is a list"),
        ({"working_hours": {"monday": [["9", "17:00"]]}}, r"a stretch is \[opens, closes\]"),
        ({"working_hours": {"monday": [["17:00", "09:00"]]}}, "closes after it opens"),
        ({"working_hours": {"monday": [["00:00", "24:30"]]}}, "24:00 at the latest"),
        ({"working_hours": {"monday": [["09:00", "12:00"], ["11:00", "17:00"]]}}, "two stretches overlap"),
        ({"lunch": ["12:00"]}, "lunch: a stretch"),
        ({"prefers": "mornings"}, "prefers is a list"),
        ({"prefers": ["sunshine"]}, "prefers has 'sunshine'"),
        ({"avoids": ["back_to_back"]}, "preferred but not avoided"),
        ({"prefers": ["back_to_back", "spread_out"]}, "back to back or spread out"),
        ({"prefers": ["friday"], "avoids": ["fridays"]}, "both preferred and avoided"),
        ({"travel_min": -1}, "travel_min is a whole number from 0 to 480"),
        ({"travel_min": True}, "travel_min is a whole number"),
        ({"slot_grid_min": 0}, "slot_grid_min"),
        ({"holidays": "Narnia"}, "holidays is one of"),
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"colour": "red"}, "there is no 'colour'"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_name(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        preferences_of(given)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("nine", 540),
        ("9", 540),
        ("09:30", 570),
        ("half past nine", 570),
        ("quarter to ten", 585),
        ("nine thirty", 570),
        ("four", 16 * 60),
        ("4 am", 240),
        ("4 p.m.", 16 * 60),
        ("04:00", 240),
        ("12 am", 0),
        ("noon", 720),
        ("5 o'clock", 17 * 60),
        ("24:00", 1440),
        ("25", None),
        ("13 pm", None),
        ("soon", None),
    ],
)
def test_a_clock_time_is_read_as_it_is_said(text: str, minutes: int | None) -> None:
    assert clock_of(text) == minutes


def test_a_word_is_known_in_each_of_its_forms() -> None:
    assert {trait_of(word) for word in ("Friday", "fridays", "FRIDAYS ")} == {"friday"}
    assert trait_of("late afternoon") == "late_afternoons"
    assert trait_of("before half past nine") == "before 09:30"
    assert trait_of("whenever") is None
