"""What an event shall be instead: a Command over an event as an EventChange, and as words. Pure.

"To five" is completed with the event's own day, "to Monday" with its own time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.backend import Recurrence
from tools.calendars.commands.asking import question_of
from tools.calendars.commands.command import Command
from tools.calendars.commands.outcome import Outcome, asked, meanings_of
from tools.calendars.commands.which import new_start
from tools.calendars.language import Candidate, Reading
from tools.calendars.language.reading import reading_of
from tools.calendars.model import Event, EventChange
from tools.calendars.parts import is_in_part
from tools.calendars.recurrence import checked_rrule, described
from tools.calendars.walltime import after, at, start_of, zone_of


def change_wished(event: Event, command: Command, zone: ZoneInfo, now: datetime) -> EventChange | Outcome:
    """The change, or the question that comes first. Raises Invalid for a repetition that cannot be."""
    change = EventChange(summary=command.title or None, location=command.location or None)
    if command.attendees:
        change = replace(change, attendees=tuple(dict.fromkeys((*event.attendees, *command.attendees))))
    minutes = command.duration_min
    if command.longer_min is not None:
        minutes = event.duration_min + command.longer_min
    start, end = new_start(event, command, zone), None
    if command.new is not None:
        found = _completed(event, command.new, zone, now)
        if isinstance(found, Reading):
            choices = meanings_of(found.candidates, zone, now.date())
            return asked(command, found.ask or "which_time", _question(found, now.date()), choices)
        start, end = _times(event, found, zone)
    if minutes is not None:
        start = start or event.starts_in(zone)
        end = after(start, minutes)
    change = replace(change, start=start, end=end)
    if command.rule == "once":
        return replace(change, make_single=True)
    if command.rule:
        rule = checked_rrule(command.rule, start or event.starts_in(zone), zone, all_day=event.all_day)
        change = replace(change, recurrence=Recurrence(rule))
    return change


def _completed(event: Event, new: Reading, zone: ZoneInfo, now: datetime) -> Candidate | Reading:
    """The new time with what was not said taken from the event; the reading when it must be asked."""
    own = event.starts_in(zone)
    best = new.best
    if not new.heard.days and new.heard.clock and not new.heard.delayed_to and not (best and best.rrule):
        day = own.date()
        new = reading_of(replace(new.heard, days=((day, day),), loose=False), new.text, now)
        best = new.best
    if new.ask or best is None:
        return new
    if best.start is not None:
        return new if best.bound else best
    if best.day is None:
        return new
    if best.last_day != best.day and not event.all_day:
        return replace(new, ask="which_day")
    if best.part and not is_in_part(best.part, own.time()):
        return replace(new, ask="which_time")
    return replace(best, start=None if event.all_day else datetime.combine(best.day, own.time()))


def _times(event: Event, best: Candidate, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    assert best.day is not None
    if event.all_day:
        return start_of(best.day, zone_of(event.timezone)), None
    assert best.start is not None
    there = zone_of(best.zone) if best.zone else zone
    start = at(best.start, there).astimezone(zone)
    return start, at(best.end, there).astimezone(zone) if best.end else None


def _question(new: Reading, today: date) -> str:
    if new.ask == "which_day" and not new.problem and len(new.candidates) < 2:
        return "Which day exactly?"
    if new.ask == "which_time" and not any(one.start for one in new.candidates):
        return "What time shall it be?"
    return question_of(new, today) or "What time shall it be?"


def told_of(event: Event, change: EventChange, zone: ZoneInfo, today: date) -> str:
    """ "to Monday, November 30th at 9 AM", "to last 1 hour", "to repeat every week at 9 AM"."""
    told = list[str]()
    start = change.start.astimezone(zone) if change.start else event.starts_in(zone)
    if change.start and change.start != event.starts_at:
        told.append(f"to {spoken.day(start.date(), today) if event.all_day else spoken.moment(start, today)}")
    if change.end and change.end - start != event.ends_at - event.starts_at:
        told.append(f"to last {spoken.duration(round((change.end - start) / timedelta(minutes=1)))}")
    if change.summary:
        told.append(f"to be called {change.summary}")
    if change.location:
        told.append(f"to be at {change.location}")
    if change.attendees:
        told.append(f"to be with {spoken.listed(change.attendees)}")
    if change.make_single:
        told.append("to take place only once")
    if change.recurrence:
        told.append(f"to repeat {described(change.recurrence.rrule, zone, start=start, all_day=event.all_day)}")
    return spoken.listed(told) or "in nothing"
