"""Tools that change the calendar, each in two steps, and the one that takes the last change back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from livekit.agents import RunContext, function_tool

from tools import spoken
from tools.boundary import (
    Names,
    Text,
    answering,
    given,
    hold_the_floor,
    require_said,
    time_argument,
    wrong_argument,
)
from tools.calendars.backend import Recurrence
from tools.calendars.changes import SeriesClashes
from tools.calendars.matching import best_matches
from tools.calendars.model import Event, EventChange, NewEvent
from tools.calendars.parts import starting_in, stretches
from tools.calendars.recurrence import checked_rrule, described
from tools.calendars.toolset.speaking import WHAT, CalendarSpeech, Part
from tools.calendars.walltime import after, at, start_of, zone_of
from tools.capture.required import require_confirmed

Scope = Literal["this", "following", "all"]
_MOST_AT_ONCE = 50


class ChangingTools(CalendarSpeech):
    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def book_event(
        self,
        ctx: RunContext[Any],
        title: Text,
        start: Text,
        duration_min: int = 30,
        attendees: Names = [],  # noqa: B006 - the framework copies defaults into its schema
        location: Text = "",
        repeat: Text = "",
        skip_taken: bool = False,
        notes: Text = "",
        confirmed: bool = False,
    ) -> str:
        """Book an event in the calendar. Call it first with confirmed=false: it checks the time and returns a question
        to read back. After the caller's yes call it again with the same arguments and confirmed=true.

        Args:
            title: What the event is called, for example "Lunch with Anna".
            start: Local date and time, "YYYY-MM-DDTHH:MM", no offset.
            duration_min: Length in minutes.
            attendees: Names or e-mail addresses of the other people.
            location: Where it takes place; empty when nobody said.
            repeat: For a series its RFC 5545 rule, such as "FREQ=WEEKLY;BYDAY=MO;COUNT=6"; empty for one event.
            skip_taken: True when the caller wants dates of a series that are taken left out.
            notes: What else to write beside it, such as the caller's telephone number; empty otherwise.
            confirmed: True only after the caller said yes to the read-back.
        """
        async with answering(WHAT, self._error):
            begins = at(time_argument(start, "start"), self._zone)
            new = NewEvent(
                summary=given(title),
                start=begins,
                end=after(begins, min(max(duration_min, 0), 100_000)),
                timezone=self._zone.key,
                attendees=tuple(attendees),
                location=given(location),
                description=given(notes),
                conversation_id=self._call.conversation_id,
                recurrence=Recurrence(given(repeat)) if given(repeat) else None,
            )
            if not new.summary:
                raise wrong_argument("I need a title for it.", "Ask the caller what it should be called.")
            texts = (new.summary, new.location, new.description)
            require_said(self._call.words, texts, new.attendees)
            await require_confirmed(self._call, (*texts, *new.attendees))
            new = await self._calendars.check(self._call.identity, new, skip_clashes=skip_taken)
            proposal = self._proposals(ctx).book(new, skip_clashes=skip_taken)
            if not (confirmed and self._may_commit(proposal)):
                await self._hold(new)
            return await self._settle(
                ctx, proposal, f"I have {proposal.summary}. Shall I book it?", confirmed=confirmed
            )

    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def move_event(
        self,
        ctx: RunContext[Any],
        event: Text,
        new_start: Text,
        event_start: Text = "",
        scope: Scope = "this",
        confirmed: bool = False,
    ) -> str:
        """Move an event to another time; it keeps its length. Call it first with confirmed=false, and after the
        caller's yes again with the same arguments and confirmed=true.

        Args:
            event: Words of its title, or empty when event_start says which one.
            new_start: New local date and time, "YYYY-MM-DDTHH:MM", no offset.
            event_start: To tell events apart: its present day "YYYY-MM-DD" or day and time "YYYY-MM-DDTHH:MM".
            scope: Of a series: "this" one alone, this and all "following", or "all" of it.
            confirmed: True only after the caller said yes to the read-back.
        """
        async with answering(WHAT, self._error):
            start = at(time_argument(new_start, "new_start"), self._zone)
            found = await self._find(event, event_start)
            if found.all_day:
                start = start_of(start.date(), zone_of(found.timezone))
            slot = await self._calendars.check_move(
                self._call.identity, found, start, scope=_of(found, scope), conversation_id=self._call.conversation_id
            )
            proposal = self._proposals(ctx).move(found, slot, start, scope)
            return await self._settle(ctx, proposal, f"Shall I move {proposal.summary}?", confirmed=confirmed)

    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def change_event(
        self,
        ctx: RunContext[Any],
        event: Text,
        event_start: Text = "",
        title: Text = "",
        location: Text = "",
        attendees: Names = [],  # noqa: B006
        add_attendees: Names = [],  # noqa: B006
        duration_min: int = 0,
        longer_min: int = 0,
        repeat: Text = "",
        skip_taken: bool = False,
        scope: Scope = "this",
        confirmed: bool = False,
    ) -> str:
        """Change what an event is called, where it is, who comes, how long it lasts or how it repeats; what is left out
        stays. For another time use move_event. Call it first with confirmed=false, and after the caller's yes again
        with the same arguments and confirmed=true.

        Args:
            event: Words of its title, or empty when event_start says which one.
            event_start: To tell events apart: its day "YYYY-MM-DD" or day and time "YYYY-MM-DDTHH:MM".
            title: Its new name; empty leaves it.
            location: Its new place; empty leaves it.
            attendees: Everybody who shall come now; empty leaves them.
            add_attendees: Who shall come besides those who come already: "add Tom to it".
            duration_min: Its new length in minutes; 0 leaves it.
            longer_min: How many minutes longer it shall be; negative for shorter, 0 leaves it.
            repeat: Its RFC 5545 rule ("FREQ=WEEKLY"), or "once" to end the series; empty leaves it.
            skip_taken: True when the caller wants dates of the new series that are taken left out.
            scope: Of a series: "this" one alone, this and all "following", or "all" of it.
            confirmed: True only after the caller said yes to the read-back.
        """
        async with answering(WHAT, self._error):
            texts, named = (given(title), given(location)), (*attendees, *add_attendees)
            require_said(self._call.words, texts, named)
            found = await self._find(event, event_start)
            there = (found.summary, found.location, found.description, *found.attendees)
            await require_confirmed(self._call, (*texts, *named), there)
            people = tuple(attendees) or _joined_by(found, add_attendees)
            minutes = duration_min or _lasting(found, longer_min)
            change, told = self._change(found, *texts, people, minutes, repeat)
            if not told:
                raise wrong_argument("I need to know what to change.", "Ask the caller what shall be different.")
            meant: Scope = "all" if change.recurrence or change.make_single else scope
            if change.start:
                await self._calendars.check_move(
                    self._call.identity, found, change.start, change.end, scope=_of(found, meant),
                    conversation_id=self._call.conversation_id,
                )  # fmt: skip
            becomes = spoken.listed(told)
            return await self._settle_change(
                ctx, found, change, becomes, meant, skip_taken=skip_taken, confirmed=confirmed
            )

    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def cancel_event(
        self, ctx: RunContext[Any], event: Text, event_start: Text = "", scope: Scope = "this", confirmed: bool = False
    ) -> str:
        """Cancel an event. Call it first with confirmed=false, and after the caller's yes again with the same
        arguments and confirmed=true.

        Args:
            event: Words of its title, or empty when event_start says which one.
            event_start: To tell events apart: its day "YYYY-MM-DD" or day and time "YYYY-MM-DDTHH:MM".
            scope: Of a series: "this" one alone, this and all "following", or "all" of it.
            confirmed: True only after the caller said yes to the read-back.
        """
        async with answering(WHAT, self._error):
            found = await self._find(event, event_start)
            proposal = self._proposals(ctx).cancel(found, scope)
            return await self._settle(ctx, proposal, f"Shall I cancel {proposal.summary}?", confirmed=confirmed)

    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def cancel_events(
        self,
        ctx: RunContext[Any],
        start_date: Text,
        end_date: Text = "",
        part_of_day: Part = "any",
        about: Text = "",
        confirmed: bool = False,
    ) -> str:
        """Cancel everything on some days, or in a part of them: "cancel everything on Friday afternoon". Call it first
        with confirmed=false, and after the caller's yes again with the same arguments and confirmed=true.

        Args:
            start_date: First local day, "YYYY-MM-DD".
            end_date: Last local day, inclusive; the same day when empty.
            part_of_day: Only what is in this part of the day.
            about: Only events with these words, for example "calls"; empty for everything.
            confirmed: True only after the caller said yes to the read-back.
        """
        async with answering(WHAT, self._error):
            first, last = self._days(start_date, end_date)
            spans = stretches(first, last, part_of_day, self._zone)
            events = await self._calendars.list_events(self._call.identity, spans[0][0], spans[-1][1])
            events = [one for one in starting_in(events, spans) if one.ends_at > self._call.now()]
            if given(about):
                events = best_matches(given(about), events)
            period = self._phrases.period(first, last, part_of_day)
            if not events:
                return spoken.result(f"Nothing is on the calendar {period}.", "Tell the caller.")
            if len(events) > _MOST_AT_ONCE:
                raise wrong_argument(
                    f"That would be {len(events)} events.",
                    "Ask the caller for a shorter time; do not cancel that many.",
                )
            proposal = self._proposals(ctx).cancel_many(events, period)
            return await self._settle(ctx, proposal, f"Shall I cancel {proposal.summary}?", confirmed=confirmed)

    @function_tool(on_duplicate="reject", duplicate_scope="name_and_args")
    async def undo_last_change(self, ctx: RunContext[Any]) -> str:
        """Take back the last change of this call, when the caller says "undo that" or "put it back"."""
        async with answering(WHAT, self._error):
            if self._call.words.just_read:  # a text must not take back what the caller wanted
                raise wrong_argument("Nothing was changed.", "Ask the caller whether to take the last change back.")
            hold_the_floor(ctx)
            undone = await self._calendars.undo_last(self._call.identity, conversation_id=self._call.conversation_id)
            for event in undone.events:
                self._publish({"type": "event.restored", "event": event.as_json(), "undone": undone.operation})
            self._call.words.read(undone.fact)
            return spoken.result(undone.fact, "Tell the caller; ask what else.")

    def _change(
        self, found: Event, title: str, location: str, attendees: tuple[str, ...], duration_min: int, repeat: str
    ) -> tuple[EventChange, list[str]]:
        """What shall be different, and how that is said."""
        told: list[str] = []
        rule, single = given(repeat), given(repeat).lower() in {"once", "never", "single"}
        start = found.starts_in(self._zone)
        if title:
            told.append(f"to be called {title}")
        if location:
            told.append(f"to be at {location}")
        if attendees:
            told.append(f"to be with {spoken.listed(attendees)}")
        if duration_min > 0:
            told.append(f"to last {spoken.duration(duration_min)}")
        if single:
            told.append("to take place only once")
        elif rule:
            rule = checked_rrule(rule, start, self._zone, all_day=found.all_day)
            told.append(f"to repeat {described(rule, self._zone, start=start, all_day=found.all_day)}")
        change = EventChange(
            start=start if duration_min > 0 else None,
            end=after(start, duration_min) if duration_min > 0 else None,
            summary=title or None,
            location=location or None,
            attendees=attendees or None,
            recurrence=Recurrence(rule) if rule and not single else None,
            make_single=single,
        )
        return change, told

    async def _settle_change(
        self,
        ctx: RunContext[Any],
        event: Event,
        change: EventChange,
        becomes: str,
        scope: Scope,
        *,
        skip_taken: bool,
        confirmed: bool,
    ) -> str:
        """As ``_settle``; dates of a new series that are taken need another yes, to leave them out."""
        proposals = self._proposals(ctx)
        proposal = proposals.change(event, change, becomes, scope, skip_clashes=skip_taken)
        try:
            return await self._settle(ctx, proposal, f"Shall I change {proposal.summary}?", confirmed=confirmed)
        except SeriesClashes as taken:  # what is in the way must be heard first
            if skip_taken or not change.recurrence or len(taken.clashes) >= taken.total:
                raise
            these = "that date" if len(taken.clashes) == 1 else "these dates"
            question = f"{self._phrases.clashes(taken)} Shall I leave {these} out for {event.summary}?"
            without = proposals.change(event, change, becomes, scope, skip_clashes=True)
            return self._ask(without, question, but="skip_taken=true and ")

    async def _hold(self, new: NewEvent) -> None:
        """Keep the time while the caller decides; an all-day event waits without."""
        if new.busy and not new.all_day:
            await self._calendars.hold(
                self._call.identity,
                new.start,
                new.end,
                conversation_id=self._call.conversation_id,
                calendar_id=new.calendar_id,
            )


def _joined_by(event: Event, new: Sequence[str]) -> tuple[str, ...]:
    """Everybody who comes then; empty when nobody is new. Raises ToolError when all of them come already."""
    there = {name.casefold() for name in event.attendees}
    if new and all(name.casefold() in there for name in new):
        come = "come" if len(new) > 1 else "comes"
        told = spoken.sentence(f"{spoken.listed(list(new))} {come} already")
        raise wrong_argument(told, "Tell the caller; nothing is to be done.")
    return tuple(dict.fromkeys((*event.attendees, *new))) if new else ()


def _lasting(event: Event, longer_min: int) -> int:
    """Its length with so many minutes more; 0 leaves it. Raises ToolError when nothing would be left of it."""
    minutes = event.duration_min + longer_min
    if longer_min and minutes <= 0:
        raise wrong_argument(
            f"{event.summary} only lasts {spoken.duration(event.duration_min)}.", "Ask how long it shall be instead."
        )
    return minutes if longer_min else 0


def _of(event: Event, scope: Scope) -> Scope | None:
    """A single event has no scope."""
    return scope if event.series_id is not None else None
