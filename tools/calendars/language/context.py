"""What stands around times in a sentence: parts of the day, corrections, denials, words for meals. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from tools.calendars.language.words import Words

LONGEST = 800  # characters of a sentence that are read for times; nobody says more in one breath
LATE_WORDS = re.compile(
    r"\b(?:dinner|drinks|supper|table|restaurant|party|movie|cinema|theatre|theater|concert|tonight|evening)\b"
)
EARLY_WORDS = re.compile(r"\b(?:breakfast|jog|jogging|sunrise|wake up|wake me|school run|before work)\b")
OF_CORRECTION = re.compile(
    r"\b(?:no|sorry|actually|rather|i mean|i meant|wait|make that|make it|instead|or rather|scratch that)\b"
)
_PART = re.compile(
    r"\b(?:(?:in|for|during|sometime in)\s)?(?:the\s|early\s|"
    r"late\s)*(?<!good\s)(?<!per\s)(?P<part>morning|afternoon|evening|night|tonight)\b"
)
_NUMBERED = re.compile(
    r"24/7|\b(?:(?:\d|oh|double|triple)\s){4,}\d\b|\b\d{5,}\b|"
    r"\b(?:extension|ext|code|pin|flight|chapter|page|gate|platform|bus|line|version|suite|apartment|flat|invoice|"
    r"order|reference|ticket|postcode|studio|lane|desk|seat|bay|court|room|floor|(?:phone|mobile|account|my|house)\s"
    r"number)\s(?:number\s)?(?:is\s)?(?:(?:\d+|oh)\b(?!:)(?:\s(?=\d|oh)|$|(?!\s(?:am|pm|oclock|minutes?|hours?)\b)))+"
)
_GLUE = {"on", "at", "for", "from", "by", "the", "this", "in", "starting", "of", "around", "until", "to", "beginning"}
Spans = list[tuple[int, int]]


class Placed(Protocol):
    """Something heard at ``text[start:end]``."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Item = TypeVar("Item", bound=Placed)


def part_of_day(text: str, skipped: Spans) -> tuple[str, tuple[int, int]] | None:
    """The part of the day and its place; "night" counts as evening. Not inside ``skipped`` and not in a greeting."""
    for match in _PART.finditer(text):
        place = match.start("part")
        if text[max(0, place - 5) : place] == "good " or any(start <= place < end for start, end in skipped):
            continue
        word = match["part"]
        return ("evening" if word in {"night", "tonight"} else word, match.span())
    return None


def corrected(found: list[Item], text: str) -> list[Item]:
    """What was said after the last words of correction ("Tuesday, no, Friday")."""
    for at in range(len(found) - 1, 0, -1):
        if OF_CORRECTION.search(text[found[at - 1].end : found[at].start]):
            return found[at:]
    return found


def numbered_things(text: str) -> Spans:
    """Numbers that name a thing: "room 12", "extension is 4 02", "line 7"."""
    return [match.span() for match in _NUMBERED.finditer(text)]


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The same text with spans made unreadable, so that places stay the same."""
    letters = list(text)
    for start, end in spans:
        for place in range(start, min(end, len(letters))):
            if not letters[place].isspace():
                letters[place] = "_"
    return "".join(letters)


def sources(words: Words, used: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in the original, each with the small words that lead to it ("on", "at the")."""
    spans: list[tuple[int, int]] = []
    for start, end in used:
        before = [word for word in words.words if word.end <= start]
        while before and before[-1].text in _GLUE:
            start = before.pop().start
        spans.append(words.source(start, end))
    return tuple(sorted(spans))
