"""The service on a database of the test's own, and two conversations."""

from __future__ import annotations

from uuid import UUID

import pytest

from store.clock import FixedClock
from store.database import Database
from store.ids import new_id
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
