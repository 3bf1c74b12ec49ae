"""What people are told of the calendars that are theirs alone: everything, and nobody else anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ingest.calendars.notices import CalendarNotices
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.integration.calendars.drafts import lunch, wall, weekly
from tests.integration.calendars.noticing import BRIEFED, HEADS_UP, at, mails, make_notices, told
from tools.calendars.briefing.service import BriefingService
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService


@pytest.fixture
async def one_connection(database: Database) -> AsyncGenerator[Database]:
    lone = await Database.open(database.url, max_size=1)
    yield lone
    await lone.close()


async def test_its_owner_is_told_what_soon_starts_in_it_and_nobody_else(
    calendars: CalendarService, identity: Identity, priya: Identity, private: UUID, clock: FixedClock,
    notices: CalendarNotices, briefings: BriefingService,
) -> None:  # fmt: skip
    for one in (identity, priya):
        await briefings.write_settings(one, HEADS_UP)
    await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    await calendars.book(identity, lunch("2026-11-24T12:05", 30, "Everybody"))
    await at(clock, notices, "2026-11-24T11:55")
    assert sorted(await told(briefings, priya)) == ["Everybody starts at 12:05 PM.", "Therapy starts at noon."]
    assert await told(briefings, identity) == ["Everybody starts at 12:05 PM."]


async def test_its_owner_is_told_what_it_overlaps(
    calendars: CalendarService, identity: Identity, priya: Identity, private: UUID, clock: FixedClock,
    notices: CalendarNotices, briefings: BriefingService,
) -> None:  # fmt: skip
    await briefings.write_settings(priya, NoticeSettings(conflicts=True))
    await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    await calendars.book(identity, lunch("2026-11-24T12:30", 30, "Everybody"))
    await at(clock, notices, "2026-11-23T09:00")
    [said] = await told(briefings, priya)
    assert ("Therapy" in said, "Everybody" in said) == (True, True)


async def test_the_mailed_briefing_has_what_is_in_it(
    calendars: CalendarService, database: Database, priya: Identity, private: UUID, clock: FixedClock,
    notices: CalendarNotices, briefings: BriefingService,
) -> None:  # fmt: skip
    await briefings.write_settings(priya, replace(BRIEFED, briefing_by=("mail",)))
    await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    await at(clock, notices, "2026-11-24T07:05")
    assert "Therapy" in (await mails(database, priya))[-1][1]


async def test_looking_needs_one_connection(
    calendars: CalendarService, one_connection: Database, clock: FixedClock, priya: Identity, private: UUID,
    briefings: BriefingService,
) -> None:  # fmt: skip
    await briefings.write_settings(priya, HEADS_UP)
    await calendars.book(priya, lunch(summary="Therapy", calendar_id=private))
    notices = make_notices(one_connection, CalendarService(one_connection, clock), clock)
    assert await notices.look(priya.tenant_id) == wall("2026-11-24T11:50")


async def test_far_ahead_a_colleague_s_own_series_takes_their_time(
    database: Database, calendars: CalendarService, identity: Identity, priya: Identity, private: UUID,
    clock: FixedClock,
) -> None:  # fmt: skip
    await calendars.book(priya, weekly("FREQ=WEEKLY", calendar_id=private))
    monday = wall("2031-11-24T00:00")
    planning = PlanningService(database, calendars, clock)
    [found] = await planning.free_busy(
        identity, monday, monday + timedelta(days=1), ZoneInfo("Europe/Berlin"), ["Priya"]
    )
    nine = wall("2031-11-24T09:00").timestamp()
    assert found.busy == ((nine, nine + 1800),)
