"""Spoken wishes as values, and what they let through."""

from __future__ import annotations

import pytest

from store.errors import Invalid
from tests.unit.scheduling.week import at
from tools.calendars.scheduling.traits import Stretch
from tools.calendars.scheduling.wishes import Wish, broken_by, wish_from, wishes_of

LUNCH = Stretch(12 * 60, 13 * 60)


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("mornings", [("only", "mornings")]),
        ("In the morning, please.", [("only", "mornings")]),
        ("preferably in the afternoon", [("prefer", "afternoons")]),
        ("I'd prefer Tuesday", [("prefer", "tuesday")]),
        ("no Fridays", [("avoid", "friday")]),
        ("not on a Monday", [("avoid", "monday")]),
        ("no Mondays or Fridays", [("avoid", "monday"), ("avoid", "friday")]),
        ("Tuesday or Thursday", [("only", "tuesday"), ("only", "thursday")]),
        ("not before ten", [("avoid", "before 10:00")]),
        ("after four", [("avoid", "before 16:00")]),
        ("from 10 on", [("avoid", "before 10:00")]),
        ("nothing after 5 pm", [("avoid", "after 17:00")]),
        ("by noon", [("avoid", "after 12:00")]),
        ("before eleven", [("avoid", "after 11:00")]),
        ("after lunch", [("avoid", "until_lunch")]),
        ("before lunch", [("avoid", "from_lunch")]),
        ("not over lunch", [("avoid", "lunch")]),
        ("not too early", [("avoid", "before 10:00")]),
        ("late afternoon", [("only", "late_afternoons")]),
        ("back-to-back", [("prefer", "back_to_back")]),
        ("at the end of the week", [("only", "thursday"), ("only", "friday")]),
        ("weekends", [("only", "weekends"), ("allow", "outside_hours")]),
        ("no weekends", [("avoid", "weekends")]),
        ("any time", []),
    ],
)
def test_a_wish_is_understood_as_it_is_said(text: str, wishes: list[tuple[str, str]]) -> None:
    assert [(wish.kind, wish.value) for wish in wishes_of(text)] == wishes


@pytest.mark.parametrize("text", ["", "something blue", "not before sunset", "no back to back", "a" * 3000])
def test_a_wish_that_is_not_understood_is_said_and_not_guessed(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        wishes_of(text)
    assert raised.value.code == "unknown_wish"


def test_a_program_names_a_wish_by_kind_and_value() -> None:
    assert wish_from("avoid", "Fridays") == (Wish("avoid", "friday"),)
    assert wish_from("allow", "outside_hours") == (Wish("allow", "outside_hours"),)
    for kind, value in (("want", "friday"), ("allow", "friday"), ("only", "holidays"), ("avoid", "spread_out")):
        with pytest.raises(Invalid):
            wish_from(kind, value)


def is_fine(text: str, start: str, end: str) -> bool:
    return broken_by(wishes_of(text), at(start), at(end), LUNCH) is None


def test_several_days_are_an_either_or_and_a_part_of_the_day_comes_on_top() -> None:
    wishes = (*wishes_of("Tuesday or Thursday"), *wishes_of("mornings"))
    fits = [
        day for day in ("mon", "tue", "wed", "thu") if broken_by(wishes, at(f"{day} 9"), at(f"{day} 10"), LUNCH) is None
    ]
    assert fits == ["tue", "thu"]
    assert broken_by(wishes, at("tue 14"), at("tue 15"), LUNCH) == Wish("only", "mornings")


def test_a_limit_counts_to_the_minute() -> None:
    assert is_fine("not before ten", "mon 10", "mon 11")
    assert not is_fine("not before ten", "mon 9:45", "mon 11")
    assert is_fine("nothing after 5 pm", "mon 16", "mon 17")
    assert not is_fine("nothing after 5 pm", "mon 16:15", "mon 17:15")
    assert is_fine("after lunch", "mon 13", "mon 14")
    assert not is_fine("before lunch", "mon 11:30", "mon 12:30")


def test_a_preference_excludes_nothing() -> None:
    assert is_fine("preferably mornings", "mon 16", "mon 17")


def test_a_wish_is_said_back_in_words() -> None:
    assert [wish.told() for text in ("mornings", "no Fridays", "not before ten") for wish in wishes_of(text)] == [
        "in the morning",
        "not on a Friday",
        "not before 10 AM",
    ]
