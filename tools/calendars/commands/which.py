"""Which event a command means. Reads the calendar; when unsure it says so instead of taking the nearest.

A sentence that is carried out at once has nobody to notice a wrong guess: every telling word must be found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.identity import Identity
from tools.calendars.commands.command import Command
from tools.calendars.matching import best_matches, words_of
from tools.calendars.model import AmbiguousEvent, Event, EventId, EventNotFound, EventQuery
from tools.calendars.service import CalendarService
from tools.calendars.walltime import at, bounds

_FOLLOWING_DAYS = 62


async def event_meant(
    calendars: CalendarService, identity: Identity, command: Command, zone: ZoneInfo, last: EventId | None
) -> Event:
    """The one event. Raises EventNotFound (with what is near), AmbiguousEvent."""
    if command.refers and last is not None:
        return await calendars.read_event(identity, last)
    if command.event_day and command.scope == "following":
        return await _first_from(calendars, identity, command, zone)
    query = EventQuery(command.event, day=command.event_day)
    if command.event_at is None:
        found = await calendars.find_one(identity, query, zone)
        return _sure(command, found, query)
    if command.event_day:
        start = at(datetime.combine(command.event_day, command.event_at), zone)
        found = await calendars.find_one(identity, replace(query, start=start), zone)
        return _sure(command, found, query)
    coming = await calendars.find_events(identity, query, zone)
    fitting = [event for event in coming if event.starts_in(zone).time() == command.event_at]
    if not fitting:
        raise EventNotFound(query, tuple(coming[:3]))
    first = fitting[0]
    same_day = [one for one in fitting if one.starts_at == first.starts_at]
    if len(same_day) > 1:
        raise AmbiguousEvent(tuple(same_day))
    return _sure(command, first, query)


async def _first_from(calendars: CalendarService, identity: Identity, command: Command, zone: ZoneInfo) -> Event:
    """ "From next week on": the first one from that day."""
    assert command.event_day is not None
    start, _ = bounds(command.event_day, command.event_day, zone)
    coming = await calendars.list_events(identity, start, start + timedelta(days=_FOLLOWING_DAYS))
    query = EventQuery(command.event, day=command.event_day)
    fitting = [one for one in best_matches(command.event, coming) if one.starts_at >= start]
    if not fitting:
        raise EventNotFound(query, tuple(coming[:3]))
    if len({one.series_id or one.id for one in fitting}) > 1:
        raise AmbiguousEvent(tuple(fitting[:5]))
    return _sure(command, fitting[0], query)


def _sure(command: Command, event: Event, query: EventQuery) -> Event:
    """ "Lunch with Anna" is not lunch with Tom, however alike; "the meeting" is no lunch because there is no other."""
    telling = words_of(command.event)
    is_told = bool(telling or command.event_day or command.event_at)
    if is_told and all(best_matches(word, [event]) for word in telling):
        return event
    if not is_told and command.event.lower() in event.summary.lower():
        return event
    raise EventNotFound(query, (event,))


def new_start(event: Event, command: Command, zone: ZoneInfo) -> datetime | None:
    """The hour of the event with other minutes ("half past"), or later or earlier; None for neither."""
    start = event.starts_in(zone)
    if command.shift_min is not None:
        return at(start.replace(tzinfo=None) + timedelta(minutes=command.shift_min), zone)
    if command.past_hour_min is not None:
        hour = datetime.combine(start.date(), time(start.hour))
        return at(hour + timedelta(minutes=command.past_hour_min), zone)
    return None
