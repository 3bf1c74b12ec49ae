"""Scheduling with what the database knows: whose calendars, which habits, then the pure part. Reads only.

Everything comes from the mirror in Postgres; nothing here asks a calendar server. Titles are told of the acting
person's calendars alone. Reasons and notes are sentences for speech.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import Clock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity
from tools.calendars.local.repository import events_of_all
from tools.calendars.local.taken import Involved, is_written_until, taken_spans, taking_events
from tools.calendars.model import Event, EventId, OccurrenceId
from tools.calendars.planning.people import (
    Circle,
    OwnedCalendar,
    Person,
    addresses_of_house,
    calendars_of,
    circle_of,
    held_between,
)
from tools.calendars.planning.preferences import READ, preferences_of_people
from tools.calendars.scheduling.busy import busy_of
from tools.calendars.scheduling.conflicts import conflicts
from tools.calendars.scheduling.model import YOU, Busy, Clash, Plan, Proposal, SlotRequest
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.replan import ReplanRequest, replan
from tools.calendars.scheduling.spans import Span, common, meets, merged, seconds
from tools.calendars.scheduling.suggest import MOST_DAYS, MOST_PEOPLE, propose
from tools.calendars.service import CalendarService

_AROUND = timedelta(days=1)  # neighbours of the window's edges, and their buffers and ways
_LATER = timedelta(days=30)  # "Friday at 9 is the next" looks beyond the window


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """One person's taken time in the window, merged, without buffers. ``seen`` False: nobody knows their calendar."""

    name: str
    seen: bool
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Everybody:
    """Calendars and habits by name, as the pure part wants them."""

    calendars: dict[str, Busy]
    habits: dict[str, Preferences]
    names: dict[str, str]  # as asked -> the one name a person has here


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of the people asked about. ``spans``: of whole calendars, what ``events`` leaves out."""

    circle: Circle
    owned: Sequence[OwnedCalendar]
    events: Sequence[Event]
    spans: Mapping[UUID, Sequence[Span]]
    tenants: Preferences
    habits: Mapping[UUID, Preferences]

    def spans_of(self, name: str, asked: str) -> list[Span]:
        """Of the calendars that are this person's; ``name`` is YOU or as asked."""
        you = self.circle.you
        owners: set[UUID | None] = {self.circle.known[asked].id} if name != YOU else {None, *([you.id] if you else [])}
        return [
            span
            for calendar in self.owned
            if calendar.user_id in owners or (name == YOU and you is None)
            for span in self.spans.get(calendar.id, ())
        ]


class PlanningService:
    """Suggestions, free and busy time, conflicts and plans, for an Identity that acts."""

    def __init__(self, database: Database, calendars: CalendarService, clock: Clock) -> None:
        self._database, self._calendars, self._clock = database, calendars, clock

    async def suggest(
        self, identity: Identity, request: SlotRequest, *, conversation_id: UUID | None = None
    ) -> Proposal:
        """Up to ``request.limit`` times that suit. ``required`` and ``optional``: names or e-mail addresses of users.

        What is held for ``conversation_id`` is free for it. Raises Invalid for an impossible request, Conflict
        ``ambiguous_person`` when a name fits several.
        """
        found = await self._suggest(identity, request, conversation_id, explain=False)
        if found.suggestions:
            return found
        return await self._suggest(identity, request, conversation_id, explain=True)

    async def _suggest(
        self, identity: Identity, request: SlotRequest, conversation_id: UUID | None, *, explain: bool
    ) -> Proposal:
        """Only to ``explain`` that nothing fits is the time after the window of any interest."""
        names, later = (*request.required, *request.optional), _LATER if explain else _AROUND
        window = _wider(request.earliest, request.latest, later)
        everybody = await self._everybody(identity, names, window, request.zone, hold_of=conversation_id)
        request = replace(
            request,
            required=_distinct(everybody.names[name] for name in request.required),
            optional=_distinct(everybody.names[name] for name in request.optional),
        )
        now = self._clock.now().astimezone(request.zone)
        return await asyncio.to_thread(propose, request, everybody.calendars, everybody.habits, now, explain=explain)

    async def free_busy(
        self, identity: Identity, start: datetime, end: datetime, zone: ZoneInfo, people: Sequence[str] = ()
    ) -> tuple[FreeBusy, ...]:
        """Taken time in [start, end) of these people, in their order; without any: of the acting person."""
        known = await self._read(identity, people, (start, end), is_merged=True)
        everybody = await asyncio.to_thread(_gathered, known, people, zone, plain=True)
        found = list[FreeBusy]()
        for asked in dict.fromkeys(people) or (YOU,):
            name = everybody.names.get(asked, asked)
            busy = everybody.calendars.get(name)
            spans = merged([*busy.spans, *known.spans_of(name, asked)]) if busy else []
            taken = common(spans, [(seconds(start), seconds(end, up=True))])
            found.append(FreeBusy(asked, busy is not None, tuple(taken)))
        return tuple(found)

    async def known_addresses(self, identity: Identity, addresses: Sequence[str]) -> frozenset[str]:
        """Which of these e-mail addresses (small letters) are of people of the tenant. Raises Unavailable."""
        async with self._database.transaction(identity) as connection:
            return await addresses_of_house(connection, addresses)

    async def conflicts(self, identity: Identity, start: datetime, end: datetime, zone: ZoneInfo) -> tuple[Clash, ...]:
        """What of the acting person's cannot all be attended in [start, end), by start."""
        everybody = await self._everybody(identity, (), (start, end), zone, holds=False)
        return conflicts(everybody.calendars[YOU].appointments, everybody.habits[YOU])

    async def replan(self, identity: Identity, request: ReplanRequest) -> Plan:
        """Where the events in the way could go. Changes nothing; whoever likes the plan moves each event.

        An id of a series stands for its occurrences within the window. Raises EventNotFound for an unknown id.
        """
        named = [await self._calendars.read_event(identity, one) for one in request.event_ids]
        moments = [request.earliest, request.latest, *(moment for stretch in request.blocked for moment in stretch)]
        moments += [moment for one in named for moment in (one.starts_at, one.ends_at)]
        window = _wider(min(moments), max(moments), _AROUND)
        mine = await self._everybody(identity, (), window, request.zone, holds=False)
        blocked = merged((seconds(start), seconds(end, up=True)) for start, end in request.blocked)
        here = mine.calendars[YOU].appointments
        ids = {one.event_id for one in here if one.event_id and {one.event_id, _root(one.event_id)} & request.event_ids}
        request = replace(request, event_ids=frozenset(ids))
        moving = [one for one in here if one.event_id in ids or meets(blocked, one.start, one.end)]
        names = _distinct(name for one in moving for name in one.people)[:MOST_PEOPLE]
        everybody = await self._everybody(identity, names, window, request.zone, strangers=True, holds=False)
        known = {name: everybody.calendars.get(everybody.names[name]) for name in names}
        calendars = everybody.calendars | {name: busy for name, busy in known.items() if busy is not None}
        habits = everybody.habits | {name: everybody.habits[everybody.names[name]] for name in names if known[name]}
        return await asyncio.to_thread(replan, request, calendars, habits, self._clock.now().astimezone(request.zone))

    async def _everybody(
        self,
        identity: Identity,
        names: Sequence[str],
        window: tuple[datetime, datetime],
        zone: ZoneInfo,
        *,
        strangers: bool = False,
        holds: bool = True,
        hold_of: UUID | None = None,
    ) -> _Everybody:
        known = await self._read(identity, names, window, strangers=strangers, holds=holds, hold_of=hold_of)
        return await asyncio.to_thread(_gathered, known, names, zone)

    async def _read(
        self,
        identity: Identity,
        names: Sequence[str],
        window: tuple[datetime, datetime],
        *,
        is_merged: bool = False,
        strangers: bool = False,
        holds: bool = True,
        hold_of: UUID | None = None,
    ) -> _Known:
        """``is_merged``: what can be is merged by the database. ``strangers``: names that fit nobody, or several, do no
        harm. ``holds``: what is kept for callers counts, but for the one of the conversation ``hold_of``.
        """
        identity.require(READ)
        if window[0] >= window[1]:
            raise Invalid("The window must end after it starts.", code="empty_window")
        if window[1] - window[0] > timedelta(days=MOST_DAYS) + _LATER + _AROUND:
            raise Invalid(f"The window is at most {MOST_DAYS} days long.", code="window_too_long")
        async with self._database.transaction(identity) as connection:
            circle = await circle_of(connection, identity.user_id, names, unsure_is_nobody=strangers)
            owned = await calendars_of(connection)
            tenants, habits = await preferences_of_people(connection, {person.id for person in circle.people})
            held = await held_between(connection, *window, self._clock.now(), hold_of) if holds else []
            spans, events = dict[UUID, list[Span]](), list[Event]()
            is_written = await is_written_until(connection, window[1])
            if is_written and is_merged:
                spans, events = await taken_spans(connection, *window, _involved(circle))
            elif is_written:
                events = await taking_events(connection, *window, _involved(circle))
            else:  # so far ahead that series must be counted out
                events = await events_of_all(connection, *window)
        return _Known(circle, owned, [*events, *held], spans, tenants, habits)


def _gathered(known: _Known, names: Sequence[str], zone: ZoneInfo, *, plain: bool = False) -> _Everybody:
    """``plain``: without buffers and ways."""
    circle, owned, tenants, habits = known.circle, known.owned, known.tenants, known.habits
    owners = {calendar.id: calendar.user_id for calendar in owned if calendar.counts_busy}
    counting = [event for event in known.events if event.calendar_id in owners]
    found = _Everybody({}, {}, {})

    def add(name: str, person: Person | None, own: Iterable[Event]) -> None:
        habit = habits.get(person.id, tenants) if person else tenants
        padded = replace(habit, buffer_before_min=0, buffer_after_min=0, travel_min=0) if plain else habit
        found.habits[name] = habit
        found.calendars[name] = busy_of(own, zone, padded, visible=name == YOU)

    add(YOU, circle.you, _of_you(circle.you, counting, owners))
    first_names: dict[UUID, str] = {circle.you.id: YOU} if circle.you else {}
    for name in names:
        person = circle.known.get(name)
        if person is None:
            found.names[name] = name
            continue
        found.names[name] = first_names.setdefault(person.id, name)
        if found.names[name] == name and person.id in {calendar.user_id for calendar in owned}:
            add(name, person, _of_other(person, counting, owners))
    return found


def _involved(circle: Circle) -> Involved:
    people = circle.people
    words = {word.casefold() for person in people for word in (person.name, person.email) if word}
    return Involved([person.id for person in people], sorted(words), tenants=True, everybody=circle.you is None)


def _of_you(you: Person | None, events: Iterable[Event], owners: dict[UUID, UUID | None]) -> list[Event]:
    """The tenant's calendars are everybody's who acts for it; the assistant, who is nobody, looks after all."""
    if you is None:
        return list(events)
    return [event for event in events if owners[event.calendar_id] in (None, you.id) or you.attends(event.attendees)]


def _of_other(person: Person, events: Iterable[Event], owners: dict[UUID, UUID | None]) -> list[Event]:
    return [event for event in events if owners[event.calendar_id] == person.id or person.attends(event.attendees)]


def _wider(start: datetime, end: datetime, later: timedelta) -> tuple[datetime, datetime]:
    try:
        return start - _AROUND, end + later
    except OverflowError as error:
        raise Invalid("That date lies outside of what a calendar holds.", code="date_out_of_range") from error


def _root(event_id: EventId) -> UUID:
    return event_id.series_id if isinstance(event_id, OccurrenceId) else event_id


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name != YOU)
