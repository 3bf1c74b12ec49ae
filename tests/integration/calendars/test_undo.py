"""Taking a change back: as it was, once, within ten minutes, and never over somebody else's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from store.clock import FixedClock
from store.errors import NotAllowed
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import agenda, lunch, told, wall, weekly
from tools.calendars.backend import Attendee, Recurrence
from tools.calendars.changes import ChangedSince, NothingToUndo
from tools.calendars.model import Event, EventChange, TimeTaken
from tools.calendars.service import CalendarService


def change_of(event: Event) -> UUID:
    assert event.change_id is not None
    return event.change_id


async def test_a_booking_is_taken_back_once(calendars: CalendarService, identity: Identity, ours: UUID) -> None:
    booked = await calendars.book(identity, lunch(conversation_id=ours))
    undone = await calendars.undo_last(identity, conversation_id=ours)
    assert (undone.operation, [event.status for event in undone.events], undone.left) == ("book", ["cancelled"], ())
    assert undone.fact == "Lunch is no longer booked."
    assert await agenda(calendars, identity) == []
    for attempt in (
        calendars.undo_last(identity, conversation_id=ours),
        calendars.undo(identity, change_of(booked)),
        calendars.undo_last(identity),
    ):
        with pytest.raises(NothingToUndo):
            await attempt
    await calendars.book(identity, lunch())


async def test_a_cancelled_event_comes_back_as_it_was(calendars: CalendarService, identity: Identity) -> None:
    people = (Attendee("anna@example.com", "Anna", "accepted"),)
    booked = await calendars.book(identity, lunch(location="Quay", description="Bring\nnumbers", people=people))
    cancelled = await calendars.cancel(identity, booked.id)
    undone = await calendars.undo(identity, change_of(cancelled))
    assert undone.fact == "Lunch is back."
    [back] = await agenda(calendars, identity)
    assert back == undone.events[0]
    assert (back.id, back.location, back.description, back.attendees) == (
        booked.id,
        "Quay",
        "Bring\nnumbers",
        ("Anna",),
    )
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch())


async def test_what_is_taken_by_now_does_not_come_back(calendars: CalendarService, identity: Identity) -> None:
    cancelled = await calendars.cancel(identity, (await calendars.book(identity, lunch())).id)
    rival = await calendars.book(identity, lunch("2026-11-24T12:30", summary="Dentist"))
    with pytest.raises(TimeTaken) as refused:
        await calendars.undo(identity, change_of(cancelled))
    assert refused.value.clash == rival
    assert len(refused.value.alternatives) == 3
    await calendars.cancel(identity, rival.id)
    await calendars.undo(identity, change_of(cancelled))  # it was not used up
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]


async def test_a_move_and_a_change_go_back(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    await calendars.move(identity, booked.id, wall("2026-11-25T15:00"))
    renamed = await calendars.update(identity, booked.id, EventChange(summary="Dinner", location="Quay"))
    assert (await calendars.undo_last(identity)).fact == "Lunch is as before."
    assert told(await agenda(calendars, identity)) == ["11-25 15:00 Lunch"]
    assert (await calendars.undo_last(identity)).fact == "Lunch is back at the old time."
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]
    assert (await calendars.undo_last(identity)).operation == "book"
    with pytest.raises(NothingToUndo):
        await calendars.undo(identity, change_of(renamed))


async def test_what_changed_nothing_is_no_change(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    same = await calendars.update(identity, booked.id, EventChange(summary="Lunch"))
    assert same.change_id is None
    assert (await calendars.undo_last(identity)).operation == "book"
    assert (await calendars.cancel(identity, booked.id)).change_id is None


async def test_what_others_changed_since_is_left_alone(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    booked = await calendars.book(identity, lunch(conversation_id=ours))
    await calendars.update(identity, booked.id, EventChange(location="Quay"), conversation_id=theirs)
    with pytest.raises(ChangedSince) as refused:
        await calendars.undo_last(identity, conversation_id=ours)
    assert refused.value.event.location == "Quay"
    assert len(await agenda(calendars, identity)) == 1
    await calendars.undo_last(identity, conversation_id=theirs)
    await calendars.undo_last(identity, conversation_id=ours)
    assert await agenda(calendars, identity) == []


async def test_after_ten_minutes_it_stands(calendars: CalendarService, identity: Identity, clock: FixedClock) -> None:
    booked = await calendars.book(identity, lunch())
    clock.advance(timedelta(minutes=10))
    with pytest.raises(NothingToUndo):
        await calendars.undo(identity, change_of(booked))


async def test_each_takes_back_their_own_last_change(
    calendars: CalendarService, identity: Identity, ours: UUID, theirs: UUID
) -> None:
    await calendars.book(identity, lunch("2026-11-24T10:00", conversation_id=ours))
    await calendars.book(identity, lunch("2026-11-25T10:00", conversation_id=theirs))
    colleague = Identity(identity.tenant_id, None, "agent", identity.scopes)
    with pytest.raises(NothingToUndo):
        await calendars.undo_last(colleague)
    await calendars.undo_last(identity, conversation_id=ours)
    assert told(await agenda(calendars, identity)) == ["11-25 10:00 Lunch"]


async def test_many_are_cancelled_and_come_back_as_one(calendars: CalendarService, identity: Identity) -> None:
    await calendars.book(identity, weekly())
    for day in (24, 25, 26):
        await calendars.book(identity, lunch(f"2026-11-{day}T12:00", summary=f"Lunch {day}"))
    before = await agenda(calendars, identity)
    cancelled = await calendars.cancel_many(identity, [event.id for event in before[:5]])
    assert len({event.change_id for event in cancelled}) == 1
    assert told(await agenda(calendars, identity)) == told(before[5:])
    undone = await calendars.undo_last(identity)
    assert (len(undone.events), undone.left) == (5, ())
    assert told(await agenda(calendars, identity)) == told(before)


async def test_of_many_those_come_back_whose_time_is_free(calendars: CalendarService, identity: Identity) -> None:
    events = [await calendars.book(identity, lunch(f"2026-11-{day}T12:00", summary=f"L{day}")) for day in (24, 25, 26)]
    cancelled = await calendars.cancel_many(identity, [event.id for event in events])
    await calendars.book(identity, lunch("2026-11-25T12:30", summary="Dentist"))
    undone = await calendars.undo(identity, change_of(cancelled[0]))
    assert told(undone.left) == ["11-25 12:00 L25"]
    assert undone.fact == "L24 and L26 are back. L25 could not be restored, as the time is taken now."
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 L24", "11-25 12:30 Dentist", "11-26 12:00 L26"]


async def test_many_are_all_or_none(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    with pytest.raises(Exception, match="no such event"):
        await calendars.cancel_many(identity, [booked.id, new_id()])
    with pytest.raises(Exception, match="between one and 200"):
        await calendars.cancel_many(identity, [])
    assert len(await agenda(calendars, identity)) == 1


async def test_every_change_of_a_series_goes_back(calendars: CalendarService, identity: Identity) -> None:
    series = await calendars.book(identity, weekly())
    first, second, third, last = await agenda(calendars, identity)
    await calendars.update(identity, last.id, EventChange(summary="Party"))
    before = await agenda(calendars, identity)
    changes = [
        lambda: calendars.move(identity, first.id, wall("2026-11-24T15:00")),
        lambda: calendars.cancel(identity, second.id),
        lambda: calendars.cancel(identity, third.id, scope="following"),
        lambda: calendars.move(identity, third.id, wall("2026-12-08T10:00"), scope="following"),
        lambda: calendars.move(identity, second.id, wall("2026-12-01T09:15"), scope="all"),
        lambda: calendars.update(identity, series.id, EventChange(recurrence=Recurrence("FREQ=WEEKLY;COUNT=2"))),
        lambda: calendars.update(identity, series.id, EventChange(make_single=True)),
        lambda: calendars.cancel(identity, series.id),
    ]
    for change in changes:
        event = await change()
        assert told(await agenda(calendars, identity)) != told(before)
        await calendars.undo(identity, change_of(event))
        assert told(await agenda(calendars, identity)) == told(before)
    listed = await agenda(calendars, identity)
    assert {event.series_id for event in listed} == {series.id}
    await calendars.update(identity, listed[1].id, EventChange(summary="Retro"))  # and all of it can still be changed


async def test_another_tenant_takes_nothing_back(
    calendars: CalendarService, identity: Identity, other_identity: Identity, ours: UUID
) -> None:
    booked = await calendars.book(identity, lunch(conversation_id=ours))
    for attempt in (
        calendars.undo(other_identity, change_of(booked)),
        calendars.undo_last(other_identity, conversation_id=ours),
        calendars.undo_last(other_identity),
    ):
        with pytest.raises(NothingToUndo):
            await attempt
    reader = Identity(identity.tenant_id, identity.user_id, "viewer", frozenset({"calendar:read"}))
    with pytest.raises(NotAllowed):
        await calendars.undo(reader, change_of(booked))
    assert len(await agenda(calendars, identity)) == 1
