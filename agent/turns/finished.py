"""Whether the words so far are a finished turn. Pure and English.

Recognisers put a full stop after every fragment, so punctuation counts for little and the last words for much.
`reading_of` says what the words look like, for features.py to weigh; the probability here is the rough one of words
alone: below THRESHOLD the caller is given time to go on. The word lists are in endings.py.
"""

import re
from enum import StrEnum

from agent.turns.endings import (
    ALONE_ENOUGH,
    COMPLETE_ENDINGS,
    DANGLING,
    DIGITS,
    FILLERS,
    OPEN_QUESTION,
    OPEN_REQUEST,
    REQUEST,
    SOUNDS,
    SUBORDINATE_ONLY,
    TIME_WORDS,
)

THRESHOLD = 0.5

_WORD = re.compile(r"[a-z0-9']+")
_PLEASE_AT_END = re.compile(r"\w+ please$")


class Reading(StrEnum):
    """What the words so far look like. The first that fits, in this order."""

    THINKING = "thinking"  # nothing, or a sound at the end: whatever came before, the caller is still thinking
    FILLERS = "fillers"  # "well", "so": nothing said yet
    ASSENT = "assent"  # "okay"
    TRAILING = "trailing"  # the recogniser wrote "..." or a dash
    ALONE = "alone"  # "why"
    OPENING = "opening"  # "could you please": the beginning of a request or question
    CLOSED = "closed"  # "yes please", "what is that for": an ending that is known to be one
    DANGLING = "dangling"  # "on the": the next word is missing
    SUBORDINATE = "subordinate"  # "if it rains": wants its main clause
    NUMBER = "number"  # a phone number in the middle
    WHOLE = "whole"  # nothing is missing


_FINISHED = {
    Reading.THINKING: 0.1,
    Reading.FILLERS: 0.1,
    Reading.ASSENT: 0.8,
    Reading.TRAILING: 0.2,
    Reading.ALONE: 0.8,
    Reading.OPENING: 0.15,
    Reading.CLOSED: 0.9,
    Reading.DANGLING: 0.1,
    Reading.SUBORDINATE: 0.3,
    Reading.NUMBER: 0.3,
    Reading.WHOLE: 0.9,
}


def words_in(text: str) -> list[str]:
    """Lower-case words without punctuation, curly apostrophes made straight."""
    return _WORD.findall(text.lower().replace("’", "'"))


def reading_of(text: str) -> Reading:
    """What `text` (what one caller said so far, with or without punctuation) looks like."""
    words = words_in(text)
    if not words or words[-1] in SOUNDS:  # "at three, um"
        return Reading.THINKING
    if all(word in FILLERS for word in words):
        return Reading.ASSENT if words[-1] in {"okay", "ok", "right"} else Reading.FILLERS
    if text.rstrip().endswith(("...", "…", "-")):
        return Reading.TRAILING
    return _reading_of_words(" ".join(words), words)


def _reading_of_words(joined: str, words: list[str]) -> Reading:
    if joined in ALONE_ENOUGH:
        return Reading.ALONE
    if OPEN_REQUEST.search(joined) or OPEN_QUESTION.search(joined):
        return Reading.OPENING
    if COMPLETE_ENDINGS.search(joined) or _PLEASE_AT_END.search(joined):
        return Reading.CLOSED
    if words[-1] in DANGLING:
        return Reading.DANGLING
    if _lacks_main_clause(joined, words):
        return Reading.SUBORDINATE
    return Reading.NUMBER if _stops_inside_number(words) else Reading.WHOLE


def finished_probability(text: str) -> float:
    """How likely `text` (what one caller said so far, with or without punctuation) is a whole turn: 0.0 to 1.0."""
    return _FINISHED[reading_of(text)]


def is_finished(text: str) -> bool:
    """Whether the agent may answer at once."""
    return finished_probability(text) >= THRESHOLD


def says_when(words: list[str]) -> bool:
    """Whether a day or a time is among them, or anything that may be one."""
    return any(word in TIME_WORDS or word[0].isdigit() for word in words)


def asks_for_a_booking(words: list[str]) -> bool:
    """Whether they ask for something that wants a time, which people often add after a breath."""
    return len(words) > 2 and REQUEST.search(" ".join(words)) is not None


def _lacks_main_clause(joined: str, words: list[str]) -> bool:
    """ "If it rains tomorrow" wants its main clause; a long one probably has it already, without a marker we know."""
    return len(words) <= 6 and SUBORDINATE_ONLY.search(joined) is not None


def _stops_inside_number(words: list[str]) -> bool:
    """A phone number in the middle: its announcement, then fewer than seven digits, the last word one of them."""
    spoken = [word for word in words if word in DIGITS or (word.isdigit() and len(word) <= 4)]
    digits = sum(len(word) if word.isdigit() else 1 for word in spoken)
    return "number" in words and bool(spoken) and words[-1] == spoken[-1] and digits < 7
