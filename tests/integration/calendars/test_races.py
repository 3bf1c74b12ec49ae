"""Many at once: exactly one gets a time, the others are told, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import agenda, lunch, wall, weekly
from tools.calendars.changes import Hold, SeriesClashes
from tools.calendars.model import Event, EventChange, EventNotFound, TimeTaken
from tools.calendars.service import CalendarService


async def outcomes(attempts: Iterable[Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(*attempts, return_exceptions=True)


def count(found: Iterable[object], kind: type) -> int:
    return sum(isinstance(one, kind) for one in found)


async def overlaps(database: Database, identity: Identity) -> int:
    async with database.transaction(identity) as connection:
        cursor = await connection.execute(
            "SELECT count(*) AS n FROM event_occurrences a JOIN event_occurrences b ON a.id < b.id "
            "AND a.calendar_id = b.calendar_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def test_of_two_hundred_callers_at_once_exactly_one_gets_the_time(
    calendars: CalendarService, identity: Identity, database: Database, fresh_database_url: str, clock: FixedClock
) -> None:
    async with await Database.open(fresh_database_url, max_size=8, timeout_s=60) as patient:  # however slow the machine
        desks = CalendarService(patient, clock)
        found = await outcomes(desks.book(identity, lunch(minutes=30 + n % 60, summary=f"C{n}")) for n in range(200))
    assert (count(found, Event), count(found, TimeTaken)) == (1, 199)
    assert len(await agenda(calendars, identity)) == 1
    assert await overlaps(database, identity) == 0


async def test_a_hold_and_a_booking_of_the_same_time_are_one(
    calendars: CalendarService, identity: Identity, database: Database
) -> None:
    start, end = wall("2026-11-24T12:00"), wall("2026-11-24T13:00")
    attempts: list[Awaitable[Any]] = []
    for number in range(10):
        attempts.append(calendars.hold(identity, start, end, conversation_id=new_id()))
        attempts.append(calendars.book(identity, lunch("2026-11-24T12:30", summary=f"C{number}")))
    found = await outcomes(attempts)
    assert count(found, Hold) + count(found, Event) == 1
    assert count(found, TimeTaken) == 19
    assert await overlaps(database, identity) == 0


async def test_of_conversations_that_hold_and_then_book_only_the_holder_does(
    calendars: CalendarService, identity: Identity
) -> None:
    start, end = wall("2026-11-24T12:00"), wall("2026-11-24T13:00")

    async def call() -> Event:
        conversation = new_id()
        await calendars.hold(identity, start, end, conversation_id=conversation)
        return await calendars.book(identity, lunch(conversation_id=conversation))

    found = await outcomes(call() for _ in range(20))
    assert (count(found, Event), count(found, TimeTaken)) == (1, 19)


async def test_a_series_and_single_events_share_the_time(
    calendars: CalendarService, identity: Identity, database: Database
) -> None:
    singles = [calendars.book(identity, lunch(f"2026-11-{day}T12:15")) for day in range(23, 31)]
    series = [calendars.book(identity, weekly("FREQ=DAILY;COUNT=8", "2026-11-23T12:00")) for _ in range(4)]
    mixed = [one for pair in zip(singles[:4], series, strict=True) for one in pair] + singles[4:]
    found = await outcomes(mixed)
    assert count(found, Event) + count(found, TimeTaken) + count(found, SeriesClashes) == 12
    assert count(found, Event) >= 1
    assert await overlaps(database, identity) == 0


async def test_moves_onto_one_time_and_away_from_it_never_meet(
    calendars: CalendarService, identity: Identity, database: Database
) -> None:
    events = [await calendars.book(identity, lunch(f"2026-11-{24 + n}T09:00", 30)) for n in range(6)]
    wanted = wall("2026-11-30T09:00")
    found = await outcomes(calendars.move(identity, event.id, wanted) for event in events)
    assert (count(found, Event), count(found, TimeTaken)) == (1, 5)
    swaps = [calendars.move(identity, event.id, wanted + timedelta(hours=n)) for n, event in enumerate(events)]
    found = await outcomes([*swaps, calendars.cancel(identity, events[0].id)])
    assert count(found, Event) + count(found, TimeTaken) + count(found, EventNotFound) == 7
    assert await overlaps(database, identity) == 0


async def test_two_who_split_one_series_leave_one_split_or_two_but_no_overlap(
    calendars: CalendarService, identity: Identity, database: Database
) -> None:
    await calendars.book(identity, weekly("FREQ=DAILY;COUNT=10"))
    listed = await agenda(calendars, identity)
    found = await outcomes(
        calendars.update(identity, listed[n].id, EventChange(summary=f"From {n}"), scope="following")
        for n in (2, 4, 6, 8)
    )
    assert count(found, Event) >= 1
    assert len(await agenda(calendars, identity)) == 10
    assert await overlaps(database, identity) == 0


async def test_what_is_undone_twice_at_once_is_undone_once(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    assert booked.change_id is not None
    found = await outcomes(calendars.undo(identity, booked.change_id) for _ in range(5))
    assert count(found, Exception) == 4
    assert await agenda(calendars, identity) == []


@pytest.mark.parametrize("rounds", [10])
async def test_bulk_cancellations_in_any_order_do_not_block_each_other(
    calendars: CalendarService, identity: Identity, rounds: int
) -> None:
    for _ in range(rounds):
        events = [await calendars.book(identity, lunch(f"2026-11-{24 + n}T12:00")) for n in range(4)]
        ids = [event.id for event in events]
        found = await outcomes([calendars.cancel_many(identity, ids), calendars.cancel_many(identity, ids[::-1])])
        assert count(found, Exception) == 0
        assert await agenda(calendars, identity) == []
