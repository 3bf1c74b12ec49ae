"""Questions that change nothing: the agenda, free time, the documents. Each asks one tool, tells its answer. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.brain.followups import elliptic, follow_up, resolved
from agent.brain.phrasing import TOOL_OF, fact_of, joined
from agent.brain.slots import located, tells_of
from agent.brain.state import Action, Answered, Query, State
from agent.brain.turn import Turn
from tools.calendars.commands.names import read_subject, without
from tools.calendars.language.clock import choose, find_clocks
from tools.calendars.language.when import When, read_when
from tools.calendars.language.words import read_words
from tools.spoken import on_moment

_AHEAD = re.compile(
    r"\b(?:coming up|up next|next (?:meeting|appointment|event|call)|upcoming|ahead|soon|when (?:is|are|do))\b"
)
_ONE = re.compile(
    r"\b(?:when (?:is|are|will|s)|when['’]?s|what time is|what day is)\s+(?P<whose>(?:my|our|the|an?)\s+)?"
    r"(?!(?:my|our|the|an?|next|first|last|i|we|you|he|she|it|they|that|this|these|those|there|good|best|better|free|"
    r"now|today|tomorrow)\b)(?P<thing>.+)",
    re.IGNORECASE,
)
_BEHIND_THING = re.compile(
    r"\s+(?:be|come|arrive|visit|happen|take place|start|begin|end|finish|open|close|leave|call|over|due|held|on|"
    r"happening|taking place|starting|planned|scheduled)\b.*$",
    re.IGNORECASE,
)
_ONLY_CALENDAR = re.compile(r"\b(?:meetings?|appointments?|calls?|events?|bookings?)\b", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:week|upcoming|coming up)\b")
_LEAD_IN = re.compile(
    r"^(?:(?:okay|ok|so|um+|uh+|well|hi|hello|hey|and|please|by the way|wait|oh|before that|one more thing|"
    r"can you (?:please )?tell me|could you (?:please )?tell me|do you know|i(?:'d| would) like to know|"
    r"i want to know|i was wondering|"
    r"i have a question(?: about)?|quick question|yes|no|thanks|thank you)\b[\s,.:!-]*)+",
    re.IGNORECASE,
)
LOOK_AHEAD_DAYS = 30


def ask_agenda(turn: Turn, state: State, text: str) -> tuple[State, Action]:
    """What is on: the days said, else today, or the time ahead for "when is my …" and "what's coming up"."""
    thing = named_thing(turn, text)
    if not turn.has("list"):
        return ask_documents(turn, state, text) if thing else (state, turn.say("no_tool", what=turn.words("do_list")))
    when = read_when(text, turn.now)
    today = turn.now.date()
    first, last = when.day, when.last_day
    one = _ONE.search(text)
    if first is None or last is None:
        days = LOOK_AHEAD_DAYS if one else 6 if _AHEAD.search(text.lower()) or _WEEK.search(text.lower()) else 0
        first, last = today, today + timedelta(days=days)
    about = _thing(one) if one and when.day is None else ""
    arguments = {"start_date": first.isoformat(), "end_date": last.isoformat()}
    return _query(state, "list", arguments, text, about=about, thing=thing)


def ask_briefing(turn: Turn, state: State, text: str) -> tuple[State, Action] | None:
    """ "What's my day like?": the day said, else today, told as a whole; None without the tool, or for several days."""
    when = read_when(text, turn.now)
    if not turn.has("brief") or when.several_days:
        return None
    day = when.day or turn.now.date()
    return _query(state, "brief", {"date": day.isoformat()}, text)


def named_thing(turn: Turn, text: str) -> str:
    """What "when is the summer party?" asks for, when documents may know it as well as the calendar; else empty.

    "My meeting" is the calendar's alone.
    """
    one = _ONE.search(without(text, read_when(text, turn.now).spans))
    if one is None or not turn.has("question"):
        return ""
    mine = (one["whose"] or "").strip().lower() == "my"
    return "" if mine and _ONLY_CALENDAR.search(one["thing"]) else _thing(one)


def _thing(one: re.Match[str]) -> str:
    return read_subject(_BEHIND_THING.sub("", one["thing"].rstrip("?.! ")), ()).title


def ask_beyond_agenda(turn: Turn, state: State, answer: Answered) -> tuple[State, Action] | None:
    """The documents, when the calendar has no event of the name that was asked for; None when it need not be so."""
    query = state.query
    if query is None or not query.thing or answer.tool != TOOL_OF["list"] or query.tool != answer.tool:
        return None
    fact = fact_of(answer.output)
    if not answer.failed and tells_of(fact, query.thing):
        return None
    state, action = ask_documents(turn, state, query.text)
    return replace(state, query=replace(state.query, otherwise=fact) if state.query else None), action


def ask_free(turn: Turn, state: State, text: str) -> tuple[State, Action]:
    """Free time on one day (today when none was said)."""
    if not turn.has("find_free"):
        if turn.has("list"):
            return ask_agenda(turn, state, text)
        return state, turn.say("no_tool", what=turn.words("do_find_free"))
    when = read_when(text, turn.now)
    return _query(state, "find_free", _free_arguments(when, turn.now), text, at=when)


def ask_documents(turn: Turn, state: State, text: str) -> tuple[State, Action]:
    """A question for the documents; without them, an honest "I don't know"."""
    if not turn.has("question"):
        return state, turn.say("unknown_answer")
    question = _LEAD_IN.sub("", text.strip()).strip() or text.strip()
    return _query(state, "question", {"question": question[:1].upper() + question[1:]}, text)


def ask_citation(turn: Turn, state: State, text: str) -> tuple[State, Action] | None:
    """ "Read me that sentence", "what page?": about what was quoted last; None for any other sentence."""
    asked = follow_up(text, in_task=state.task is not None) if turn.has("citation") else None
    if asked is None:
        return None
    return state, Action(tool=TOOL_OF["citation"], arguments={"part": asked.part, "slowly": asked.slowly})


def ask_again(turn: Turn, state: State, text: str) -> tuple[State, Action] | None:
    """ "And on Friday?": the last question with another day or thing; None when there was none."""
    query = state.query
    when = read_when(text, turn.now)
    if query is None:
        return ask_agenda(turn, state, text) if when.has_moment and turn.has("list") else None
    if query.tool == TOOL_OF["question"]:
        root = query.about or str(query.arguments["question"])
        asked = resolved(root, elliptic(text) or text.strip().rstrip("?.! "))
        return _query(state, "question", {"question": asked}, text, about=root)
    if not when.has_moment:
        return None
    if query.tool == TOOL_OF["brief"] and when.day and not when.time and (told := ask_briefing(turn, state, text)):
        return told
    if query.tool == TOOL_OF["brief"]:
        query = replace(query, tool=TOOL_OF["list"], arguments={"start_date": query.arguments["date"]})
    if query.tool == TOOL_OF["find_free"]:
        new = _free_arguments(when, turn.now)
        kept = {"date": query.arguments["date"]} if when.day is None else {}
        return _query(
            state, "find_free", {**new, "duration_min": query.arguments["duration_min"], **kept}, text, at=when
        )
    if when.day is None:
        return _query(
            state,
            "find_free",
            {**_free_arguments(when, turn.now), "date": query.arguments["start_date"]},
            text,
            at=when,
        )
    last = when.last_day or when.day
    return _query(state, "list", {"start_date": when.day.isoformat(), "end_date": last.isoformat()}, text)


def answered_query(turn: Turn, state: State, answer: Answered) -> tuple[State, str]:
    """What to say about a tool's answer to a question."""
    fact = fact_of(answer.output)
    query = state.query
    if answer.tool == TOOL_OF["citation"]:
        return replace(state, fact=fact), fact
    quoted = answer.tool == TOOL_OF["question"] and '"' in fact
    if query and query.otherwise and answer.tool == query.tool and not quoted:
        return replace(state, fact=query.otherwise, cited=False), query.otherwise
    state = replace(state, fact=fact, cited=quoted)
    if answer.failed or query is None:
        return state, fact
    if answer.tool == TOOL_OF["list"] and query.about:
        found = located(fact, query.about, turn.now, turn.now.date())
        if found:
            state = replace(state, last_event=found)
            return state, turn.words("event_is", title=found.title, when=on_moment(found.start, turn.now.date()))
    if answer.tool == TOOL_OF["list"]:
        return replace(state, last_event=_only_event(fact, turn.now, answer) or state.last_event), fact
    if answer.tool == TOOL_OF["find_free"]:
        verdict = _verdict(turn, fact, query)
        can_offer = turn.has("book") and " free " in fact and "no free" not in fact and state.task is None
        day = answer.day("date")
        state = replace(state, offered_day=day if can_offer else None)
        return state, joined(verdict, fact, turn.words("offer_booking") if can_offer else "")
    return state, fact


def _only_event(fact: str, now: datetime, answer: Answered) -> Any:
    """The event of an agenda that holds just one, so that "move it to four" knows which."""
    match = re.match(
        r"You have 1 event[^:]*: (?:(?:on )?\w+day, \w+ \d+\w\w, |tomorrow, |today, )?(?P<title>.+?) (?:from|at) ", fact
    )
    if match is None:
        return None
    day = answer.day("start_date")
    return located(fact, match["title"], now, day) if day else None


def _verdict(turn: Turn, fact: str, query: Query) -> str:
    """ "Yes" or "no" first, when a certain time was asked for."""
    if query.at is None:
        return ""
    for clock in find_clocks(read_words(fact).text):
        if clock.until and choose(clock) <= query.at < choose(clock.until):
            return turn.words("free_yes")
    return turn.words("free_no")


def _free_arguments(when: When, now: datetime) -> dict[str, Any]:
    day = when.day if when.day and when.day >= now.date() else now.date()
    return {"date": day.isoformat(), "duration_min": when.duration_min or 30, "part_of_day": when.part or "any"}


def _query(
    state: State,
    kind: str,
    arguments: dict[str, Any],
    text: str,
    *,
    about: str = "",
    at: When | None = None,
    thing: str = "",
) -> tuple[State, Action]:
    query = Query(TOOL_OF[kind], arguments, text, about, at.time if at else None, thing)
    return replace(state, query=query, offered_day=None), Action(tool=query.tool, arguments=arguments)
