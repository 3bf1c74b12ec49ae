"""What only Google has: its ids, its zones, its guests, its kinds of events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from tests.contract.calendars.contender import ANNA, at, days, timed, wall_times
from tests.contract.calendars.google import MONDAY, READ_ONLY, SECOND, Google, google_account
from tests.fakes.google_calendar.server import OWNER
from tools.calendars.backend import (
    Attendee,
    CalendarForbidden,
    NotSupported,
    Patch,
    Recurrence,
)


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    async with google_account() as account:
        yield account


# what is sent


async def test_an_event_goes_out_as_wall_time_in_its_zone_under_our_own_id(google: Google) -> None:
    await google.create(attendees=(ANNA,))
    [body] = google.sent("events.insert")
    assert body["start"] == {"dateTime": "2027-01-11T09:00:00", "timeZone": "Europe/Berlin"}
    assert body["end"] == {"dateTime": "2027-01-11T10:00:00", "timeZone": "Europe/Berlin"}
    assert body["attendees"] == [{"email": "anna@example.com", "displayName": "Anna", "responseStatus": "needsAction"}]
    assert set(body["id"]) <= set("0123456789abcdefghijklmnopqrstuv")
    assert len(body["id"]) == 52


async def test_an_hour_that_comes_twice_says_which_one_it_is(google: Google) -> None:
    start = at(2027, 10, 31, 2, 30).replace(fold=1)
    await google.backend.create(OWNER, timed(start), key="night")
    [body] = google.sent("events.insert")
    assert body["start"] == {"dateTime": "2027-10-31T02:30:00+01:00", "timeZone": "Europe/Berlin"}


async def test_whole_days_are_dates_and_end_on_the_day_after(google: Google) -> None:
    await google.backend.create(OWNER, days(date(2027, 5, 1), 2), key="days")
    [body] = google.sent("events.insert")
    assert (body["start"], body["end"]) == ({"date": "2027-05-01"}, {"date": "2027-05-03"})


async def test_a_whole_day_stays_that_day_in_a_calendar_far_away(google: Google) -> None:
    google.fake.add_calendar("far@example.com", "Far", zone="America/Los_Angeles")
    made = await google.backend.create("far@example.com", days(date(2027, 5, 1)), key="day")
    assert made.timezone == "America/Los_Angeles"
    moved = await google.backend.update("far@example.com", made.id, Patch(start=at(2027, 5, 7)))
    assert (moved.start.date(), moved.end.date()) == (date(2027, 5, 7), date(2027, 5, 8))


async def test_an_end_of_a_series_is_an_instant_or_for_whole_days_a_date(google: Google) -> None:
    await google.create(rrule="FREQ=DAILY;UNTIL=20270113")
    await google.backend.create(OWNER, days(date(2027, 5, 1), rrule="FREQ=DAILY;UNTIL=20270502T215959Z"), key="days")
    timed_one, whole = google.sent("events.insert")
    assert timed_one["recurrence"] == ["RRULE:FREQ=DAILY;UNTIL=20270113T225959Z"]
    assert whole["recurrence"] == ["RRULE:FREQ=DAILY;UNTIL=20270502"]
    assert wall_times(await google.year()) == [
        *("01-11 09:00", "01-12 09:00", "01-13 09:00"),
        *("05-01 00:00", "05-02 00:00"),
    ]


async def test_guests_are_mailed_only_when_that_was_asked_for(google: Google) -> None:
    made = await google.create()
    await google.backend.update(OWNER, made.id, Patch(summary="Retro"), notify=True)
    await google.backend.delete(OWNER, made.id, notify=True)
    assert google.fake.mails == [(made.id, "none"), (made.id, "all"), (made.id, "all")]


async def test_a_name_without_an_address_is_no_guest(google: Google) -> None:
    with pytest.raises(NotSupported, match="Grandma"):
        await google.create(attendees=(Attendee("", "Grandma"),))
    assert google.own.items == {}


async def test_changed_guests_keep_what_google_knows_of_them_and_rooms_stay_booked(google: Google) -> None:
    known = {"email": "anna@example.com", "optional": True, "comment": "Late", "responseStatus": "tentative"}
    room = {"email": "room@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"}
    event_id = google.there(attendees=[known, room, {"email": "ben@example.com"}])
    seen = await google.backend.read(OWNER, event_id)
    assert [one.email for one in seen.attendees] == ["anna@example.com", "ben@example.com"]
    await google.backend.update(OWNER, event_id, Patch(attendees=(*seen.attendees[:1], Attendee("cleo@example.com"))))
    assert google.own.items[event_id]["attendees"] == [
        room,
        known,
        {"email": "cleo@example.com", "responseStatus": "needsAction"},
    ]


async def test_guests_that_google_left_out_are_not_overwritten(google: Google) -> None:
    event_id = google.there(attendeesOmitted=True)
    with pytest.raises(NotSupported):
        await google.backend.update(OWNER, event_id, Patch(attendees=(ANNA,)))


async def test_a_single_event_without_a_zone_gets_one_when_it_becomes_a_series(google: Google) -> None:
    start, end = ({"dateTime": f"2027-01-11T{hour}:00:00+01:00"} for hour in ("09", "10"))
    event_id = google.there(start=start, end=end)
    await google.backend.update(OWNER, event_id, Patch(recurrence=Recurrence("FREQ=DAILY;COUNT=2")))
    assert wall_times(await google.year()) == ["01-11 09:00", "01-12 09:00"]


async def test_nobody_waits_for_more_requests_than_it_takes(google: Google) -> None:
    made = await google.create()
    await google.backend.update(OWNER, made.id, Patch(start=at(2027, 1, 12, 9)))
    await google.backend.delete(OWNER, made.id)
    assert [name.removeprefix("calendar.events.") for name, *_ in google.fake.asked] == [
        *("insert", "get", "patch", "delete"),
    ]


# kinds of events


@pytest.mark.parametrize(
    ("kind", "busy", "editable"),
    [
        ("default", True, True),
        ("focusTime", True, True),
        ("outOfOffice", True, True),
        ("workingLocation", False, True),
        ("birthday", False, False),
        ("fromGmail", True, False),
    ],
)
async def test_what_is_busy_and_what_may_be_changed_follows_from_the_kind(
    google: Google, kind: str, busy: bool, editable: bool
) -> None:
    event = await google.backend.read(OWNER, google.there(eventType=kind))
    assert (event.busy, event.editable) == (busy, editable)
    [seen] = (await google.backend.busy([OWNER], at(2027, 1, 11), at(2027, 1, 12))).values()
    assert bool(seen) == busy
    if not editable:
        with pytest.raises(CalendarForbidden):
            await google.backend.update(OWNER, event.id, Patch(summary="Ours"))
        assert google.sent("events.patch") == []


async def test_somebody_elses_meeting_is_read_but_not_ours_to_change(google: Google) -> None:
    event_id = google.there(attendees=[{"email": OWNER}])
    google.own.items[event_id]["organizer"] = {"email": "boss@example.com"}
    event = await google.backend.read(OWNER, event_id)
    assert (event.organizer, event.editable, event.busy) == ("boss@example.com", False, True)
    with pytest.raises(CalendarForbidden):
        await google.backend.update(OWNER, event_id, Patch(summary="Ours"))


async def test_a_private_event_without_details_is_still_busy(google: Google) -> None:
    event_id = google.there(visibility="private")
    del google.own.items[event_id]["summary"]
    event = await google.backend.read(OWNER, event_id)
    assert (event.summary, event.busy) == ("", True)


async def test_a_read_only_calendars_events_are_not_editable(google: Google) -> None:
    google.fake.calendars[READ_ONLY].access = "owner"
    made = await google.backend.create(READ_ONLY, timed(MONDAY), key="one")
    google.fake.calendars[READ_ONLY].access = "reader"
    told = await google.backend.changes(READ_ONLY)
    assert [event.editable for event in told.events] == [False]
    assert not (await google.backend.read(READ_ONLY, made.id)).editable


async def test_calendars_of_which_only_free_and_busy_is_seen_are_not_listed(google: Google) -> None:
    google.fake.add_calendar("shy@example.com", "Shy", access="freeBusyReader")
    listed = await google.backend.list_calendars()
    assert [(one.id, one.primary, one.writable) for one in listed] == [
        (OWNER, True, True),
        (SECOND, False, True),
        (READ_ONLY, False, False),
    ]
    assert {one.color for one in listed} == {"#0088aa"}
    with pytest.raises(CalendarForbidden):
        await google.backend.changes("shy@example.com")
