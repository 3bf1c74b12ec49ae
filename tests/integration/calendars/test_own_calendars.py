"""Whose calendar it is decides who sees and changes what stands in it: one's own, the tenant's, and the chosen one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from store.database import Database
from store.errors import NotFound
from store.identity import Identity, agent_identity
from store.live import announce, listen
from tests.integration.calendars.drafts import BERLIN, agenda, lunch, own_calendar, told, wall, weekly
from tools.calendars.changes import NothingToUndo
from tools.calendars.model import Event, EventChange, EventNotFound, TimeTaken
from tools.calendars.service import CalendarService


@pytest.fixture
async def therapy(calendars: CalendarService, priya: Identity, private: UUID) -> Event:
    return await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))


async def test_its_owner_sees_and_moves_what_nobody_else_does(
    calendars: CalendarService, identity: Identity, priya: Identity, therapy: Event
) -> None:
    assert told(await agenda(calendars, priya)) == ["11-24 12:00 Therapy"]
    for other in (identity, agent_identity(identity.tenant_id)):
        assert await agenda(calendars, other) == []
        assert all(one.name != "Priya" for one in await calendars.list_calendars(other))
        with pytest.raises(EventNotFound):
            await calendars.read_event(other, therapy.id)
        with pytest.raises(EventNotFound):
            await calendars.move(other, therapy.id, wall("2026-11-25T12:00"))
        with pytest.raises(EventNotFound):
            await calendars.cancel(other, therapy.id)
        with pytest.raises(EventNotFound):
            await calendars.cancel_many(other, [therapy.id])
    moved = await calendars.move(priya, therapy.id, wall("2026-11-25T12:00"))
    assert told([moved]) == ["11-25 12:00 Therapy"]


async def test_the_assistant_sees_what_its_caller_sees(
    calendars: CalendarService, identity: Identity, priya: Identity, therapy: Event
) -> None:
    for_priya = replace(agent_identity(identity.tenant_id), user_id=priya.user_id)
    assert told(await agenda(calendars, for_priya)) == ["11-24 12:00 Therapy"]


async def test_a_calendar_chosen_for_everybody_is_everybody_s(
    calendars: CalendarService, database: Database, identity: Identity, private: UUID, priya: Identity
) -> None:
    await calendars.list_calendars(identity)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE calendars SET is_default = false")
        await connection.execute("UPDATE calendars SET is_default = true WHERE id = %s", (private,))
    await calendars.book(agent_identity(identity.tenant_id), lunch())
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]


async def test_a_series_far_ahead_is_hidden_as_well(
    calendars: CalendarService, identity: Identity, priya: Identity, private: UUID
) -> None:
    await calendars.book(priya, weekly("FREQ=WEEKLY", calendar_id=private))
    far = ("2031-01-01", "2031-01-31")
    assert len(await agenda(calendars, priya, *far)) == 4
    assert await agenda(calendars, identity, *far) == []


async def test_listeners_hear_that_something_changed_and_not_what(
    calendars: CalendarService, database: Database, priya: Identity, private: UUID
) -> None:
    changes = listen(database.url)
    first = asyncio.ensure_future(anext(changes))
    while not first.done():  # until somebody listens, nothing is kept
        async with database.transaction(priya) as connection:
            await announce(connection, priya, "document.updated", {"id": "1"})
        await asyncio.wait({first}, timeout=0.1)
    event = await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    while (heard := await asyncio.wait_for(anext(changes), 60)).type == "document.updated":
        pass
    assert dict(heard.data) == {"type": "event.booked", "id": str(event.id), "calendar_id": str(private)}


async def test_nobody_else_books_holds_or_undoes_in_it(
    calendars: CalendarService, identity: Identity, priya: Identity, private: UUID, ours: UUID
) -> None:
    booked = await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    assert booked.change_id
    for other in (identity, agent_identity(identity.tenant_id)):
        with pytest.raises(NotFound):
            await calendars.check(other, lunch("2026-11-26T12:00", calendar_id=private))
        with pytest.raises(NotFound):
            await calendars.book(other, lunch("2026-11-26T12:00", calendar_id=private))
        with pytest.raises(NotFound):
            await calendars.hold(
                other, wall("2026-11-26T12:00"), wall("2026-11-26T13:00"), conversation_id=ours, calendar_id=private
            )
        with pytest.raises(NothingToUndo):
            await calendars.undo(other, booked.change_id)
    assert told(await agenda(calendars, priya)) == ["11-24 12:00 Therapy"]
    assert (await calendars.undo(priya, booked.change_id)).operation == "book"


async def test_its_owner_is_not_booked_elsewhere_at_that_time(
    calendars: CalendarService, priya: Identity, therapy: Event
) -> None:
    with pytest.raises(TimeTaken) as refused:
        await calendars.check(priya, lunch("2026-11-24T12:30"))
    assert refused.value.clash == replace(therapy, change_id=None)
    with pytest.raises(TimeTaken):
        await calendars.book(priya, lunch("2026-11-24T12:30"))
    later = await calendars.book(priya, lunch("2026-11-24T13:00"))
    with pytest.raises(TimeTaken):
        await calendars.move(priya, later.id, wall("2026-11-24T12:30"))


async def test_a_colleague_is_free_at_that_time(
    calendars: CalendarService, identity: Identity, priya: Identity, therapy: Event
) -> None:
    day = date(2026, 11, 24)
    assert [len(await calendars.find_free(one, day, BERLIN)) for one in (identity, priya)] == [1, 2]
    assert told([await calendars.book(identity, lunch("2026-11-24T12:30"))]) == ["11-24 12:30 Lunch"]


async def test_a_calendar_that_takes_no_time_is_booked_over(
    calendars: CalendarService, database: Database, priya: Identity, private: UUID, therapy: Event
) -> None:
    async with database.transaction(priya) as connection:
        await connection.execute("UPDATE calendars SET counts_busy = false WHERE id = %s", (private,))
    await calendars.book(priya, lunch("2026-11-24T12:30"))


async def test_the_assistant_of_one_person_books_nothing_over_their_day_and_does_not_say_what_it_is(
    calendars: CalendarService, database: Database, identity: Identity
) -> None:
    own = await own_calendar(database, identity, "Mine")
    await calendars.book(identity, lunch(summary="Therapy", calendar_id=own))
    with pytest.raises(TimeTaken) as refused:
        await calendars.book(agent_identity(identity.tenant_id), lunch("2026-11-24T12:30"))
    assert (refused.value.clash.summary, refused.value.clash.starts_at) == ("Busy", wall("2026-11-24T12:00"))


async def test_a_copy_of_the_same_event_in_another_calendar_is_not_in_its_way(
    calendars: CalendarService, database: Database, priya: Identity, private: UUID
) -> None:
    mine = await calendars.book(priya, lunch())
    copy = await calendars.book(priya, lunch("2026-11-25T12:00", calendar_id=private))
    async with database.transaction(priya) as connection:
        await connection.execute("UPDATE events SET uid = 'one@invitation' WHERE id = ANY (%s)", ([mine.id, copy.id],))
    moved = await calendars.move(priya, mine.id, wall("2026-11-25T12:00"))
    assert told([moved]) == ["11-25 12:00 Lunch"]


async def test_the_audit_log_says_when_and_not_what(
    database: Database, calendars: CalendarService, identity: Identity, priya: Identity, private: UUID
) -> None:
    therapy = await calendars.book(priya, lunch(summary="Therapy", location="Quay 1", calendar_id=private))
    await calendars.update(priya, therapy.id, EventChange(summary="Sport", start=wall("2026-11-25T12:00")))
    await calendars.book(priya, lunch("2026-11-26T12:00", summary="Lunch with all"))
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT before, after FROM audit_entries WHERE resource_type = 'event' ORDER BY at, id"
            )
        ).fetchall()
    assert len(rows) == 3
    assert all("starts_at" in row["after"] for row in rows)
    assert [row["after"].get("summary") for row in rows] == [None, None, "Lunch with all"]
    assert all(word not in str(rows) for word in ("Therapy", "Sport", "Quay 1"))
