"""What a small recogniser makes of short requests, where the conversation tells what was said. Pure.

"Undo that" comes as "and do that", "my Thursday like" as "my thirsty light". To add one: a pattern, and when it counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

from agent.brain import queries
from agent.brain.intents import Intent
from agent.brain.phrasing import TOOL_OF
from agent.brain.state import Action, State
from agent.brain.turn import Turn
from tools.calendars.language.when import read_when
from tools.calendars.language.words import read_words

_UNDO = re.compile(r"(?:and|an|end|on|un) ?(?:do|due|to|new|knew|you) (?:that|it|this)(?: please)?")
_JUST_NOW = 3  # turns
_LIKE = re.compile(
    r"(?:whats|what is|hows|how is) my (?P<day>\w+) (?:like|light|lite|look|look like|looking like|alike)"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_WEEKDAY = {"day", "week", "weekend", "holiday", "birthday", "workday", "weekday", "today", "morning", "evening"}
_NEAR = 0.6
_SHORT = 4


def understood(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action] | None:
    """What is done, or asked; None when it is heard as it is written."""
    normal = read_words(text).text
    if state.task:
        return None
    if state.meant_day:
        return _day_meant(turn, state, text, intent)
    if _UNDO.fullmatch(normal) and state.changed and not state.offered_day and turn.has("undo"):
        if state.turn - state.changed <= _JUST_NOW:
            return state, Action(tool=TOOL_OF["undo"])
        return state, turn.say("ask_undo")
    like = _LIKE.fullmatch(normal)
    if like is None or like["day"] in {*_NO_WEEKDAY, *_WEEKDAYS} or not read_when(text, turn.now).empty:
        return None
    near = get_close_matches(like["day"], _WEEKDAYS, 1, _NEAR)
    if not near or not (turn.has("brief") or turn.has("list")):
        return None
    return replace(state, meant_day=near[0]), turn.say("ask_meant_day", day=near[0].capitalize())


def _day_meant(turn: Turn, state: State, text: str, intent: Intent) -> tuple[State, Action] | None:
    """The answer to "do you mean Thursday?": a yes, or another day."""
    day = state.meant_day if intent.name == "yes" else text if read_when(text, turn.now).day else ""
    if not day or len(text.split()) > _SHORT:
        return None
    state, question = replace(state, meant_day=""), f"What is on {day}?"
    return queries.ask_briefing(turn, state, question) or queries.ask_agenda(turn, state, question)
