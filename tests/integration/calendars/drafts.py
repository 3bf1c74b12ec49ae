"""New events in few words, and lists of events as one line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tools.calendars.backend import Recurrence
from tools.calendars.model import Event, NewEvent
from tools.calendars.service import CalendarService
from tools.calendars.walltime import after, at

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = "FREQ=WEEKLY;BYDAY=MO;COUNT=4"  # from November 23rd: 23, 30, December 7, 14


def wall(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """``2026-11-24T12:00`` on the clocks of Berlin."""
    return at(datetime.fromisoformat(text), zone)


async def own_calendar(database: Database, owner: Identity, name: str) -> UUID:
    """A calendar of this person alone."""
    calendar_id = new_id()
    async with database.transaction(owner) as connection:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, user_id, name, timezone) VALUES (%s, %s, %s, %s, 'Europe/Berlin')",
            (calendar_id, owner.tenant_id, owner.user_id, name),
        )
    return calendar_id


def lunch(start: str = "2026-11-24T12:00", minutes: int = 60, summary: str = "Lunch", **others: object) -> NewEvent:
    begins = wall(start)
    values: dict[str, object] = {"summary": summary, "start": begins, "end": after(begins, minutes)}
    return NewEvent(**values | {"timezone": "Europe/Berlin"} | others)  # type: ignore[arg-type]


def weekly(rrule: str = MONDAYS, start: str = "2026-11-23T09:00", **others: object) -> NewEvent:
    return lunch(start, 30, "Stand-up", recurrence=Recurrence(rrule), **others)


def told(events: Iterable[Event]) -> list[str]:
    """``11-24 12:00 Lunch``, on the clocks of Berlin."""
    return [f"{event.starts_in(BERLIN):%m-%d %H:%M} {event.summary}" for event in events]


async def agenda(
    calendars: CalendarService, identity: Identity, first: str = "2026-11-21", last: str = "2027-06-30"
) -> list[Event]:
    return await calendars.list_events(identity, wall(f"{first}T00:00"), wall(f"{last}T00:00"))
