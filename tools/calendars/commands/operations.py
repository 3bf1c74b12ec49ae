"""Which operation a sentence asks for: closed wordings as data, the first that fits counts. Pure; knows no events.

To add a wording: an alternative in its row of `_ROWS`, over words as ``read_words`` writes them (lower case, numbers as
digits, no apostrophes). Rows stand in the order in which they are tried; questions come before requests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tools.calendars.commands.names import ROOM
from tools.calendars.language.words import read_words

Operation = Literal["create", "list", "search", "update", "delete", "free", "suggest", "undo", "unknown"]
WRITING: frozenset[Operation] = frozenset({"create", "update", "delete", "undo"})

_LEAD = re.compile(
    r"(?:(?:please|hi|hello|hey|okay|ok|so|um+|uh+|well|and|now|then|also|actually|no|sorry|yes|just|quickly|kindly|"
    r"(?:can|could|would|will) you(?: please| just)*|(?:can|could|may) (?:i|we)|id like(?: you)? to|"
    r"i would like(?: you)? to|i want(?: you)? to|i wanna|i need(?: you)? to|we need to|lets|let us|i have to|"
    r"help me(?: to)?|go ahead and|i need|id like|i want)\s)+"
)
_THING = (
    r"(?:meetings?|calls?|appointments?|events?|lunch|dinner|breakfast|brunch|coffee|interview|review|session|"
    r"reservation|dentist|doctor|drinks|party|slot|time|block|haircut|checkup|workshop|demo|training|table|"
    r"stand ?up|sync|catch ?up|1 on 1|1 1|retrospective|presentation|visit|holiday|vacation|trip|flight)"
)
_DAYS = r"(?:to|mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrows?"
_PERIOD = rf"(?:{_DAYS}|day|week|weekend|month|morning|afternoon|evening|schedule|agenda|calendar|diary|plans?)"
_VERB = r"(?:cancel|delete|move|reschedule|book|schedule|rename|undo|remove|postpone)"

# (operation, pattern at the beginning of the sentence, how sure that alone makes us)
_ROWS: tuple[tuple[Operation, str, float], ...] = (
    ("undo", (
        r"(?:undo|revert|reverse|take back)\b|(?:and )?knew that(?: please)?$|"  # as small recognisers write it
        r"take (?:it|that|this|the last \w+) back|"
        r"(?:put|bring|restore)(?: (?:it|that|them|everything|the \w+))? back(?: (?:please|now|again|there|"
        r"in|(?:to )?(?:how|where|as|what) it was(?: before)?|to (?:the|its) old (?:time|place)))*$|"
        r"restore (?:it|that|them)\b"),
     0.95),
    ("free", (
        r"(?:am i|are we|is|will i be|would i be)\b.*\b(?:free|available|busy)\b|when (?:am i|are we)\b.*\b(?:free|"
        r"available|busy)|do i have (?:any )?(?:free )?time\b|when do i have (?:free )?time|how (?:free|busy) am i|"
        r"(?:what|which|show|list|tell)\b.*\b(?:free|open|available) (?:slots?|times?|hours?)|"
        r"(?:free|available) (?:slots?|times?|hours?)\b|whats (?:free|available)|any (?:free|open) (?:slots?|times?)"),
     0.9),
    ("suggest", (
        r"(?:find|suggest|propose|look for|search for|get)\b(?: me| us)?(?: a| an| some)?(?: good| suitable| free)*"
        r" ?(?:(?:1/2|half|quarter)\b.*|\d+ (?:hours?|minutes?)\b.*|hour\b.*|time\b.*|slot\b.*|times\b.*)|"
        r"when (?:can|could|should|shall) (?:i|we|\w+ and i)\b.*|when (?:is|are) (?:everybody|everyone|\w+ and \w+) "
        r"(?:free|available)|(?:find|suggest|propose)\b.*\b(?:times?|slots?)\b"),
     0.9),
    ("search", (
        r"(?:whens|when is|when are|when was|when will|when do i (?:have|see|meet)|when am i (?:meeting|seeing)|"
        r"where is|wheres|what time is|what time does|what day is|which day is)\b(?! (?:it|today|tomorrow|now)\b).*|"
        r"(?:find|search(?: for)?|look for|look up|locate)\b.*|do i have (?:a|an|the|my) (?!meeting|call|appointment)"
        r".*|is there (?:a|an) .*"),
     0.85),
    ("list", (
        rf"(?:whats|what is|what are|what do i have|what have i|what am i|hows|how is|how does)\b.*|"
        rf"(?:show|list|read|tell|give)\b.*|(?:do i have|is there|are there|have i)\b.*\b(?:any\w*|meetings?|"
        rf"appointments?|calls?|events?|plans?)\b.*|any(?:thing)? .*|(?:my |the )?{_PERIOD}$|"
        r"(?:my|the) (?:schedule|agenda|calendar|diary|next|upcoming)\b.*"),
     0.85),
    ("delete", (
        r"(?:cancel|delete|remove|drop|scrap|call off|clear|get rid of|erase)\b.*|take .* off\b.*"),
     0.95),
    ("update", (
        r"(?:move|reschedule|postpone|push|shift|delay|put off|bring|change|rename|retitle|extend|shorten|lengthen|"
        r"prolong|swap|switch|update|edit|repeat|relocate)\b.*|call (?:it|that|this) .*|"
        r"make (?:it|that|this|these|them|the|my|our|all|every)\b.*|(?:add|invite) (?!a |an |to )(?:\w+ ){1,4}to "
        r"(?:the|my|our|it|that|this)\b(?! (?:calendar|diary|schedule|agenda)).*|(?:half past|quarter (?:past|to))\b.*|"
        r"(?:stop|end) (?:repeating|the series)\b.*|set (?:the|my|it)\b.* to .*|"
        rf"(?:put|have|hold|do|bring) (?:it|that|this|the \w+|my \w+) (?:in|into|at) {ROOM}$|"
        r"(?:the |its )?(?:location|place) is .*|"
        r"invite (?:(?!for\b|on\b|tomorrow\b|today\b|a\b|an\b|to\b)\S+ ?){1,6}(?:to (?:it|that|this))?$|"
        r"add (?:(?!for\b|on\b|a\b|an\b|to\b)\S+ ?){1,3}(?:as well|too|also)$"),
     0.9),
    ("create", (
        r"(?:book|schedule|set ?up|arrange|plan|organi[sz]e|pencil|reserve|block|create|add|enter|put|new|note|make|"
        r"squeeze|fit|invite|get me|meet|have|remember|save)\b.*|there(?:s| is) .*|i have .*|we have .*|im .*"),
     0.9),
)  # fmt: skip
_COMPILED: tuple[tuple[Operation, re.Pattern[str], float], ...] = tuple(
    (operation, re.compile(pattern), sure) for operation, pattern, sure in _ROWS
)
_NOT = re.compile(r"(?:dont|do not|never|please dont|not)\b")
_TWO = re.compile(rf"\b(?:and|then|but)(?: also| then| please)* (?!rename (?:it|that|this)\b){_VERB}\b")
_CALENDAR = re.compile(  # "what is the capital of France" asks for no list of events
    rf"\b(?:{_THING}|{_PERIOD}|everything|all|on|next|planned|scheduled|coming up|up next|upcoming|have|anything)\b"
)
_NAMES_A_THING = re.compile(rf"\b{_THING}\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``sure``: 0 to 1. ``hitch``: "denied" ("don't cancel it") or "several" requests in one sentence, else empty."""

    operation: Operation
    sure: float
    hitch: str = ""


def wanted_of(text: str, *, says_when: bool) -> Wanted:
    """What ``text`` asks for. ``says_when``: whether it names a moment, which alone makes "dentist Friday at 3" one."""
    normal = read_words(text).text
    bare = _LEAD.sub("", normal) if _LEAD.match(normal) else normal
    if _NOT.match(bare):
        return Wanted("unknown", 0.9, "denied")
    if _TWO.search(bare):
        return Wanted("unknown", 0.9, "several")
    for operation, pattern, sure in _COMPILED:
        if pattern.match(bare):
            vague = operation == "list" and not says_when and not _CALENDAR.search(bare)
            return Wanted(operation, 0.3 if vague else sure)
    if says_when and bare:
        return Wanted("create", 0.75 if _NAMES_A_THING.search(bare) else 0.4)
    return Wanted("unknown", 0.1)
