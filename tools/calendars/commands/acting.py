"""Carrying a Command out through the calendar's services, and saying what came of it. No words are read here.

Nothing is written while anything is open; a refusal of the calendar becomes a question with choices. To add an
operation: a method named in ``_doer``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from store.errors import Conflict, Invalid, NotFound
from store.identity import Identity
from tools import spoken
from tools.calendars.backend import Interval, Recurrence
from tools.calendars.commands.command import Command
from tools.calendars.commands.operations import WRITING
from tools.calendars.commands.outcome import Outcome, asked, choices_of, meanings_of, refused
from tools.calendars.commands.which import event_meant
from tools.calendars.commands.wished import change_wished, told_of
from tools.calendars.finding import READ, WRITE
from tools.calendars.matching import best_matches, words_of
from tools.calendars.model import EventId, EventQuery, NewEvent, Slot
from tools.calendars.parts import starting_in, stretches, touching
from tools.calendars.phrases import Phrases
from tools.calendars.planning import PlanningService
from tools.calendars.scheduling.model import SlotRequest
from tools.calendars.scheduling.wishes import wishes_of
from tools.calendars.service import CalendarService
from tools.calendars.walltime import after, at, bounds, days_after, start_of, zone_of

_DEFAULT_MIN = 30
_MOST_AT_ONCE = 50
_LOOKED_AT_DAYS, _MOST_DAYS = 14, 62


@dataclass(frozen=True, slots=True)
class Terms:
    """``confirm`` False: everything is checked and asked, nothing written. ``last``: what "it" means."""

    zone: ZoneInfo
    now: datetime
    calendar_id: UUID | None = None
    last: EventId | None = None
    confirm: bool = True
    key: str | None = None


class Commands:
    """The operations of a sentence, for an Identity that acts."""

    def __init__(self, calendars: CalendarService, planning: PlanningService) -> None:
        self._calendars, self._planning = calendars, planning

    async def run(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        """Do it, or ask. Raises NotAllowed without the scope that the operation needs, NotFound for the calendar."""
        identity.require(WRITE if command.operation in WRITING else READ)
        today = terms.now.date()
        if command.ask:
            choices = meanings_of(command.candidates, terms.zone, today)
            if command.ask == "which_event":
                coming = await self._calendars.find_events(identity, EventQuery(), terms.zone)
                choices = choices_of(coming[:5], terms.zone, today)
            return asked(command, command.ask, command.question, choices)
        try:
            return await self._doer(command)(identity, command, terms)
        except (Invalid, Conflict, NotFound) as error:
            return refused(command, error, terms.zone, today)

    def _doer(self, command: Command) -> Callable[[Identity, Command, Terms], Awaitable[Outcome]]:
        match command.operation:
            case "create":
                return self._create
            case "update":
                return self._update
            case "delete":
                return self._cancel_all if command.everything else self._cancel
            case "list":
                return self._list
            case "search":
                return self._search
            case "free":
                return self._free
            case "suggest":
                return self._suggest
            case "undo":
                return self._undo
            case _:
                raise Invalid("That is no operation of a calendar.", code="unknown_operation")

    async def _create(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        new, phrases = _new_event(command, terms), Phrases(terms.zone, terms.now.date())
        if not terms.confirm:
            new = await self._calendars.check(identity, new)
            return asked(command, "confirm", f"I have {phrases.new_event(new)}. Shall I book it?")
        event = await self._calendars.book(identity, new)
        repeats = phrases.repetition(event) if event.series_id else ""
        when = spoken.moment(event.starts_in(terms.zone), terms.now.date())
        if event.all_day:
            when = f"{spoken.day(event.starts_in(zone_of(event.timezone)).date(), terms.now.date())}, all day"
        told = f"{event.summary} is booked for {when}{f', {repeats}' if repeats else ''}."
        return Outcome(command, told, done=True, events=(event,))

    async def _update(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        event = await event_meant(self._calendars, identity, command, terms.zone, terms.last)
        wished = change_wished(event, command, terms.zone, terms.now)
        if isinstance(wished, Outcome):
            return wished
        phrases, scope = Phrases(terms.zone, terms.now.date()), command.scope if event.series_id else None
        if wished.recurrence or wished.make_single:
            scope = "all" if event.series_id else None
        if not terms.confirm:
            if wished.start:
                await self._calendars.check_move(identity, event, wished.start, wished.end, scope=scope)
            told = f"Shall I change {phrases.event(event)} {told_of(event, wished, terms.zone, terms.now.date())}?"
            return asked(command, "confirm", told)
        changed = await self._calendars.update(identity, event.id, wished, scope=scope, key=terms.key)
        told = f"{event.summary} is changed {told_of(event, wished, terms.zone, terms.now.date())}."
        return Outcome(command, told, done=True, events=(changed,))

    async def _cancel(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        event = await event_meant(self._calendars, identity, command, terms.zone, terms.last)
        phrases, scope = Phrases(terms.zone, terms.now.date()), command.scope if event.series_id else None
        of = {"all": ", the whole series", "following": ", and every one after it"}.get(scope or "", "")
        if not terms.confirm:
            return asked(command, "confirm", f"Shall I cancel {phrases.event(event)}{of}?")
        cancelled = await self._calendars.cancel(identity, event.id, scope=scope, key=terms.key)
        return Outcome(command, f"{phrases.event(event)}{of} is cancelled.", done=True, events=(cancelled,))

    async def _cancel_all(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        spans, period = _looked_at(command, terms)
        events = await self._calendars.list_events(identity, spans[0][0], spans[-1][1])
        events = [one for one in starting_in(events, spans) if one.ends_at > terms.now]
        events = best_matches(command.event, events) if command.event else events
        if words := words_of(command.event):  # "all reviews" is nothing else than a review
            events = [one for one in events if all(best_matches(word, [one]) for word in words)]
        named = spoken.listed([one.summary for one in events[:6]])
        if not events:
            return Outcome(command, f"Nothing is on the calendar {period}.", done=True)
        if len(events) > _MOST_AT_ONCE:
            return asked(command, "which_day", f"That would be {len(events)} events. Which shorter time do you mean?")
        more = f" and {len(events) - 6} more" if len(events) > 6 else ""
        if not terms.confirm:
            choices = choices_of(events, terms.zone, terms.now.date())
            return asked(command, "confirm", f"Shall I cancel {named}{more} {period}?", choices)
        ids = [one.id for one in events]
        cancelled = await self._calendars.cancel_many(identity, ids, key=terms.key)
        told = f"{spoken.counted(len(cancelled), 'event')} {period} cancelled: {named}{more}."
        return Outcome(command, told, done=True, events=tuple(cancelled))

    async def _list(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        spans, period = _looked_at(command, terms)
        events = touching(await self._calendars.list_events(identity, spans[0][0], spans[-1][1]), spans)
        told = f"Nothing is on the calendar {period}."
        if events:
            part = (command.when.part if command.when else "") or "any"
            told = Phrases(terms.zone, terms.now.date()).agenda(events, *_days(command, terms), part)
        return Outcome(command, told, done=True, events=tuple(events))

    async def _search(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        query, phrases = EventQuery(command.event, day=command.event_day), Phrases(terms.zone, terms.now.date())
        found = await self._calendars.find_events(identity, query, terms.zone)
        words = words_of(command.event)
        found = [one for one in found if all(best_matches(word, [one]) for word in words)]
        if not found:
            return Outcome(command, f"I could not find {command.event} among what is coming up.", done=True)
        told = spoken.sentence(f"{phrases.event(found[0])}")
        more = f" And {spoken.counted(len(found) - 1, 'later one')}." if len(found) > 1 else ""
        return Outcome(command, told + more, done=True, events=tuple(found[:20]))

    async def _free(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        when, phrases = command.when, Phrases(terms.zone, terms.now.date())
        assert when is not None
        assert when.day is not None
        if when.start and not when.bound:
            start = at(when.start, terms.zone)
            end = at(when.end, terms.zone) if when.end else after(start, command.duration_min or _DEFAULT_MIN)
            events = [one for one in await self._calendars.list_events(identity, start, end) if one.busy]
            moment = spoken.on_moment(start, terms.now.date())
            if when.end:
                moment = f"{spoken.on_day(start.date(), terms.now.date())} {spoken.time_range(start, end)}"
            if not events:
                return Outcome(command, f"You are free {moment}.", done=True, slots=(Slot(start, end),))
            return Outcome(command, phrases.busy(events, start, end, moment), done=True, events=tuple(events))
        day, minutes = max(when.day, terms.now.date()), command.duration_min or _DEFAULT_MIN
        part = when.part or "any"
        slots = await self._calendars.find_free(identity, day, terms.zone, duration_min=minutes, part_of_day=part)
        return Outcome(command, phrases.free(slots, day, minutes, part), done=True, slots=tuple(slots))

    async def _suggest(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        first, last = terms.now.date(), terms.now.date() + timedelta(days=_LOOKED_AT_DAYS)
        if command.when:
            first, last = _days(command, terms)
        start, end = bounds(max(first, terms.now.date()), max(first, last, terms.now.date()), terms.zone)
        request = SlotRequest(
            duration_min=command.duration_min or _DEFAULT_MIN, earliest=start, latest=end, zone=terms.zone,
            required=command.attendees, wishes=tuple(one for said in command.wishes for one in wishes_of(said)),
        )  # fmt: skip
        found = await self._planning.suggest(identity, request)
        today = terms.now.date()
        slots = tuple(
            Slot(one.start.astimezone(terms.zone), one.end.astimezone(terms.zone), one.reason)
            for one in found.suggestions
        )
        offers = [spoken.moment(one.start, today) + (f", {one.reason}" if one.reason else "") for one in slots]
        told = f"These times suit: {'; '.join(offers)}." if offers else ""
        told = " ".join(part for part in (told, found.note) if part) or "I found no time that suits."
        return Outcome(command, told, done=True, slots=slots)

    async def _undo(self, identity: Identity, command: Command, terms: Terms) -> Outcome:
        if not terms.confirm:
            return asked(command, "confirm", "Shall I take your last change back?")
        undone = await self._calendars.undo_last(identity)
        return Outcome(command, undone.fact, done=True, events=undone.events, left=undone.left)


def _new_event(command: Command, terms: Terms) -> NewEvent:
    when = command.when
    assert when is not None
    assert when.day is not None
    zone = zone_of(when.zone) if when.zone else terms.zone
    if when.start is None:
        start, end = start_of(when.day, zone), days_after(when.last_day or when.day, 1, zone)
    else:
        start = at(when.start, zone)
        end = at(when.end, zone) if when.end else after(start, when.duration_min or _DEFAULT_MIN)
    without = tuple(
        at(datetime.combine(day, when.start.time()), zone) if when.start else start_of(day, zone)
        for day in when.without
    )
    return NewEvent(
        summary=command.title,
        start=start,
        end=end,
        timezone=zone.key,
        all_day=when.start is None,
        attendees=command.attendees,
        location=command.location,
        calendar_id=terms.calendar_id,
        idempotency_key=terms.key,
        recurrence=Recurrence(when.rrule, exdates=without) if when.rrule else None,
    )


def _days(command: Command, terms: Terms) -> tuple[date, date]:
    when = command.when
    first = when.day if when and when.day else terms.now.date()
    last = when.last_day if when and when.last_day else first
    return first, min(last, first + timedelta(days=_MOST_DAYS))


def _looked_at(command: Command, terms: Terms) -> tuple[list[Interval], str]:
    """The stretches that are looked at, in order, and how that is said."""
    first, last = _days(command, terms)
    when, phrases = command.when, Phrases(terms.zone, terms.now.date())
    part = when.part if when else ""
    if when and when.start and when.end:
        start, end = at(when.start, terms.zone), at(when.end, terms.zone)
        return [(start, end)], f"{spoken.on_day(first, terms.now.date())} {spoken.time_range(start, end)}"
    if not part:
        start, end = bounds(first, last, terms.zone)
        if when and when.bound and when.start:  # "everything after three"
            limit = at(when.start, terms.zone)
            start, end = (limit, end) if when.bound == "after" else (start, limit)
        return [(start, end)], phrases.period(first, last)
    return stretches(first, last, part, terms.zone), phrases.period(first, last, part)
