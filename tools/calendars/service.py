"""The calendar's rules: what may be booked, moved, cancelled; what is free; which event is meant. No words, no SQL.

Every method takes the Identity that acts. Errors: ``tools/calendars/model.py`` and ``store/errors.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import Clock
from store.database import Database
from store.errors import Conflict, Invalid
from store.identity import Identity
from tools.calendars.matching import best_matches
from tools.calendars.model import (
    AmbiguousEvent,
    Calendar,
    Event,
    EventChange,
    EventNotFound,
    EventQuery,
    NewEvent,
    Slot,
    TimePassed,
    TimeTaken,
)
from tools.calendars.repository import CalendarRepository, SlotLost
from tools.calendars.slots import PARTS_OF_DAY, Interval, free_spans, round_up, suggest
from tools.calendars.walltime import after, bounds, day_starts_at, days_after, in_zone, zone_of
from tools.plaintext import clean_line, clean_text

READ, WRITE = "calendar:read", "calendar:write"
MIN_DURATION_MIN, MAX_DURATION_MIN, MAX_ALL_DAY_DAYS = 5, 24 * 60, 60
_LATE = timedelta(minutes=5)  # "now" is said, confirmed, and then a little past
_HORIZON = timedelta(days=366 * 3)
_SEARCHED = timedelta(days=366)
_MOST_SEARCHED = 2000  # of them, the next ones
_LONGEST_WINDOW = timedelta(days=400)
_SUGGEST_DAYS = 14


class CalendarService:
    """The tenant's calendars. ``clock`` decides what is past."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._repository = CalendarRepository(database)
        self._clock = clock

    async def list_calendars(self, identity: Identity) -> list[Calendar]:
        """All calendars, the default one first (made when there is none yet)."""
        identity.require(READ)
        default = await self._repository.default_calendar(identity)
        others = await self._repository.list_calendars(identity)
        return [default, *(calendar for calendar in others if calendar.id != default.id)]

    async def list_events(self, identity: Identity, start: datetime, end: datetime) -> list[Event]:
        """Events that touch [start, end), by start. Raises Invalid when the window is empty, backwards or too long."""
        identity.require(READ)
        if start >= end:
            raise Invalid("The window must end after it starts.", code="empty_window")
        if end - start > _LONGEST_WINDOW:
            raise Invalid(f"The window is at most {_LONGEST_WINDOW.days} days long.", code="window_too_long")
        return await self._repository.events_between(identity, start, end)

    async def read_event(self, identity: Identity, event_id: UUID) -> Event:
        """One event, cancelled ones too. Raises EventNotFound."""
        identity.require(READ)
        return await self._repository.read(identity, event_id)

    async def check(self, identity: Identity, new: NewEvent) -> NewEvent:
        """Everything ``book`` checks, without booking; returns the event as it would be kept (cleaned).

        Raises Invalid, TimePassed, NotFound, TimeTaken (with its clash and alternatives).
        """
        identity.require(WRITE)
        new = _cleaned(new)
        self._check_times(new.start, new.end, all_day=new.all_day)
        calendar_id = new.calendar_id or (await self._repository.default_calendar(identity)).id
        if new.busy:
            await self._check_free(identity, calendar_id, new.start, new.end)
        return replace(new, calendar_id=calendar_id)

    async def book(self, identity: Identity, new: NewEvent) -> Event:
        """Book, once per idempotency key. Raises like ``check``; of simultaneous tries exactly one wins.

        Raises Conflict for a key whose event is cancelled, or differs from this one.
        """
        identity.require(WRITE)
        if done := await self._booked_before(identity, new):
            return done
        try:
            return await self._book(identity, new)
        except TimeTaken:  # perhaps by the same key, tried at the same time
            if done := await self._booked_before(identity, new):
                return done
            raise

    async def _booked_before(self, identity: Identity, new: NewEvent) -> Event | None:
        if not new.idempotency_key:
            return None
        done = await self._repository.booked_with(identity, new.idempotency_key)
        if done is None:
            return None
        if done.status != "confirmed":
            raise Conflict("That event was booked and then cancelled. Book it anew.", code="event_cancelled")
        new = _cleaned(new)
        if (done.summary, done.starts_at, done.ends_at) != (new.summary, new.start, new.end):
            raise Conflict(
                "This idempotency key booked another event, or this one before it was changed. Use a new key.",
                code="idempotency_key_reused",
            )
        return done

    async def _book(self, identity: Identity, new: NewEvent) -> Event:
        new = await self.check(identity, new)
        if new.calendar_id is None:
            raise Invalid("The event needs a calendar.")
        try:
            return await self._repository.insert(identity, new.calendar_id, new)
        except SlotLost as error:
            if done := await self._booked_before(identity, new):
                return done
            await self._check_free(identity, new.calendar_id, new.start, new.end)
            raise Conflict("Somebody else took that time just now. Choose another one.", code="time_taken") from error

    async def check_move(self, identity: Identity, event: Event, start: datetime, end: datetime | None = None) -> Slot:
        """Everything ``move`` checks, without moving; the slot it would have. Without ``end`` it keeps its length.

        An all-day event keeps its days, however long those are.
        """
        identity.require(WRITE)
        zone = start.tzinfo if isinstance(start.tzinfo, ZoneInfo) else zone_of(event.timezone)
        start, end = in_zone(start, zone), in_zone(end or _end_from(event, in_zone(start, zone), zone), zone)
        if event.status != "confirmed":
            raise EventNotFound
        self._check_times(start, end, all_day=event.all_day)
        if event.busy:
            await self._check_free(identity, event.calendar_id, start, end, moving=event)
        return Slot(start, end)

    async def move(self, identity: Identity, event_id: UUID, start: datetime, end: datetime | None = None) -> Event:
        """Give an event another time; to the time it has already: nothing changes. Raises like ``check``."""
        return await self.update(identity, event_id, EventChange(start=start, end=end))

    async def update(self, identity: Identity, event_id: UUID, change: EventChange) -> Event:
        """Change time, title, people, place or description, all at once or not at all; nothing new changes nothing.

        Raises Invalid (no title), EventNotFound when it was cancelled, and for a new time like ``check``.
        """
        identity.require(WRITE)
        event = await self._repository.read(identity, event_id)
        if event.status != "confirmed":
            raise EventNotFound
        change = _without_the_same(event, _cleaned_change(change))
        if change == EventChange():
            return event
        if change.start is None:
            return await self._repository.change(identity, event, change, None)
        slot = await self.check_move(identity, event, change.start, change.end)
        change = replace(change, start=slot.start, end=slot.end)
        try:
            return await self._repository.change(identity, event, change, _zone(slot.start).key)
        except SlotLost as error:
            await self._check_free(identity, event.calendar_id, slot.start, slot.end, moving=event)
            raise Conflict("Somebody else took that time just now. Choose another one.", code="time_taken") from error

    async def cancel(self, identity: Identity, event_id: UUID) -> Event:
        """Cancel an event; once more changes nothing. Raises EventNotFound."""
        identity.require(WRITE)
        return await self._repository.cancel(identity, event_id)

    async def find_free(
        self, identity: Identity, day: date, zone: ZoneInfo, *, duration_min: int = 30, part_of_day: str = "any"
    ) -> list[Slot]:
        """The free stretches of ``day`` (9 to 17, or the part asked for) that last at least ``duration_min``.

        Asked for a weekend it answers for the weekend. Raises TimePassed for a day that is over.
        """
        identity.require(READ)
        _check_duration(duration_min)
        hours = PARTS_OF_DAY.get(part_of_day)
        if hours is None:
            raise Invalid(f"part_of_day is one of {', '.join(PARTS_OF_DAY)}.", code="unknown_part_of_day")
        now = self._clock.now().astimezone(zone)
        if day < now.date():
            raise TimePassed
        if day > (now + _HORIZON).date():
            raise _too_far_ahead()
        opens, closes = hours.on(day, zone)
        opens = max(opens, round_up(now))
        if opens >= closes:
            return []
        busy = await self._busy(identity, opens, closes)
        return [Slot(start, end) for start, end in free_spans(busy, (opens, closes), duration_min)]

    async def suggest(
        self, identity: Identity, wanted: datetime, duration_min: int, *, limit: int = 3, moving: Event | None = None
    ) -> list[Slot]:
        """Up to ``limit`` free times near ``wanted`` (aware, ZoneInfo), the same day first, each with its reason."""
        identity.require(READ)
        _check_duration(duration_min)
        first, _ = bounds(wanted.date(), wanted.date(), _zone(wanted))
        busy = await self._busy(identity, first, first + timedelta(days=_SUGGEST_DAYS + 2), moving=moving)
        now = self._clock.now().astimezone(wanted.tzinfo)
        return suggest(wanted, duration_min, busy, now, limit=limit, days=_SUGGEST_DAYS)

    async def find_events(self, identity: Identity, query: EventQuery, zone: ZoneInfo) -> list[Event]:
        """The coming events that fit ``query`` best, by start; several when it does not tell them apart."""
        identity.require(READ)
        now = self._clock.now()
        start, end = bounds(query.day, query.day, zone) if query.day else (now, now + _SEARCHED)
        if query.start:
            start, end = query.start, after(query.start, 1)
        events = await self._repository.events_between(
            identity, max(start, now - _LATE), max(end, now), limit=_MOST_SEARCHED
        )
        if query.start:
            events = [event for event in events if event.starts_at == query.start] or events
        return await asyncio.to_thread(best_matches, query.words, events)

    async def find_one(self, identity: Identity, query: EventQuery, zone: ZoneInfo) -> Event:
        """The one coming event that is meant. Raises EventNotFound (with that day's events) or AmbiguousEvent."""
        found = await self.find_events(identity, query, zone)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousEvent(tuple(found))
        day = query.start.astimezone(zone).date() if query.start else query.day
        nearby = await self.find_events(identity, EventQuery(day=day), zone) if day else []
        raise EventNotFound(query, tuple(nearby))

    def _check_times(self, start: datetime, end: datetime, *, all_day: bool) -> None:
        now = self._clock.now()
        if (end if all_day else start) < now - _LATE:
            raise TimePassed
        if start > now + _HORIZON:
            raise _too_far_ahead()
        if all_day:
            if not (day_starts_at(start, _zone(start)) and day_starts_at(end, _zone(start))):
                raise Invalid("An all-day event runs from midnight to midnight in its time zone.", code="not_all_day")
            if not 1 <= (end.date() - start.date()).days <= MAX_ALL_DAY_DAYS:
                raise Invalid(f"An all-day event lasts from one to {MAX_ALL_DAY_DAYS} days.", code="bad_duration")
        else:
            _check_duration((end - start).total_seconds() / 60)

    async def _check_free(
        self, identity: Identity, calendar_id: UUID, start: datetime, end: datetime, *, moving: Event | None = None
    ) -> None:
        """Raise TimeTaken, with what is in the way and alternatives, unless [start, end) is free."""
        events = await self._repository.events_between(identity, start, end, calendar_id=calendar_id)
        clash = next((event for event in events if event.busy and (moving is None or event.id != moving.id)), None)
        if clash is None:
            return
        duration_min = min(max(round((end - start).total_seconds() / 60), MIN_DURATION_MIN), MAX_DURATION_MIN)
        alternatives = await self.suggest(identity, start, duration_min, moving=moving)
        raise TimeTaken(clash, tuple(alternatives))

    async def _busy(
        self, identity: Identity, start: datetime, end: datetime, *, moving: Event | None = None
    ) -> Sequence[Interval]:
        events = await self._repository.events_between(identity, start, end)
        return [
            (event.starts_at, event.ends_at)
            for event in events
            if event.busy and (moving is None or event.id != moving.id)
        ]


def _cleaned(new: NewEvent) -> NewEvent:
    """Text from callers and models is data: one line, no control characters, no more than the page can show."""
    zone = zone_of(new.timezone)
    return replace(
        new,
        summary=_title(new.summary),
        attendees=_people(new.attendees),
        location=clean_line(new.location, limit=300),
        description=clean_text(new.description, limit=4000),
        start=in_zone(new.start, zone),
        end=in_zone(new.end, zone),
        timezone=zone.key,
    )


def _cleaned_change(change: EventChange) -> EventChange:
    return replace(
        change,
        summary=None if change.summary is None else _title(change.summary),
        attendees=None if change.attendees is None else _people(change.attendees),
        location=None if change.location is None else clean_line(change.location, limit=300),
        description=None if change.description is None else clean_text(change.description, limit=4000),
    )


def _without_the_same(event: Event, change: EventChange) -> EventChange:
    """Only what differs from the event."""
    start = change.start or (event.starts_in(zone_of(event.timezone)) if change.end else None)
    stays = start == event.starts_at and (change.end is None or change.end == event.ends_at)
    return EventChange(
        start=None if stays else start,
        end=None if stays else change.end,
        summary=None if change.summary == event.summary else change.summary,
        attendees=None if change.attendees == event.attendees else change.attendees,
        location=None if change.location == event.location else change.location,
        description=None if change.description == event.description else change.description,
    )


def _end_from(event: Event, start: datetime, zone: ZoneInfo) -> datetime:
    """Where the event would end if it began at ``start``."""
    if not event.all_day:
        return after(start, event.duration_min)
    own = zone_of(event.timezone)
    return days_after(start.date(), (event.ends_in(own).date() - event.starts_in(own).date()).days, zone)


def _too_far_ahead() -> Invalid:
    return Invalid("That is more than three years ahead. Choose an earlier date.", code="too_far_ahead")


def _title(summary: str) -> str:
    title = clean_line(summary, limit=200)
    if not title:
        raise Invalid("The event needs a title.", code="title_missing")
    return title


def _people(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for raw in names[:50] if (name := clean_line(raw, limit=120))))


def _check_duration(minutes: float) -> None:
    if not MIN_DURATION_MIN <= minutes <= MAX_DURATION_MIN:
        raise Invalid(
            f"An event lasts from {MIN_DURATION_MIN} minutes to {MAX_DURATION_MIN // 60} hours.", code="bad_duration"
        )


def _zone(moment: datetime) -> ZoneInfo:
    return moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else ZoneInfo("UTC")
