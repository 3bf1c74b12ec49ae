"""Double bookings and ways that are too long, as pairs, groups and sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.scheduling.week import BERLIN, NOW, appointment
from tools.calendars.scheduling.conflicts import conflicts, overlapping, told
from tools.calendars.scheduling.model import Appointment
from tools.calendars.scheduling.preferences import Preferences

HABITS = Preferences(travel_min=30)


def said(*appointments: Appointment) -> list[str]:
    return [told(clash, BERLIN, NOW.date()) for clash in conflicts(appointments, HABITS)]


def test_two_events_at_the_same_time_are_a_double_booking() -> None:
    assert said(appointment("tue 15", "tue 16", "Review"), appointment("tue 15:30", "tue 17", "Dentist")) == [
        "You are double-booked on Tuesday, November 24th at 3:30 PM: Review and Dentist."
    ]


def test_events_that_touch_are_none() -> None:
    assert said(appointment("tue 15", "tue 16", "A"), appointment("tue 16", "tue 17", "B")) == []


def test_a_way_that_is_too_long_is_told_with_what_is_missing() -> None:
    first = appointment("tue 15", "tue 16", "Review", place="Harbour 1")
    assert said(first, appointment("tue 16:10", "tue 17", "Dentist", place="Main St 5")) == [
        "The way from Review to Dentist on Tuesday, November 24th at 4:10 PM is 20 minutes too long."
    ]
    assert said(first, appointment("tue 16:10", "tue 17", "Call", place="Zoom")) == []


def test_a_whole_day_and_an_event_on_it_are_told_as_such() -> None:
    away = appointment("tue 0", "wed 0", "Vacation", all_day=True)
    assert said(away, appointment("tue 15", "tue 16", "Review")) == [
        "You have Vacation all day on Tuesday, November 24th, and Review."
    ]


def test_what_hangs_together_is_one_group() -> None:
    first, second, third = (appointment(f"tue {h}", f"tue {h + 2}", str(h)) for h in (9, 10, 11))
    alone = appointment("tue 15", "tue 16", "alone")
    assert overlapping([alone, third, first, second]) == ((first, second, third),)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=10))
def test_every_pair_that_overlaps_is_found_once(quarters: list[tuple[int, int]]) -> None:
    known = [Appointment(start, start + length, str(number)) for number, (start, length) in enumerate(quarters)]
    found = {frozenset((clash.first.title, clash.second.title)) for clash in conflicts(known, HABITS)}
    expected = {
        frozenset((a.title, b.title))
        for a in known
        for b in known
        if a is not b and a.start < b.end and b.start < a.end
    }
    assert found == expected
    assert len(conflicts(known, HABITS)) == len(expected)
