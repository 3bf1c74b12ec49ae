"""Where a sentence turns from the event that is meant to the time it shall have: "move the call on Friday to Monday".

Pure. To add a word that leads to the new time: `_TO`, or `_LOOSE_TO` for one that also says when the event is.
"""

from __future__ import annotations

import re
from datetime import datetime

from tools.calendars.commands.names import read_subject
from tools.calendars.language.clock import find_clocks
from tools.calendars.language.when import read_when
from tools.calendars.language.words import read_words

_TO = re.compile(r"\b(?:to|until|till)\b", re.IGNORECASE)
_LOOSE_TO = re.compile(r"\b(?:on|at|for)\b", re.IGNORECASE)


def new_time_at(text: str, now: datetime) -> tuple[int, int] | None:
    """Where the new time begins: a "to" that is followed by a time and is not inside one ("quarter to five").

    Without one, "on", "at" or "for" right after a mere reference: "move it on Friday".
    """
    words = read_words(text)
    clocks = find_clocks(words.text, bare=True)
    for match in _TO.finditer(text):
        right = text[match.end() :]
        when = read_when(right, now, bare=True)
        if not when.has_moment or not when.spans or len(right[: when.spans[0][0]].split()) > 2:
            continue
        before = len(read_words(text[: match.start()]).text)
        if any(
            c.start < before < c.end
            and c.until is None
            and words.text[c.start : c.end].count(" to ") == 1
            and not words.text[c.start :].startswith("to ")
            for c in clocks
        ):
            continue
        return match.span()
    for match in _LOOSE_TO.finditer(text):
        if read_subject(text[: match.start()]).refers and read_when(text[match.end() :], now, bare=True).has_moment:
            return match.span()
    return None
