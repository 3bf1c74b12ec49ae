"""The calendar's questions: what is on, what is free, which event is meant. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import Clock
from store.database import Connection, Database
from store.errors import Invalid
from store.identity import Identity
from tools.calendars.backend import Interval
from tools.calendars.local.repository import BusyQuery, CalendarRepository
from tools.calendars.matching import best_matches
from tools.calendars.model import (
    AmbiguousEvent,
    Calendar,
    Event,
    EventId,
    EventNotFound,
    EventQuery,
    Slot,
    TimePassed,
    TimeTaken,
)
from tools.calendars.rules import (
    BOOKABLE,
    LATE,
    MAX_DURATION_MIN,
    MIN_DURATION_MIN,
    check_duration,
    too_far_ahead,
    zone_in,
)
from tools.calendars.slots import PARTS_OF_DAY, alternatives, free_spans, round_up
from tools.calendars.walltime import after, bounds, elapsed_min

READ, WRITE = "calendar:read", "calendar:write"
_SEARCHED = timedelta(days=366)
_MOST_SEARCHED = 2000  # of them, the next ones
_LONGEST_WINDOW = timedelta(days=400)
_OFFERED_DAYS = 14


class Finding:
    """Every method takes the Identity that asks. ``clock`` decides what is past."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._repository = CalendarRepository(database)
        self._clock = clock

    async def list_calendars(self, identity: Identity) -> list[Calendar]:
        """All calendars, the default one first (made when there is none yet)."""
        identity.require(READ)
        default = await self._repository.default_calendar(identity)
        others = await self._repository.list_calendars(identity)
        return [default, *(calendar for calendar in others if calendar.id != default.id)]

    async def list_events(
        self, identity: Identity, start: datetime, end: datetime, *, connection: Connection | None = None
    ) -> list[Event]:
        """Events, and occurrences of series, that touch [start, end), by start.

        ``connection``: of a transaction that has begun. Raises Invalid when the window is empty, backwards or too long.
        """
        identity.require(READ)
        if start >= end:
            raise Invalid("The window must end after it starts.", code="empty_window")
        if end - start > _LONGEST_WINDOW:
            raise Invalid(f"The window is at most {_LONGEST_WINDOW.days} days long.", code="window_too_long")
        return await self._repository.events_between(identity, start, end, connection=connection)

    async def read_event(self, identity: Identity, event_id: EventId) -> Event:
        """One event, a whole series or one occurrence, cancelled ones too. Raises EventNotFound."""
        identity.require(READ)
        return await self._repository.read(identity, event_id)

    async def find_free(
        self,
        identity: Identity,
        day: date,
        zone: ZoneInfo,
        *,
        duration_min: int = 30,
        part_of_day: str = "any",
        conversation_id: UUID | None = None,
    ) -> list[Slot]:
        """The free stretches of ``day`` (9 to 17, or the part asked for) that last at least ``duration_min``.

        What is held for others is not free; what is held for ``conversation_id`` is. Asked for a weekend it answers for
        the weekend. Raises TimePassed for a day that is over.
        """
        identity.require(READ)
        check_duration(duration_min)
        hours = PARTS_OF_DAY.get(part_of_day)
        if hours is None:
            raise Invalid(f"part_of_day is one of {', '.join(PARTS_OF_DAY)}.", code="unknown_part_of_day")
        now = self._clock.now().astimezone(zone)
        if day < now.date():
            raise TimePassed
        if day > (now + BOOKABLE).date():
            raise too_far_ahead()
        opens, closes = hours.on(day, zone)
        opens = max(opens, round_up(now))
        if opens >= closes:
            return []
        busy = await self._busy(identity, opens, closes, conversation_id=conversation_id)
        return [Slot(start, end) for start, end in free_spans(busy, (opens, closes), duration_min)]

    async def find_events(self, identity: Identity, query: EventQuery, zone: ZoneInfo) -> list[Event]:
        """The coming events that fit ``query`` best, by start; several when it does not tell them apart."""
        identity.require(READ)
        now = self._clock.now()
        start, end = bounds(query.day, query.day, zone) if query.day else (now, now + _SEARCHED)
        if query.start:
            start, end = query.start, after(query.start, 1)
        events = await self._repository.events_between(
            identity, max(start, now - LATE), max(end, now), limit=_MOST_SEARCHED
        )
        if query.start:
            events = [event for event in events if event.starts_at == query.start] or events
        return await asyncio.to_thread(best_matches, query.words, events)

    async def find_one(self, identity: Identity, query: EventQuery, zone: ZoneInfo) -> Event:
        """The one coming event that is meant. Raises EventNotFound (with that day's events) or AmbiguousEvent.

        Without a day, of a series its next occurrence is meant.
        """
        found = await self.find_events(identity, query, zone)
        if not query.day and not query.start:
            found = _next_of_each(found)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousEvent(tuple(found))
        day = query.start.astimezone(zone).date() if query.start else query.day
        nearby = await self.find_events(identity, EventQuery(day=day), zone) if day else []
        raise EventNotFound(query, tuple(nearby))

    async def _taken(
        self,
        identity: Identity,
        clash: Event,
        times: Interval,
        *,
        moving: Event | None = None,
        calendar_id: UUID | None = None,
        conversation_id: UUID | None = None,
    ) -> TimeTaken:
        """The refusal of ``times`` (the wall clock of a zone) because of ``clash``, with up to three alternatives.

        These are free in every calendar that counts and in ``calendar_id``.
        """
        identity.require(READ)  # it tells what is there
        wanted = times[0]
        minutes = round(elapsed_min(*times))
        first, _ = bounds(wanted.date(), wanted.date(), zone_in(wanted))
        busy = await self._busy(
            identity,
            first,
            first + timedelta(days=_OFFERED_DAYS + 2),
            moving=moving,
            calendar_id=calendar_id,
            conversation_id=conversation_id,
        )
        now = self._clock.now().astimezone(wanted.tzinfo)
        length = min(max(minutes, MIN_DURATION_MIN), MAX_DURATION_MIN)
        return TimeTaken(clash, tuple(alternatives(wanted, length, busy, now, days=_OFFERED_DAYS)))

    async def _busy(
        self,
        identity: Identity,
        start: datetime,
        end: datetime,
        *,
        moving: Event | None = None,
        calendar_id: UUID | None = None,
        conversation_id: UUID | None = None,
    ) -> Sequence[Interval]:
        query = BusyQuery(
            at=self._clock.now(),
            calendars=[calendar_id] if calendar_id else [],
            moving=moving.id if moving else None,
            conversation_id=conversation_id,
        )
        return [interval for _, interval in await self._repository.busy(identity, start, end, query)]


def _next_of_each(found: Sequence[Event]) -> list[Event]:
    """Single events, and the first of each series: "my stand-up" is the next one."""
    seen: set[UUID] = set()
    chosen: list[Event] = []
    for event in found:
        if event.series_id is None or event.series_id not in seen:
            chosen.append(event)
        if event.series_id is not None:
            seen.add(event.series_id)
    return chosen
