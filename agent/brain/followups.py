"""What a caller may ask about the passage that was just quoted: its words, its source, its author, more of it. Pure.

Only asked for while a quotation is what the conversation is about; alone, these sentences may mean anything. To add a
wording: one alternative in its pattern, over words as ``read_words`` writes them (no capitals, no full stops).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.calendars.language.words import read_words

_LEAD = (
    r"(?:(?:and|okay|ok|so|but|sorry|oh|um+|uh+|well|please|just|now|great|thanks|really|"
    r"(?:can|could|would|will) you(?: please)?|tell me|do you know|id like to know|i want to (?:know|hear)|"
    r"let me hear) )*"
)
_TAIL = (
    r"(?: (?:please|again|once more|1 more time|to me|for me|out|aloud|out loud|exactly|literally|word for word|"
    r"verbatim|slowly|slower|more slowly|a bit slower|then|now|thanks|thank you))*"
)
_THING = r"(?:document|file|handbook|paper|manual|book|text|report|article|recording|price list|guide|contract|letter)"
_SPOT = rf"(?:page|slide|sheet|section|chapter|minute|source|place|part|{_THING})"
_IT = r"(?:it|that|this)"
_SAYS = r"(?:is|was|does|did|do|are|say|says|said|stands?|comes?|came|written|stated|found|from|in|on|of|it|that|this)"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("paragraph", (
        r"(?:(?:read|quote|give|tell|say)(?: me| us)?(?: out| aloud)? )?(?:the|that) (?:whole|entire|full|complete) "
        r"(?:paragraph|passage|section|part|text|thing)"
        r"|(?:read|give)(?: me)?(?: out)? (?:that|the|this) (?:paragraph|section)"
        rf"|read(?: me)? {_IT} in full|what (?:else )?does it say (?:around|before|after) {_IT}"
        r"|(?:read(?: me)? )?(?:the (?:text|rest) around it|the context|all of it|everything it says)")),
    ("sentence", (
        r"(?:read|quote|recite)(?: me| us)?(?: out| aloud)? (?:that|the|this|it|those)"
        r"(?: exact| original)?(?: sentences?| passage| line| bit| quote| quotation| words?| wording)?"
        r"|repeat (?:that|the) (?:quote|quotation|sentence|passage)|say (?:that|it)(?= (?:slowly|slower|more slowly))"
        rf"|(?:what|how) (?:exactly |precisely )?(?:does|did) (?:{_IT}|the {_THING}) (?:exactly )?(?:say|said)"
        rf"(?: {_IT})?"
        r"|what (?:are|were|is) the exact (?:words|wording)|what are its words|(?:slower|more slowly|slowly)"
        r"|(?:can|could) you (?:say|repeat) (?:that|it) (?:slower|more slowly|slowly)")),
    ("source", (
        rf"(?:(?:from|on|in) )?(?:which|what) {_SPOT}(?: number)?(?: {_SAYS})*(?: (?:and )?(?:which |what )?{_SPOT})?"
        rf"|what(?:s|'?s| is| was) the (?:source|reference|{_SPOT})(?: (?:of|for) {_IT})?|what page number"
        rf"|(?:name|give)(?: me)? (?:the|your) (?:source|reference)"
        rf"|where (?:did|do|have) you (?:get|got|read|find|found|see|seen|have|know) {_IT}(?: from)?"
        rf"|where (?:does|did) {_IT} (?:say|come from|stand)(?: that)?"
        rf"|where(?: is|s|'?s| was) {_IT} (?:from|written|stated)|how do you know(?: {_IT})?|says who"
        rf"|who says(?: {_IT}| so)?|according to (?:what|which {_THING}|whom|who)")),
    ("author", (
        rf"who (?:wrote|has written|authored|published|made|is behind) (?:{_IT}|the {_THING})"
        rf"|(?:who(?: is|s|'?s| was)? |whats? |what is )?(?:the|its) (?:author|authors)(?: of (?:{_IT}|the {_THING}))?"
        rf"|who (?:is|was) (?:{_IT}|the {_THING}) (?:written )?by|by whom|who by"
        rf"|when was (?:{_IT}|the {_THING}) (?:written|published|made|issued)|how old is (?:that|this|the) {_THING}"
        rf"|what is the date of (?:{_IT}|the {_THING})")),
    ("more", (
        r"(?:(?:is|was|are) there|do you have|have you got|does (?:it|the handbook) say|did you find|can you find|what|"
        r"tell me|do the documents say)? ?(?:some|any|what)?(?:thing)? ?"
        rf"(?:more|else|other (?:{_SPOT}s?|passages?|results?)|another (?:{_SPOT}|passage|result|one))"
        rf"(?: (?:does it say|do you have|is there|did you find|there|you found|you have|"
        rf"(?:about|on|to|than) {_IT}|in (?:there|it|the {_THING}s?)|that says so))*"
        rf"|(?:read )?(?:the )?next (?:one|1|result|passage|{_SPOT})|go on|read on|keep reading|carry on|continue")),
    ("certainty", (
        rf"how (?:sure|certain|confident|reliable) (?:are you|is {_IT})(?: (?:about|of) {_IT})?"
        rf"|are you (?:quite |very |absolutely |completely )?(?:sure|certain|positive)(?: (?:about|of) {_IT})?"
        rf"|is {_IT} (?:certain|reliable|true|for sure)|can i (?:rely on|trust) (?:{_IT}|you)")),
)  # fmt: skip
_ASKED = tuple((part, re.compile(rf"{_LEAD}(?:{pattern}){_TAIL}")) for part, pattern in _PATTERNS)
_SLOWLY = re.compile(r"\b(?:slowly|slower)\b")
_ONLY_ALONE = {"more", "certainty"}  # "anything else?" and "are you sure?" belong to a request while there is one


@dataclass(frozen=True, slots=True)
class FollowUp:
    """``part`` as the tool ``read_citation`` takes it."""

    part: str
    slowly: bool


_LINK = re.compile(r"^(?:and|or|but|what about|how about|and what about|and how about)\s+", re.IGNORECASE)
_PHRASE = re.compile(r"(?P<link>on|in|at|for|during|after|before|from|with|without)\s+", re.IGNORECASE)


def elliptic(text: str) -> str:
    """What is left of "and on Sundays?" or "what about dogs?"; empty when the sentence stands on its own feet."""
    rest = _LINK.sub("", text.strip())
    return rest.rstrip("?.! ") if rest != text.strip() and len(rest.split()) <= 5 else ""


def resolved(question: str, rest: str) -> str:
    """The question asked before with another time, place or thing: "What are the opening hours on Sundays?"."""
    question, phrase = question.rstrip("?.! "), _PHRASE.match(rest)
    if phrase:
        question = re.sub(rf"\s+{phrase['link']}\s+(?:\S+\s*){{1,3}}$", "", question, flags=re.IGNORECASE)
        return f"{question} {rest}?"
    return f"{question}, {rest}?"


def follow_up(text: str, *, in_task: bool) -> FollowUp | None:
    """What is asked about the last quotation; None when the sentence is about something else."""
    normal = read_words(text).text
    for part, pattern in _ASKED:
        if pattern.fullmatch(normal) and not (in_task and part in _ONLY_ALONE):
            return FollowUp(part, bool(_SLOWLY.search(normal)))
    return None
