"""What every calendar promises of series: their hour on the wall stays; one, all from one on, or all change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from store.errors import Invalid, VoiceLoopError
from tests.contract.calendars.contender import ANNA, Contender, at, days, instants, timed, wall_times, year_of
from tools.calendars.backend import ChangedElsewhere, NotSupported, Patch, Recurrence, RemoteEvent, RemoteEventGone

MONDAY = at(2027, 1, 4, 9)
SIX = "FREQ=WEEKLY;BYDAY=MO;COUNT=6"
MONDAYS = ["01-04 09:00", "01-11 09:00", "01-18 09:00", "01-25 09:00", "02-01 09:00", "02-08 09:00"]


async def weekly(contender: Contender, rrule: str = SIX, **others: object) -> RemoteEvent:
    return await contender.backend.create(contender.calendar_id, timed(MONDAY, rrule=rrule, **others), key="weekly")


async def change(
    contender: Contender, series: RemoteEvent, occurrence: datetime, scope: str = "this", **others: object
) -> RemoteEvent:
    patch = Patch(**others)
    return await contender.backend.update(
        contender.calendar_id,
        series.id,
        patch,
        scope=scope,
        occurrence=occurrence,
        key="change",
    )


async def leave_out(contender: Contender, series: RemoteEvent, occurrence: datetime, scope: str = "this") -> None:
    await contender.backend.delete(contender.calendar_id, series.id, scope=scope, occurrence=occurrence)


def told(events: Iterable[RemoteEvent]) -> list[str]:
    return [f"{when} {event.summary}" for when, event in zip(wall_times(events), events, strict=True)]


@pytest.mark.parametrize(
    ("start", "rrule", "expected"),
    [
        (
            at(2027, 3, 15, 9),
            "FREQ=WEEKLY;BYDAY=MO;COUNT=4",
            ["03-15 09:00", "03-22 09:00", "03-29 09:00", "04-05 09:00"],
        ),
        (at(2027, 10, 18, 9), "FREQ=WEEKLY;COUNT=3", ["10-18 09:00", "10-25 09:00", "11-01 09:00"]),
        (at(2027, 10, 30, 22), "FREQ=DAILY;UNTIL=20271101T210000Z", ["10-30 22:00", "10-31 22:00", "11-01 22:00"]),
        (at(2027, 1, 4, 9), "FREQ=DAILY;INTERVAL=3;COUNT=3", ["01-04 09:00", "01-07 09:00", "01-10 09:00"]),
        (
            at(2027, 1, 4, 9),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4",
            ["01-04 09:00", "01-07 09:00", "01-18 09:00", "01-21 09:00"],
        ),
        (at(2027, 1, 15, 9), "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", ["01-15 09:00", "02-15 09:00", "03-15 09:00"]),
        (at(2027, 1, 26, 9), "FREQ=MONTHLY;BYDAY=-1TU;COUNT=3", ["01-26 09:00", "02-23 09:00", "03-30 09:00"]),
        (at(2027, 6, 1, 9), "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", ["06-01 09:00"]),
    ],
)
async def test_a_series_occurs_when_its_rule_says_at_its_hour_on_the_wall(
    contender: Contender, start: datetime, rrule: str, expected: list[str]
) -> None:
    series = await contender.backend.create(contender.calendar_id, timed(start, rrule=rrule), key="series")
    assert series.recurrence is not None
    read = await contender.backend.read(contender.calendar_id, series.id)
    assert (read.start, read.end, read.timezone) == (start, start + timedelta(hours=1), "Europe/Berlin")
    assert read.recurrence is not None
    seen = await year_of(contender)
    assert wall_times(seen) == expected
    assert all(event.series_id == series.id and event.recurrence is None for event in seen)
    assert [event.original_start.astimezone(UTC) for event in seen if event.original_start] == instants(seen)
    assert all(event.end - event.start == timedelta(hours=1) for event in seen)


async def test_a_series_without_an_end_is_seen_as_far_as_one_looks(contender: Contender) -> None:
    await weekly(contender, "FREQ=WEEKLY;BYDAY=MO")
    seen = await contender.backend.occurrences(contender.calendar_id, at(2027, 10, 25), at(2027, 11, 8, 9))
    assert wall_times(seen) == ["10-25 09:00", "11-01 09:00"]


async def test_a_series_at_an_hour_that_is_skipped_once_takes_place_all_the_same(contender: Contender) -> None:
    draft = timed(at(2027, 3, 27, 2, 30), 30, rrule="FREQ=DAILY;COUNT=3")
    await contender.backend.create(contender.calendar_id, draft, key="night")
    assert instants(await year_of(contender)) == [
        datetime(2027, 3, 27, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 29, 0, 30, tzinfo=UTC),
    ]


async def test_a_series_of_another_zone_follows_the_clocks_there(contender: Contender) -> None:
    draft = timed(at(2027, 3, 12, 9, zone="America/New_York"), rrule="FREQ=WEEKLY;COUNT=2")
    await contender.backend.create(contender.calendar_id, draft, key="abroad")
    assert wall_times(await year_of(contender)) == ["03-12 09:00", "03-19 09:00"]
    assert [moment.hour for moment in instants(await year_of(contender))] == [14, 13]


async def test_a_series_of_days_has_a_day_each(contender: Contender) -> None:
    draft = days(date(2027, 3, 22), rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    series = await contender.backend.create(contender.calendar_id, draft, key="bins")
    await leave_out(contender, series, at(2027, 3, 29))
    seen = await year_of(contender)
    assert wall_times(seen) == ["03-22 00:00", "04-05 00:00"]
    assert all(event.all_day and event.end - event.start == timedelta(days=1) for event in seen)


async def test_days_left_out_at_the_beginning_stay_out(contender: Contender) -> None:
    await weekly(contender, exdates=(at(2027, 1, 11, 9), at(2027, 2, 1, 9)))
    assert wall_times(await year_of(contender)) == [MONDAYS[0], MONDAYS[2], MONDAYS[3], MONDAYS[5]]


async def test_further_days_are_added_or_refused(contender: Contender) -> None:
    recurrence = Recurrence("FREQ=WEEKLY;COUNT=2", rdates=(at(2027, 1, 6, 9),))
    try:
        await contender.backend.create(contender.calendar_id, timed(MONDAY, recurrence=recurrence), key="extra")
    except NotSupported:
        assert await year_of(contender) == []
    else:
        assert wall_times(await year_of(contender)) == ["01-04 09:00", "01-06 09:00", "01-11 09:00"]


async def test_a_rule_is_kept_or_refused_but_never_bent(contender: Contender) -> None:
    draft = timed(at(2027, 1, 31, 9), rrule="FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3")
    try:
        await contender.backend.create(contender.calendar_id, draft, key="last days")
    except NotSupported:
        assert await year_of(contender) == []
    else:
        assert wall_times(await year_of(contender)) == ["01-31 09:00", "03-31 09:00", "05-31 09:00"]


@pytest.mark.parametrize("rrule", ["FREQ=NEVER", "weekly", "FREQ=SECONDLY"])
async def test_a_rule_that_is_none_is_refused(contender: Contender, rrule: str) -> None:
    with pytest.raises(Invalid):
        await weekly(contender, rrule)
    assert await year_of(contender) == []


async def test_one_occurrence_is_changed_and_the_others_stay(contender: Contender) -> None:
    series = await weekly(contender, attendees=(ANNA,))
    renamed = await change(contender, series, at(2027, 1, 11, 9), summary="Retro")
    moved = await change(contender, series, at(2027, 1, 18, 9), start=at(2027, 1, 19, 14))
    assert (renamed.series_id, moved.series_id) == (series.id, series.id)
    assert renamed.original_start == at(2027, 1, 11, 9)
    assert (moved.start, moved.end, moved.original_start) == (
        at(2027, 1, 19, 14),
        at(2027, 1, 19, 15),
        at(2027, 1, 18, 9),
    )
    seen = await year_of(contender)
    assert told(seen)[:3] == ["01-04 09:00 Stand-up", "01-11 09:00 Retro", "01-19 14:00 Stand-up"]
    assert wall_times(seen)[3:] == MONDAYS[3:]
    assert all([attendee.email for attendee in event.attendees] == [ANNA.email] for event in seen)
    assert (await contender.backend.read(contender.calendar_id, moved.id)).start == at(2027, 1, 19, 14)
    assert (await contender.backend.read(contender.calendar_id, series.id)).summary == "Stand-up"


async def test_one_occurrence_is_changed_twice_and_is_still_one(contender: Contender) -> None:
    series = await weekly(contender)
    first = await change(contender, series, at(2027, 1, 11, 9), start=at(2027, 1, 12, 10))
    again = await change(contender, series, at(2027, 1, 11, 9), summary="Retro")
    assert again.id == first.id
    assert told(await year_of(contender))[1] == "01-12 10:00 Retro"
    assert len(await year_of(contender)) == 6


async def test_an_occurrence_that_was_moved_is_seen_where_it_is(contender: Contender) -> None:
    series = await weekly(contender)
    await change(contender, series, at(2027, 2, 8, 9), start=at(2027, 5, 20, 9))

    async def seen(first: datetime, last: datetime) -> list[str]:
        return wall_times(await contender.backend.occurrences(contender.calendar_id, first, last))

    assert await seen(at(2027, 2, 8), at(2027, 2, 9)) == []
    assert await seen(at(2027, 5, 20), at(2027, 5, 21)) == ["05-20 09:00"]


async def test_one_occurrence_is_left_out_and_may_be_left_out_again(contender: Contender) -> None:
    series = await weekly(contender)
    await change(contender, series, at(2027, 1, 18, 9), start=at(2027, 1, 19, 14))
    for gone in (at(2027, 1, 11, 9), at(2027, 1, 18, 9), at(2027, 1, 11, 9)):
        await leave_out(contender, series, gone)
    assert wall_times(await year_of(contender)) == [MONDAYS[0], *MONDAYS[3:]]
    with pytest.raises(RemoteEventGone):
        await change(contender, series, at(2027, 1, 11, 9), summary="Ghost")


async def test_an_occurrence_that_there_is_not_is_gone(contender: Contender) -> None:
    series = await weekly(contender)
    with pytest.raises(RemoteEventGone):
        await change(contender, series, at(2027, 1, 12, 9), summary="Ghost")
    with pytest.raises(RemoteEventGone):
        await change(contender, series, at(2027, 1, 12, 9), "following", summary="Ghost")
    await leave_out(contender, series, at(2027, 1, 12, 9))
    assert wall_times(await year_of(contender)) == MONDAYS


async def test_all_are_changed(contender: Contender) -> None:
    series = await weekly(contender)
    changed = await contender.backend.update(
        contender.calendar_id, series.id, Patch(summary="Retro", start=at(2027, 1, 4, 10)), etag=series.etag
    )
    assert (changed.id, changed.recurrence is not None) == (series.id, True)
    assert told(await year_of(contender)) == [f"{when[:6]}10:00 Retro" for when in MONDAYS]
    with pytest.raises(ChangedElsewhere):
        await contender.backend.update(contender.calendar_id, series.id, Patch(summary="Late"), etag=series.etag)


async def test_a_title_for_all_keeps_what_was_left_out(contender: Contender) -> None:
    series = await weekly(contender)
    await leave_out(contender, series, at(2027, 1, 11, 9))
    await contender.backend.update(contender.calendar_id, series.id, Patch(summary="Retro"))
    assert wall_times(await year_of(contender)) == [MONDAYS[0], *MONDAYS[2:]]


async def test_a_single_event_becomes_a_series_and_single_again(contender: Contender) -> None:
    single = await contender.backend.create(contender.calendar_id, timed(MONDAY), key="one")
    series = await contender.backend.update(contender.calendar_id, single.id, Patch(recurrence=Recurrence(SIX)))
    assert (series.id, series.recurrence is not None) == (single.id, True)
    assert wall_times(await year_of(contender)) == MONDAYS
    await contender.backend.update(
        contender.calendar_id, single.id, Patch(recurrence=Recurrence("FREQ=WEEKLY;COUNT=2"))
    )
    assert wall_times(await year_of(contender)) == MONDAYS[:2]
    ended = await contender.backend.update(contender.calendar_id, single.id, Patch(make_single=True))
    assert ended.recurrence is None
    assert wall_times(await year_of(contender)) == MONDAYS[:1]


async def test_a_series_is_deleted_with_all_that_was_changed_in_it(contender: Contender) -> None:
    series = await weekly(contender)
    await change(contender, series, at(2027, 1, 11, 9), start=at(2027, 1, 12, 10))
    await contender.backend.delete(contender.calendar_id, series.id)
    await contender.backend.delete(contender.calendar_id, series.id)
    assert await year_of(contender) == []


SPLIT = at(2027, 1, 18, 9)  # the third


@pytest.mark.parametrize(
    "rrule", [SIX, "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208T080000Z", "FREQ=WEEKLY;UNTIL=20270210T225959Z"]
)
async def test_from_one_on_is_a_series_of_its_own_with_as_many_as_were_left(contender: Contender, rrule: str) -> None:
    series = await weekly(contender, rrule, description="Agenda", attendees=(ANNA,))
    second = await change(contender, series, SPLIT, "following", summary="Retro", start=at(2027, 1, 18, 11))
    assert second.id != series.id
    assert second.recurrence is not None
    assert second.start == at(2027, 1, 18, 11)
    seen = await year_of(contender)
    assert told(seen) == [f"{when} Stand-up" for when in MONDAYS[:2]] + [
        f"{when[:6]}11:00 Retro" for when in MONDAYS[2:]
    ]
    assert {event.series_id for event in seen[2:]} == {second.id}
    assert all(event.description == "Agenda" and event.attendees[0].email == ANNA.email for event in seen)


async def test_from_one_on_another_day_of_the_week(contender: Contender) -> None:
    series = await weekly(contender)
    rule = Recurrence("FREQ=WEEKLY;BYDAY=TU;COUNT=2")
    await change(contender, series, SPLIT, "following", start=at(2027, 1, 19, 9), recurrence=rule)
    assert wall_times(await year_of(contender)) == [*MONDAYS[:2], "01-19 09:00", "01-26 09:00"]


async def test_what_was_changed_after_the_split_stays_changed(contender: Contender) -> None:
    series = await weekly(contender)
    await change(contender, series, at(2027, 1, 11, 9), summary="Before")
    await change(contender, series, at(2027, 1, 25, 9), start=at(2027, 1, 26, 15))
    await change(contender, series, at(2027, 2, 1, 9), summary="After")
    await leave_out(contender, series, at(2027, 2, 8, 9))
    second = await change(contender, series, SPLIT, "following", location="Room 4")
    seen = await year_of(contender)
    assert told(seen) == [
        "01-04 09:00 Stand-up",
        "01-11 09:00 Before",
        "01-18 09:00 Stand-up",
        "01-26 15:00 Stand-up",
        "02-01 09:00 After",
    ]
    assert {event.series_id for event in seen[2:]} == {second.id}
    assert seen[2].location == "Room 4"


@pytest.mark.parametrize("day", [MONDAY, SPLIT])
async def test_what_is_said_from_a_day_on_holds_for_that_day_too(contender: Contender, day: datetime) -> None:
    series = await weekly(contender)
    await change(contender, series, day, start=day + timedelta(hours=5), summary="Its own")
    await change(contender, series, day, "following", start=day + timedelta(hours=1), summary="Retro")
    old = MONDAYS[: MONDAYS.index(f"{day:%m-%d %H:%M}")]
    assert told(await year_of(contender)) == [
        *(f"{when} Stand-up" for when in old),
        *(f"{when[:6]}10:00 Retro" for when in MONDAYS[len(old) :]),
    ]


async def test_from_the_first_that_is_left_on_is_all(contender: Contender) -> None:
    series = await weekly(contender)
    await leave_out(contender, series, MONDAY)
    await change(contender, series, at(2027, 1, 11, 9), "following", start=at(2027, 1, 11, 10))
    assert wall_times(await year_of(contender)) == [f"{when[:6]}10:00" for when in MONDAYS[1:]]


async def test_from_the_first_on_is_all(contender: Contender) -> None:
    series = await weekly(contender)
    changed = await change(contender, series, MONDAY, "following", summary="Retro")
    assert changed.id == series.id
    assert told(await year_of(contender)) == [f"{when} Retro" for when in MONDAYS]


async def test_the_same_split_tried_again_makes_no_second_one(contender: Contender) -> None:
    series = await weekly(contender)
    first = await change(contender, series, SPLIT, "following", summary="Retro")
    again = await change(contender, series, SPLIT, "following", summary="Retro")
    assert again.id == first.id
    assert wall_times(await year_of(contender)) == MONDAYS


async def test_a_split_of_what_was_changed_elsewhere_changes_nothing(contender: Contender) -> None:
    series = await weekly(contender)
    await contender.change_elsewhere(series.id, "Theirs")
    with pytest.raises(ChangedElsewhere):
        await contender.backend.update(
            contender.calendar_id,
            series.id,
            Patch(summary="Ours"),
            scope="following",
            occurrence=SPLIT,
            etag=series.etag,
            key="split",
        )
    assert told(await year_of(contender)) == [f"{when} Theirs" for when in MONDAYS]


async def test_a_split_whose_second_half_is_refused_leaves_the_first_as_it_was(contender: Contender) -> None:
    if contender.refuse_next_create is None:
        assert contender.name == "local", "only local calendars have no server that could refuse"
        return
    series = await weekly(contender)
    await change(contender, series, at(2027, 1, 25, 9), summary="After")
    before = await year_of(contender)
    await contender.refuse_next_create()
    with pytest.raises(VoiceLoopError):
        await change(contender, series, SPLIT, "following", summary="Retro")
    after = await year_of(contender)
    assert [replace(event, etag="") for event in after] == [replace(event, etag="") for event in before]


async def test_from_one_on_is_deleted(contender: Contender) -> None:
    series = await weekly(contender)
    await change(contender, series, at(2027, 1, 25, 9), start=at(2027, 1, 26, 15))
    await leave_out(contender, series, SPLIT, "following")
    assert wall_times(await year_of(contender)) == MONDAYS[:2]
    await leave_out(contender, series, MONDAY, "following")
    assert await year_of(contender) == []
    with pytest.raises(RemoteEventGone):
        await contender.backend.read(contender.calendar_id, series.id)
