"""Booking, moving and cancelling: ask for what is missing, let the tool check, read back, wait for the yes. Pure.

A task is over when the tool has done it, or the caller dropped it; meanwhile other questions are answered in between.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agent.brain.arguments import arguments, missing, needs_lookup
from agent.brain.contacts import invitation
from agent.brain.doubts import doubt_of, doubtful_booking
from agent.brain.intents import Intent
from agent.brain.phrasing import CAPTURE_TOOL_OF, TOOL_OF, joined
from agent.brain.queries import LOOK_AHEAD_DAYS
from agent.brain.slots import booking, cancelling, changed, moving
from agent.brain.state import Action, Kind, Known, Slots, State, Task
from agent.brain.turn import Turn
from tools.calendars.commands.asking import question_of
from tools.calendars.commands.changes import scope_of
from tools.calendars.language import Reading
from tools.calendars.language.when import read_when
from tools.calendars.language.words import read_words
from tools.capture.model import Kind as Captured
from tools.spoken import listed, moments

_ORDINAL = re.compile(
    r"\b(?:(?:the )?(?P<nth>1st|2nd|3rd|last|latter|former|earliest|latest|earlier|later)(?: (?:one|1|"
    r"option|slot|time))?|(?:option|number) (?P<number>[123]))\b"
)
_AGREES = re.compile(
    r"(?:\W*(?:um+|uh+|oh|okay|ok)\b)*\W*(?:yes|yeah|yep|yup|sure|correct|right|exactly|perfect)\b", re.IGNORECASE
)
_SETTLED = 0.95
TRIES = 2  # at one and the same slot
_ANY = re.compile(r"\b(?:any|either|whichever|doesnt matter|dont care|you choose|you pick)\b")
_EXAMPLES = {"title": "example_title", "event": "example_event"}


def begin(turn: Turn, state: State, kind: Kind, text: str) -> tuple[State, Action]:
    """A new request replaces what was on its way."""
    if not turn.has(kind):
        return state, turn.say("no_tool", what=turn.words(f"do_{kind}"))
    scope, text = scope_of(text) if kind != "book" else (None, text)
    text, invites = invitation(text) if kind == "book" and _takes_addresses(turn) else (text, False)
    doubt = doubt_of(text, turn.now) if kind == "book" else None
    if doubt:
        slots = replace(doubtful_booking(text, doubt), invite=invites)
        return _doubted(turn, state, Task(kind, slots, doubt=doubt), doubt)
    if kind == "book":
        slots, when = booking(text, turn.now)
        if state.offered_day and slots.day is None and not when.past:
            slots = replace(slots, day=state.offered_day)
        lead = joined(turn.words("past") if when.past else "", turn.words("no_series") if when.repeats else "")
    elif kind == "move":
        slots, when = moving(text, turn.now, state.last_event)
        lead = turn.words("past") if when.past else ""
    else:
        slots, lead = cancelling(text, turn.now, state.last_event), ""
    slots = replace(slots, scope=scope, invite=invites) if scope else replace(slots, invite=invites)
    return advance(turn, replace(state, offered_day=None), Task(kind, slots), lead)


def _doubted(turn: Turn, state: State, task: Task, doubt: Reading) -> tuple[State, Action]:
    """Two meanings, or a day there is not: asked before anything is tried."""
    question = question_of(doubt, turn.now.date())
    task = replace(task, stage="asking", asked="doubt", question=question)
    return replace(state, task=task, offered_day=None), Action(say=question)


def begin_wider(turn: Turn, state: State, wanted: Task | Action) -> tuple[State, Action]:
    """What ``wider`` read."""
    if isinstance(wanted, Action):
        return replace(state, task=None, offered_day=None), wanted
    return advance(turn, replace(state, offered_day=None), wanted)


def begin_with(turn: Turn, state: State, slots: Slots, kind: Kind) -> tuple[State, Action]:
    """A request whose slots are known from elsewhere."""
    return advance(turn, replace(state, offered_day=None), Task(kind, slots))


def advance(turn: Turn, state: State, task: Task, lead: str = "") -> tuple[State, Action]:
    """Ask for the next missing slot, or call the tool."""
    task = _with_known_address(state, task)
    gap = missing(task.kind, task.slots)
    if gap == "email":
        task = replace(task, stage="asking", asked=gap, question="", misses=0)
        return replace(state, task=task), Action(lead, CAPTURE_TOOL_OF[Captured.EMAIL], {"said": ""})
    if gap:
        question = _question(turn, task, gap)
        misses = task.misses if gap == task.asked else 0
        task = replace(task, stage="asking", asked=gap, question=question, misses=misses)
        return replace(state, task=task), Action(say=joined(lead, question))
    if needs_lookup(task) and turn.has("list"):
        first = task.slots.event_day or turn.now.date()
        last = task.slots.event_day or first + timedelta(days=LOOK_AHEAD_DAYS)
        wanted = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        return replace(state, task=replace(task, stage="looking")), Action(lead, TOOL_OF["list"], wanted)
    task = replace(task, arguments=arguments(task, turn.now))
    return replace(state, task=task), Action(lead, TOOL_OF[task.kind], task.arguments)


def _takes_addresses(turn: Turn) -> bool:
    return CAPTURE_TOOL_OF[Captured.EMAIL] in turn.offered


def _with_known_address(state: State, task: Task) -> Task:
    """Who wants an invitation and gave an address in this call is not asked again."""
    slots, known = task.slots, state.contact.get(Captured.EMAIL, "")
    if not (slots.invite and known) or missing(task.kind, slots) != "email":
        return task
    return replace(task, slots=replace(slots, attendees=(*slots.attendees, known)))


def drop(turn: Turn, state: State) -> tuple[State, Action]:
    return replace(state, task=None), turn.say("dropped" if state.task else "dropped_nothing")


def continue_task(turn: Turn, state: State, task: Task, text: str, intent: Intent) -> tuple[State, Action] | None:
    """The answer to what was asked; None when the sentence is about something else."""
    if task.kind == "book" and _takes_addresses(turn) and (wish := invitation(text))[1]:
        return _invited(turn, state, task, wish[0])
    new, when = changed(task, text, turn.now), read_when(text, turn.now, bare=True)
    if task.stage == "proposed" and _confirms(turn, task, text, intent, new):
        return state, Action(tool=TOOL_OF[task.kind], arguments={**task.arguments, "confirmed": True})
    if intent.name == "yes" and task.stage != "proposed":
        return _agreed(turn, state, task, text)
    if intent.name == "no" and (new is None or intent.confidence > _SETTLED):
        return _refused(turn, state, task)
    if (
        when.several_days
        and task.kind != "cancel_many"
        and not task.doubt
        and task.stage != "proposed"
        and task.asked in {"day", "day_time", "time", "new"}
    ):
        return ask(turn, state, task, "day")
    if new is None:
        return None
    lead = turn.words("past") if when.past and (new.day is None or new.at is None) else ""
    if when.past and new.day and new.at and task.slots.day == new.day and task.slots.at == new.at:
        lead, new = turn.words("past"), replace(new, day=None, at=None)
    return advance(turn, state, replace(task, slots=new, options=(), doubt=None), lead)


def _invited(turn: Turn, state: State, task: Task, rest: str) -> tuple[State, Action]:
    """ "And send her an invitation": wanted besides, with whatever else the sentence changes."""
    slots = (changed(task, rest, turn.now) if rest else None) or task.slots
    return advance(turn, state, replace(task, slots=replace(slots, invite=True)))


def _confirms(turn: Turn, task: Task, text: str, intent: Intent, new: Slots | None) -> bool:
    """A yes that changes nothing; "cancel it" is one when the question was whether to cancel."""
    if new is not None:
        agrees = intent.name == "yes" or bool(_AGREES.match(text))
        return agrees and _same(task, new, turn.now)
    words, verb = read_words(text).text, task.kind.removesuffix("_many")
    return intent.name == "yes" or bool(
        re.fullmatch(rf"(?:yes |yeah |please |just )*{verb} (?:it|that|them|everything)(?: please)?", words)
    )


def ask_place(turn: Turn, state: State) -> tuple[State, Action] | None:
    """ "What about the location?": of what is read back, or of the event spoken of; None when there is neither."""
    task = state.task if state.task and state.task.kind in {"book", "alter"} else None
    if task is None and state.task is None and state.last_event and turn.has("alter"):
        task = Task("alter", Slots(known=state.last_event, event=state.last_event.title))
    if task is None or task.stage == "choosing":
        return None
    question = turn.words("ask_place")
    return replace(state, task=replace(task, stage="asking", asked="place", question=question)), Action(say=question)


def pick(turn: Turn, state: State, task: Task, text: str) -> tuple[State, Action] | None:
    """One of the offered times ("the first one", "eleven works"); None when the sentence names none of them."""
    picked = _picked(task, text, turn.now) if task.options else None
    return _take(turn, state, task, picked) if picked else None


def _same(task: Task, new: Slots, now: datetime) -> bool:
    """Whether other slots ask for the same thing."""
    return arguments(replace(task, slots=new), now) == {**task.arguments, "confirmed": False}


def ask_once_more(turn: Turn, state: State, task: Task) -> tuple[State, Action]:
    """The sentence made no sense here: an example helps; when that does not either, the caller is let go."""
    if task.asked == "email":  # its own tool asks
        return advance(turn, state, task)
    if task.misses + 1 >= TRIES:
        return replace(state, task=None), turn.say("gave_up")
    again = replace(state, task=replace(task, misses=task.misses + 1))
    if task.stage == "proposed":
        return again, turn.say("ask_confirm", question=task.question)
    example = turn.words(_EXAMPLES.get(task.asked, "example_time"))
    return again, turn.say("ask_again_hint", question=task.question, example=example)


def ask(turn: Turn, state: State, task: Task, gap: str) -> tuple[State, Action]:
    """Ask for one slot."""
    question = _question(turn, task, gap)
    return replace(state, task=replace(task, asked=gap, question=question)), Action(say=question)


def _question(turn: Turn, task: Task, gap: str) -> str:
    if gap == "time" and task.slots.day:
        return turn.words("ask_time_on", day=turn.on_day(task.slots.day))
    return turn.words(f"ask_{gap}")


def _refused(turn: Turn, state: State, task: Task) -> tuple[State, Action]:
    if task.stage == "proposed" and not task.kind.startswith("cancel"):
        question = turn.words("ask_change")
        return replace(state, task=replace(task, stage="changing", asked="", question=question)), Action(say=question)
    if task.stage == "choosing" and task.asked == "time":
        question = turn.words("ask_other")
        slots = replace(task.slots, at=None)
        return replace(state, task=replace(task, stage="asking", options=(), slots=slots, question=question)), Action(
            say=question
        )
    return drop(turn, state)


def _agreed(turn: Turn, state: State, task: Task, text: str) -> tuple[State, Action] | None:
    """ "Yes" to something that was no yes-or-no question; a single option, or any of several, may be taken."""
    if not read_when(text, turn.now).empty:
        return None
    if task.asked == "skip":
        return advance(turn, state, replace(task, slots=replace(task.slots, skip_taken=True)))
    if len(task.options) == 1:
        return _take(turn, state, task, task.options[0])
    if task.stage == "choosing":
        return _asked_which(turn, state, task)
    if task.stage == "changing":
        return state, turn.say("ask_change_again")
    return ask_once_more(turn, state, task)


def _asked_which(turn: Turn, state: State, task: Task) -> tuple[State, Action]:
    """Which of those offered, once; whoever says yes again is read back the first, and may say no to it."""
    offered = listed(moments(task.options, turn.now.date()), "or")
    question = turn.words("ask_which_of", offers=offered)
    if task.question == question or not task.options:
        return _take(turn, state, task, task.options[0]) if task.options else ask_once_more(turn, state, task)
    return replace(state, task=replace(task, question=question)), Action(say=question)


def _take(turn: Turn, state: State, task: Task, picked: datetime) -> tuple[State, Action]:
    if task.asked == "event":
        slots = replace(
            task.slots, event_day=picked.date(), event_at=picked.time(), known=Known(task.slots.event, picked)
        )
    else:
        slots = replace(task.slots, day=picked.date(), at=picked.time(), guessed_half=False, shift_min=None)
    return advance(turn, state, replace(task, slots=slots, options=()))


def _picked(task: Task, text: str, now: datetime) -> datetime | None:
    """Which of the offered moments was meant: by number, by day, by time."""
    normal, options = read_words(text).text, task.options
    match = _ORDINAL.search(normal)
    when = read_when(text, now, bare=True)
    if _ANY.search(normal):
        return options[0]
    if match and when.day is None and (when.time is None or "one" in normal):
        nth = match["nth"] or f"{match['number']}th"
        index = (
            len(options) - 1
            if nth in {"last", "latter", "latest", "later"}
            else int(nth[0]) - 1
            if nth[0].isdigit()
            else 0
        )
        return options[index] if index < len(options) else None
    fitting = [
        option
        for option in options
        if (when.day is None or option.date() == when.day)
        and (
            when.time is None
            or option.time() == when.time
            or (when.guessed_half and option.hour % 12 == when.time.hour % 12 and option.minute == when.time.minute)
        )
    ]
    return fitting[0] if fitting and (when.day or when.time) and (len(fitting) == 1 or when.time) else None
