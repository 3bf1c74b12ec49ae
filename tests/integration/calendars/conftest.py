"""The service on a database of the test's own, and two conversations."""

from __future__ import annotations

from uuid import UUID

import pytest

from ingest.calendars.notices import CalendarNotices
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
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
def briefings(database: Database, calendars: CalendarService, clock: FixedClock) -> BriefingService:
    return BriefingService(database, calendars, clock)


@pytest.fixture
def want(briefings: BriefingService, identity: Identity) -> Setting:
    return lambda settings: briefings.write_settings(identity, settings)


@pytest.fixture
def notices(database: Database, calendars: CalendarService, clock: FixedClock) -> CalendarNotices:
    return make_notices(database, calendars, clock)
