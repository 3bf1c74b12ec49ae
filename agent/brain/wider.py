"""Requests beyond one event's time: a change of what it is, all of an afternoon, taking back, a time with people. Pure.

The words are read by ``tools/calendars/commands``, as written commands are. Only what has a tool is taken on; any other
sentence is None here, and the rest of the dialogue decides. To add one: a reader in ``_READERS``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.brain.phrasing import TOOL_OF, fact_of, joined
from agent.brain.state import Action, Answered, Known, Slots, State, Task
from agent.brain.turn import Turn
from tools.calendars.commands.command import Command
from tools.calendars.commands.names import with_people
from tools.calendars.commands.operations import wanted_of
from tools.calendars.commands.reading import understand
from tools.calendars.language.when import moments

_WIDER = {"undo", "delete", "update", "suggest"}
_LOOKED_AT_DAYS = 14
_TIMES = re.compile(r"^These times suit: (?P<times>.+?)\.(?:\s|$)")


def wider_request(turn: Turn, state: State, text: str) -> Task | Action | None:
    """A task to begin, a tool to call at once, or None when the sentence asks for nothing of the kind."""
    if wanted_of(text, says_when=False).operation not in _WIDER:  # quick: every sentence so far is read for every reply
        return None
    command = understand(text, turn.now, knows_last=state.last_event is not None)
    match command.operation:
        case "undo":
            return Action(tool=TOOL_OF["undo"]) if turn.has("undo") else None
        case "delete" if command.everything and turn.has("cancel_many"):
            return _cancel_many(command)
        case "update" if turn.has("alter") and command.ask in {"", "which_event"}:
            return _alter(state, command)
        case "suggest" if turn.has("suggest") and not command.ask:
            return _suggest(turn, command)
        case _:
            return None


def _cancel_many(command: Command) -> Task:
    when = command.when
    slots = Slots(
        event=command.event,
        day=when.day if when else None,
        last_day=when.last_day if when else None,
        part=when.part if when else "",
    )
    return Task("cancel_many", slots)


def _alter(state: State, command: Command) -> Task | None:
    """Another name, place, length or repetition, more people; another time is a move."""
    what = (command.title, command.location, command.duration_min, command.longer_min, command.rule, command.attendees)
    if not any(what) or command.new:
        return None
    known = state.last_event if command.refers else None
    if command.ask and not command.refers:
        return None
    slots = Slots(
        title=command.title,
        location=command.location,
        duration_min=command.duration_min,
        longer_min=command.longer_min,
        attendees=command.attendees,
        repeat=command.rule,
        scope=command.scope or "",
        known=known,
        event=known.title if known else command.event,
        event_day=command.event_day,
        event_at=command.event_at,
    )
    return Task("alter", slots)


def _suggest(turn: Turn, command: Command) -> Action | None:
    """Several people, or several days: what the free time of one day cannot answer."""
    when, today = command.when, turn.now.date()
    spread = bool(when and when.last_day and when.day and when.last_day > when.day)
    if not command.attendees and not spread:
        return None
    first = max(when.day, today) if when and when.day else today
    last = when.last_day if when and when.last_day else today + timedelta(days=_LOOKED_AT_DAYS)
    wanted: dict[str, Any] = {
        "people": list(command.attendees),
        "duration_min": command.duration_min or 30,
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "wishes": list(command.wishes),
    }
    return Action(tool=TOOL_OF["suggest"], arguments=wanted)


def suggested(turn: Turn, state: State, answer: Answered) -> tuple[State, Action]:
    """The times that suit, to choose one; what is booked then has the people and the length that were asked for."""
    fact = fact_of(answer.output)
    found = _TIMES.match(fact)
    if answer.failed or found is None or not turn.has("book"):
        return state, Action(say=fact)
    options = tuple(first for part in found["times"].split(";") if (first := _first_of(part, turn.now)))
    people = tuple(str(one) for one in answer.arguments.get("people") or ())
    slots = Slots(
        title=with_people("Meeting", (), people) if people else "",
        attendees=people,
        duration_min=int(answer.arguments.get("duration_min") or 30),
    )
    task = Task("book", slots, "choosing", "time", turn.words("ask_which"), options=options)
    return replace(state, task=task), Action(say=joined(fact, task.question))


def _first_of(text: str, now: datetime) -> datetime | None:
    """The time at the beginning; a reason behind it may name others."""
    found = moments(text, now, now.date())
    return found[0] if found else None


def altered(task: Task, now: datetime) -> Known | None:
    """The event that was changed, by its new name; when it is was in the question that was read back."""
    found = moments(task.question.split(" to be ")[0], now, now.date())
    start = task.slots.known.start if task.slots.known else found[0] if found else None
    title = task.slots.title or task.slots.event or (task.slots.known.title if task.slots.known else "")
    return Known(title, start) if start else None
