"""Google's JSON into values and back: times, zones, people, and nonsense that must not break a reader."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.calendars.backend import CalendarUnavailable, Patch, RemoteEvent
from tools.calendars.google.translate import Place, changed, event_of, holds, merged

BERLIN = ZoneInfo("Europe/Berlin")
PLACE = Place("owner@example.com", "Europe/Berlin")
ITEM: dict[str, Any] = {
    "kind": "calendar#event",
    "id": "abc123",
    "etag": '"1"',
    "status": "confirmed",
    "iCalUID": "abc123@google.com",
    "summary": "Stand-up",
    "eventType": "default",
    "organizer": {"email": "owner@example.com", "self": True},
    "attendees": [{"email": "anna@example.com", "displayName": "Anna", "responseStatus": "accepted"}],
    "start": {"dateTime": "2027-01-11T09:00:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2027-01-11T10:00:00+01:00", "timeZone": "Europe/Berlin"},
    "recurrence": ["RRULE:FREQ=DAILY", "EXDATE;TZID=Europe/Berlin:20270112T090000"],
}


def test_a_time_stands_on_the_clock_of_its_zone_whatever_offset_it_came_with() -> None:
    far = {**ITEM, "start": {"dateTime": "2027-01-11T03:00:00-05:00", "timeZone": "Asia/Tokyo"}}
    event = event_of(far, PLACE)
    assert (event.timezone, f"{event.start}") == ("Asia/Tokyo", "2027-01-11 17:00:00+09:00")


@pytest.mark.parametrize("name", ["Mars/Olympus", "GMT+02:00", "../etc/passwd", ""])
def test_a_zone_that_nobody_knows_is_that_of_the_calendar(name: str) -> None:
    odd = {**ITEM, "start": {"dateTime": "2027-01-11T08:00:00Z", "timeZone": name}}
    assert event_of(odd, PLACE).timezone == "Europe/Berlin"
    assert event_of(odd, Place("x", name)).timezone == "UTC"


def test_a_cancelled_occurrence_has_nothing_but_its_start() -> None:
    bare = {
        "id": "abc123_20270112T080000Z",
        "status": "cancelled",
        "recurringEventId": "abc123",
        "originalStartTime": {"dateTime": "2027-01-12T09:00:00+01:00", "timeZone": "Europe/Berlin"},
    }
    event = event_of(bare, PLACE)
    assert (event.cancelled, event.series_id) == (True, "abc123")
    assert event.original_start == datetime(2027, 1, 12, 9, tzinfo=BERLIN)


def test_an_answer_that_nobody_knows_is_no_answer() -> None:
    odd = {**ITEM, "attendees": [{"email": "anna@example.com", "responseStatus": "delegated"}, {}]}
    assert [(one.email, one.status) for one in event_of(odd, PLACE).attendees] == [
        ("anna@example.com", "needs-action"),
        ("", "needs-action"),
    ]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["2027-01-11", "RRULE:", "X;=:"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ITEM, "date", "dateTime"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ITEM, "originalStartTime", "recurringEventId", "locked"]), JUNK))
def test_whatever_comes_is_an_event_or_said_to_be_none(junk: dict[str, Any]) -> None:
    try:
        event = event_of({**ITEM, **junk}, PLACE)
    except CalendarUnavailable:
        return
    assert isinstance(event, RemoteEvent)
    assert event.start.tzinfo is not None


def patched(**patch: Any) -> dict[str, Any]:
    return changed(ITEM, Patch(**patch), PLACE)


def test_only_what_differs_is_sent() -> None:
    assert patched() == {}
    assert patched(summary="Retro") == {"summary": "Retro"}
    assert patched(start=datetime(2027, 1, 11, 8, tzinfo=UTC)) == {}  # the same instant
    assert patched(busy=False, location="") == {"transparency": "transparent", "location": ""}


def test_a_new_start_takes_the_end_and_the_left_out_days_along() -> None:
    body = patched(start=datetime(2027, 1, 11, 11, tzinfo=BERLIN))
    assert body["start"] == {"dateTime": "2027-01-11T11:00:00", "timeZone": "Europe/Berlin", "date": None}
    assert body["end"]["dateTime"] == "2027-01-11T12:00:00"
    assert body["recurrence"] == ["RRULE:FREQ=DAILY", "EXDATE;TZID=Europe/Berlin:20270112T110000"]


def test_a_length_is_kept_across_a_change_of_the_clocks() -> None:
    item = {name: value for name, value in ITEM.items() if name != "recurrence"}
    body = changed(item, Patch(start=datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)), PLACE)
    assert (body["start"]["dateTime"], body["end"]["dateTime"]) == ("2027-03-28T01:30:00", "2027-03-28T03:30:00")


def test_another_zone_alone_keeps_the_instant() -> None:
    body = patched(timezone="America/New_York")
    assert body["start"] == {"dateTime": "2027-01-11T03:00:00", "timeZone": "America/New_York", "date": None}
    assert event_of(merged(ITEM, body), PLACE).start == event_of(ITEM, PLACE).start


def test_hours_become_days_and_what_was_of_hours_is_taken_away() -> None:
    body = patched(all_day=True)
    assert body["start"] == {"date": "2027-01-11", "dateTime": None, "timeZone": None}
    assert body["end"] == {"date": "2027-01-12", "dateTime": None, "timeZone": None}
    assert merged(ITEM, body)["start"] == {"date": "2027-01-11"}


def test_our_own_change_is_known_again() -> None:
    body = patched(start=datetime(2027, 1, 11, 11, tzinfo=BERLIN), summary="Retro")
    after = merged(ITEM, body)
    after["start"] = {"dateTime": "2027-01-11T10:00:00Z", "timeZone": "Europe/Berlin"}  # as Google may say it back
    assert holds({**after, "etag": '"2"'}, body, PLACE)
    assert not holds(ITEM, body, PLACE)


def test_rooms_are_no_people_and_do_not_get_lost() -> None:
    room = {"email": "room@resource.calendar.google.com", "resource": True}
    item = {**ITEM, "attendees": [*ITEM["attendees"], room]}
    assert [one.name for one in event_of(item, PLACE).attendees] == ["Anna"]
    assert changed(item, Patch(attendees=()), PLACE)["attendees"] == [room]


def test_the_sample_is_json() -> None:
    assert event_of(json.loads(json.dumps(ITEM)), PLACE).end - event_of(ITEM, PLACE).start == timedelta(hours=1)
