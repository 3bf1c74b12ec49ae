"""What a sentence says that it is not to be: "not Thursday", "I can't do Monday", "instead of Friday". Pure.

Denied words are blanked before times are looked for; a sentence that says nothing else keeps them, and becomes a doubt
in `unexplained`. To add a turn of phrase: in the pattern of words before, after, or around what is denied.
"""

from __future__ import annotations

import re

from tools.calendars.language.context import Spans, blank

_DAY = (
    r"(?:(?:this|next|the)\s)*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tomorrow|tonight|weekends?"
    r"|(?:every\s)?(?:morning|afternoon|evening|night)s?|\d{1,2}(?:st|nd|rd|th))(?:\s(?:mornings?|afternoons?|evenings?|night))?"
)
_NOT = r"not(?!\s(?:before|after|until|earlier|later|too|sure|more|less|only|just|yet|a|bad|that)\b)"
_REFUSED = (
    r"(?:(?<!why\s)(?:cant|cannot|can\snot|wont|dont)\s(?:do|make|manage|want|come|like)(?:\sit)?|(?<!why\s)cant(?=\severy)"
    r"|not\s(?:free|available|around|here|in|there)|im\s(?:busy|away|booked)|no\stime|instead\sof|rather\sthan|any\s?(?:thing|(?:other\s)?(?:day|time|week))\s(?:but|except))"
)
_SMALL = r"(?:on|at|for|in|the|this|next)"
_TIME = r"\S+(?:\s(?:am|pm|oclock))?"
_BEFORE = re.compile(
    rf"\b{_NOT}\s(?:{_SMALL}\s)*(?:{_DAY}|{_TIME})|\b{_REFUSED}\s(?:{_SMALL}\s)*(?:{_DAY}|\d\S*{_TIME[3:]})"
)
_AFTER = re.compile(
    rf"\b{_DAY}\s(?:(?:is|are|was)\s(?:no\sgood|out|not|bad|full|booked|impossible|taken|off)|isnt|(?:doesnt|does\snot|"
    r"wont|will\snot|wouldnt)\s(?:work|suit|do|fit))(?:\s(?:good|possible|great|ideal|an\soption))?\b"
)
_BUSY = re.compile(
    r"\b(?:i|we|im|were)\s(?:\S+\s)?(?:work|busy|away|booked|cant|cannot|wont|not|dont|teach|travel)\s"
    r"(?:(?!so\s|but\s)\S+\s){1,10}(?=(?:so|but)\s)"
)
_MOVED = re.compile(
    r"\b(?:move|moved|change|shift|reschedule|switch|swap)\s(?:(?!to\b|from\b)\S+\s){1,8}(?<!quarter\s)(?<!\b\d\s)"
    r"(?<!\b\d\d\s)(?=to\s)"
)


def denied(text: str) -> Spans:
    """Where normal text says what is not meant."""
    return [match.span() for pattern in (_BUSY, _BEFORE, _AFTER) for match in pattern.finditer(text)]


def left_behind(text: str) -> Spans:
    """The old day and time of what is moved: "move my 3 oclock to 4". What is not said anew is kept."""
    match = _MOVED.search(text)
    if match is None:
        return []
    rest = text[match.end() :]
    days = [(match.start() + day.start(), match.start() + day.end()) for day in re.finditer(_DAY, match.group())]
    timed, dated = re.search(r"\b(?:\d{1,2}(?!\d|st|nd|rd|th)|noon|half)\b", rest), re.search(_DAY, rest)
    others = blank(match.group(), [(start - match.start(), end - match.start()) for start, end in days])
    words = [(match.start() + word.start(), match.start() + word.end()) for word in re.finditer(r"[^\s_]+", others)]
    return (days if dated else []) + (words if timed else [])


def without_denied(text: str) -> str:
    """ "not thursday, friday": what was denied is blanked, the places stay."""
    rest = blank(text, denied(text))
    return rest if re.search(r"[a-z0-9]", rest) else text
