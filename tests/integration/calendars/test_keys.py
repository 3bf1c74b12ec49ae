"""Every write is done once per key, however often and however simultaneously it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from store.database import Database
from store.errors import Conflict
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import agenda, lunch, told, wall, weekly
from tools.calendars.model import Event, EventChange, TimeTaken
from tools.calendars.service import CalendarService

Act = Callable[[], Awaitable[Any]]


async def _acts(calendars: CalendarService, identity: Identity) -> list[tuple[Act, Act]]:
    """Each write with a key, and another one with the same key."""
    one, two, three = [await calendars.book(identity, lunch(f"2026-11-{day}T12:00")) for day in (24, 25, 26)]
    await calendars.book(identity, weekly())
    listed = [event for event in await agenda(calendars, identity) if event.series_id]
    later, retro = wall("2026-11-24T15:00"), EventChange(summary="Retro")
    return [
        (
            lambda: calendars.book(identity, lunch("2026-11-27T12:00", idempotency_key="a")),
            lambda: calendars.book(identity, lunch("2026-11-27T14:00", idempotency_key="a")),
        ),
        (
            lambda: calendars.move(identity, one.id, later, key="b"),
            lambda: calendars.move(identity, two.id, later, key="b"),
        ),
        (
            lambda: calendars.update(identity, two.id, retro, key="c"),
            lambda: calendars.update(identity, two.id, EventChange(summary="Other"), key="c"),
        ),
        (
            lambda: calendars.update(identity, listed[2].id, retro, scope="following", key="d"),
            lambda: calendars.update(identity, listed[2].id, retro, scope="all", key="d"),
        ),
        (
            lambda: calendars.cancel(identity, listed[0].id, key="e"),
            lambda: calendars.cancel(identity, listed[1].id, key="e"),
        ),
        (
            lambda: calendars.cancel_many(identity, [one.id, two.id], key="f"),
            lambda: calendars.cancel_many(identity, [three.id], key="f"),
        ),
    ]


async def test_two_people_may_choose_the_same_key(
    calendars: CalendarService, database: Database, identity: Identity
) -> None:
    somebody = replace(identity, user_id=new_id())
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'tom@demo.test', 'Tom', 'editor')",
            (somebody.user_id, identity.tenant_id),
        )
    mine = await calendars.book(identity, lunch(idempotency_key="1"))
    theirs = await calendars.book(somebody, lunch("2026-11-25T12:00", idempotency_key="1"))
    assert theirs.id != mine.id
    assert (await calendars.book(somebody, lunch("2026-11-25T12:00", idempotency_key="1"))).id == theirs.id
    with pytest.raises(TimeTaken):  # and not my event as if they had booked it
        await calendars.book(somebody, lunch(idempotency_key="2"))


async def test_a_key_kept_before_keys_were_bound_to_people_still_answers(
    calendars: CalendarService, database: Database, identity: Identity
) -> None:
    first = await calendars.book(identity, lunch(idempotency_key="1"))
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE calendar_requests SET key = '1'")
    assert (await calendars.book(identity, lunch(idempotency_key="1"))).id == first.id


async def test_a_repeated_key_gets_the_first_answer_and_another_request_none(
    calendars: CalendarService, identity: Identity
) -> None:
    for act, other in await _acts(calendars, identity):
        first = await act()
        there = await agenda(calendars, identity)
        again = await act()
        assert again == first
        assert (again[0] if isinstance(again, list) else again).change_id is not None
        with pytest.raises(Conflict) as refused:
            await other()
        assert refused.value.code == "idempotency_key_reused"
        assert await agenda(calendars, identity) == there


async def test_the_first_answer_is_given_again_though_things_went_on(
    calendars: CalendarService, identity: Identity
) -> None:
    booked = await calendars.book(identity, lunch(idempotency_key="book"))
    moved = await calendars.move(identity, booked.id, wall("2026-11-25T12:00"), key="move")
    await calendars.move(identity, booked.id, wall("2026-11-26T12:00"))
    assert await calendars.book(identity, lunch(idempotency_key="book")) == booked
    assert await calendars.move(identity, booked.id, wall("2026-11-25T12:00"), key="move") == moved
    assert told(await agenda(calendars, identity)) == ["11-26 12:00 Lunch"]


async def test_what_failed_may_be_tried_again_with_its_key(calendars: CalendarService, identity: Identity) -> None:
    rival = await calendars.book(identity, lunch(summary="Dentist"))
    with pytest.raises(TimeTaken):
        await calendars.book(identity, lunch(idempotency_key="one"))
    await calendars.cancel(identity, rival.id)
    assert (await calendars.book(identity, lunch(idempotency_key="one"))).summary == "Lunch"


async def test_the_same_key_at_the_same_time_is_one_change(calendars: CalendarService, identity: Identity) -> None:
    booked = await calendars.book(identity, lunch())
    change = EventChange(summary="Dinner", start=wall("2026-11-25T19:00"))
    changed = await asyncio.gather(*(calendars.update(identity, booked.id, change, key="one") for _ in range(6)))
    assert {event.sequence for event in changed} == {1}
    assert len({event.change_id for event in changed}) == 1


async def test_each_tenant_has_keys_of_its_own(
    calendars: CalendarService, identity: Identity, other_identity: Identity
) -> None:
    mine: Event = await calendars.book(identity, lunch(idempotency_key="same"))
    theirs = await calendars.book(other_identity, lunch(idempotency_key="same"))
    assert (mine.id, mine.calendar_id) != (theirs.id, theirs.calendar_id)
