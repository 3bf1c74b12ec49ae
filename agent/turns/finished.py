"""Whether the words so far are a finished turn. Pure and English.

Recognisers put a full stop after every fragment, so punctuation counts for little and the last words for much.
Answers a probability: below THRESHOLD the caller is given time to go on. The word lists are in endings.py.
"""

import re

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
REQUEST_WITHOUT_TIME_S = 0.35

_WORD = re.compile(r"[a-z0-9']+")
_PLEASE_AT_END = re.compile(r"\w+ please$")


def words_in(text: str) -> list[str]:
    """Lower-case words without punctuation, curly apostrophes made straight."""
    return _WORD.findall(text.lower().replace("’", "'"))


def finished_probability(text: str) -> float:
    """How likely `text` (what one caller said so far, with or without punctuation) is a whole turn: 0.0 to 1.0."""
    words = words_in(text)
    if not words or words[-1] in SOUNDS:  # "at three, um": whatever came before, the caller is still thinking
        return 0.1
    if all(word in FILLERS for word in words):
        return 0.8 if words[-1] in {"okay", "ok", "right"} else 0.1
    if text.rstrip().endswith(("...", "…", "-")):
        return 0.2
    joined = " ".join(words)
    if joined in ALONE_ENOUGH:
        return 0.8
    if OPEN_REQUEST.search(joined) or OPEN_QUESTION.search(joined):
        return 0.15
    if COMPLETE_ENDINGS.search(joined) or _PLEASE_AT_END.search(joined):
        return 0.9
    if words[-1] in DANGLING:
        return 0.1
    if _lacks_main_clause(joined, words) or _stops_inside_number(words):
        return 0.3
    return 0.9


def is_finished(text: str) -> bool:
    """Whether the agent may answer at once."""
    return finished_probability(text) >= THRESHOLD


def thinking_time_s(text: str) -> float:
    """Seconds to wait on top for the rest of a turn that is whole but may well go on: a booking without a time."""
    words = words_in(text)
    when = any(word in TIME_WORDS or word[0].isdigit() for word in words)
    return REQUEST_WITHOUT_TIME_S if not when and len(words) > 2 and REQUEST.search(" ".join(words)) else 0.0


def _lacks_main_clause(joined: str, words: list[str]) -> bool:
    """ "If it rains tomorrow" wants its main clause; a long one probably has it already, without a marker we know."""
    return len(words) <= 6 and SUBORDINATE_ONLY.search(joined) is not None


def _stops_inside_number(words: list[str]) -> bool:
    """A phone number in the middle: its announcement, then fewer than seven digits, the last word one of them."""
    spoken = [word for word in words if word in DIGITS or (word.isdigit() and len(word) <= 4)]
    digits = sum(len(word) if word.isdigit() else 1 for word in spoken)
    return "number" in words and bool(spoken) and words[-1] == spoken[-1] and digits < 7
