"""Whose time counts, on a real database: calendars that do not count, whole days, series far ahead, the assistant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity, agent_identity
from store.ids import new_id
from tools.calendars.backend import Recurrence
from tools.calendars.model import NewEvent
from tools.calendars.planning import PlanningService
from tools.calendars.scheduling.model import SlotRequest
from tools.calendars.service import CalendarService

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def calendars(database: Database, clock: FixedClock) -> CalendarService:
    return CalendarService(database, clock)


@pytest.fixture
def planning(database: Database, calendars: CalendarService, clock: FixedClock) -> PlanningService:
    return PlanningService(database, calendars, clock)


def new_event(start: str, hours: float = 1, **other: object) -> NewEvent:
    begins = at(start)
    values = {"summary": "Review", "start": begins, "end": begins + timedelta(hours=hours), "timezone": "Europe/Berlin"}
    return NewEvent(**(values | other))  # type: ignore[arg-type]


async def make_calendar(database: Database, identity: Identity, user: UUID | None, *, counts: bool = True) -> UUID:
    calendar = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, name, timezone, user_id, counts_busy) "
            "VALUES (%s, %s, 'C', 'UTC', %s, %s)",
            (calendar, identity.tenant_id, user, counts),
        )
    return calendar


async def make_user(database: Database, identity: Identity, email: str) -> UUID:
    user = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Tom', 'editor')",
            (user, identity.tenant_id, email),
        )
    return user


async def taken(
    planning: PlanningService, identity: Identity, first: str, last: str, zone: ZoneInfo = BERLIN, *people: str
) -> list[str]:
    found = await planning.free_busy(identity, at(first, zone), at(last, zone), zone, people)
    return [
        f"{datetime.fromtimestamp(start, zone):%m-%d %H:%M}-{datetime.fromtimestamp(end, zone):%H:%M}"
        for one in found
        for start, end in one.busy
    ]


async def test_events_are_merged_over_ones_own_calendars_and_the_tenants(
    planning: PlanningService, calendars: CalendarService, database: Database, identity: Identity
) -> None:
    mine = await make_calendar(database, identity, identity.user_id)
    ignored = await make_calendar(database, identity, identity.user_id, counts=False)
    await calendars.book(identity, new_event("2026-11-24T09:00"))
    await calendars.book(identity, new_event("2026-11-24T10:00", 0.5, calendar_id=mine))
    await calendars.book(identity, new_event("2026-11-24T12:00", calendar_id=ignored))
    await calendars.book(identity, new_event("2026-11-24T15:00", busy=False))
    assert await taken(planning, identity, "2026-11-24", "2026-11-25") == ["11-24 09:00-10:30"]


async def test_the_assistant_looks_after_all_calendars_and_a_person_after_their_own(
    planning: PlanningService, calendars: CalendarService, database: Database, identity: Identity
) -> None:
    tom_himself = replace(identity, user_id=await make_user(database, identity, "tom@demo.test"))
    tom = await make_calendar(database, identity, tom_himself.user_id)
    await calendars.book(tom_himself, new_event("2026-11-24T09:00", calendar_id=tom))
    assert await taken(planning, identity, "2026-11-24", "2026-11-25") == []
    assistant = agent_identity(identity.tenant_id)
    assert await taken(planning, assistant, "2026-11-24", "2026-11-25") == ["11-24 09:00-10:00"]
    assert await taken(planning, identity, "2026-11-24", "2026-11-25", BERLIN, "tom") == ["11-24 09:00-10:00"]


async def test_a_whole_day_is_that_day_wherever_one_asks_from(
    planning: PlanningService, calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, new_event("2026-11-24T00:00", 24, all_day=True))
    assert await taken(planning, identity, "2026-11-23", "2026-11-26", NEW_YORK) == ["11-24 00:00-00:00"]


async def test_a_series_takes_time_near_and_far(
    planning: PlanningService, calendars: CalendarService, identity: Identity
) -> None:
    await calendars.book(identity, new_event("2026-11-24T09:00", recurrence=Recurrence("FREQ=WEEKLY")))
    near = await taken(planning, identity, "2026-11-24", "2026-12-02")
    assert near == ["11-24 09:00-10:00", "12-01 09:00-10:00"]
    assert await taken(planning, identity, "2031-11-24", "2031-12-01") == ["11-25 09:00-10:00"]


async def test_the_calls_own_hold_does_not_stand_in_its_way(
    planning: PlanningService, calendars: CalendarService, database: Database, identity: Identity
) -> None:
    await calendars.list_calendars(identity)
    call = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO calendar_holds (id, tenant_id, calendar_id, conversation_id, starts_at, ends_at, expires_at) "
            "SELECT %s, tenant_id, id, %s, %s, %s, '2026-11-21T09:05:00Z' FROM calendars",
            (new_id(), call, at("2026-11-23T09:00"), at("2026-11-23T10:00")),
        )
    request = SlotRequest(
        duration_min=60, earliest=at("2026-11-23"), latest=at("2026-11-24"), zone=BERLIN, near=at("2026-11-23T09:00")
    )
    others = await planning.suggest(identity, request)
    own = await planning.suggest(identity, request, conversation_id=call)
    assert others.suggestions[0].start == at("2026-11-23T10:00")
    assert own.suggestions[0].start == at("2026-11-23T09:00")


async def test_an_empty_window_is_refused(planning: PlanningService, identity: Identity) -> None:
    with pytest.raises(Invalid, match="must end after it starts"):
        await planning.free_busy(identity, at("2026-11-24"), at("2026-11-24"), BERLIN)
    with pytest.raises(Invalid, match="at most"):
        await planning.conflicts(identity, at("2026-11-24"), at("2029-11-24"), BERLIN)
