"""The calendar as everybody uses it: find and book (its parents), change, cancel, and take back. No words, no SQL.

Every method takes the Identity that acts; every change answers with its ``change_id``, which ``undo`` takes back, and
once per ``key``. ``scope`` says what of a series is meant: an occurrence alone ("this", what its id means without),
from it on ("following"), or all. Errors: ``model.py``, ``changes.py`` and ``store/errors.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from store.errors import Invalid
from store.identity import Identity
from tools.calendars.backend import Scope
from tools.calendars.booking import Booking, lost
from tools.calendars.changes import Undone
from tools.calendars.finding import WRITE
from tools.calendars.local import editing, relocating, undoing
from tools.calendars.local.editing import Target
from tools.calendars.local.occurrences import Clashing, carry_on, written_until
from tools.calendars.local.writing import Request, SlotLost, Write
from tools.calendars.model import Event, EventChange, EventId, EventNotFound, OccurrenceId, Slot
from tools.calendars.rules import check_times, cleaned_change, end_from, without_the_same, zone_in
from tools.calendars.walltime import in_zone, zone_of

__all__ = ["CalendarService"]

_MOST_AT_ONCE = 200


class _OnlyChecked(Exception):
    """Everything went well, and nothing shall stay of it."""


class CalendarService(Booking):
    """The tenant's calendars. ``clock`` decides what is past."""

    async def check_move(
        self,
        identity: Identity,
        event: Event,
        start: datetime,
        end: datetime | None = None,
        *,
        scope: Scope | None = None,
        conversation_id: UUID | None = None,
    ) -> Slot:
        """Everything ``move`` checks, without moving; the slot it would have. Without ``end`` it keeps its length.

        An all-day event keeps its days, however long those are.
        """
        start, end = _on_the_wall(event, start, end)
        request = Request(operation="move", conversation_id=conversation_id)
        await self._change(identity, event.id, EventChange(start=start, end=end), request, scope=scope, only_check=True)
        return Slot(start, end)

    async def move(
        self,
        identity: Identity,
        event_id: EventId,
        start: datetime,
        end: datetime | None = None,
        *,
        scope: Scope | None = None,
        key: str | None = None,
        conversation_id: UUID | None = None,
    ) -> Event:
        """Give an event another time; to the time it has already: nothing changes. Raises like ``check``."""
        change = EventChange(start=start, end=end)
        return await self.update(identity, event_id, change, scope=scope, key=key, conversation_id=conversation_id)

    async def update(
        self,
        identity: Identity,
        event_id: EventId,
        change: EventChange,
        *,
        scope: Scope | None = None,
        key: str | None = None,
        conversation_id: UUID | None = None,
        skip_clashes: bool = False,
    ) -> Event:
        """Change time, title, people, place, repetition, calendar, all at once or not at all. Nothing new: no change.

        Raises Invalid (no title, a rule that cannot be), EventNotFound when it was cancelled, and for new times like
        ``check``. ``skip_clashes`` leaves out what dates of a moved series are taken.
        """
        operation = "update" if change.start is None and change.end is None else "move"
        content = [str(event_id), scope, asdict(change), skip_clashes]
        request = Request(operation=operation, content=content, key=key, conversation_id=conversation_id)
        return await self._change(identity, event_id, change, request, scope=scope, skip_clashes=skip_clashes)

    async def cancel(
        self,
        identity: Identity,
        event_id: EventId,
        *,
        scope: Scope | None = None,
        key: str | None = None,
        conversation_id: UUID | None = None,
    ) -> Event:
        """Cancel an event; once more changes nothing. Raises EventNotFound."""
        identity.require(WRITE)
        content = [str(event_id), scope]
        request = Request(operation="cancel", content=content, key=key, conversation_id=conversation_id)
        async with self._desk.open(identity, request) as write:
            if write.answer is not None:
                return write.answer[0]
            return await write.finish(await _cancel(write, event_id, scope))

    async def cancel_many(
        self,
        identity: Identity,
        event_ids: Sequence[EventId],
        *,
        key: str | None = None,
        conversation_id: UUID | None = None,
    ) -> list[Event]:
        """Cancel all of them or none, as one change. Raises EventNotFound, Invalid (over 200)."""
        identity.require(WRITE)
        if not 0 < len(event_ids) <= _MOST_AT_ONCE:
            raise Invalid(f"Cancel between one and {_MOST_AT_ONCE} events at once.", code="too_many_events")
        content = [str(event_id) for event_id in event_ids]
        request = Request(operation="cancel_many", content=content, key=key, conversation_id=conversation_id)
        async with self._desk.open(identity, request) as write:
            if write.answer is None:
                await write.lock_of([_root(event_id) for event_id in event_ids])
                await write.finish(*[await _cancel(write, event_id, None) for event_id in event_ids])
            return write.answer or []

    async def undo(self, identity: Identity, change_id: UUID) -> Undone:
        """Take a change of the last ten minutes back, once.

        Raises NothingToUndo, ChangedSince, and TimeTaken when a time is no longer free (of several cancelled ones:
        those are told in ``left``).
        """
        return await self._undo(identity, undoing.Wanted(change_id=change_id))

    async def undo_last(self, identity: Identity, *, conversation_id: UUID | None = None) -> Undone:
        """Take back the last change of this conversation, or without one of this user. Raises like ``undo``."""
        user_id = None if conversation_id else identity.user_id
        return await self._undo(identity, undoing.Wanted(conversation_id=conversation_id, user_id=user_id))

    async def _undo(self, identity: Identity, wanted: undoing.Wanted) -> Undone:
        identity.require(WRITE)
        request = Request(operation="undo", conversation_id=wanted.conversation_id)
        try:
            async with self._desk.open(identity, request) as write:
                return await undoing.undo(write, wanted)
        except Clashing as error:
            first = error.clashes[0]
            times = (
                in_zone(first.start, zone_of(first.clash.timezone)),
                in_zone(first.end, zone_of(first.clash.timezone)),
            )
            raise await self._taken(identity, first.clash, times, calendar_id=first.clash.calendar_id) from error
        except SlotLost as error:
            raise lost() from error

    async def _change(
        self,
        identity: Identity,
        event_id: EventId,
        change: EventChange,
        request: Request,
        *,
        scope: Scope | None,
        skip_clashes: bool = False,
        only_check: bool = False,
    ) -> Event:
        identity.require(WRITE)
        wanted, target, event = cleaned_change(change), None, None
        try:
            async with self._desk.open(identity, request) as write:
                if write.answer is not None:
                    return write.answer[0]
                if wanted.calendar_id is not None:
                    await relocating.lock_both(write, _root(event_id), wanted.calendar_id)
                target = await editing.find(write, event_id, scope)
                wanted = _checked(target, wanted, write.at)
                event = await self._apply(write, target, wanted, skip_clashes=skip_clashes)
                if only_check:
                    raise _OnlyChecked
                return await write.finish(event)
        except _OnlyChecked:
            assert event is not None
            return event
        except Clashing as error:
            assert target is not None
            seen = target.event
            times = _on_the_wall(seen, wanted.start or seen.starts_in(zone_of(seen.timezone)), wanted.end)
            raise await self._refused(
                identity, error, times, wanted.calendar_id or seen.calendar_id, request.conversation_id, moving=seen
            ) from error
        except SlotLost as error:
            raise lost() from error

    async def _apply(self, write: Write, target: Target, wanted: EventChange, *, skip_clashes: bool) -> Event:
        if wanted == EventChange():
            return target.event
        if wanted.calendar_id is not None:
            target = await relocating.relocate(write, target, wanted.calendar_id)
        moves = bool(wanted.start or wanted.end or wanted.recurrence or wanted.calendar_id)
        if moves:
            calendar_id = target.master["calendar_id"]
            last = wanted.end or wanted.start or write.at
            until = written_until(write.at) if wanted.recurrence else last
            await carry_on(write.connection, calendar_id, until, write.at)
        terms = replace(write.terms(), on_clash="leave out" if skip_clashes else "refuse", strict=moves)
        event = await editing.change(write, target, wanted, terms)
        await write.tell("event.updated" if wanted.start is None else "event.moved", event)
        return event


async def _cancel(write: Write, event_id: EventId, scope: Scope | None) -> Event:
    target = await editing.find(write, event_id, scope)
    before = target.event
    event = await editing.cancel(write, target)
    if event != before:
        await write.tell("event.cancelled", event)
    return event


def _checked(target: Target, wanted: EventChange, now: datetime) -> EventChange:
    """Only what is new, with both times on one wall clock. Raises EventNotFound, TimePassed, Invalid."""
    event = target.event
    if event.status != "confirmed" or target.master["status"] != "confirmed":
        raise EventNotFound
    wanted = without_the_same(event, wanted)
    if wanted.start is None and wanted.all_day is None:
        return wanted
    all_day = event.all_day if wanted.all_day is None else wanted.all_day
    start, end = _on_the_wall(event, wanted.start or event.starts_in(zone_of(event.timezone)), wanted.end)
    check_times(start, end, now, all_day=all_day, begun=target.occurrence is None and bool(target.master["repeats"]))
    return replace(wanted, start=start, end=end, timezone=wanted.timezone or zone_in(start).key)


def _on_the_wall(event: Event, start: datetime, end: datetime | None) -> tuple[datetime, datetime]:
    """Both times on the clocks of ``start``, or else the event's; without ``end`` it keeps its length."""
    zone = start.tzinfo if isinstance(start.tzinfo, ZoneInfo) else zone_of(event.timezone)
    return in_zone(start, zone), in_zone(end or end_from(event, in_zone(start, zone), zone), zone)


def _root(event_id: EventId) -> UUID:
    return event_id.series_id if isinstance(event_id, OccurrenceId) else event_id
