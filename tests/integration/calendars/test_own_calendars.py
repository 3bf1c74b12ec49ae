"""Whose calendar it is decides who sees and changes what stands in it: one's own, the tenant's, and the chosen one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from store.database import Database
from store.identity import Identity, agent_identity
from store.ids import new_id
from store.live import announce, listen
from tests.integration.calendars.drafts import agenda, lunch, told, wall, weekly
from tools.calendars.model import Event, EventNotFound
from tools.calendars.service import CalendarService


@pytest.fixture
async def colleague(database: Database, identity: Identity) -> Identity:
    user_id = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) "
            "VALUES (%s, %s, 'priya@demo.test', 'Priya', 'editor')",
            (user_id, identity.tenant_id),
        )
    return replace(identity, user_id=user_id, role="editor", name="Priya")


@pytest.fixture
async def private(database: Database, colleague: Identity) -> UUID:
    """Priya's own calendar."""
    calendar_id = new_id()
    async with database.transaction(colleague) as connection:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, user_id, name, timezone) "
            "VALUES (%s, %s, %s, 'Priya', 'Europe/Berlin')",
            (calendar_id, colleague.tenant_id, colleague.user_id),
        )
    return calendar_id


@pytest.fixture
async def therapy(calendars: CalendarService, colleague: Identity, private: UUID) -> Event:
    return await calendars.book(colleague, lunch(summary="Therapy", calendar_id=private))


async def test_its_owner_sees_and_moves_what_nobody_else_does(
    calendars: CalendarService, identity: Identity, colleague: Identity, therapy: Event
) -> None:
    assert told(await agenda(calendars, colleague)) == ["11-24 12:00 Therapy"]
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
    moved = await calendars.move(colleague, therapy.id, wall("2026-11-25T12:00"))
    assert told([moved]) == ["11-25 12:00 Therapy"]


async def test_the_assistant_sees_what_its_caller_sees(
    calendars: CalendarService, identity: Identity, colleague: Identity, therapy: Event
) -> None:
    for_priya = replace(agent_identity(identity.tenant_id), user_id=colleague.user_id)
    assert told(await agenda(calendars, for_priya)) == ["11-24 12:00 Therapy"]


async def test_a_calendar_chosen_for_everybody_is_everybody_s(
    calendars: CalendarService, database: Database, identity: Identity, private: UUID, colleague: Identity
) -> None:
    await calendars.list_calendars(identity)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE calendars SET is_default = false")
        await connection.execute("UPDATE calendars SET is_default = true WHERE id = %s", (private,))
    await calendars.book(agent_identity(identity.tenant_id), lunch())
    assert told(await agenda(calendars, identity)) == ["11-24 12:00 Lunch"]


async def test_a_series_far_ahead_is_hidden_as_well(
    calendars: CalendarService, identity: Identity, colleague: Identity, private: UUID
) -> None:
    await calendars.book(colleague, weekly("FREQ=WEEKLY", calendar_id=private))
    far = ("2031-01-01", "2031-01-31")
    assert len(await agenda(calendars, colleague, *far)) == 4
    assert await agenda(calendars, identity, *far) == []


async def test_listeners_hear_that_something_changed_and_not_what(
    calendars: CalendarService, database: Database, colleague: Identity, private: UUID
) -> None:
    changes = listen(database.url)
    first = asyncio.ensure_future(anext(changes))
    while not first.done():  # until somebody listens, nothing is kept
        async with database.transaction(colleague) as connection:
            await announce(connection, colleague, "document.updated", {"id": "1"})
        await asyncio.wait({first}, timeout=0.1)
    event = await calendars.book(colleague, lunch(summary="Therapy", calendar_id=private))
    while (heard := await asyncio.wait_for(anext(changes), 60)).type == "document.updated":
        pass
    assert dict(heard.data) == {"type": "event.booked", "id": str(event.id), "calendar_id": str(private)}
