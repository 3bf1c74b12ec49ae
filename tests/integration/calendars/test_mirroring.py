"""What a server or a file says becomes rows: new, changed and gone, without ever counting as booked here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import NotFound
from store.identity import Identity
from tests.integration.calendars.drafts import agenda, lunch, told, wall
from tools.calendars.backend import Attendee, Changes, Recurrence, RemoteEvent
from tools.calendars.local.mirroring import Applied, apply
from tools.calendars.model import TimeTaken
from tools.calendars.service import CalendarService


def remote(event_id: str, start: str = "2026-11-24T12:00", minutes: int = 60, **others: object) -> RemoteEvent:
    begins = wall(start)
    values: dict[str, object] = {"etag": "1", "summary": event_id.title(), "timezone": "Europe/Berlin"}
    values |= {"start": begins, "end": begins + timedelta(minutes=minutes), "uid": event_id}
    return RemoteEvent(id=event_id, **values | others)  # type: ignore[arg-type]


STANDUP = remote("standup", "2026-11-23T09:00", 30, recurrence=Recurrence("FREQ=WEEKLY;COUNT=3"))
MOVED = remote(
    "standup_2", "2026-12-01T10:00", 30, series_id="standup", original_start=wall("2026-11-30T09:00"), uid="standup"
)


@pytest.fixture
async def calendar(calendars: CalendarService, identity: Identity) -> UUID:
    return (await calendars.list_calendars(identity))[0].id


class Mirror:
    def __init__(self, database: Database, identity: Identity, calendar: UUID, clock: FixedClock) -> None:
        self._database, self._identity, self._calendar, self._clock = database, identity, calendar, clock

    async def __call__(self, *events: RemoteEvent, removed: tuple[str, ...] = (), full: bool = False) -> Applied:
        async with self._database.transaction(self._identity) as connection:
            changes = Changes(events, removed, "token", full)
            return await apply(connection, self._identity, self._calendar, changes, self._clock.now())


@pytest.fixture
def mirror(database: Database, identity: Identity, calendar: UUID, clock: FixedClock) -> Mirror:
    return Mirror(database, identity, calendar, clock)


async def test_events_come_change_and_go(mirror: Mirror, calendars: CalendarService, identity: Identity) -> None:
    assert await mirror(remote("lunch"), remote("walk", "2026-11-25T15:00")) == Applied(added=2)
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch", "11-25 15:00 Walk"]
    assert await mirror(remote("lunch", "2026-11-24T13:00", etag="2")) == Applied(changed=1)
    assert await mirror(removed=("walk", "never there")) == Applied(removed=1)
    assert told(await agenda(calendars, identity)) == ["11-24 13:00 Lunch"]


async def test_the_same_version_again_changes_nothing(mirror: Mirror) -> None:
    await mirror(remote("lunch"))
    assert await mirror(remote("lunch")) == Applied()


async def test_a_series_comes_with_what_was_changed_of_it(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    gone = replace(MOVED, id="standup_3", original_start=wall("2026-12-07T09:00"), cancelled=True)
    await mirror(MOVED, gone, STANDUP)
    assert told(await agenda(calendars, identity)) == ["11-23 09:00 Standup", "12-01 10:00 Standup_2"]
    await mirror(removed=("standup",))
    assert await agenda(calendars, identity) == []


async def test_a_date_whose_series_is_not_there_is_an_event_of_its_own_until_the_series_comes(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    alone = replace(MOVED, id="standup#20261130T080000Z")
    assert await mirror(alone) == Applied(added=1)
    assert await mirror(alone) == Applied()
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch("2026-12-01T10:00"))
    assert await mirror(replace(STANDUP, uid="standup")) == Applied(added=1)
    assert await mirror(alone) == Applied()
    listed = ["11-23 09:00 Standup", "12-01 10:00 Standup_2", "12-07 09:00 Standup"]
    assert told(await agenda(calendars, identity)) == listed
    await mirror(removed=("standup",))
    assert await agenda(calendars, identity) == []


async def test_a_date_told_with_the_end_of_its_series_goes_with_it(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    await mirror(STANDUP, MOVED)
    await mirror(replace(MOVED, etag="2"), removed=("standup",))
    assert await agenda(calendars, identity) == []


async def test_a_date_left_out_of_a_series_that_is_not_there_is_nothing(mirror: Mirror) -> None:
    assert await mirror(replace(MOVED, cancelled=True)) == Applied()


async def test_everything_anew_forgets_what_is_no_longer_there(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    await mirror(remote("lunch"), remote("walk", "2026-11-25T15:00"))
    await mirror(remote("walk", "2026-11-25T15:00"), full=True)
    assert told(await agenda(calendars, identity)) == ["11-25 15:00 Walk"]


async def test_an_event_booked_here_alone_survives_everything_anew(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, lunch())
    await mirror(full=True)
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]


async def test_what_overlaps_there_overlaps_here_and_still_keeps_callers_off(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    await mirror(remote("lunch"), remote("call", "2026-11-24T12:30"))
    assert len(await agenda(calendars, identity)) == 2
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch("2026-11-24T12:00", 30, "Mine"))
    await calendars.book(identity, lunch("2026-11-24T14:00", 30, "Mine"))
    await mirror(remote("late", "2026-11-24T14:00"))  # the server does not know what is booked here
    assert len(await agenda(calendars, identity)) == 4


async def test_free_declined_and_lengthless_events_take_no_time(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    await mirror(remote("free", busy=False), remote("mark", "2026-11-24T12:10", 0))
    await calendars.book(identity, lunch())


async def test_a_repetition_nobody_can_count_out_costs_only_itself(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    odd = remote("odd", recurrence=Recurrence("FREQ=SECONDLY"))
    assert (await mirror(odd, remote("walk", "2026-11-25T15:00"))).unclear == ("Odd",)
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Odd", "11-25 15:00 Walk"]


async def test_texts_are_cleaned_and_people_kept(
    mirror: Mirror, calendars: CalendarService, identity: Identity
) -> None:
    people = (Attendee("anna@x.test", "Anna", "accepted"), Attendee("tom@x.test"))
    await mirror(remote("a", summary="Hi\x00\n there" + "x" * 900, attendees=people), remote("b", summary=""))
    first, second = await agenda(calendars, identity)
    assert {first.summary[:5], second.summary} == {"Hi th", "(no title)"} or second.summary.startswith("Hi")
    assert ("Anna", "tom@x.test") in {first.attendees, second.attendees}
    assert max(len(first.summary), len(second.summary)) <= 200


async def test_a_change_of_ours_on_its_way_is_not_overwritten(
    mirror: Mirror, calendars: CalendarService, database: Database, identity: Identity, calendar: UUID
) -> None:
    await mirror(remote("lunch"))
    [event] = await agenda(calendars, identity)
    await calendars.move(identity, event.id, wall("2026-11-24T16:00"))
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO calendar_writes (id, tenant_id, calendar_id, event_id, operation, next_try_at, created_at) "
            "VALUES (gen_random_uuid(), %s, %s, %s, 'update', now(), now())",
            (identity.tenant_id, calendar, event.id),
        )
    await mirror(remote("lunch", "2026-11-24T11:00", etag="9"), removed=("lunch",))
    assert told(await agenda(calendars, identity)) == ["11-24 16:00 Lunch"]


async def test_another_tenant_s_calendar_is_not_there(
    database: Database, other_identity: Identity, calendar: UUID, clock: FixedClock
) -> None:
    stranger = Mirror(database, other_identity, calendar, clock)
    with pytest.raises(NotFound):
        await stranger(remote("lunch"))
