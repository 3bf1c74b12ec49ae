"""The calendar's rules on a real database: races, tenants, clocks that change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound
from store.identity import Identity
from store.ids import new_id
from tools.calendars.model import (
    AmbiguousEvent,
    Event,
    EventChange,
    EventNotFound,
    EventQuery,
    NewEvent,
    NoSuchWallTime,
    TimePassed,
    TimeTaken,
)
from tools.calendars.service import CalendarService
from tools.calendars.walltime import after, at, bounds, start_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.fixture
def calendars(database: Database, clock: FixedClock) -> CalendarService:
    return CalendarService(database, clock)


def event(start: str, minutes: int = 60, summary: str = "Lunch with Anna", zone: ZoneInfo = BERLIN) -> NewEvent:
    begins = at(datetime.fromisoformat(start), zone)
    return NewEvent(summary=summary, start=begins, end=after(begins, minutes), timezone=zone.key)


async def test_a_booked_event_is_listed_and_read(calendars: CalendarService, identity: Identity) -> None:
    new = replace(event("2026-11-24T12:00"), attendees=("Anna", "Anna", " "), location="Quay\x00 Café\u202e")
    booked = await calendars.book(identity, new)
    assert (booked.starts_at, booked.ends_at) == (
        datetime(2026, 11, 24, 11, tzinfo=UTC),
        datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    assert (booked.attendees, booked.location, booked.timezone) == (("Anna",), "Quay Café", "Europe/Berlin")
    assert booked.as_json()["start"] == "2026-11-24T12:00:00+01:00"
    window = start_of(date(2026, 11, 24), BERLIN), start_of(date(2026, 11, 25), BERLIN)
    assert await calendars.list_events(identity, *window) == [booked]
    assert await calendars.read_event(identity, booked.id) == booked


async def test_of_twenty_callers_at_once_exactly_one_gets_the_time(
    calendars: CalendarService, identity: Identity
) -> None:
    tries = (calendars.book(identity, event("2026-11-24T12:00", 30 + n, f"Caller {n}")) for n in range(20))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, Event)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, TimeTaken)]
    assert (len(won), len(lost)) == (1, 19)
    assert all(loss.clash == won[0] and len(loss.alternatives) == 3 for loss in lost)


async def test_the_same_key_books_once_however_often_it_is_tried(
    calendars: CalendarService, identity: Identity
) -> None:
    new = replace(event("2026-11-24T12:00"), idempotency_key="call:proposal")
    booked = await asyncio.gather(*(calendars.book(identity, new) for _ in range(6)))
    assert len({one.id for one in booked}) == 1


async def test_events_that_touch_do_not_clash(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, event("2026-11-24T12:00"))
    await calendars.book(identity, event("2026-11-24T13:00", summary="Review"))
    with pytest.raises(TimeTaken) as refused:
        await calendars.book(identity, event("2026-11-24T12:30"))
    assert refused.value.clash.summary == "Lunch with Anna"
    assert [f"{slot.start:%d %H:%M}" for slot in refused.value.alternatives] == ["24 14:00", "24 11:00", "25 12:30"]


async def test_an_event_that_blocks_nothing_may_overlap(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, event("2026-11-24T12:00"))
    await calendars.book(identity, replace(event("2026-11-24T12:00", summary="Anna's birthday"), busy=False))


async def test_another_tenant_sees_nothing_and_can_touch_nothing(
    calendars: CalendarService, identity: Identity, other_identity: Identity
) -> None:
    mine = await calendars.book(identity, event("2026-11-24T12:00"))
    assert await calendars.list_events(other_identity, mine.starts_at, mine.ends_at) == []
    assert await calendars.find_events(other_identity, EventQuery("lunch"), BERLIN) == []
    for attempt in (
        calendars.read_event(other_identity, mine.id),
        calendars.move(other_identity, mine.id, at(datetime(2026, 11, 25, 12), BERLIN)),  # noqa: DTZ001 - wall time
        calendars.cancel(other_identity, mine.id),
        calendars.book(other_identity, replace(event("2026-11-25T12:00"), calendar_id=mine.calendar_id)),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await calendars.read_event(identity, mine.id) == mine
    await calendars.book(other_identity, event("2026-11-24T12:00"))  # their own calendar is free then


async def test_scopes_are_asked_for(calendars: CalendarService, identity: Identity) -> None:
    reader = replace(identity, scopes=frozenset({"calendar:read"}))
    with pytest.raises(NotAllowed):
        await calendars.book(reader, event("2026-11-24T12:00"))
    with pytest.raises(NotAllowed):
        await calendars.list_calendars(replace(identity, scopes=frozenset()))


async def test_a_moved_event_keeps_its_length_and_frees_its_old_time(
    calendars: CalendarService, identity: Identity
) -> None:
    booked = await calendars.book(identity, event("2026-11-24T12:00", 90))
    to = at(datetime.fromisoformat("2026-11-24T12:30"), BERLIN)  # overlaps its own old time
    moved = await calendars.move(identity, booked.id, to)
    assert (moved.starts_at, moved.duration_min, moved.sequence) == (to, 90, 1)
    assert await calendars.move(identity, booked.id, to) == moved  # once more changes nothing
    await calendars.book(identity, event("2026-11-24T12:00", 30, "Dentist"))
    with pytest.raises(TimeTaken):
        await calendars.move(identity, booked.id, at(datetime.fromisoformat("2026-11-24T11:00"), BERLIN))


async def test_a_cancelled_event_is_gone_and_its_time_free(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, event("2026-11-24T12:00"))
    assert (await calendars.cancel(identity, booked.id)).status == "cancelled"
    assert (await calendars.cancel(identity, booked.id)).sequence == 1
    assert await calendars.list_events(identity, booked.starts_at, booked.ends_at) == []
    with pytest.raises(EventNotFound):
        await calendars.move(identity, booked.id, booked.starts_at + timedelta(days=1))
    await calendars.book(identity, event("2026-11-24T12:00"))


@pytest.mark.parametrize(
    ("zone", "night", "minutes"), [(BERLIN, "2027-10-31T01:30", 180), (NEW_YORK, "2027-11-07T00:30", 180)]
)
async def test_a_night_with_an_hour_more_keeps_elapsed_time(
    calendars: CalendarService, identity: Identity, zone: ZoneInfo, night: str, minutes: int
) -> None:
    booked = await calendars.book(identity, event(night, minutes, zone=zone))
    assert booked.duration_min == 180
    assert (booked.ends_in(zone).replace(tzinfo=None) - datetime.fromisoformat(night)) == timedelta(hours=2)


@pytest.mark.parametrize(("zone", "local"), [(BERLIN, "2027-03-28T02:30"), (NEW_YORK, "2027-03-14T02:30")])
def test_a_time_that_does_not_exist_cannot_be_meant(zone: ZoneInfo, local: str) -> None:
    with pytest.raises(NoSuchWallTime):
        event(local, zone=zone)


async def test_free_time_on_the_day_the_clocks_change_follows_the_wall(
    calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, event("2027-03-28T12:00"))
    slots = await calendars.find_free(identity, date(2027, 3, 28), BERLIN)
    assert [(f"{slot.start:%H:%M}", f"{slot.end:%H:%M}") for slot in slots] == [("09:00", "12:00"), ("13:00", "17:00")]


async def test_what_makes_no_sense_is_refused(calendars: CalendarService, identity: Identity) -> None:
    with pytest.raises(TimePassed):
        await calendars.book(identity, event("2026-11-21T09:00"))
    with pytest.raises(TimePassed):
        await calendars.find_free(identity, date(2026, 11, 20), BERLIN)
    for nonsense in (
        event("2026-11-24T12:00", 0),
        event("2026-11-24T12:00", 26 * 60),
        event("2026-11-24T12:00", summary=" \u200b "),
        event("2031-11-24T12:00"),
        replace(event("2026-11-24T12:00"), timezone="Nowhere/City"),
    ):
        with pytest.raises(Invalid):
            await calendars.book(identity, nonsense)


async def test_now_may_be_a_few_minutes_ago_once_it_is_confirmed(
    calendars: CalendarService, identity: Identity, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=2))
    await calendars.book(identity, event("2026-11-21T10:00", 15, "Call back"))


async def test_an_all_day_event_blocks_its_day_and_no_other(calendars: CalendarService, identity: Identity) -> None:
    start, end = start_of(date(2026, 11, 26), BERLIN), start_of(date(2026, 11, 27), BERLIN)
    await calendars.book(
        identity, NewEvent(summary="Fair", start=start, end=end, timezone="Europe/Berlin", all_day=True)
    )
    assert await calendars.find_free(identity, date(2026, 11, 26), BERLIN) == []
    assert len(await calendars.find_free(identity, date(2026, 11, 27), BERLIN)) == 1


async def test_free_time_today_starts_now(calendars: CalendarService, identity: Identity, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=7))
    slots = await calendars.find_free(identity, date(2026, 11, 21), BERLIN)
    assert f"{slots[0].start:%H:%M}" == "10:15"


async def test_the_event_that_is_meant_is_found_or_asked_for(calendars: CalendarService, identity: Identity) -> None:
    first = await calendars.book(identity, event("2026-11-24T12:00"))
    second = await calendars.book(identity, event("2026-11-26T12:00", summary="Lunch with Tom"))
    assert await calendars.find_one(identity, EventQuery("lunch with Tom"), BERLIN) == second
    assert await calendars.find_one(identity, EventQuery("lunch", day=date(2026, 11, 24)), BERLIN) == first
    assert await calendars.find_one(identity, EventQuery(start=second.starts_at), BERLIN) == second
    with pytest.raises(AmbiguousEvent) as unclear:
        await calendars.find_one(identity, EventQuery("lunch"), BERLIN)
    assert unclear.value.candidates == (first, second)
    with pytest.raises(EventNotFound) as missing:
        await calendars.find_one(identity, EventQuery("yoga", day=date(2026, 11, 24)), BERLIN)
    assert missing.value.nearby == (first,)


async def test_a_conversation_that_is_not_yet_written_does_not_stop_a_booking(
    calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, replace(event("2026-11-24T12:00"), conversation_id=new_id()))


async def test_every_tenant_has_one_default_calendar_in_its_zone(
    calendars: CalendarService, identity: Identity
) -> None:
    made = await asyncio.gather(*(calendars.list_calendars(identity) for _ in range(5)))
    assert all(len(one) == 1 and one[0].is_default for one in made)
    assert {one[0].timezone for one in made} == {"Europe/Berlin"}


async def test_people_who_change_different_things_do_not_undo_each_other(
    calendars: CalendarService, identity: Identity
) -> None:
    booked = await calendars.book(identity, event("2026-11-24T12:00"))
    later = at(datetime.fromisoformat("2026-11-24T15:00"), BERLIN)
    await asyncio.gather(
        calendars.update(identity, booked.id, EventChange(summary="Dinner\x00 with Anna")),
        calendars.update(identity, booked.id, EventChange(location="Quay", attendees=("Anna", "Anna"))),
        calendars.move(identity, booked.id, later),
    )
    changed = await calendars.read_event(identity, booked.id)
    assert changed == replace(
        booked,
        summary="Dinner with Anna",
        location="Quay",
        attendees=("Anna",),
        starts_at=later.astimezone(UTC),
        ends_at=later.astimezone(UTC) + timedelta(hours=1),
        sequence=3,
    )
    assert await calendars.update(identity, booked.id, EventChange(summary="Dinner with Anna", start=later)) == changed


async def test_a_change_that_cannot_be_whole_changes_nothing(
    calendars: CalendarService, identity: Identity, other_identity: Identity
) -> None:
    booked = await calendars.book(identity, event("2026-11-24T12:00"))
    await calendars.book(identity, event("2026-11-24T15:00", summary="Review"))
    taken = at(datetime.fromisoformat("2026-11-24T15:30"), BERLIN)
    with pytest.raises(TimeTaken):
        await calendars.update(identity, booked.id, EventChange(summary="Dinner", start=taken))
    with pytest.raises(Invalid):
        await calendars.update(identity, booked.id, EventChange(summary=" "))
    with pytest.raises(EventNotFound):
        await calendars.update(other_identity, booked.id, EventChange(summary="Theirs"))
    assert await calendars.read_event(identity, booked.id) == booked
    await calendars.cancel(identity, booked.id)
    with pytest.raises(EventNotFound):
        await calendars.update(identity, booked.id, EventChange(summary="Dinner"))


async def test_a_key_used_before_gives_back_only_its_own_event(calendars: CalendarService, identity: Identity) -> None:
    lunch = replace(event("2026-11-24T12:00"), idempotency_key="http:one")
    booked = await calendars.book(identity, lunch)
    assert await calendars.book(identity, lunch) == booked
    for other in (replace(lunch, summary="Dinner"), replace(event("2026-11-25T12:00"), idempotency_key="http:one")):
        with pytest.raises(Conflict) as refused:
            await calendars.book(identity, other)
        assert refused.value.code == "idempotency_key_reused"
    await calendars.cancel(identity, booked.id)
    with pytest.raises(Conflict) as refused:
        await calendars.book(identity, lunch)
    assert refused.value.code == "event_cancelled"


async def test_a_window_is_not_endless(calendars: CalendarService, identity: Identity) -> None:
    start = start_of(date(2026, 1, 1), BERLIN)
    assert await calendars.list_events(identity, start, start + timedelta(days=400)) == []
    with pytest.raises(Invalid) as refused:
        await calendars.list_events(identity, start, start + timedelta(days=401))
    assert refused.value.code == "window_too_long"
    with pytest.raises(Invalid):
        await calendars.find_free(identity, date.max, BERLIN)


def all_day(first: date, last: date, zone: ZoneInfo = BERLIN) -> NewEvent:
    start, end = bounds(first, last, zone)
    return NewEvent(summary="Fair", start=start, end=end, timezone=zone.key, all_day=True)


async def test_an_all_day_event_runs_from_midnight_to_midnight(calendars: CalendarService, identity: Identity) -> None:
    for crooked in (
        replace(event("2026-11-24T12:00", 24 * 60), all_day=True),
        replace(all_day(date(2026, 11, 24), date(2026, 11, 24)), timezone="America/New_York"),
        replace(event("2026-11-24T00:00", 60), all_day=True),
    ):
        with pytest.raises(Invalid) as refused:
            await calendars.book(identity, crooked)
        assert refused.value.code == "not_all_day"


async def test_an_all_day_event_moves_by_days(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, all_day(date(2027, 3, 26), date(2027, 3, 27)))
    moved = await calendars.move(identity, booked.id, start_of(date(2027, 3, 28), BERLIN))  # a day of 23 hours
    assert moved.ends_at == start_of(date(2027, 3, 30), BERLIN)
    with pytest.raises(Invalid):
        await calendars.move(identity, booked.id, at(datetime.fromisoformat("2027-04-01T10:00"), BERLIN))
