"""The conversation so far, folded into what to do next. The only place that decides between task, question and chat.

`decide` is a pure function of the items: replies are asked for speculatively and repeatedly, so nothing is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.brain import captures, misheard, queries, tasks
from agent.brain.cues import asks_briefing, asks_place
from agent.brain.followups import elliptic
from agent.brain.intents import Intent
from agent.brain.outcomes import answered_task
from agent.brain.phrasing import TOOL_OF, fact_of, joined
from agent.brain.slots import booking, changed, corrected, past_hour
from agent.brain.state import Action, Answered, Item, Said, Slots, Spoke, State, Task
from agent.brain.turn import Turn
from agent.brain.wider import suggested, wider_request
from tools.calendars.language.when import read_when
from tools.calendars.language.words import read_words
from tools.spoken import clock_time, day

END_CALL = "end_call"
_KEPT_ITEMS = 60
_SURE = 0.5
_PLAIN = 0.6
_SHORT = 5
_CLOSED = 0.95  # "yes", "thanks" and their like are surer, and nothing else
_ASIDE = {
    "question",
    "list",
    "find_free",
    "time",
    "help",
    "smalltalk",
    "human",
    "greeting",
    "thanks",
    "out_of_scope",
    "follow_up",
}
_ASKING_WORDS = re.compile(
    r"^(?:what|whats|where|when|why|who|whos|which|how|is|are|does|do|did|can|could|would|tell me|am|"
    r"list|show me|show my|read me|read my|will|order|play|send|call|turn|has|have)\b"
)
_COMMAND = re.compile(
    r"(?:can|could|please|i|book|schedule|add|put|set|arrange|plan|make a|make an|move|reschedule|cancel|delete|also)\b"
)
_NOT_A_CHOICE = _ASIDE - {"out_of_scope", "time", "follow_up"} | {"cancel", "no", "never_mind", "book"}
_LEAD = re.compile(
    r"^(?:(?:okay|ok|so|um+|uh+|well|hi|hello|hey|and|please|by the way|wait|oh|before that|no|yes|sorry|actually)\s)+"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reply depends on besides the items."""

    now: datetime
    offered: frozenset[str]
    name: str
    read: Callable[[str], Intent]


def decide(items: Sequence[Item], setting: Setting) -> Action:
    """What to say or which tool to call after the last item; never an empty action."""
    state, action = fold(items, setting)
    if action.tool or action.say:
        return action
    turn = _turn(state, setting)
    return turn.say("silence" if state.turn else "greeting_named" if setting.name else "greeting")


def fold(items: Sequence[Item], setting: Setting) -> tuple[State, Action]:
    """The state after all items, and the action the last one asks for (empty after the assistant's own words)."""
    state, action = State(), Action()
    for item in items[-_KEPT_ITEMS:]:
        if isinstance(item, Spoke):
            state, action = replace(state, spoken=item.text), Action()
        elif isinstance(item, Said):
            state = replace(state, turn=state.turn + 1)
            state, action = _heard(_turn(state, setting), state, item.text)
        else:
            state, action = _answered(_turn(state, setting), state, item)
    return state, action


def _turn(state: State, setting: Setting) -> Turn:
    return Turn(setting.now, setting.offered, state.turn, setting.name, setting.read)


def _heard(turn: Turn, state: State, text: str) -> tuple[State, Action]:
    if not re.search(r"\w", text):
        return state, Action(say=joined(turn.words("sorry"), _open_question(state)))
    if state.capture:
        return _while_capturing(turn, state, text)
    if state.cited and (asked := queries.ask_citation(turn, state, text)):
        return asked
    intent, normal = turn.read(text), read_words(text).text
    if heard := captures.heard(turn, state, text, intent) or misheard.understood(turn, state, text, intent):
        return heard
    state = replace(state, meant_day="")
    if asks_place(normal) and (asked := tasks.ask_place(turn, state)):
        return asked
    if asks_briefing(_LEAD.sub("", normal)) and not state.task and (told := queries.ask_briefing(turn, state, text)):
        return told
    if intent.name == "repeat" and (intent.confidence > _PLAIN or wider_request(turn, state, text) is None):
        return state, _repeated(turn, state, text)
    if intent.name == "goodbye" and (state.task is None or state.task.stage != "asking" or intent.confidence > 0.9):
        return _farewell(turn, state)
    if state.task:
        return _in_task(turn, state, state.task, text, intent)
    return _free(turn, state, text, intent)


def _while_capturing(turn: Turn, state: State, text: str) -> tuple[State, Action]:
    """A value is being taken down: its answer, a question in between, or a goodbye."""
    intent = turn.read(text)
    if captures.is_aside(turn, state, text, intent):
        state, action = _free(turn, state, text, intent)
        if action.tool:
            return state, action
        return state, replace(action, say=joined(action.say, turn.words("back_to", question=_open_question(state))))
    answered = captures.heard(turn, state, text, intent)
    return answered or _heard(turn, replace(state, capture=None), text)


def _open_question(state: State) -> str:
    """What the caller was asked and has not answered."""
    if state.capture:
        return state.capture.question
    return state.task.question if state.task else ""


def _in_task(turn: Turn, state: State, task: Task, text: str, intent: Intent) -> tuple[State, Action]:
    normal = _LEAD.sub("", read_words(text).text)
    if intent.confidence < 0.95 and (picked := tasks.pick(turn, state, task, text)):
        return picked
    if intent.name == "never_mind" or (
        intent.name == "cancel" and not task.kind.startswith("cancel") and _points_back(normal)
    ):
        return tasks.drop(turn, state)
    if intent.name == "filler":
        return state, turn.say("filler")
    if (wanted := wider_request(turn, state, text)) and _is_its_own(task, wanted):
        if task.stage != "choosing" and isinstance(wanted, Action) and wanted.tool == TOOL_OF["undo"]:
            return tasks.drop(turn, state)  # nothing was done yet
        return tasks.begin_wider(turn, state, wanted)
    if intent.name in {"book", "move", "cancel"} and _is_new(turn, task, intent, text, normal):
        return tasks.begin(turn, state, intent.name, text)  # pyright: ignore[reportArgumentType]
    asks = bool(_ASKING_WORDS.match(normal)) or text.rstrip().endswith("?")
    aside = (
        intent.name in _ASIDE
        and intent.confidence >= _SURE
        and (asks or task.asked != "title" or intent.confidence > 0.9)
    )
    if intent.name in {"question", "list", "find_free", "follow_up"}:
        aside = (
            aside
            and asks
            and not (intent.name == "follow_up" and changed(task, text, turn.now) not in (None, task.slots))
        )
    elif intent.name in _ASIDE:
        aside = aside and (intent.confidence > 0.9 or changed(task, text, turn.now) is None)
    if not aside:
        done = tasks.continue_task(turn, state, task, text, intent)
        if done:
            return done
        if intent.name not in _ASIDE or intent.confidence < _SURE:
            return tasks.ask_once_more(turn, state, task)
    if task.stage == "asking" and task.misses:  # it was not to be told: who asks for something else is let go
        return _free(turn, replace(state, task=None), text, intent)
    state, action = _free(turn, state, text, intent)
    if action.tool or state.task is not task:
        return state, action
    return state, replace(action, say=joined(action.say, turn.words("back_to", question=task.question)))


def _is_its_own(task: Task, wanted: Task | Action) -> bool:
    """Not a word on the request that is under way, as "call it lunch" is while a booking is read back."""
    return isinstance(wanted, Action) or (
        wanted.slots.known is None and bool(wanted.slots.event or wanted.slots.day) and task.asked != "event"
    )


def _points_back(normal: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:please )?(?:cancel|scrap|drop|delete)(?: (?:it|that|this|that one|the booking|the request|"
            r"everything))?(?: please)?",
            normal,
        )
    )


def _is_new(turn: Turn, task: Task, intent: Intent, text: str, normal: str) -> bool:
    """A request of its own, not a change of the present one ("move it to four" while a booking is read back)."""
    if intent.confidence < _SURE or (task.stage == "asking" and task.asked == "title" and intent.confidence < 0.7):
        return False
    if re.search(r"\b(?:it|that|this)\b", normal) or len(normal.split()) < 3:
        return False
    if intent.name != task.kind:
        return True
    if not _COMMAND.match(normal):
        return False
    if task.stage != "asking":
        return True
    wanted, when = booking(text, turn.now)
    return task.kind == "book" and bool(wanted.title) and when.has_moment


def _free(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action]:
    """No task is waiting for this sentence."""
    name = intent.name
    if state.offered_day and name not in _NOT_A_CHOICE and (taken := _offer_taken(turn, state, text, intent)):
        return taken
    if intent.confidence <= _CLOSED and (wanted := wider_request(turn, state, text)):
        return tasks.begin_wider(turn, state, wanted)
    if name in {"book", "move", "cancel"} and (intent.confidence >= 0.4 or turn.has("book")):
        return tasks.begin(turn, state, name, text)  # pyright: ignore[reportArgumentType]
    if state.cited and name in {"question", "follow_up", "list", "find_free", "out_of_scope"} and elliptic(text):
        return queries.ask_again(turn, state, text) or (state, turn.say("not_understood"))
    if name == "list" or (_maybe_calendar(intent) and queries.named_thing(turn, text)):
        return queries.ask_agenda(turn, state, text)
    if name == "find_free":
        return queries.ask_free(turn, state, text)
    if name == "question" or (name == "out_of_scope" and _maybe_documents(turn, text, intent)):
        return queries.ask_documents(turn, state, text)
    if name in {"correction", "follow_up", "yes", "no"}:
        return _elliptic(turn, state, text, intent)
    return state, _chat(turn, state, intent)


def _offer_taken(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action] | None:
    """ "Yes", "eleven works", "at ten, call it lunch" after free times were offered."""
    when = read_when(text, turn.now, bare=True)
    if not turn.has("book") or not (intent.name == "yes" or when.time):
        return None
    if intent.name == "out_of_scope" and len(text.split()) > _SHORT:
        return None
    named = corrected(text, when)
    slots = replace(named, day=when.day or state.offered_day, at=when.time, part=when.part)
    slots = replace(slots, guessed_half=when.guessed_half, duration_min=when.duration_min)
    return tasks.begin_with(turn, state, slots, "book")


def _maybe_calendar(intent: Intent) -> bool:
    """Whether "when is the boat trip?" was read as something else, or is not surely meant for the documents alone."""
    return intent.name in {"question", "time", "correction", "follow_up", "out_of_scope"} and intent.confidence < _PLAIN


def _maybe_documents(turn: Turn, text: str, intent: Intent) -> bool:
    """A question that only looks out of scope: the documents decide, they are honest when they say nothing."""
    asks = _ASKING_WORDS.match(_LEAD.sub("", read_words(text).text)) and text.rstrip().endswith("?")
    return bool(asks) and turn.has("question") and intent.confidence < _PLAIN


def _elliptic(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action]:
    """A sentence that leans on the one before."""
    when = read_when(text, turn.now, bare=True)
    last = state.last_event
    if last and turn.has("move") and (at := past_hour(text, turn.now, last.start.time())):
        return tasks.begin_with(turn, state, Slots(day=last.start.date(), at=at, known=last, event=last.title), "move")
    if intent.name == "follow_up" and (again := queries.ask_again(turn, state, text)):
        return again
    if intent.name in {"correction", "follow_up"} and when.has_moment and state.last_event and turn.has("move"):
        slots = Slots(
            day=when.day,
            at=when.time,
            guessed_half=when.guessed_half,
            known=state.last_event,
            event=state.last_event.title,
        )
        return tasks.begin_with(turn, state, slots, "move")
    if intent.name == "correction" and when.has_moment and (again := queries.ask_again(turn, state, text)):
        return again
    if intent.name in {"yes", "no"}:
        return replace(state, offered_day=None), turn.say(f"{intent.name}_to_nothing")
    return state, turn.say("not_understood")


def _chat(turn: Turn, state: State, intent: Intent) -> Action:
    match intent.name:
        case "smalltalk":
            named = "_named" if intent.topic == "who_are_you" and turn.name else ""
            return turn.say(intent.topic + named)
        case "greeting":
            return turn.say("greeting_named" if turn.name and state.turn == 1 and not state.spoken else "greeting")
        case "time":
            return turn.say("clock", time=clock_time(turn.now), day=_full_day(turn))
        case "never_mind":
            return turn.say("dropped_nothing")
        case "human":
            return turn.say("no_human")
        case "out_of_scope":
            return turn.say("unknown" if intent.confidence >= _SURE else "not_understood")
        case _:
            return turn.say(intent.name)


def _full_day(turn: Turn) -> str:
    return day(
        turn.now.date(), turn.now.date().replace(year=turn.now.year, day=1, month=1 if turn.now.month > 1 else 12)
    )


def _farewell(turn: Turn, state: State) -> tuple[State, Action]:
    if END_CALL in turn.offered:
        return replace(state, task=None), Action(tool=END_CALL, arguments={"reason": "the caller said goodbye"})
    return replace(state, task=None), turn.say("goodbye")


def _repeated(turn: Turn, state: State, text: str) -> Action:
    if state.fact and re.search(r"\bread\b|\bsentence\b|\bquote\b|\bpassage\b", text, re.IGNORECASE):
        return Action(say=state.fact)
    return Action(say=state.spoken) if state.spoken else turn.say("nothing_to_repeat")


def _answered(turn: Turn, state: State, answer: Answered) -> tuple[State, Action]:
    """A tool has answered; every result is spoken, or leads to the next call."""
    if answer.tool == END_CALL:
        return state, Action(say=fact_of(answer.output) or turn.words("goodbye"))
    if answer.tool == TOOL_OF["undo"]:
        state = replace(state, last_event=None, changed=0)  # it may be gone, or at its old time
    if answer.tool == TOOL_OF["suggest"]:
        return suggested(turn, state, answer)
    if answer.tool in captures.TOOLS:
        return captures.answered(turn, state, answer)
    task = state.task
    if task and (answer.tool == TOOL_OF[task.kind] or task.stage == "looking"):
        return answered_task(turn, state, task, answer)
    if asked := queries.ask_beyond_agenda(turn, state, answer):
        return asked
    state, told = queries.answered_query(turn, state, answer)
    if answer.failed and re.search(r"internal error", told, re.IGNORECASE):
        told = turn.words("trouble")
    told = told or turn.words("empty_result")
    waiting = _open_question(state)
    return state, Action(say=joined(told, turn.words("back_to", question=waiting) if waiting or task else ""))
