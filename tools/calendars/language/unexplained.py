"""Words about time that a reading has not accounted for, and what to ask because of them. Pure.

A weekday, a month, an "am", a number beside a time, an "every" or an "except" that no finder took makes the reading a
doubt: better a question than an answer to half of the sentence. To add a word: a row under what is then asked.
What only looks like time ("room 12", "the 2nd floor", "i am") must not be asked about: its tests hold both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from tools.calendars.language.context import Spans, blank
from tools.calendars.language.dates import MONTHS, WEEKDAYS

Doubt = Literal["", "which_day", "which_time", "how_often"]
_TAKEN = r"_+(?:\s_+)*"  # what a finder took
_NAMES = "|".join((*WEEKDAYS, *(month for month in MONTHS if month not in {"march", "may"})))
_NTH = r"\d{1,2}(?:st|nd|rd|th)\b"
_NUMBER = r"\d{1,4}(?::\d\d)?"
_PART = r"(?:morning|afternoon|evening|night)"
_UNIT = r"(?:day|date|week|weekend|month|year)"
_BEHIND = (  # what follows a number that counts nothing
    rf"(?=$|\s(?:{_TAKEN}|on|at|and|or|then|please|to|until|in|the|if|instead|thats|its|being|which|ish|sharp|not|but)\b)"
)
_LEADING = (  # what leads to a number that is a time
    r"(?:at|by|around|about|or|and|to|until|from|on|is|its|say|maybe|like|than|past|before|after|between|make|in|either|"
    r"so|then)"
)
_DENYING = r"(?:not|except|excluding|never|without|besides|isnt|skip|skipping|minus|barring|avoid|neither|nor)"
_NO_DENIAL = (  # "don't forget"
    r"(?!\s(?:let\s(?:me|us)\s)?(?:forget|mind|worry|care|know|wait|think|be|remember|see|hear|believe|tell|find|decide|"
    r"say)\b)"
)
_HOW_OFTEN = (
    r"\bevery\b(?! (?:one|1|person|thing|bit|effort|reason|right)\b)",
    rf"\beach\s(?:{_TAKEN}|\d|day|week|month|year|time|hour|night|morning)",
    r"\b(?:daily|weekly|monthly|quarterly|yearly|annually|nightly|hourly|biweekly|fortnightly|bimonthly)\b",
    r"\b(?:alternate|alternating|recurring|repeating|regularly)\b",
    r"\b(?:once|twice|times) (?:a|per|every|each)\b",
)
_WHICH_DAY = (
    rf"\b(?:{_NAMES})s?\b",
    r"\b(?:today|tomorrow|yesterday|fortnight|weekdays?|penultimate|eve)\b",
    r"(?<!nice )(?<!good )(?<!great )\bweekends?\b(?! of _)",
    r"\b(?:march|may)\s\d|(?:\d|\bin|\bof|\bnext|\blast|\bthis)\s(?:march|may)\b(?!\si\b)",
    rf"\b{_DENYING}\s(?:(?:on|at|for|in|the|a|this|next)\s)*{_TAKEN}",
    rf"(?<!\bwhy )\b(?:cant|cannot|wont|dont|doesnt)\b{_NO_DENIAL}",
    rf"(?:_|\bday|\btime|\bweek) but {_TAKEN}",
    r"\b(?:other|rather) than\b|\bapart from\b|\binstead of\b|\bbut one\b",
    rf"{_TAKEN}\s(?:after|before)\s(?:next|last|that|this)\b",
    rf"\b(?:next|last|previous|following|coming)\s(?:{_TAKEN}(?:\s|$)|week|month|year|quarter|spring|summer)",
    rf"\b(?:same|that|following|previous|next) (?:{_UNIT}|{_PART})\b",
    rf"\bthe {_UNIT} (?:after|before|_)",
    r"_ following\b",
    r"_ or (?:the )?(?:next|last|this|other)\b",
    rf"(?:^|(?:_|\bon|\bthe|\bor|\band|\bto|\buntil|\bof|\bby|\bfrom)\s){_NTH}{_BEHIND}",
    rf"(?:_ (?:or|and|to|until)|\bno|\bsorry|\bmeant?) (?:the )?{_NTH}",
    r"\b(?:\d+|a|few|couple of|half) (?:days|weeks?|months?|years?|nights?)\b",
    rf"\b(?:a|the|\d+) (?:{_UNIT}|night)s? (?:on|from|before|after|later|earlier|ago|since)\b",
    rf"{_TAKEN}\s(?:and a half|ago)\b",
    r"_.*\b(?:scratch that|forget (?:it|that)|never mind|no wait|hold on)$",
)
_WHICH_TIME = (
    r"(?<!\bi )(?<!\bwhere )\b[ap]m\b(?! i\b| going\b)|\boclock\b|\b(?:noon|midnight)\b",
    rf"(?<!\bgood )(?<!^)\b(?!night){_PART}s?\b",
    r"\b(?:same|usual|regular|normal) time\b|\bthis time (?:_|next|of)|_ (?:at )?this time$",
    r"\b(?:dawn|sunrise|sunset|dusk|bedtime|midmorning|midafternoon)\b",
    rf"\bhalf (?:past|{_NUMBER})\b|\b(?:quarter|half) (?:past|to|after|before)\b|\bquarter (?:of )?{_NUMBER}\b",
    r"\bhalf (?:a )?day\b",
    r"\b\d+(?: and a half)? (?:minutes?|hours?)\b|\bhalf (?:an )?hour\b|\bhours? (?:before|after|later|earlier)\b",
    rf"(?:^|(?:_|\b{_LEADING})\s){_NUMBER}{_BEHIND}",
    r"\b\d{1,2}:\d\d\b|(?<=_ )\d{4}\b|(?<=at )\d{4}\b",
    r"(?:_|\d|[ap]m)\s(?:(?!_|local|my|our|this|that|the|a|some|any|for|what)\w+\s){1,2}time\b",
    r"\b(?:their|her|his|your) time\b",
    r"\b(?:earlier|later) than\b|\b(?:no|not) (?:earlier|later)\b",
)


def _any_of(rows: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row})" for row in rows))


_ASKED: Sequence[tuple[Doubt, re.Pattern[str]]] = (
    ("how_often", _any_of(_HOW_OFTEN)),
    ("which_day", _any_of(_WHICH_DAY)),
    ("which_time", _any_of(_WHICH_TIME)),
)


def unexplained(text: str, explained: Spans, denied: Spans) -> Doubt:
    """What to ask about normal ``text`` beyond its ``explained`` parts; empty when nothing there is about time.

    ``denied``: parts that say what is not meant, and what the rest may be set against ("not at nine but at ten").
    """
    rest = blank(text, explained)
    for start, end in denied:
        rest = rest[:start] + rest[start:end].replace("_", "~") + rest[end:]
    for ask, pattern in _ASKED:
        if pattern.search(rest):
            return ask
    return ""
