"""Changes of the calendar that wait for a yes: how each is read back, what makes it this one, and what the yes does.

No rules (``service.py``) and no LiveKit. To add a change: a method that returns its Proposal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.backend import Scope
from tools.calendars.model import Event, EventChange, NewEvent, Slot
from tools.calendars.phrases import Phrases
from tools.calendars.walltime import zone_of
from tools.call import EVENT_TOPIC, CallContext, Proposal

_NEXT = "Tell the caller; ask what else."
_OF_SERIES: dict[Scope, str] = {
    "this": "",
    "following": ", and every one after it",
    "all": ", the whole series",
}


@dataclass(frozen=True, slots=True)
class Proposals:
    """The proposals of one turn (``turn``: the agent's speech handle) of a call."""

    call: CallContext
    turn: str
    released: Callable[[], None]

    def book(self, new: NewEvent, *, skip_clashes: bool = False) -> Proposal:
        """A new event, or a series; ``new`` was checked."""
        recurrence = new.recurrence.rrule if new.recurrence else ""
        details = {
            "summary": new.summary,
            "start": new.start.isoformat(),
            "end": new.end.isoformat(),
            "timezone": new.timezone,
            "attendees": list(new.attendees),
            "location": new.location,
            "rrule": recurrence,
        }

        async def commit(proposal_id: UUID) -> str:
            keyed = replace(new, idempotency_key=self._key(proposal_id))
            event = await self.call.services.calendars.book(self.call.identity, keyed, skip_clashes=skip_clashes)
            self._publish("event.booked", event)
            when = spoken.moment(event.starts_in(self.call.timezone), self.call.today())
            return await self._done(f"{event.summary} is booked for {when}{self._repeated(event)}.", event, is_new=True)

        addresses = tuple(sorted(one.casefold() for one in new.attendees if "@" in one))
        fingerprint = ("book_event", new.summary.casefold(), new.start, new.end, recurrence, skip_clashes, addresses)
        return self._proposal("book_event", fingerprint, self._phrases.new_event(new), details, commit)

    def move(self, event: Event, slot: Slot, start: datetime, scope: Scope) -> Proposal:
        """Another time; ``slot`` is what it would have."""
        summary = f"{self._phrases.event(event)}{_of(event, scope)} to {self._new_time(event, start)}"
        details = {
            **self._about(event),
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "timezone": self.call.timezone.key,
        }

        async def commit(proposal_id: UUID) -> str:
            moved = await self.call.services.calendars.move(
                self.call.identity,
                event.id,
                slot.start,
                slot.end,
                scope=_meant(event, scope),
                **self._once(proposal_id),
            )
            self._publish("event.moved", moved)
            when = self._new_time(moved, moved.starts_in(self._wall(moved)))
            return await self._done(f"{moved.summary} is now {when}{_of(event, scope)}.", moved)

        fingerprint = ("move_event", event.id, slot.start, slot.end, scope)
        return self._proposal("move_event", fingerprint, summary, details, commit)

    def change(
        self, event: Event, change: EventChange, told: str, scope: Scope, *, skip_clashes: bool = False
    ) -> Proposal:
        """Another title, place, length, people or repetition; ``told`` says what it becomes ("to be called Review")."""
        without = ", without the dates that are taken" if skip_clashes else ""
        summary = f"{self._phrases.event(event)}{_of(event, scope)} {told}{without}"

        async def commit(proposal_id: UUID) -> str:
            changed = await self.call.services.calendars.update(
                self.call.identity,
                event.id,
                change,
                scope=_meant(event, scope),
                skip_clashes=skip_clashes,
                **self._once(proposal_id),
            )
            self._publish("event.updated", changed)
            return await self._done(f"{changed.summary} is changed{self._repeated(changed)}.", changed)

        fingerprint = ("change_event", event.id, repr(change), scope, skip_clashes)
        return self._proposal("change_event", fingerprint, summary, self._about(event), commit)

    def cancel(self, event: Event, scope: Scope) -> Proposal:
        summary = f"{self._phrases.event(event)}{_of(event, scope)}"

        async def commit(proposal_id: UUID) -> str:
            cancelled = await self.call.services.calendars.cancel(
                self.call.identity, event.id, scope=_meant(event, scope), **self._once(proposal_id)
            )
            self._publish("event.cancelled", cancelled)
            return await self._done(f"{summary} is cancelled.", cancelled)

        return self._proposal("cancel_event", ("cancel_event", event.id, scope), summary, self._about(event), commit)

    def cancel_many(self, events: Sequence[Event], period: str) -> Proposal:
        """Everything of a stretch of time, as one change."""
        named = spoken.listed([self._phrases.event_with_range(event) for event in events[:5]])
        more = len(events) - 5
        rest = f" and {spoken.counted(more, 'more event')}" if more > 0 else ""
        summary = f"{spoken.counted(len(events), 'event')} {period}: {named}{rest}"
        details = {"summary": summary, "events": [event.as_json() for event in events]}

        async def commit(proposal_id: UUID) -> str:
            ids = [event.id for event in events]
            gone = await self.call.services.calendars.cancel_many(self.call.identity, ids, **self._once(proposal_id))
            for event in gone:
                self._publish("event.cancelled", event)
            what = named if len(gone) == 1 else spoken.counted(len(gone), "event")
            return await self._done(f"{what} {period} {_are(len(gone))} cancelled.", *gone)

        fingerprint = ("cancel_events", tuple(event.id for event in events))
        return self._proposal("cancel_events", fingerprint, summary, details, commit)

    @property
    def _phrases(self) -> Phrases:
        return Phrases(self.call.timezone, self.call.today())

    def _proposal(
        self,
        kind: str,
        fingerprint: tuple[object, ...],
        summary: str,
        details: dict[str, Any],
        commit: Callable[[UUID], Awaitable[str]],
    ) -> Proposal:
        return Proposal(kind, fingerprint, summary, details, commit, self.turn, released=self.released)

    async def _done(self, fact: str, *events: Event, is_new: bool = False) -> str:
        """The fact, and how it fared where the calendar is connected to."""
        arrival = await self.call.services.connected.arrival(self.call.identity, events, is_new=is_new)
        return spoken.result(f"{fact} {arrival}".strip(), _NEXT)

    def _key(self, proposal_id: UUID) -> str:
        return f"{self.call.conversation_id}:{proposal_id}"

    def _once(self, proposal_id: UUID) -> dict[str, Any]:
        return {"key": self._key(proposal_id), "conversation_id": self.call.conversation_id}

    def _publish(self, type_: str, event: Event) -> None:
        self.call.publish(EVENT_TOPIC, {"type": type_, "event": event.as_json()})

    def _about(self, event: Event) -> dict[str, Any]:
        return {"event": event.as_json(), "summary": event.summary}

    def _repeated(self, event: Event) -> str:
        told = self._phrases.repetition(event) if event.original_start is None else ""
        return f", {told}" if told else ""

    def _new_time(self, event: Event, start: datetime) -> str:
        today = self.call.today()
        return spoken.day(start.date(), today) if event.all_day else spoken.moment(start, today)

    def _wall(self, event: Event) -> ZoneInfo:
        """The clocks to read an event on: a whole day is that day everywhere."""
        return zone_of(event.timezone) if event.all_day else self.call.timezone


def _meant(event: Event, scope: Scope) -> Scope | None:
    """A single event has no scope."""
    return scope if event.series_id is not None else None


def _of(event: Event, scope: Scope) -> str:
    return _OF_SERIES[scope] if event.series_id is not None else ""


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
