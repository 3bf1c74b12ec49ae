"""Series in Google: what is sent to cut one in two or to move it, and that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from store.errors import Invalid
from tests.contract.calendars.contender import ANNA, at, days, wall_times
from tests.contract.calendars.google import MONDAY, Google, google_account
from tests.fakes.google_calendar import Fault
from tests.fakes.google_calendar.server import OWNER
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    Patch,
    Recurrence,
    RemoteEvent,
    RemoteEventGone,
)

SIX = "FREQ=WEEKLY;BYDAY=MO;COUNT=6"
MONDAYS = ["01-11 09:00", "01-18 09:00", "01-25 09:00", "02-01 09:00", "02-08 09:00", "02-15 09:00"]
THIRD = at(2027, 1, 25, 9)
PATCH, INSERT = "calendar.events.patch", "calendar.events.insert"


async def change(google: Google, series: RemoteEvent, scope: str, occurrence: Any, **patch: Any) -> RemoteEvent:
    return await google.backend.update(
        OWNER,
        series.id,
        Patch(**patch),
        scope=scope,
        occurrence=occurrence,
        key="change",  # type: ignore[arg-type]
    )


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    async with google_account() as account:
        yield account


@pytest.fixture
async def series(google: Google) -> AsyncIterator[RemoteEvent]:
    """Six Mondays, of which the fourth is at 15:00 and the fifth is left out."""
    made = await google.create("series", rrule=SIX, attendees=(ANNA,))
    await change(google, made, "this", at(2027, 2, 1, 9), start=at(2027, 2, 1, 15), location="Room 4")
    await google.backend.delete(OWNER, made.id, scope="this", occurrence=at(2027, 2, 8, 9))
    google.fake.asked.clear()
    yield made
    masters = [body for name, _, body, _ in google.fake.asked if name == PATCH and "recurrence" in body]
    assert all("originalStartTime" not in body and "recurringEventId" not in body for body in masters)


def rule_of(body: dict[str, Any]) -> set[str]:
    return set(body["recurrence"][0].removeprefix("RRULE:").split(";"))


async def told(google: Google) -> list[str]:
    return [f"{when} {event.summary}" for event in await google.year() for when in wall_times([event])]


async def test_a_split_makes_the_second_half_before_it_ends_the_first(google: Google, series: RemoteEvent) -> None:
    google.own.items[series.id] |= {
        "conferenceData": {"conferenceId": "abc-defg-hij"},
        "reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]},
        "colorId": "7",
    }
    second = await change(google, series, "following", THIRD, summary="Retro", start=at(2027, 1, 25, 10))
    writes = [(name, body) for name, _, body, _ in google.fake.asked if name in (PATCH, INSERT)]
    assert [name for name, _ in writes] == [INSERT, PATCH, PATCH]
    made, last = writes[0][1], writes[-1][1]
    assert rule_of(made) == {"FREQ=WEEKLY", "BYDAY=MO", "COUNT=4"}
    assert made["recurrence"][1:] == ["EXDATE;TZID=Europe/Berlin:20270208T100000"]
    assert made["conferenceData"] == {"conferenceId": "abc-defg-hij"}
    assert (made["colorId"], made["reminders"]["useDefault"]) == ("7", False)
    assert list(last) == ["recurrence"]
    assert rule_of(last) == {"FREQ=WEEKLY", "BYDAY=MO", "UNTIL=20270125T075959Z"}
    assert await told(google) == [
        *("01-11 09:00 Stand-up", "01-18 09:00 Stand-up", "01-25 10:00 Retro"),
        *("02-01 15:00 Retro", "02-15 10:00 Retro"),
    ]
    [moved] = [event for event in await google.year() if event.location == "Room 4"]
    assert (moved.series_id, moved.original_start) == (second.id, at(2027, 2, 1, 10))


async def test_from_the_first_on_may_be_tried_again(google: Google, series: RemoteEvent) -> None:
    etag = (await google.backend.read(OWNER, series.id)).etag
    for _ in range(2):
        changed = await google.backend.update(
            OWNER,
            series.id,
            Patch(start=at(2027, 1, 11, 11), summary="Retro"),
            scope="following",
            occurrence=MONDAY,
            etag=etag,
            key="again",
        )
        assert changed.id == series.id
        assert [when[:11] for when in await told(google)] == [
            *("01-11 11:00", "01-18 11:00", "01-25 11:00", "02-01 15:00", "02-15 11:00"),
        ]


async def test_from_a_moved_one_on_takes_what_was_said_of_it(google: Google, series: RemoteEvent) -> None:
    await change(google, series, "following", at(2027, 2, 1, 9), start=at(2027, 2, 1, 11))
    assert wall_times(await google.year()) == [*MONDAYS[:3], "02-01 11:00", "02-15 11:00"]
    assert (await google.year())[3].location == "Room 4"


async def test_a_first_half_that_cannot_be_ended_leaves_no_second(google: Google, series: RemoteEvent) -> None:
    before = await told(google)
    version = google.own.etag(google.own.items[series.id])

    def forbid() -> None:
        google.fake.faults.append(Fault("forbidden", (PATCH,)))

    google.fake.meanwhile[INSERT] = forbid
    with pytest.raises(CalendarForbidden):
        await change(google, series, "following", THIRD, summary="Retro")
    assert await told(google) == before
    assert google.own.etag(google.own.items[series.id]) == version
    second = await change(google, series, "following", THIRD, summary="Retro")  # with the same key
    assert (await told(google))[2:] == ["01-25 09:00 Retro", "02-01 15:00 Retro", "02-15 09:00 Retro"]
    assert second.id != series.id


async def test_a_split_that_was_undone_keeps_changed_days_when_it_is_tried_again(
    google: Google, series: RemoteEvent
) -> None:
    google.fake.meanwhile[PATCH] = lambda: google.fake.faults.append(Fault("forbidden", (PATCH,)))  # the second one
    for _ in range(2):
        with pytest.raises(CalendarForbidden):
            await change(google, series, "following", THIRD, summary="Retro")
        google.fake.meanwhile[PATCH] = lambda: google.fake.faults.append(Fault("forbidden", (PATCH,)))
    google.fake.meanwhile.clear()
    for _ in range(2):
        await change(google, series, "following", THIRD, summary="Retro")
        assert (await told(google))[2:] == ["01-25 09:00 Retro", "02-01 15:00 Retro", "02-15 09:00 Retro"]


async def test_a_split_that_broke_off_is_carried_on(google: Google, series: RemoteEvent) -> None:
    def fall_silent() -> None:
        google.fake.faults += [Fault("forbidden", (PATCH,)), Fault("forbidden", ("calendar.events.delete",))]

    google.fake.meanwhile[INSERT] = fall_silent
    with pytest.raises(CalendarForbidden):
        await change(google, series, "following", THIRD, summary="Retro")
    assert len(await google.year()) == 8  # both halves, until the next try
    await change(google, series, "following", THIRD, summary="Retro")
    assert await told(google) == [
        *("01-11 09:00 Stand-up", "01-18 09:00 Stand-up", "01-25 09:00 Retro"),
        *("02-01 15:00 Retro", "02-15 09:00 Retro"),
    ]


async def test_a_first_half_of_which_all_was_left_out_is_removed(google: Google, series: RemoteEvent) -> None:
    for start in (MONDAY, at(2027, 1, 18, 9)):
        await google.backend.delete(OWNER, series.id, scope="this", occurrence=start)
    second = await change(google, series, "following", THIRD, summary="Retro")
    assert [event.series_id for event in await google.year()] == [second.id] * 3
    with pytest.raises(RemoteEventGone):
        await google.backend.read(OWNER, series.id)
    assert (await change(google, series, "following", THIRD, summary="Retro")).id == second.id


async def test_a_series_whose_guests_are_not_all_known_is_not_split(google: Google, series: RemoteEvent) -> None:
    google.own.items[series.id]["attendeesOmitted"] = True
    with pytest.raises(Invalid):
        await change(google, series, "following", THIRD, summary="Retro")
    assert google.sent("events.insert") == []


async def test_who_declined_one_day_has_declined_it_after_a_split(google: Google, series: RemoteEvent) -> None:
    fourth = (await google.year())[3].id
    people = [{"email": ANNA.email, "responseStatus": "declined"}, {"email": OWNER, "responseStatus": "accepted"}]
    google.own.patch(fourth, {"attendees": people})
    await change(google, series, "following", THIRD, summary="Retro")
    seen = {event.location: [one.status for one in event.attendees] for event in await google.year()}
    assert seen == {"": ["needs-action"], "Room 4": ["declined", "accepted"]}


async def test_from_one_on_a_single_event(google: Google, series: RemoteEvent) -> None:
    single = await change(google, series, "following", THIRD, make_single=True)
    assert single.recurrence is None
    assert wall_times(await google.year()) == MONDAYS[:3]


async def test_an_id_of_an_occurrence_is_as_good_as_its_series(google: Google, series: RemoteEvent) -> None:
    third = (await google.year())[2]
    changed = await google.backend.update(OWNER, third.id, Patch(summary="Only this"))
    assert (changed.id, changed.original_start) == (third.id, THIRD)
    await google.backend.update(OWNER, third.id, Patch(summary="From here"), scope="following", etag=changed.etag)
    assert [line[12:] for line in await told(google)] == ["Stand-up"] * 2 + ["From here"] * 3
    await google.backend.delete(OWNER, (await google.year())[1].id, scope="following")
    assert len(await google.year()) == 4


@pytest.mark.parametrize("patch", [Patch(recurrence=Recurrence("FREQ=DAILY")), Patch(make_single=True)])
async def test_an_occurrence_has_no_repetition_of_its_own(google: Google, series: RemoteEvent, patch: Patch) -> None:
    with pytest.raises(Invalid):
        await google.backend.update(OWNER, series.id, patch, scope="this", occurrence=THIRD)
    with pytest.raises(Invalid):
        await google.backend.update(OWNER, (await google.year())[0].id, patch)
    assert google.sent("events.patch") == []


async def test_a_series_that_moves_takes_its_exceptions_along(google: Google, series: RemoteEvent) -> None:
    await google.backend.update(OWNER, series.id, Patch(start=at(2027, 1, 12, 10)))
    assert wall_times(await google.year()) == [
        *("01-12 10:00", "01-19 10:00", "01-26 10:00", "02-01 15:00", "02-16 10:00"),
    ]
    [moved] = [event for event in await google.year() if event.location == "Room 4"]
    assert moved.original_start == at(2027, 2, 2, 10)
    master = await google.backend.read(OWNER, series.id)
    assert master.recurrence is not None
    assert set(master.recurrence.rrule.split(";")) == {"FREQ=WEEKLY", "BYDAY=TU", "COUNT=6"}
    assert master.recurrence.exdates == (at(2027, 2, 9, 10),)


async def test_a_move_whose_changed_days_cannot_come_along_is_undone(google: Google, series: RemoteEvent) -> None:
    before = await told(google)
    google.fake.meanwhile[PATCH] = lambda: google.fake.faults.append(Fault("forbidden", (PATCH,)))
    with pytest.raises(CalendarForbidden):
        await google.backend.update(OWNER, series.id, Patch(start=at(2027, 1, 11, 10), summary="Retro"))
    assert await told(google) == before
    assert (await google.year())[3].location == "Room 4"


async def test_the_end_of_a_series_moves_with_its_hour(google: Google) -> None:
    made = await google.create(rrule="FREQ=DAILY;UNTIL=20270113T080000Z")
    await google.backend.update(OWNER, made.id, Patch(start=at(2027, 1, 11, 17)))
    assert wall_times(await google.year()) == ["01-11 17:00", "01-12 17:00", "01-13 17:00"]


async def test_a_series_of_hours_becomes_one_of_days(google: Google) -> None:
    made = await google.create(rrule="FREQ=DAILY;UNTIL=20270113T080000Z", exdates=(at(2027, 1, 12, 9),))
    whole = await google.backend.update(OWNER, made.id, Patch(start=at(2027, 1, 11), end=at(2027, 1, 12), all_day=True))
    assert whole.recurrence == Recurrence("FREQ=DAILY;UNTIL=20270113", (at(2027, 1, 12),))
    assert wall_times(await google.year()) == ["01-11 00:00", "01-13 00:00"]


async def test_days_in_a_row_are_cut_by_a_date(google: Google) -> None:
    made = await google.backend.create(OWNER, days(date(2027, 5, 3), rrule="FREQ=DAILY;COUNT=5"), key="days")
    await google.backend.delete(OWNER, made.id, scope="following", occurrence=at(2027, 5, 5))
    assert google.own.items[made.id]["recurrence"] == ["RRULE:FREQ=DAILY;UNTIL=20270504"]
    assert wall_times(await google.year()) == ["05-03 00:00", "05-04 00:00"]


async def test_a_removed_rest_may_be_removed_again(google: Google, series: RemoteEvent) -> None:
    etag = (await google.backend.read(OWNER, series.id)).etag
    for _ in range(2):
        await google.backend.delete(OWNER, series.id, scope="following", occurrence=THIRD, etag=etag)
    assert wall_times(await google.year()) == MONDAYS[:2]


async def test_a_series_made_single_keeps_all_but_its_repetition(google: Google) -> None:
    made = await google.create(rrule=SIX, description="Agenda", attendees=(ANNA,))
    single = await google.backend.update(OWNER, made.id, Patch(make_single=True, summary="Once"))
    assert (single.id, single.summary, single.description, single.start) == (made.id, "Once", "Agenda", MONDAY)
    assert [one.email for one in single.attendees] == [ANNA.email]
    assert "recurrence" not in google.sent("events.update")[0]


async def test_an_occurrence_is_found_by_its_id_where_google_takes_no_start(google: Google) -> None:
    made = await google.backend.create(OWNER, days(date(2027, 5, 3), rrule="FREQ=DAILY;COUNT=3"), key="days")
    google.fake.faults.append(Fault(400, ("calendar.events.instances",)))
    changed = await change(google, made, "this", at(2027, 5, 4), summary="Changed")
    assert (changed.id, changed.original_start) == (f"{made.id}_20270504", at(2027, 5, 4))


async def test_several_rules_at_once_are_left_to_google(google: Google) -> None:
    event_id = google.there(recurrence=["RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=3"])
    assert wall_times(await google.year()) == ["01-11 09:00", "01-12 09:00", "01-13 09:00", "01-18 09:00"]
    with pytest.raises(Invalid):
        await google.backend.delete(OWNER, event_id, scope="following", occurrence=at(2027, 1, 12, 9))
    renamed = await google.backend.update(OWNER, event_id, Patch(summary="Ours"))
    assert (renamed.summary, len(await google.year())) == ("Ours", 4)


async def test_a_cut_that_google_does_not_answer_is_tried_until_patience_ends(google: Google) -> None:
    made = await google.create(rrule=SIX)
    google.fake.faults += [Fault("cut before", (PATCH,)) for _ in range(20)]
    with pytest.raises(CalendarUnavailable):
        await change(google, made, "following", THIRD, summary="Retro")
    google.fake.faults.clear()
    assert wall_times(await google.year()) == MONDAYS
