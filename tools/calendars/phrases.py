"""Events, slots and calendar errors as sentences and next moves, on a call's wall clock. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from store.errors import VoiceLoopError
from tools import spoken
from tools.calendars.changes import ChangedSince, SeriesClash, SeriesClashes
from tools.calendars.model import (
    AmbiguousEvent,
    Event,
    EventNotFound,
    NewEvent,
    NoSuchWallTime,
    Slot,
    TimePassed,
    TimeTaken,
)
from tools.calendars.recurrence import BadRule, described
from tools.calendars.slots import free_spans
from tools.calendars.walltime import elapsed_min

SPOKEN_EVENTS = 6
_LEAST_FREE_MIN = 15
PART_WORDS = {"any": "", "morning": " in the morning", "afternoon": " in the afternoon", "evening": " in the evening"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Says things on the wall clock of ``zone``, seen from ``today``."""

    zone: ZoneInfo
    today: date

    def new_event(self, new: NewEvent) -> str:
        """ "Lunch with Anna on Tuesday, November 24th at noon for 1 hour"; people not in the title are named."""
        start = new.start.astimezone(self.zone)
        minutes = round(elapsed_min(new.start, new.end))
        others = [name for name in new.attendees if name.lower() not in new.summary.lower()]
        joint = ", also with" if " with " in new.summary.lower() else " with"
        people = f"{joint} {spoken.listed(others)}" if others else ""
        place = f", at {new.location}" if new.location else ""
        told = f"{new.summary}{people} {spoken.on_moment(start, self.today)} for {spoken.duration(minutes)}{place}"
        if new.recurrence is None:
            return told
        return f"{told}, {described(new.recurrence.rrule, self.zone, start=start, all_day=new.all_day)}"

    def repetition(self, event: Event) -> str:
        """ "every Monday at 9 AM, 5 times"; empty for a single event, and for a rule we cannot say."""
        if event.recurrence is None or not event.recurrence.rrule:
            return ""
        try:
            return described(event.recurrence.rrule, self.zone, start=event.starts_in(self.zone), all_day=event.all_day)
        except BadRule:
            return ""

    def event(self, event: Event) -> str:
        """ "Lunch with Anna on Tuesday, November 24th at noon"."""
        start = event.starts_in(self.zone)
        if event.all_day:
            return f"{event.summary} {spoken.on_day(start.date(), self.today)}, all day"
        return f"{event.summary} {spoken.on_moment(start, self.today)}"

    def event_with_range(self, event: Event) -> str:
        """ "Dentist from 9 to 10 AM", without its day."""
        if event.all_day:
            return f"{event.summary} all day"
        return f"{event.summary} {spoken.time_range(event.starts_in(self.zone), event.ends_in(self.zone))}"

    def agenda(self, events: Sequence[Event], first: date, last: date, part: str = "any") -> str:
        """What is on between two days inclusive: the first few events, and how many more."""
        period = self.period(first, last, part)
        if not events:
            return f"Nothing is on the calendar {period}."
        shown, more = events[:SPOKEN_EVENTS], len(events) - SPOKEN_EVENTS
        days = groupby(shown, key=lambda event: max(event.starts_in(self.zone).date(), first))
        if first == last:
            told = spoken.listed([self.event_with_range(event) for event in shown])
        else:
            told = "; ".join(
                f"{spoken.on_day(day, self.today)}, {spoken.listed([self.event_with_range(event) for event in group])}"
                for day, group in days
            )
        tail = f". And {spoken.counted(more, 'more event')}" if more > 0 else ""
        return f"You have {spoken.counted(len(events), 'event')} {period}: {told}{tail}."

    def free(self, slots: Sequence[Slot], day: date, duration_min: int, part: str) -> str:
        """ "Tomorrow you are free from 9 AM to noon and from 2 to 5 PM."."""
        when = f"{spoken.on_day(day, self.today)}{PART_WORDS.get(part, '')}"
        if not slots:
            return spoken.sentence(f"{when} there is no free time of {spoken.duration(duration_min)}")
        ranges = spoken.listed([spoken.time_range(slot.start, slot.end) for slot in slots[:5]])
        return spoken.sentence(f"{when} you are free {ranges}")

    def busy(self, events: Sequence[Event], start: datetime, end: datetime, moment: str) -> str:
        """ "On Wednesday from noon to 2 PM you have Lunch from 12:30 to 1 PM."; whether some of it is free is said."""
        named = spoken.listed([self.event_with_range(one) for one in events[:3]])
        more = f" and {spoken.counted(len(events) - 3, 'more')}" if len(events) > 3 else ""
        gaps = free_spans([(one.starts_at, one.ends_at) for one in events], (start, end), _LEAST_FREE_MIN)
        rest = f" You are free {spoken.listed([spoken.time_range(*gap) for gap in gaps])}." if gaps else ""
        return f"You are busy {moment}: {named}{more}.{rest}"

    def offers(self, slots: Sequence[Slot], named: date | None = None) -> str:
        """ "11 AM, 1 PM, or Wednesday, November 25th at noon"; a day is said unless it was ``named``."""
        starts = sorted(slot.start.astimezone(self.zone) for slot in slots)
        return spoken.listed(spoken.moments(starts, self.today, named), "or")

    def error(self, error: VoiceLoopError) -> str:
        """The domain's errors as "FACT | NEXT MOVE"; others as everywhere."""
        match error:
            case TimeTaken():
                return self._taken(error)
            case SeriesClashes():
                return spoken.result(
                    self.clashes(error),
                    "Ask whether to leave these out, or for another time. To leave them out call again with "
                    "skip_taken=true and confirmed=false. Nothing was booked or changed.",
                )
            case ChangedSince():
                return spoken.result(error.message, "Tell the caller; they can have it changed anew.")
            case AmbiguousEvent():
                told = spoken.listed([self.event(event) for event in error.candidates[:3]])
                number = len(error.candidates)
                fact = (
                    f"I found {number} events that fit: {told}." if number <= 3 else f"{number} fit, among them {told}."
                )
                return spoken.result(fact, "Ask which one; then call again with its event_start.")
            case EventNotFound():
                return self._not_found(error)
            case TimePassed():
                return spoken.result("That time has already passed.", "Ask for a time that lies ahead.")
            case NoSuchWallTime():
                after = error.after.astimezone(self.zone)
                return spoken.result(
                    f"That time does not exist {spoken.on_day(after.date(), self.today)}: the clocks go forward. "
                    f"The next one is {spoken.clock_time(after)}.",
                    "Ask whether that suits or which other time.",
                )
            case _:
                return spoken.error_as_result(error)

    def clashes(self, error: SeriesClashes) -> str:
        """ "Thursday, December 3rd is taken by Lunch.", or how many dates are, and the first by what."""
        told = [self._clash(one) for one in error.clashes[:3]]
        if len(told) == 1:
            day, by = told[0]
            return spoken.sentence(f"{day} is taken{by}")
        more = len(error.clashes) - len(told)
        rest = f" and {spoken.counted(more, 'more')}" if more > 0 else ""
        days = "; ".join(f"{day}{by}" for day, by in told)
        return f"{len(error.clashes)} dates are taken: {days}{rest}."

    def _clash(self, one: SeriesClash) -> tuple[str, str]:
        """The day, and what it is taken by."""
        by = " by another caller, who is just deciding" if one.clash.status == "held" else f" by {one.clash.summary}"
        return spoken.day(one.start.astimezone(self.zone).date(), self.today), by

    def _taken(self, error: TimeTaken) -> str:
        clash = error.clash
        day = clash.starts_in(self.zone).date()
        when = spoken.on_day(day, self.today)
        held = clash.status == "held"
        fact = (
            f"Another caller is just deciding about a time {when}"
            if held
            else f"You already have {clash.summary} {when}"
        )
        if not clash.all_day:
            fact += f" {spoken.time_range(clash.starts_in(self.zone), clash.ends_in(self.zone))}"
        if not error.alternatives:
            return spoken.result(f"{fact}.", "Ask for another day or time.")
        return spoken.result(
            f"{fact}. I could do {self.offers(error.alternatives, day)} instead.",
            "Ask which one suits, then call again with that time and confirmed=false. Nothing was booked or changed.",
        )

    def _not_found(self, error: EventNotFound) -> str:
        query = error.query
        day = query.start.astimezone(self.zone).date() if query.start else query.day
        when = f" {spoken.on_day(day, self.today)}" if day else " coming up"
        what = f"an event called {query.words}" if query.words else "an event"
        fact = f"I could not find {what}{when}."
        if error.nearby:
            fact += f" There is {spoken.listed([self.event_with_range(event) for event in error.nearby[:3]])}."
        return spoken.result(fact, "Tell the caller and ask which one they mean.")

    def period(self, first: date, last: date, part: str = "any") -> str:
        """ "tomorrow", "on Friday, November 27th in the afternoon", "from today to Sunday, …"."""
        if first == last:
            return f"{spoken.on_day(first, self.today)}{PART_WORDS.get(part, '')}"
        each = f", each {part}" if PART_WORDS.get(part) else ""
        return f"from {spoken.day(first, self.today)} to {spoken.day(last, self.today)}{each}"
