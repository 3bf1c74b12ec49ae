"""Durations ("for an hour and a half"), delays ("in 20 minutes"), shifts and repetition ("every monday"). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from tools.calendars.language.context import OF_CORRECTION

_AMOUNT = (
    r"(?P<whole>three quarters of an hour|3 quarters of an hour|(?:a )?quarter of an hour|(?:a )?half(?: an| a)? hour"
    r"|(?:(?P<hours>\d+|an?|a couple(?: of)?) (?:and a half (?=hours?)|(?P<half>1/2 ))?(?:free |spare |whole |"
    r"full |more )?)?hours?(?: (?:and )?(?P<more>15|20|30|40|45|50)(?! pm| am)\b(?: minutes?)?"
    r"| and (?:(?P<few>\d+)(?: minutes?)?|a (?P<part>half|quarter)))?"
    r"|(?P<minutes>\d+|a|a couple of|a few) (?:free |spare |more )?minutes?)"
)
_DAYS_LONG = re.compile(
    r"\bfor (?P<count>\d+|a) (?:whole |full )?(?P<unit>days|weeks?)\b"
    r"|\b(?P<long>\d+) (?P<each>days?|weeks?)(?= (?:starting|beginning) )|\b(?P<tall>\d+) (?P<big>day|week)\b(?= [a-z])"
)
_HALF_HOURS = re.compile(r"and a half hours?\b")
_DELAY = re.compile(
    rf"(?<!fit )(?<!squeeze )\b(?:in (?:about |around |roughly )?{_AMOUNT}(?:'?s? time)?|"
    rf"{_AMOUNT.replace('?P<', '?P<b_')} from now)\b"
)
_LENGTH = re.compile(
    rf"\b(?:(?:for|lasting|of|make it|make that) )?(?:about |around |only |just )?{_AMOUNT}\b(?: long)?"
)
_NO_LENGTH_BEFORE = re.compile(r"(?:(?<!fit )(?<!squeeze )\bin|\b(?:by|after|within|back|forward))\s$")
_NO_LENGTH_AFTER = re.compile(r" (?:from now|later|earlier|ago|before|after|past|to|of)\b")
_SHIFT = re.compile(rf"\b(?:by )?{_AMOUNT} (?P<way>later|earlier|back|forward|sooner)\b")
_PUSH = re.compile(
    rf"(?<!stand )\b(?P<way>back|forward|up|out|ahead) (?:by )?{_AMOUNT}\b|\bby {_AMOUNT.replace('?P<', '?P<b_')}\b"
)
_REPEAT = re.compile(
    r"\b(?:every (?:other |2nd |single )?(?:day|week|weekday|month|year|morning|afternoon|evening|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday)s?|daily|weekly|monthly|each (?:day|week|month|monday|"
    r"tuesday|wednesday|"
    r"thursday|friday)|(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)s|repeating|recurring)\b"
)


@dataclass(frozen=True, slots=True)
class Length:
    """A number of minutes heard at ``text[start:end]``."""

    minutes: int
    start: int
    end: int


def find_delay(text: str) -> Length | None:
    """ "in an hour and a half", "half an hour from now"."""
    match = _DELAY.search(text)
    if match is None:
        return None
    minutes = _minutes(match, "" if match["whole"] else "b_")
    return Length(minutes, *match.span()) if minutes else None


def find_length(text: str) -> Length | None:
    """ "for 45 minutes", "1 hour", "a half hour call"; not the delay "in 20 minutes";
    the last one after a correction."""
    lengths = find_lengths(text)
    later = [length for before, length in pairwise(lengths) if OF_CORRECTION.search(text[before.end : length.end])]
    return later[-1] if later else lengths[0] if lengths else None


def find_lengths(text: str) -> list[Length]:
    """All of them, from left to right."""
    found: list[Length] = []
    for match in _LENGTH.finditer(text):
        before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 12]
        if _NO_LENGTH_BEFORE.search(before) or _NO_LENGTH_AFTER.match(after):
            continue
        minutes = _minutes(match, "")
        if minutes:
            found.append(Length(minutes, *match.span()))
    return found


def find_day_count(text: str) -> Length | None:
    """A number of days that something lasts ("for 3 days", "a 2 day workshop"), in minutes of whole days."""
    match = _DAYS_LONG.search(text)
    if match is None:
        return None
    count = 1 if match["count"] == "a" else int(match["count"] or match["long"] or match["tall"])
    count *= 7 if (match["unit"] or match["each"] or match["big"]).startswith("week") else 1
    return Length(count * 24 * 60, *match.span()) if 0 < count <= 60 else None


def find_shift(text: str) -> Length | None:
    """How much later (positive) or earlier (negative): "an hour later", "back by 30 minutes"."""
    match = _SHIFT.search(text) or _PUSH.search(text)
    if match is None:
        return None
    minutes = _minutes(match, "" if match["whole"] else "b_")
    early = match["way"] in {"earlier", "sooner", "forward", "up", "ahead"}
    return Length(-minutes if early else minutes, *match.span()) if minutes else None


def find_repeat(text: str) -> tuple[int, int] | None:
    """Where the text asks for a series ("every monday", "weekly")."""
    match = _REPEAT.search(text)
    return match.span() if match else None


def _minutes(match: re.Match[str], prefix: str) -> int:
    whole = match[prefix + "whole"]
    if "quarters of an hour" in whole:
        return 45
    if "quarter of" in whole:
        return 15
    if re.match(r"(?:a )?half", whole):
        return 30
    if match[prefix + "minutes"]:
        return min(_number(match[prefix + "minutes"]), 24 * 60)
    if not match[prefix + "hours"]:
        return 0
    minutes = 60 * _number(match[prefix + "hours"])
    if _HALF_HOURS.search(whole) or match[prefix + "part"] == "half":
        minutes += 30
    elif match[prefix + "part"] == "quarter":
        minutes += 15
    minutes += int(match[prefix + "more"] or match[prefix + "few"] or 0)
    return min(minutes, 24 * 60)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 5 if "few" in text else 2 if "couple" in text else 1
