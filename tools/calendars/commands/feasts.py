"""A holiday's name that is the event itself: "cancel Thanksgiving on Thursday". Pure; "on Thanksgiving" stays a day.

To add a word that may stand before it: `_LEAD`; names come from ``language/holidays.py``.
"""

from __future__ import annotations

import re

from tools.calendars.language.holidays import NAMES

_LEAD = (
    r"(?:(?:please|can you|could you|would you|i want to|i need to|let's|okay|cancel|delete|remove|drop|scrap|call off|"
    r"move|reschedule|postpone|push|shift|bring|rename|change|make|have|the|my|our)\s+)*"
)
_NAMES = "|".join(re.sub(r"s\b", "['’]?s", re.escape(name)) for name in NAMES)
_TITLE = re.compile(
    rf"^\W*{_LEAD}(?P<name>{_NAMES})(?=\W*$|\W*\s(?:on|at|to|by|from|for|until|back|forward|please|into|a|an)\b)",
    re.IGNORECASE,
)


def feast_named(text: str) -> tuple[str, str] | None:
    """The name as it was said, and the sentence without it; None when no holiday is what the sentence is about."""
    found = _TITLE.match(text)
    if found is None:
        return None
    return found["name"], f"{text[: found.start('name')]}it{text[found.end('name') :]}"
