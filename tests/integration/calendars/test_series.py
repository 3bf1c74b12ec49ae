"""Series in the house's calendar: listed one by one, changed by one, from one on, or all, and never booked over."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity
from tests.integration.calendars.drafts import BERLIN, agenda, lunch, told, wall, weekly
from tools.calendars import booking
from tools.calendars.backend import Recurrence
from tools.calendars.changes import SeriesClashes
from tools.calendars.local import occurrences, repository
from tools.calendars.local.occurrences import Terms, place
from tools.calendars.model import (
    Event,
    EventChange,
    EventNotFound,
    EventQuery,
    OccurrenceId,
    TimeTaken,
    event_id_of,
)
from tools.calendars.recurrence import expand
from tools.calendars.service import CalendarService

ALL_FOUR = ["11-23 09:00 Stand-up", "11-30 09:00 Stand-up", "12-07 09:00 Stand-up", "12-14 09:00 Stand-up"]


@pytest.fixture
async def series(calendars: CalendarService, identity: Identity) -> Event:
    return await calendars.book(identity, weekly())


async def test_a_series_is_listed_one_by_one_each_with_an_id_of_its_own(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    listed = await agenda(calendars, identity)
    assert told(listed) == ALL_FOUR
    second = listed[1]
    assert second.id == OccurrenceId(series.series_id, datetime(2026, 11, 30, 8, tzinfo=UTC))
    shown = second.as_json()
    assert shown["id"] == f"{series.id}_20261130T080000Z"
    assert (shown["series_id"], shown["original_start"]) == (str(series.id), "2026-11-30T09:00:00+01:00")
    assert (shown["rrule"], shown["start"]) == ("FREQ=WEEKLY;COUNT=4;BYDAY=MO", "2026-11-30T09:00:00+01:00")
    assert shown["recurrence_text"].startswith("every Monday")
    assert event_id_of(shown["id"]) == second.id
    assert await calendars.read_event(identity, second.id) == second
    whole = await calendars.read_event(identity, series.id)
    assert (whole, whole.original_start) == (series, None)


async def test_a_series_keeps_its_hour_on_the_wall(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, weekly("FREQ=WEEKLY;COUNT=3", "2027-03-22T09:00"))
    assert told(await agenda(calendars, identity)) == [f"{day} 09:00 Stand-up" for day in ("03-22", "03-29", "04-05")]


async def test_one_occurrence_is_changed_moved_and_cancelled_and_keeps_its_id(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    first, second, third, _ = [event.id for event in await agenda(calendars, identity)]
    renamed = await calendars.update(identity, first, EventChange(summary="Retro"))
    moved = await calendars.move(identity, second, wall("2026-12-01T14:00"))
    assert (renamed.id, moved.id) == (first, second)
    assert await calendars.read_event(identity, second) == moved
    await calendars.cancel(identity, third)
    assert (await calendars.read_event(identity, third)).status == "cancelled"
    now = ["11-23 09:00 Retro", "12-01 14:00 Stand-up", "12-14 09:00 Stand-up"]
    assert told(await agenda(calendars, identity)) == now
    again = await calendars.update(identity, second, EventChange(location="Quay"))
    assert (again.id, again.starts_at, again.location) == (second, moved.starts_at, "Quay")
    await calendars.book(identity, lunch("2026-11-30T09:00"))  # where it was moved from
    await calendars.book(identity, lunch("2026-12-07T09:00"))  # where it was cancelled
    with pytest.raises(EventNotFound):
        await calendars.update(identity, third, EventChange(summary="Ghost"))
    with pytest.raises(EventNotFound):
        await calendars.cancel(identity, OccurrenceId(series.series_id, datetime(2026, 11, 24, 8, tzinfo=UTC)))


async def test_from_one_on_is_a_series_of_its_own(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    third = (await agenda(calendars, identity))[2]
    changed = await calendars.update(
        identity, third.id, EventChange(summary="Retro", start=wall("2026-12-07T10:00")), scope="following"
    )
    assert changed.id != series.id
    listed = await agenda(calendars, identity)
    assert told(listed) == [*ALL_FOUR[:2], "12-07 10:00 Retro", "12-14 10:00 Retro"]
    await calendars.cancel(identity, listed[3].id, scope="following")
    assert told(await agenda(calendars, identity)) == [*ALL_FOUR[:2], "12-07 10:00 Retro"]
    await calendars.cancel(identity, listed[0].id, scope="following")
    assert told(await agenda(calendars, identity)) == ["12-07 10:00 Retro"]


async def test_all_move_and_exceptions_go_along_sensibly(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    first, second, third, _ = [event.id for event in await agenda(calendars, identity)]
    await calendars.update(identity, first, EventChange(summary="Kick-off"))
    await calendars.move(identity, second, wall("2026-12-03T15:00"))
    await calendars.cancel(identity, third)
    seen = (await agenda(calendars, identity))[-1]
    moved = await calendars.move(identity, seen.id, wall("2026-12-15T10:30"), scope="all")
    assert moved.id == series.id
    assert moved.recurrence == Recurrence("FREQ=WEEKLY;COUNT=4;BYDAY=TU")
    listed = await agenda(calendars, identity)
    assert told(listed) == ["11-24 10:30 Kick-off", "12-03 15:00 Stand-up", "12-15 10:30 Stand-up"]
    assert [event.duration_min for event in listed] == [30, 30, 30]
    await calendars.update(identity, series.id, EventChange(summary="Daily"))
    assert [event.summary for event in await agenda(calendars, identity)] == ["Kick-off", "Daily", "Daily"]


async def test_all_move_to_where_one_that_stood_elsewhere_is_wanted(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    second = (await agenda(calendars, identity))[1]
    await calendars.update(identity, second.id, EventChange(summary="Retro", start=wall("2026-12-03T15:00")))
    await calendars.move(identity, second.id, wall("2026-12-01T10:00"), scope="all")
    assert told(await agenda(calendars, identity)) == [
        "11-24 10:00 Stand-up", "12-01 10:00 Retro", "12-08 10:00 Stand-up", "12-15 10:00 Stand-up",
    ]  # fmt: skip


async def test_an_hour_is_no_day_without_midnights(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    with pytest.raises(Invalid):
        await calendars.update(identity, booked.id, EventChange(all_day=True))
    day = EventChange(all_day=True, start=wall("2026-11-25T00:00"), end=wall("2026-11-26T00:00"))
    assert (await calendars.update(identity, booked.id, day)).all_day


async def test_a_new_rule_drops_what_no_longer_fits_it(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    second = (await agenda(calendars, identity))[1]
    await calendars.update(identity, second.id, EventChange(summary="Retro"))
    fortnightly = EventChange(recurrence=Recurrence("FREQ=WEEKLY;INTERVAL=2;COUNT=2"))
    await calendars.update(identity, series.id, fortnightly)
    assert told(await agenda(calendars, identity)) == [ALL_FOUR[0], ALL_FOUR[2]]
    await calendars.update(identity, series.id, EventChange(make_single=True))
    [single] = await agenda(calendars, identity)
    assert (single.id, single.series_id) == (series.id, None)


async def test_dates_of_a_new_series_that_are_taken_are_listed_or_left_out(
    calendars: CalendarService, identity: Identity
) -> None:
    busy = await calendars.book(identity, lunch("2026-11-30T09:15"))
    for attempt in (calendars.check, calendars.book):
        with pytest.raises(SeriesClashes) as refused:
            await attempt(identity, weekly())
        assert [f"{one.start:%m-%d %H:%M} {one.clash.summary}" for one in refused.value.clashes] == [
            "11-30 09:00 Lunch"
        ]
        assert (refused.value.clashes[0].clash, refused.value.total) == (busy, 4)
    assert told(await agenda(calendars, identity)) == ["11-30 09:15 Lunch"]
    checked = await calendars.check(identity, weekly(), skip_clashes=True)
    assert checked.recurrence is not None
    assert list(checked.recurrence.exdates) == [wall("2026-11-30T09:00")]
    await calendars.book(identity, weekly(), skip_clashes=True)
    assert told(await agenda(calendars, identity)) == [ALL_FOUR[0], "11-30 09:15 Lunch", *ALL_FOUR[2:]]


async def test_a_series_of_which_no_date_is_free_is_not_booked(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, weekly())
    with pytest.raises(SeriesClashes):
        await calendars.book(identity, weekly(start="2026-11-23T09:15"), skip_clashes=True)
    assert told(await agenda(calendars, identity)) == ALL_FOUR


async def test_an_occurrence_takes_its_time(calendars: CalendarService, identity: Identity, series: Event) -> None:
    with pytest.raises(TimeTaken) as refused:
        await calendars.book(identity, lunch("2026-12-07T09:00"))
    third = (await agenda(calendars, identity))[2]
    assert refused.value.clash == third
    assert all(slot.start >= third.ends_at or slot.end <= third.starts_at for slot in refused.value.alternatives)
    other = await calendars.book(identity, lunch("2026-12-08T09:00"))
    with pytest.raises(TimeTaken):
        await calendars.move(identity, other.id, wall("2026-12-07T09:15"))
    with pytest.raises(TimeTaken):
        await calendars.move(identity, third.id, wall("2026-12-08T09:30"))
    with pytest.raises(TimeTaken):
        await calendars.move(identity, third.id, wall("2026-12-14T09:15"))  # its own sister


async def test_a_move_of_all_is_checked_for_every_date(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    await calendars.book(identity, lunch("2026-12-07T11:00"))
    seen = (await agenda(calendars, identity))[0]
    with pytest.raises(SeriesClashes) as refused:
        await calendars.check_move(identity, seen, wall("2026-11-23T11:00"), scope="all")
    assert [one.start for one in refused.value.clashes] == [wall("2026-12-07T11:00")]
    assert told(await agenda(calendars, identity))[0] == ALL_FOUR[0]
    slot = await calendars.check_move(identity, seen, wall("2026-11-23T11:00"))
    assert slot.end == wall("2026-11-23T11:30")
    assert told(await agenda(calendars, identity))[0] == ALL_FOUR[0]
    whole = EventChange(start=wall("2026-11-23T11:00"))
    await calendars.update(identity, seen.id, whole, scope="all", skip_clashes=True)
    assert [line for line in told(await agenda(calendars, identity)) if "Stand-up" in line] == [
        "11-23 11:00 Stand-up", "11-30 11:00 Stand-up", "12-14 11:00 Stand-up",
    ]  # fmt: skip


async def test_a_series_that_blocks_nothing_is_listed_and_free(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, weekly(busy=False))
    await calendars.book(identity, lunch("2026-11-30T09:00"))
    assert len(await agenda(calendars, identity)) == 5
    slots = await calendars.find_free(identity, wall("2026-12-07T00:00").date(), BERLIN)
    assert [slot.start for slot in slots] == [wall("2026-12-07T09:00")]


async def test_an_endless_series_goes_on_as_far_as_one_looks(
    calendars: CalendarService, identity: Identity, clock: FixedClock
) -> None:
    endless = await calendars.book(identity, weekly("FREQ=WEEKLY"))
    assert told(await agenda(calendars, identity, "2036-01-06", "2036-01-16")) == [
        "01-07 09:00 Stand-up", "01-14 09:00 Stand-up",
    ]  # fmt: skip
    gone = OccurrenceId(endless.series_id, wall("2036-01-07T09:00").astimezone(UTC))
    await calendars.cancel(identity, gone)
    assert len(await agenda(calendars, identity, "2036-01-06", "2036-01-16")) == 1
    clock.advance(timedelta(days=2 * 366))  # now further than was written down when it was booked
    slots = await calendars.find_free(identity, wall("2031-11-10T00:00").date(), BERLIN)
    assert [slot.start for slot in slots] == [wall("2031-11-10T09:30")]
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch("2031-11-10T09:00"))
    await calendars.book(identity, lunch("2031-11-11T09:00"))


async def test_what_was_imported_may_overlap_and_is_not_booked_over(
    calendars: CalendarService, identity: Identity, database: Database, clock: FixedClock
) -> None:
    calendar = (await calendars.list_calendars(identity))[0]
    async with database.transaction(identity) as connection:
        for number in range(2):
            cursor = await connection.execute(
                "INSERT INTO events (id, tenant_id, calendar_id, summary, starts_at, ends_at, timezone, rrule, "
                "guarded) VALUES (gen_random_uuid(), %s, %s, 'Theirs', %s, %s, 'Europe/Berlin', 'FREQ=DAILY;COUNT=3', "
                "false) RETURNING id",
                (identity.tenant_id, calendar.id, wall(f"2026-11-24T09:{number}0"), wall("2026-11-24T10:30")),
            )
            row = await cursor.fetchone()
            assert row is not None
            await place(connection, row["id"], Terms(at=clock.now()))
    assert len(await agenda(calendars, identity)) == 6
    with pytest.raises(TimeTaken) as refused:
        await calendars.book(identity, lunch("2026-11-25T10:00"))
    assert refused.value.clash.summary == "Theirs"
    await calendars.book(identity, lunch("2026-11-25T10:30"))
    one = (await agenda(calendars, identity))[0]
    await calendars.update(identity, one.id, EventChange(summary="Ours now"))  # where it overlaps already
    with pytest.raises(TimeTaken):
        await calendars.move(identity, one.id, wall("2026-11-25T11:00"))
    cancelled = await calendars.cancel(identity, one.id)
    assert cancelled.change_id is not None
    await calendars.undo(identity, cancelled.change_id)
    assert len(await agenda(calendars, identity)) == 7


async def test_of_a_series_the_next_one_is_meant(calendars: CalendarService, identity: Identity, series: Event) -> None:
    found = await calendars.find_one(identity, EventQuery("stand-up"), BERLIN)
    assert found.id == (await agenda(calendars, identity))[0].id
    await calendars.cancel(identity, found.id)
    assert told(await agenda(calendars, identity)) == ALL_FOUR[1:]
    dated = await calendars.find_one(identity, EventQuery("stand-up", day=wall("2026-12-07T00:00").date()), BERLIN)
    assert told([dated]) == [ALL_FOUR[2]]


async def test_a_whole_series_is_cancelled_by_its_own_id(
    calendars: CalendarService, identity: Identity, series: Event
) -> None:
    second = (await agenda(calendars, identity))[1]
    await calendars.move(identity, second.id, wall("2026-12-03T15:00"))
    for scope in ("this", "following"):
        with pytest.raises(Invalid):
            await calendars.cancel(identity, series.id, scope=scope)
    assert (await calendars.cancel(identity, series.id)).status == "cancelled"
    assert await agenda(calendars, identity) == []
    with pytest.raises(EventNotFound):
        await calendars.move(identity, second.id, wall("2026-12-04T15:00"))


async def test_a_rule_that_cannot_be_kept_is_refused(calendars: CalendarService, identity: Identity) -> None:
    for rrule in ("FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=TU", "every monday", "FREQ=WEEKLY;UNTIL=20200101"):
        with pytest.raises(Invalid):
            await calendars.book(identity, weekly(rrule))
    days = lunch("2026-11-24T00:00", 2 * 24 * 60, all_day=True, recurrence=Recurrence("FREQ=DAILY;COUNT=3"))
    with pytest.raises(SeriesClashes):  # each day would meet the next one
        await calendars.book(identity, days)
    assert await agenda(calendars, identity) == []


async def test_an_occurrence_of_another_tenant_is_none(
    calendars: CalendarService, identity: Identity, other_identity: Identity, series: Event
) -> None:
    one = (await agenda(calendars, identity))[0]
    for wanted in (one.id, series.id):
        for attempt in (
            calendars.read_event(other_identity, wanted),
            calendars.update(other_identity, wanted, EventChange(summary="Theirs"), scope="all"),
            calendars.move(other_identity, wanted, wall("2026-11-24T10:00")),
            calendars.cancel(other_identity, wanted),
            calendars.cancel_many(other_identity, [wanted]),
        ):
            with pytest.raises(EventNotFound):
                await attempt
    assert told(await agenda(calendars, identity)) == ALL_FOUR
    assert await agenda(calendars, other_identity) == []
    await calendars.book(other_identity, weekly())


async def test_what_a_series_takes_is_counted_out_beside_the_loop(
    calendars: CalendarService, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, used = threading.get_ident(), set[int]()

    def noted(*given: Any, **options: Any) -> Any:
        used.add(threading.get_ident())
        return expand(*given, **options)

    for module in (booking, occurrences, repository):
        monkeypatch.setattr(module, "expand", noted)
    daily = weekly("FREQ=DAILY")
    for act in (
        lambda: calendars.check(identity, daily),
        lambda: calendars.book(identity, daily),
        lambda: agenda(calendars, identity, "2031-01-01", "2031-01-31"),
    ):
        used.clear()
        await act()
        assert used
        assert here not in used
