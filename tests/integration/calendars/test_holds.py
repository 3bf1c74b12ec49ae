"""A time that was offered is kept for whom it was offered to, for two minutes, and for nobody longer than they want."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid, NotAllowed
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import BERLIN, agenda, lunch, told, wall, weekly
from tools.calendars.backend import Draft
from tools.calendars.changes import SeriesClashes
from tools.calendars.local.calendar import LocalCalendars
from tools.calendars.model import TimePassed, TimeTaken
from tools.calendars.service import CalendarService

NOON, ONE = wall("2026-11-24T12:00"), wall("2026-11-24T13:00")


async def rows_of(database: Database, identity: Identity) -> int:
    async with database.transaction(identity) as connection:
        row = await (
            await connection.execute(
                "SELECT (SELECT count(*) FROM calendar_holds) + "
                "(SELECT count(*) FROM event_occurrences WHERE hold_id IS NOT NULL) AS n"
            )
        ).fetchone()
    assert row is not None
    return int(row["n"])


async def test_a_held_time_is_taken_for_others_and_not_offered_to_them(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    hold = await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    assert (hold.starts_at, hold.ends_at, hold.conversation_id) == (NOON, ONE, ours)
    await calendars.hold(identity, ONE, wall("2026-11-24T14:00"), conversation_id=theirs)
    with pytest.raises(TimeTaken) as refused:
        await calendars.book(identity, lunch(conversation_id=theirs))
    assert refused.value.clash.status == "held"
    # one o'clock is their own hold, which is free to them; noon is nobody's but the first caller's
    assert [f"{slot.start:%d %H:%M}" for slot in refused.value.alternatives] == ["24 13:00", "24 11:00", "25 12:00"]
    for attempt in (calendars.check(identity, lunch()), calendars.book(identity, lunch("2026-11-24T11:30"))):
        with pytest.raises(TimeTaken):
            await attempt
    with pytest.raises(SeriesClashes):
        await calendars.book(identity, weekly(start="2026-11-23T12:00", rrule="FREQ=DAILY;COUNT=3"))


async def test_free_time_is_without_what_is_held_for_others(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    for conversation, spans in ((theirs, 2), (ours, 1), (None, 2)):
        slots = await calendars.find_free(identity, NOON.date(), BERLIN, conversation_id=conversation)
        assert len(slots) == spans


async def test_a_hold_becomes_the_booking_of_its_own_conversation(
    calendars: CalendarService, identity: Identity, database: Database, ours: UUID
) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    await calendars.check(identity, lunch(conversation_id=ours))
    await calendars.book(identity, lunch(conversation_id=ours))
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]
    assert await rows_of(database, identity) == 0


async def test_a_new_hold_replaces_the_old_one(
    calendars: CalendarService, identity: Identity, database: Database, ours: UUID, theirs: UUID
) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    await calendars.hold(identity, wall("2026-11-24T12:30"), wall("2026-11-24T13:30"), conversation_id=ours)
    assert await rows_of(database, identity) == 2
    await calendars.book(identity, lunch("2026-11-24T11:30", conversation_id=theirs))


async def test_a_hold_that_is_over_holds_nothing(
    calendars: CalendarService, identity: Identity, database: Database, clock: FixedClock, ours: UUID, theirs: UUID
) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    clock.advance(timedelta(seconds=120))
    await calendars.check(identity, lunch(conversation_id=theirs))
    assert len(await calendars.find_free(identity, NOON.date(), BERLIN)) == 1
    await calendars.book(identity, lunch(conversation_id=theirs))
    assert await rows_of(database, identity) == 0
    assert await calendars.extend_hold(identity, ours) is None
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch(conversation_id=ours))


async def test_a_hold_that_is_over_is_in_nobodys_way(
    calendars: CalendarService, identity: Identity, database: Database, clock: FixedClock, ours: UUID, theirs: UUID
) -> None:
    event = await calendars.book(identity, lunch())
    cancelled = await calendars.cancel(identity, event.id)
    assert cancelled.change_id is not None
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    with pytest.raises(TimeTaken):
        await calendars.undo(identity, cancelled.change_id)
    clock.advance(timedelta(seconds=120))
    await calendars.undo(identity, cancelled.change_id)
    await calendars.hold(identity, ONE, wall("2026-11-24T14:00"), conversation_id=theirs)
    clock.advance(timedelta(seconds=120))
    draft = Draft(summary="Call", start=ONE, end=wall("2026-11-24T13:30"), timezone="Europe/Berlin")
    await LocalCalendars(database, identity, clock).create(str(event.calendar_id), draft, key="call")
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch", "11-24 13:00 Call"]


async def test_a_hold_lasts_while_the_caller_decides(
    calendars: CalendarService, identity: Identity, clock: FixedClock, ours: UUID
) -> None:
    hold = await calendars.hold(identity, NOON, ONE, conversation_id=ours, for_s=60)
    clock.advance(timedelta(seconds=50))
    longer = await calendars.extend_hold(identity, ours, for_s=100_000)
    assert longer is not None
    assert (longer.id, longer.expires_at - clock.now()) == (hold.id, timedelta(minutes=10))
    clock.advance(timedelta(seconds=50))
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch())


async def test_what_is_given_back_is_free(calendars: CalendarService, identity: Identity, ours: UUID) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    assert await calendars.release_hold(identity, ours)
    assert not await calendars.release_hold(identity, ours)
    await calendars.book(identity, lunch())


async def test_what_is_booked_cannot_be_held(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    event = await calendars.book(identity, lunch())
    await calendars.hold(identity, ONE, wall("2026-11-24T14:00"), conversation_id=ours)
    with pytest.raises(TimeTaken) as refused:
        await calendars.hold(identity, wall("2026-11-24T12:30"), ONE, conversation_id=ours)
    assert refused.value.clash == event
    with pytest.raises(TimeTaken):  # the hold it had stays
        await calendars.book(identity, lunch("2026-11-24T13:00", conversation_id=theirs))


async def test_a_move_is_not_stopped_by_the_hold_it_was_offered_with(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    event = await calendars.book(identity, lunch())
    to = wall("2026-11-25T12:00")
    await calendars.hold(identity, to, wall("2026-11-25T13:00"), conversation_id=ours)
    with pytest.raises(TimeTaken):
        await calendars.move(identity, event.id, to, conversation_id=theirs)
    await calendars.check_move(identity, event, to, conversation_id=ours)
    assert (await calendars.move(identity, event.id, to, conversation_id=ours)).starts_at == to


async def test_what_makes_no_sense_is_not_held(calendars: CalendarService, identity: Identity, ours: UUID) -> None:
    with pytest.raises(TimePassed):
        await calendars.hold(identity, wall("2026-11-20T12:00"), wall("2026-11-20T13:00"), conversation_id=ours)
    with pytest.raises(Invalid):
        await calendars.hold(identity, ONE, NOON, conversation_id=ours)
    reader = Identity(identity.tenant_id, None, "agent", frozenset({"calendar:read"}))
    for attempt in (
        calendars.hold(reader, NOON, ONE, conversation_id=ours),
        calendars.extend_hold(reader, ours),
        calendars.release_hold(reader, ours),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_another_tenants_holds_are_nobodys_business(
    calendars: CalendarService, identity: Identity, other_identity: Identity, ours: UUID
) -> None:
    await calendars.hold(identity, NOON, ONE, conversation_id=ours)
    assert not await calendars.release_hold(other_identity, ours)
    assert await calendars.extend_hold(other_identity, ours) is None
    assert await calendars.hold(other_identity, NOON, ONE, conversation_id=ours)
    await calendars.book(other_identity, lunch(conversation_id=ours))
    mine = (await calendars.list_calendars(identity))[0]
    with pytest.raises(Exception, match="no such calendar"):
        await calendars.hold(other_identity, NOON, ONE, conversation_id=new_id(), calendar_id=mine.id)
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch())
