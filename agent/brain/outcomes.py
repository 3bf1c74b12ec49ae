"""What the tool of a task answered: a question to read back, a conflict with other times, or that it is done. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from agent.brain.captures import required
from agent.brain.phrasing import TOOL_OF, fact_of, joined
from agent.brain.slots import located
from agent.brain.state import Action, Answered, Known, State, Task
from agent.brain.tasks import TRIES, advance, ask
from agent.brain.turn import Turn
from agent.brain.wider import altered
from tools.calendars.language.when import moments, resolve_start

_TAKEN_DATES = re.compile(r"\b(?:(?P<one>is taken)|dates are taken)\b")
_LEAVES_OUT = re.compile(r"\bleave (?:that date|these dates) out for .+\?$")


def answered_task(turn: Turn, state: State, task: Task, answer: Answered) -> tuple[State, Action]:
    """What the task's tool said: a question to read back, a conflict, or that it is done."""
    if task.stage == "looking" and answer.tool == TOOL_OF["list"]:
        return _looked_up(turn, state, task, answer)
    fact = fact_of(answer.output) or turn.words("empty_result")
    start = _argument_start(answer)
    if answer.failed:
        return required(turn, state, task, answer) or _failed(turn, state, task, fact, start)
    if fact.endswith("?"):
        wanted = dict(answer.arguments)
        if task.kind == "alter" and _LEAVES_OUT.search(fact):
            wanted, task = {**wanted, "skip_taken": True}, replace(task, slots=replace(task.slots, skip_taken=True))
        task = replace(task, stage="proposed", question=fact, arguments=wanted, options=(), misses=0)
        return replace(state, task=_seen(task, fact, start, turn.now)), Action(say=fact)
    last = Known(_title(answer, task), start) if start and task.kind != "cancel" else None
    last = altered(task, turn.now) if task.kind == "alter" else last
    state = replace(state, task=None, last_event=last, changed=state.turn)
    return state, Action(say=joined(fact, turn.words("anything_else")))


def _failed(turn: Turn, state: State, task: Task, fact: str, start: datetime | None) -> tuple[State, Action]:
    default = start or turn.now.replace(tzinfo=None)
    offer = re.search(r"I could do (.+)", fact)
    if offer:
        options = tuple(moments(offer.group(1), turn.now, default.date()))
        task = replace(task, stage="choosing", asked="time", options=options, question=turn.words("ask_which"))
        return replace(state, task=task), Action(say=joined(fact, task.question))
    several = re.search(r"I found \d+ events that fit: (.+)", fact)
    if several and task.kind != "book":
        options = tuple(moments(several.group(1), turn.now, default.date()))
        task = replace(task, stage="choosing", asked="event", options=options, question=turn.words("ask_which_event"))
        return replace(state, task=task), Action(say=joined(fact, task.question))
    if task.slots.repeat and task.kind == "book" and (taken := _TAKEN_DATES.search(fact)):
        question = turn.words("ask_leave_out_one" if taken["one"] else "ask_leave_out")
        task = replace(task, stage="asking", asked="skip", question=question)
        return replace(state, task=task), Action(say=joined(fact, question))
    if task.kind == "cancel_many" or (task.kind == "alter" and "could not find" not in fact):
        return replace(state, task=None), Action(say=fact)
    if re.search(r"internal error|something went wrong", fact, re.IGNORECASE):
        return replace(state, task=None), turn.say("trouble")
    asked = "event" if task.kind != "book" and "could not find" in fact else "time"
    misses = 1 + (task.misses if task.asked == asked else 0)
    if misses >= TRIES:
        return replace(state, task=None), Action(say=joined(fact, turn.words("gave_up")))
    question = turn.words("ask_event" if asked == "event" else "ask_other")
    slots = replace(task.slots, at=None, shift_min=None) if asked == "time" else replace(task.slots, known=None)
    task = replace(task, stage="asking", asked=asked, question=question, slots=slots, options=(), misses=misses)
    return replace(state, task=task), Action(say=joined(fact, question))


def _looked_up(turn: Turn, state: State, task: Task, answer: Answered) -> tuple[State, Action]:
    """The agenda was read to see when the event is; without it, ask for the whole new time."""
    fact = fact_of(answer.output)
    slots = task.slots
    first = answer.day("start_date")
    known = located(fact, slots.event, turn.now, first) if slots.event and first else None
    if known is None and slots.event_at:
        known = Known("", resolve_start(slots.event_day, slots.event_at, turn.now, guessed_half=True))
    if known is not None:
        return advance(turn, state, replace(task, stage="asking", slots=replace(slots, known=known)))
    task = replace(task, stage="asking", slots=replace(slots, shift_min=None))
    if slots.day and not slots.at:
        return ask(turn, state, task, "time")
    return ask(turn, state, task, "day" if slots.at else "new")


def _seen(task: Task, fact: str, start: datetime | None, now: datetime) -> Task:
    """A booking's read-back fixes its day; a move's names the event, so that "make it five" keeps the rest."""
    if task.kind == "book" and start:
        return replace(task, slots=replace(task.slots, day=start.date(), at=start.time()))
    if task.kind == "move" and start:
        return replace(
            task, slots=replace(task.slots, day=start.date(), at=start.time(), shift_min=None, guessed_half=False)
        )
    return task


def _argument_start(answer: Answered) -> datetime | None:
    try:
        return datetime.fromisoformat(str(answer.arguments.get("start") or answer.arguments.get("new_start") or ""))
    except ValueError:
        return None


def _title(answer: Answered, task: Task) -> str:
    known = task.slots.known.title if task.slots.known else ""
    return str(answer.arguments.get("title") or answer.arguments.get("event") or known)
