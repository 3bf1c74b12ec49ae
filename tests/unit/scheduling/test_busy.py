"""What of a calendar takes time: whole days, buffers, ways, and what takes none."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.unit.scheduling.week import BERLIN, appointment, at, busy, event
from tools.calendars.scheduling.busy import HOUSE, ONLINE, busy_of, place_of, taken_for
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.spans import Span, seconds, wall


def told(spans: tuple[Span, ...] | list[Span]) -> list[str]:
    return [f"{wall(start, BERLIN):%a %H:%M}-{wall(end, BERLIN):%H:%M}" for start, end in spans]


PLAIN = Preferences(travel_min=0)


def test_what_is_cancelled_declined_or_transparent_takes_no_time() -> None:
    events = [
        event("mon 9", "mon 10", status="cancelled"),
        event("mon 10", "mon 11", status="declined"),
        event("mon 11", "mon 12", busy=False),
        event("mon 13", "mon 14"),
    ]
    assert told(busy_of(events, BERLIN, PLAIN).spans) == ["Mon 13:00-14:00"]


def test_events_that_overlap_or_touch_are_one_stretch() -> None:
    events = [
        event("mon 9", "mon 10"),
        event("mon 10", "mon 11"),
        event("mon 10:30", "mon 12"),
        event("mon 9", "mon 9:30"),
    ]
    assert told(busy_of(events, BERLIN, PLAIN).spans) == ["Mon 09:00-12:00"]


def test_a_whole_day_is_that_day_on_the_clock_of_its_person() -> None:
    day = event("tue 0", "wed 0", all_day=True)
    new_york = ZoneInfo("America/New_York")
    (span,) = busy_of([day], new_york, PLAIN).spans
    assert [wall(one, new_york).isoformat() for one in span] == [
        "2026-11-24T00:00:00-05:00",
        "2026-11-25T00:00:00-05:00",
    ]
    assert told(busy_of([day], new_york, Preferences(timezone="Europe/Berlin")).spans) == ["Tue 00:00-00:00"]


def test_buffers_lie_around_events_but_not_around_whole_days() -> None:
    habits = Preferences(buffer_before_min=10, buffer_after_min=5)
    found = busy_of([event("mon 9", "mon 10"), event("tue 0", "wed 0", all_day=True)], BERLIN, habits)
    assert told(found.spans) == ["Mon 08:50-10:05", "Tue 00:00-00:00"]


def test_two_places_have_a_way_between_them_and_one_place_has_none() -> None:
    habits = Preferences(travel_min=30)
    apart = [event("mon 9", "mon 10", location="Harbour 1"), event("mon 11", "mon 12", location="Station")]
    assert told(busy_of(apart, BERLIN, habits).spans) == ["Mon 09:00-10:00", "Mon 10:30-12:00"]
    same = [event("mon 9", "mon 10", location="Harbour 1"), event("mon 11", "mon 12", location=" harbour  1 ")]
    assert told(busy_of(same, BERLIN, habits).spans) == ["Mon 09:00-10:00", "Mon 11:00-12:00"]
    online = [event("mon 9", "mon 10", location="Harbour 1"), event("mon 11", "mon 12", location="https://zoom.us/j/1")]
    assert told(busy_of(online, BERLIN, habits).spans) == ["Mon 09:00-10:00", "Mon 11:00-12:00"]


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("", ""),
        ("Room 4", HOUSE),
        ("the office", HOUSE),
        ("Zoom", ONLINE),
        ("by phone", ONLINE),
        ("Main St. 5", "main st. 5"),
    ],
)
def test_places_are_told_apart_from_calls_and_rooms(location: str, place: str) -> None:
    assert place_of(location) == place


def test_neighbours_share_their_buffers() -> None:
    habits = Preferences(buffer_before_min=10, buffer_after_min=15, travel_min=0)
    known = busy(appointment("mon 10", "mon 11"), preferences=habits)
    assert told(taken_for(known, "", habits)) == ["Mon 09:45-11:15"]


def test_a_new_place_needs_its_way_on_both_sides_and_a_call_none() -> None:
    habits = Preferences(travel_min=30)
    known = busy(appointment("mon 10", "mon 11", place="Harbour 1"), preferences=habits)
    assert told(taken_for(known, "station", habits)) == ["Mon 09:30-11:30"]
    assert told(taken_for(known, None, habits)) == ["Mon 09:30-11:30"]  # nobody said where
    assert told(taken_for(known, "harbour 1", habits)) == ["Mon 10:00-11:00"]
    assert told(taken_for(known, ONLINE, habits)) == ["Mon 10:00-11:00"]


def test_a_call_does_not_take_the_time_of_a_way() -> None:
    habits = Preferences(travel_min=30)
    known = busy(
        appointment("mon 10", "mon 11", place="Harbour 1"), appointment("mon 11:30", "mon 12", place="Station")
    )
    assert told(taken_for(known, ONLINE, habits)) == ["Mon 10:00-12:00"]


def test_titles_are_for_those_who_may_see_them() -> None:
    assert [one.title for one in busy_of([event("mon 9", "mon 10")], BERLIN, PLAIN, visible=False).appointments] == [""]


def test_parts_of_a_second_are_never_given_away() -> None:
    odd = event("mon 9", "mon 10")
    moment = at("mon 10").replace(microsecond=1)
    (span,) = busy_of([odd.__class__(odd.id, odd.id, "x", odd.starts_at, moment, "UTC")], BERLIN, PLAIN).spans
    assert span[1] == seconds(at("mon 10")) + 1
