"""Names, addresses and numbers in the dialogue: who gives one is read it back, and every answer goes to its tool. Pure.

The rules of reading back, spelling and typing are the tools' (``tools/capture``); here is when they are asked, and what
a confirmed value changes: the request that is under way, and in it that one thing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agent.brain import tasks
from agent.brain.contacts import Given, given, speaks_of
from agent.brain.intents import Intent
from agent.brain.phrasing import CAPTURE_ANSWER, CAPTURE_TOOL_OF, fact_of, joined
from agent.brain.state import Action, Answered, Capturing, Slots, State, Task
from agent.brain.turn import Turn
from tools.capture.corrections import corrected
from tools.capture.model import Kind
from tools.capture.outcome import Outcome, outcome_of, unconfirmed
from tools.capture.reading import read_value
from tools.capture.written import Contact

_KIND_OF = {tool: kind for kind, tool in CAPTURE_TOOL_OF.items()}
_ASIDES = frozenset({"question", "list", "find_free", "time", "help"})
_SURE, _VERY_SURE = 0.6, 0.9
TOOLS = frozenset({*_KIND_OF, CAPTURE_ANSWER})


def is_aside(turn: Turn, state: State, text: str, intent: Intent) -> bool:
    """A question of its own while a value is asked for; it is answered, and then the value is asked for again."""
    return (
        state.capture is not None
        and intent.name in _ASIDES
        and intent.confidence >= _SURE
        and text.rstrip().endswith("?")
        and not read_value(state.capture.kind, text, turn.now)
    )


def heard(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action] | None:
    """The next sentence while a value is taken down, or one that gives a value; None for all others."""
    if state.capture is None:
        return _given(turn, state, text)
    if CAPTURE_ANSWER not in turn.offered or (intent.name == "goodbye" and intent.confidence > _VERY_SURE):
        return None
    if intent.name == "filler" and not re.search(r"\d", text):
        return state, turn.say("filler")
    if intent.name == "repeat" and intent.confidence > _VERY_SURE:
        return state, Action(say=state.capture.question)
    return state, Action(tool=CAPTURE_ANSWER)


def _given(turn: Turn, state: State, text: str) -> tuple[State, Action] | None:
    found = given(text) or _corrected(turn, state, text)
    if found is None or CAPTURE_TOOL_OF[found.kind] not in turn.offered:
        return None
    if found.rest and state.task is None and turn.has("book") and turn.read(found.rest).name == "book":
        state, _asked = tasks.begin(turn, state, "book", found.rest)
    return state, Action(tool=CAPTURE_TOOL_OF[found.kind], arguments={"said": found.said})


def _corrected(turn: Turn, state: State, text: str) -> Given | None:
    """ "No, the number ends in four" while a booking with that number is read back: it is taken down anew."""
    if state.task is None or state.task.stage not in {"proposed", "changing"}:
        return None
    for kind, value in reversed(list(state.contact.items())):
        if speaks_of(kind, text) and (new := corrected(kind, value, text, turn.now)):
            return Given(kind, new, "")
    return None


def required(turn: Turn, state: State, task: Task, answer: Answered) -> tuple[State, Action] | None:
    """A change was refused for a value that nobody confirmed: it leaves its slots, and is taken down to come back."""
    contact = unconfirmed(answer.output) if answer.failed else None
    if contact is None or CAPTURE_TOOL_OF[contact.kind] not in turn.offered:
        return None
    is_address, slots = contact.kind is Kind.EMAIL, task.slots
    slots = replace(
        slots,
        title=_left_out(slots.title, contact),
        location=_left_out(slots.location, contact),
        attendees=tuple(one for one in slots.attendees if one.lower() != contact.value),
        invite=slots.invite or is_address,
    )
    asked = "email" if is_address else task.asked
    task = replace(task, slots=slots, stage="asking", asked=asked, question="", misses=0)
    return replace(state, task=task), Action(tool=CAPTURE_TOOL_OF[contact.kind], arguments={"said": contact.value})


def _left_out(text: str, contact: Contact) -> str:
    """ "Meeting with tom@example.com" -> "Meeting"; a number is found however its digits are grouped."""
    between = "" if contact.kind is Kind.EMAIL else r"[\s()./–-]*"
    value = between.join(re.escape(sign) for sign in contact.value)
    return re.sub(rf"\s*(?:\b(?:and|with|to|at|on|under|for)\s+)?{value}", "", text, flags=re.IGNORECASE).strip(" ,")


def answered(turn: Turn, state: State, answer: Answered) -> tuple[State, Action]:
    """What a tool made of it: something to ask, a confirmed value, or an end without one."""
    kind = _KIND_OF.get(answer.tool) or (state.capture.kind if state.capture else None)
    if answer.failed or kind is None:
        return _ended(turn, replace(state, capture=None), fact_of(answer.output))
    outcome: Outcome = outcome_of(answer.output)
    if outcome.value:
        return _confirmed(turn, state, kind, outcome.value)
    if outcome.is_left:
        return _left(turn, state, kind)
    return replace(state, capture=Capturing(kind, outcome.says)), Action(say=outcome.says)


def _confirmed(turn: Turn, state: State, kind: Kind, value: str) -> tuple[State, Action]:
    before = state.contact.get(kind, "")
    contact = {**{one: known for one, known in state.contact.items() if one is not kind}, kind: value}
    state = replace(state, capture=None, contact=contact)
    task = state.task
    if task is None or task.kind not in {"book", "alter"}:
        return _ended(turn, state, turn.words("noted"))
    is_another = task.stage == "asking" and task.asked == "email"  # besides one that was confirmed before
    slots = _with_value(task, kind, value, "" if is_another else before)
    if slots == task.slots:
        return _ended(turn, state, turn.words("noted"))
    return _go_on(turn, state, replace(task, slots=slots), turn.words("noted_thanks"))


def _with_value(task: Task, kind: Kind, value: str, before: str) -> Slots:
    """The slots with the value in its place, where the one before it stood."""
    slots = task.slots
    if kind is Kind.EMAIL:
        kept = tuple(one for one in slots.attendees if one != before)
        return replace(slots, attendees=tuple(dict.fromkeys((*kept, value))))
    if kind is Kind.PHONE and task.kind == "book":
        return replace(slots, notes=f"Phone: {value}")
    if kind is Kind.NAME and task.kind == "book":
        kept = tuple(one for one in slots.attendees if one != before)
        return replace(slots, attendees=tuple(dict.fromkeys((*kept, value))))
    return slots


def _left(turn: Turn, state: State, kind: Kind) -> tuple[State, Action]:
    state, lead = replace(state, capture=None), turn.words("left_out")
    task = state.task
    if task is None or kind is not Kind.EMAIL or not task.slots.invite:
        return _ended(turn, state, lead)
    return _without_address(turn, state, task, lead)


def _without_address(turn: Turn, state: State, task: Task, lead: str) -> tuple[State, Action]:
    """The request without its invitation; a change that wanted nothing else is over."""
    slots = replace(task.slots, invite=False)
    changes = (slots.title, slots.location, slots.duration_min, slots.longer_min, slots.repeat, slots.attendees)
    if task.kind == "alter" and not any(changes):
        return _ended(turn, replace(state, task=None), lead)
    return _go_on(turn, state, replace(task, slots=slots), lead)


def _go_on(turn: Turn, state: State, task: Task, lead: str) -> tuple[State, Action]:
    """The request with what is new in it; what was asked about its time is asked once more first."""
    if task.doubt or task.stage == "choosing":
        return replace(state, task=task), Action(say=joined(lead, task.question))
    state, action = tasks.advance(turn, state, task)
    if action.tool:  # words before a tool could be cut short, and its answer would be lost with them
        return state, action
    return state, replace(action, say=joined(lead, action.say))


def _ended(turn: Turn, state: State, lead: str) -> tuple[State, Action]:
    """Back to what was on its way, if anything was."""
    if state.task is None:
        return state, Action(say=joined(lead, turn.words("anything_else")))
    if state.task.asked == "email":
        return _without_address(turn, state, state.task, lead)
    if state.task.question:
        return state, Action(say=joined(lead, state.task.question))
    return _go_on(turn, state, state.task, lead)
