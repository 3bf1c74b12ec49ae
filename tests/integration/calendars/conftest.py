"""The service on a database of the test's own, and two conversations."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from ingest.calendars.notices import CalendarNotices
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.calendars.drafts import own_calendar
from tests.integration.calendars.noticing import Setting, make_notices
from tools.calendars.briefing.service import BriefingService
from tools.calendars.service import CalendarService


@pytest.fixture
def calendars(database: Database, clock: FixedClock) -> CalendarService:
    return CalendarService(database, clock)


@pytest.fixture
def ours() -> UUID:
    """The conversation of the caller whom the test is about."""
    return new_id()


@pytest.fixture
def theirs() -> UUID:
    """Another caller's."""
    return new_id()


@pytest.fixture
async def priya(database: Database, identity: Identity) -> Identity:
    """A colleague of ours."""
    user_id = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) "
            "VALUES (%s, %s, 'priya@demo.test', 'Priya', 'editor')",
            (user_id, identity.tenant_id),
        )
    return replace(identity, user_id=user_id, role="editor", name="Priya")


@pytest.fixture
async def private(database: Database, priya: Identity) -> UUID:
    """Priya's own calendar."""
    return await own_calendar(database, priya, "Priya")


@pytest.fixture
def briefings(database: Database, calendars: CalendarService, clock: FixedClock) -> BriefingService:
    return BriefingService(database, calendars, clock)


@pytest.fixture
def want(briefings: BriefingService, identity: Identity) -> Setting:
    return lambda settings: briefings.write_settings(identity, settings)


@pytest.fixture
def notices(database: Database, calendars: CalendarService, clock: FixedClock) -> CalendarNotices:
    return make_notices(database, calendars, clock)
