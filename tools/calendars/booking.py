"""Booking: the rules before, the transaction in which the database decides, and times held while a caller decides."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from store.clock import Clock
from store.database import Database
from store.errors import Conflict, Invalid
from store.identity import Identity
from tools.calendars.backend import Interval, Recurrence
from tools.calendars.changes import Hold, SeriesClash, SeriesClashes
from tools.calendars.finding import WRITE, Finding
from tools.calendars.local import holds
from tools.calendars.local.occurrences import Clashing, Terms, carry_on, written_until
from tools.calendars.local.rows import Row, columns_of, event_of
from tools.calendars.local.writing import Request, SlotLost, Write, WriteDesk
from tools.calendars.model import Event, EventNotFound, NewEvent
from tools.calendars.recurrence import expand
from tools.calendars.rules import check_hold, check_times, cleaned, zone_in
from tools.calendars.walltime import in_zone

_LONGEST_HOLD_S = 600


class Booking(Finding):
    """What the calendar answers, and new events and held times in it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._desk = WriteDesk(database, clock)

    async def check(self, identity: Identity, new: NewEvent, *, skip_clashes: bool = False) -> NewEvent:
        """Everything ``book`` checks, without booking; returns the event as it would be kept (cleaned).

        Raises Invalid, TimePassed, NotFound, TimeTaken (with its clash and alternatives), SeriesClashes. The hold of
        its conversation is not in the way. With ``skip_clashes`` dates that are taken become EXDATEs.
        """
        identity.require(WRITE)
        new = cleaned(new)
        check_times(new.start, new.end, self._clock.now(), all_day=new.all_day)
        calendar_id = await self._repository.calendar_of(identity, new.calendar_id)
        new = replace(new, calendar_id=calendar_id)
        if not new.busy:
            return new
        now = self._clock.now()
        windows = [(new.start, new.end)]
        if new.recurrence:
            windows = await asyncio.to_thread(_occurrences, new, new.recurrence, now)
        terms = Terms(at=now, conversation_id=new.conversation_id)
        found = await self._repository.clash(identity, calendar_id, windows, terms)
        clashes = [SeriesClash(*windows[n], event) for n, event in sorted(found.items())]
        if clashes and skip_clashes and new.recurrence and len(clashes) < len(windows):
            out = (*new.recurrence.exdates, *(clash.start for clash in clashes))
            return replace(new, recurrence=replace(new.recurrence, exdates=out))
        if clashes:
            error = Clashing(clashes, len(windows), repeats=new.recurrence is not None)
            raise await self._refused(identity, error, (new.start, new.end), calendar_id, new.conversation_id)
        return new

    async def book(self, identity: Identity, new: NewEvent, *, skip_clashes: bool = False) -> Event:
        """Book, once per idempotency key. Raises like ``check``; of simultaneous tries exactly one wins.

        The hold of the same conversation becomes the booking. A repeated key with the same event gets the first answer;
        raises Conflict with another event, or when that one was cancelled since.
        """
        identity.require(WRITE)
        new = cleaned(new)
        content = {**asdict(new), "idempotency_key": None, "conversation_id": None, "skip": skip_clashes}
        request = Request(
            operation="book", content=content, key=new.idempotency_key, conversation_id=new.conversation_id
        )
        calendar_id = new.calendar_id or (await self._repository.default_calendar(identity)).id
        try:
            async with self._desk.open(identity, request) as write:
                if write.answer is not None:
                    return await self._still_booked(write, write.answer[0])
                check_times(new.start, new.end, write.at, all_day=new.all_day)
                row = await self._insert(write, calendar_id, new, skip_clashes=skip_clashes)
                event = event_of(row)
                await write.tell("event.booked", event)
                return await write.finish(event)
        except Clashing as error:
            raise await self._refused(
                identity, error, (new.start, new.end), calendar_id, new.conversation_id
            ) from error
        except SlotLost as error:
            raise lost() from error

    async def _insert(self, write: Write, calendar_id: UUID, new: NewEvent, *, skip_clashes: bool) -> Row:
        await write.lock([calendar_id])
        last = written_until(write.at) if new.recurrence else new.end
        await carry_on(write.connection, calendar_id, last, write.at)
        row = await write.insert(columns_of(new) | {"calendar_id": calendar_id})
        await write.place(row["id"], replace(write.terms(), on_clash="leave out" if skip_clashes else "refuse"))
        return await write.reread(row["id"])

    async def _still_booked(self, write: Write, event: Event) -> Event:
        assert isinstance(event.id, UUID)  # what is booked is no occurrence of something else
        with contextlib.suppress(EventNotFound):
            if (await write.reread(event.id))["status"] == "confirmed":
                return event
        raise Conflict("That event was booked and then cancelled. Book it anew.", code="event_cancelled")

    async def hold(
        self,
        identity: Identity,
        start: datetime,
        end: datetime,
        *,
        conversation_id: UUID,
        calendar_id: UUID | None = None,
        for_s: float = 120,
    ) -> Hold:
        """Keep a free time for this conversation while its caller decides; it replaces the one it had.

        The same time once more holds it for longer. Others get TimeTaken and are offered other times. Raises TimeTaken,
        TimePassed, Invalid.
        """
        identity.require(WRITE)
        check_hold(start, end, self._clock.now())
        calendar_id = calendar_id or (await self._repository.default_calendar(identity)).id
        try:
            async with self._desk.open(identity, Request(operation="hold", conversation_id=conversation_id)) as write:
                await write.lock([calendar_id], counts=False)
                until = write.at + timedelta(seconds=min(for_s, _LONGEST_HOLD_S))
                await carry_on(write.connection, calendar_id, end, write.at)
                return await holds.take(write, calendar_id, (start, end), until)
        except Clashing as error:
            raise await self._refused(identity, error, (start, end), calendar_id, conversation_id) from error
        except SlotLost as error:
            raise lost() from error

    async def extend_hold(self, identity: Identity, conversation_id: UUID, *, for_s: float = 120) -> Hold | None:
        """Hold what the conversation holds for ``for_s`` seconds from now; None when it holds nothing any more."""
        identity.require(WRITE)
        async with self._desk.open(identity, Request(operation="hold", conversation_id=conversation_id)) as write:
            until = write.at + timedelta(seconds=min(for_s, _LONGEST_HOLD_S))
            return await holds.extend(write.connection, conversation_id, write.at, until)

    async def release_hold(self, identity: Identity, conversation_id: UUID) -> bool:
        """Give the time back (the caller withdrew or hung up); whether there was any."""
        identity.require(WRITE)
        async with self._desk.open(identity, Request(operation="hold")) as write:
            return await holds.release(write.connection, conversation_id)

    async def _refused(
        self,
        identity: Identity,
        error: Clashing,
        times: Interval,
        calendar_id: UUID,
        conversation_id: UUID | None,
        moving: Event | None = None,
    ) -> Conflict:
        """What to tell instead: which dates of a series are taken, or by what, and free times near ``times``."""
        zone = zone_in(times[0])
        if error.repeats:
            told = (replace(one, start=in_zone(one.start, zone), end=in_zone(one.end, zone)) for one in error.clashes)
            return SeriesClashes(tuple(told), error.total)
        return await self._taken(
            identity,
            error.clashes[0].clash,
            (in_zone(times[0], zone), in_zone(times[1], zone)),
            moving=moving,
            calendar_id=calendar_id,
            conversation_id=conversation_id,
        )


def _occurrences(new: NewEvent, recurrence: Recurrence, now: datetime) -> list[Interval]:
    found = expand(new.start, new.end, recurrence, (new.start, written_until(now)))
    if not found:
        raise Invalid("Every date of that repetition is left out.", code="bad_recurrence")
    return [(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in found]


def lost() -> Conflict:
    """What to tell when the database's constraint refused a time that a check had found free."""
    return Conflict("Somebody else took that time just now. Choose another one.", code="time_taken")
