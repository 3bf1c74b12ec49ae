"""Briefings and notices for an Identity that acts: what a day is like, what was told, what is to be told. No words.

``briefing_for`` is what voice, HTTP and the mail all use. The loop that tells: ``ingest/calendars/notices.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import Clock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity
from store.live import announce
from tools.calendars.briefing import repository
from tools.calendars.briefing.day import brief
from tools.calendars.briefing.model import Briefing, Calendars, ToldNotice
from tools.calendars.briefing.repository import SeenCalendar
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.finding import READ, WRITE
from tools.calendars.model import Event
from tools.calendars.planning.people import Person
from tools.calendars.planning.preferences import preferences_of_people
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.service import CalendarService
from tools.calendars.walltime import bounds

_AROUND: Final = timedelta(days=1)  # whole days on other clocks, and what runs over midnight


class BriefingService:
    """``clock`` decides what is over and what today is."""

    def __init__(self, database: Database, calendars: CalendarService, clock: Clock) -> None:
        self._database, self._calendars, self._clock = database, calendars, clock

    async def briefing_for(self, identity: Identity, day: date, zone: ZoneInfo) -> Briefing:
        """The day of the acting person on the clock of ``zone``; the assistant, who is nobody, sees the tenant's.

        ``Briefing.spoken`` is what to say. Raises NotAllowed without ``calendar:read``, Invalid for a day no calendar
        holds.
        """
        identity.require(READ)
        start, end = bounds(day, day, zone)
        try:
            events = await self._calendars.list_events(identity, start - _AROUND, end + _AROUND)
        except OverflowError as error:
            raise Invalid("That date lies outside of what a calendar holds.", code="date_out_of_range") from error
        async with self._database.transaction(identity) as connection:
            person = await repository.person_of(connection, identity.user_id) if identity.user_id else None
            seen = await repository.seen_calendars(connection)
            tenants, people = await preferences_of_people(connection, [person.id] if person else [])
        habits = people.get(person.id, tenants) if person else tenants
        return brief(calendars_for(person, events, seen, zone, habits), day, self._clock.now())

    async def read_settings(self, identity: Identity) -> NoticeSettings:
        """Raises Invalid ``no_person`` for a key that is nobody's."""
        identity.require(READ)
        async with self._database.transaction(identity) as connection:
            return await repository.read_settings(connection, _person(identity))

    async def write_settings(self, identity: Identity, settings: NoticeSettings) -> NoticeSettings:
        """Replace one's own. Raises like ``read_settings``."""
        identity.require(WRITE)
        user_id = _person(identity)
        async with self._database.transaction(identity) as connection:
            await repository.write_settings(connection, identity, user_id, settings, self._clock.now())
            await announce(connection, identity, "calendar.notice_settings", {"id": str(user_id)}, only_for=user_id)
        return settings

    async def recent(
        self, identity: Identity, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> Sequence[ToldNotice]:
        """What the acting person was told in the page, newest first; not what has moved or gone since."""
        identity.require(READ)
        async with self._database.transaction(identity) as connection:
            return await repository.recent(connection, _person(identity), after=after, limit=limit)


def calendars_for(
    person: Person | None, events: Sequence[Event], seen: Sequence[SeenCalendar], zone: ZoneInfo, habits: Preferences
) -> Calendars:
    """What of the tenant's events is this person's: their own, the tenant's, and what they attend elsewhere."""
    kinds = {one.id: one for one in seen}

    def is_mine(event: Event) -> bool:
        calendar = kinds.get(event.calendar_id)
        if calendar is None or calendar.hidden or event.status != "confirmed":
            return False
        return person is None or calendar.user_id in (None, person.id) or person.attends(event.attendees)

    mine = [event for event in events if is_mine(event)]
    taking = [event for event in mine if event.busy and kinds[event.calendar_id].counts_busy]
    return Calendars(mine, taking, zone, habits)


def _person(identity: Identity) -> UUID:
    if identity.user_id is None:
        raise Invalid("Only a person is told of their calendar; use a key of one.", code="no_person")
    return identity.user_id
