"""Times of day in normal words: "half past 3", "quarter to 5", "15:00", "2 30 pm", "noon", and ranges of them. Pure.

A reading says how sure its half of the day is; `choose` picks the half by what was said, else by working hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

Half = Literal["am", "pm", ""]

_HOUR = r"(?P<h>2[0-4]|1\d|0?\d)"
_LATE = r"(?:\s(?P<half>am|pm))?"
_NO_UNIT = (
    r"(?!\s(?:minutes?|hours?|days?|weeks?|months?|years?|nights?|weekends?|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|people|persons|guests|of\b|things?|times|percent|dollars|"
    r"euros|more|other|floor|guys|january|february|march|april|june|july|august|september|october|november|december))"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("half", re.compile(rf"half\s(?:past\s)?{_HOUR}(?:\soclock)?{_LATE}\b{_NO_UNIT}")),
    (
        "past",
        re.compile(rf"(?:a\s)?(?P<m>quarter)\s(?P<side>past|after|to|of|before|until)\s{_HOUR}(?:\soclock)?{_LATE}\b"),
    ),
    ("past", re.compile(rf"(?P<m>[1-5]?\d)\sminutes?\s(?P<side>past|after|to|before)\s{_HOUR}{_LATE}\b")),
    (
        "past",
        re.compile(
            rf"(?P<m>5|10|15|20|25)\s(?P<side>past|after|to|before)\s{_HOUR}(?!:|\s[0-5]\d\b){_LATE}\b{_NO_UNIT}"
        ),
    ),
    (
        "beside",
        re.compile(
            r"(?:a\s)?(?P<m>quarter|[1-5]?\d)\s(?:minutes?\s)?(?P<side>past|after|to|before)\s(?P<h>noon|midnight)\b"
        ),
    ),
    ("noon", re.compile(r"(?:(?:12\s)?noon|lunch\s?time|(?:(?<=at\s)|(?<=over\s))lunch(?!\swith))\b")),
    ("midnight", re.compile(r"(?:12\s)?midnight\b")),
    ("first", re.compile(r"1st\sthing(?:\sin\sthe\smorning)?\b")),
    ("close", re.compile(r"(?:the\s)?(?:end\sof\s(?:the\s)?(?:work(?:ing)?\s)?day|close\sof\sbusiness)\b")),
    ("plain", re.compile(r"(?P<h>1\d|2[0-3]|0?[1-9])(?P<m>[0-5]\d)\s(?P<half>am|pm)\b")),
    (
        "plain",
        re.compile(
            r"(?:(?<=at\s)|(?<=around\s)|(?<=about\s))(?P<h>1\d|2[0-3]|0?[1-9])(?P<m>[0-5]\d)\b(?!\s(?:to\s)?\d{3})"
            + _NO_UNIT
        ),
    ),
    (  # "930" beside a day
        "plain",
        re.compile(
            r"(?!20[2-4]\d)(?P<h>1\d|2[0-3]|0?\d)(?P<m>[0-5]\d)(?:(?=\s_)|(?<=_\s\d{3})(?=$)|(?<=_\s\d{4})(?=$))"
        ),
    ),
    ("plain", re.compile(rf"{_HOUR}:(?P<m>[0-5]\d){_LATE}\b")),
    ("hundred", re.compile(rf"{_HOUR}\shundred(?:\shours)?\b")),
    ("hundred", re.compile(r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\shours\b")),
    ("plain", re.compile(rf"{_HOUR}\s(?P<m>[0-5]\d)\s(?P<half>am|pm)\b")),
    ("plain", re.compile(rf"{_HOUR}\s(?P<m>0[1-9]|[1-5][05]|[1-5]\d)\b{_NO_UNIT}")),
    ("plain", re.compile(rf"{_HOUR}\s(?P<half>am|pm)\b")),
    ("plain", re.compile(rf"{_HOUR}\soclock{_LATE}\b")),
    ("plain", re.compile(rf"{_HOUR}(?=\s(?:sharp|in\sthe\s(?:morning|afternoon|evening)|at\snight|tonight))\b")),
)
_BARE = re.compile(rf"{_HOUR}(?![:\d])\b{_NO_UNIT}(?!\s?(?:st|nd|rd|th)\b)")
LEAD = re.compile(r"(?:(?:at|by|from|around|about|before|after|until|for|like|say|it|its|is|exactly)\s){1,4}")
_STRONG_LEAD = re.compile(r"\b(?:at|around|by|from)\s(?:about\s|around\s|like\s|exactly\s)?$")
_HALF_AFTER = re.compile(
    r"\s(?:(?:sharp|exactly)\s?)?(?:in\sthe\s(morning|afternoon|evening)|at\s(night)|(?=(tonight)))"
)
_TO = re.compile(r"\s(?:to|until|and|through)\s(?:at\s)?")
_TO_ACROSS = re.compile(r"(?:\s_+){0,5}\s(?:to|until|and|through)\s(?:_+\s){0,5}(?:at\s)?")  # days are blanked
_FROM = re.compile(r"(?:from|between)\s(?:about\s|around\s)?")
_FROM_ACROSS = re.compile(r"(?:from|between)\s(?:_+\s){0,5}(?:about\s|around\s|at\s)?")
_MAYBE_MINUTES = {5, 10, 20, 25}  # "ten to four" is a time, "nine to five" a range
_NO_TIME = re.compile(
    r"\b(?:(?<!\d[\s:])(?:2[5-9]|[3-9]\d)\s?(?:oclock|hundred|am|pm)|(?:2[5-9]|[3-9]\d):\d\d|\d?\d:[6-9]\d"
    r"|at\s(?:1\d|2[0-4]|\d)\s[6-9]\d(?!\s(?:people|minutes|guests|euros|dollars|percent|\d))"
    r"|(?:past|to|at)\s(?:2[5-9]|[3-9]\d)(?=\s(?:tomorrow|today|am|pm|oclock|in the)|$))\b"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as heard at ``text[start:end]``; ``half`` is empty when nobody said which half of the day.

    ``hour`` is 0-23 when ``sure``, else 1-12. ``until`` is the end of a range. ``bare``: only a number.
    ``kind``: which words said it: "midnight", "half" (the "half three" that some mean as half past two), "to" (the
    "ten to eleven" that may be a range).
    """

    hour: int
    minute: int
    half: Half
    sure: bool
    start: int
    end: int
    until: Clock | None = None
    bare: bool = False
    kind: str = ""


def find_clocks(text: str, *, bare: bool = False, across: bool = False) -> list[Clock]:
    """All times in normal text from left to right; ``bare`` also takes a lone number ("three") as one.

    ``across``: ranges reach over blanked days ("from ____ at 3 until ____ at noon") and may be two lone numbers.
    """
    found: list[Clock] = []
    at = 0
    for place in _starts(text):
        if place < at:
            continue
        clock = _range_at(text, place, across=across) or _clock_at(text, place, bare=bare)
        if clock is not None:
            found.append(clock)
            at = clock.end
    return found


def find_impossible(text: str) -> list[tuple[int, int]]:
    """Where the text says times that no clock shows: "25 o'clock", "10:75"."""
    return [match.span() for match in _NO_TIME.finditer(text)]


def choose(clock: Clock, *, part: str = "", late: bool = False) -> time:
    """The time of day meant: by what was said, by the part of the day, else the one in working hours (7 to 19).

    ``late`` prefers the evening where both would do ("dinner at seven").
    """
    if clock.sure:
        return time(clock.hour % 24, clock.minute)
    hour = clock.hour % 12
    half = clock.half or {"morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm"}.get(part, "")
    if half == "am":
        return time(hour, clock.minute)
    if half == "pm":
        return time(hour + 12, clock.minute)
    return time(hour + 12 if hour < 7 or (late and hour != 11) else hour, clock.minute)


def minutes_between(clock: Clock, first: time, *, part: str = "") -> int | None:
    """Length of a range in minutes, its end being the next such time after ``first``; None without an end."""
    if clock.until is None:
        return None
    end = choose(clock.until, part=part)
    minutes = (end.hour - first.hour) * 60 + end.minute - first.minute
    if not clock.until.sure and not clock.until.half:
        return minutes % (12 * 60) or 12 * 60
    return minutes if minutes > 0 else minutes + 24 * 60


def _starts(text: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(r"\S+", text))


def _range_at(text: str, place: int, *, across: bool) -> Clock | None:
    """ "from 2 to 4 pm", "between 10 and 11", "2 pm to 4"; a half said once counts for both."""
    lead = (_FROM_ACROSS if across else _FROM).match(text, place)
    begin = lead.end() if lead else place
    first = _plain_first(text, begin) if lead else _clock_at(text, begin, bare=True)
    if first is None:
        return None
    joint = (_TO_ACROSS if across else _TO).match(text, first.end)
    second = joint and (_plain_first(text, joint.end()) or _clock_at(text, joint.end(), bare=True))
    if (
        not joint
        or not second
        or (joint.group().strip() == "and" and not (lead and lead.group().startswith("between")))
    ):
        return None
    if (
        not lead
        and first.bare
        and (second.bare or not (second.half or second.kind == "noon"))
        and not (across and _plainly_two(first, second))
    ):
        return None
    if not first.half and not first.sure and second.half:
        first = replace(first, half=_half_before(first, second))
    return replace(
        first, start=place, end=second.end, until=second, bare=first.bare and not lead and (second.bare or not across)
    )


def _plainly_two(first: Clock, second: Clock) -> bool:
    """Whether "nine to five" can only be a range: it is no number of minutes before the hour."""
    return first.hour not in _MAYBE_MINUTES or second.minute > 0


def _half_before(first: Clock, second: Clock) -> Half:
    """ "from 11 to 1 pm" starts in the morning, "from 2 to 4 pm" does not."""
    if second.half == "pm" and first.hour % 12 > second.hour % 12:
        return "am"
    return second.half


def _plain_first(text: str, place: int) -> Clock | None:
    """A time at ``place`` that does not swallow "10 to 11" as ten minutes to eleven."""
    for kind, pattern in _PATTERNS:
        match = (
            None
            if kind == "past" and "m" in pattern.groupindex and "quarter" not in pattern.pattern
            else pattern.match(text, place)
        )
        if match:
            return _with_half_after(text, _made(kind, match))
    match = _BARE.match(text, place)
    return _with_half_after(text, _made("bare", match)) if match else None


def _clock_at(text: str, place: int, *, bare: bool) -> Clock | None:
    lead = LEAD.match(text, place)
    begin = lead.end() if lead else place
    for kind, pattern in _PATTERNS:
        match = pattern.match(text, begin)
        if match:
            made = _made(kind, match)
            return _with_half_after(text, replace(made, start=place)) if made.hour <= 24 else None
    strong = bool(_STRONG_LEAD.search(text[place:begin]))
    match = _BARE.match(text, begin) if bare or strong else None
    if match is None:
        return None
    clock = _with_half_after(text, replace(_made("bare", match), start=place))
    return replace(clock, bare=not strong and not clock.half)


def _made(kind: str, match: re.Match[str]) -> Clock:
    start, end = match.span()
    fixed = {"noon": (12, 0), "midnight": (0, 0), "first": (9, 0), "close": (17, 0)}.get(kind)
    if kind == "beside":
        return _beside_noon(match)
    if fixed:
        return Clock(*fixed, "", sure=True, start=start, end=end, kind=kind)
    groups = match.groupdict()
    hour, minute = int(groups["h"]), 0
    half: Half = "am" if groups.get("half") == "am" else "pm" if groups.get("half") else ""
    if kind == "half":
        minute = 30
    elif kind == "past":
        minute = 15 if groups["m"] == "quarter" else int(groups["m"])
        if groups["side"] not in {"past", "after"}:
            hour, minute = (hour - 1 if hour != 1 else 12), 60 - minute
            hour, minute = (hour, minute) if minute < 60 else (hour + 1, 0)
    elif groups.get("m"):
        minute = int(groups["m"])
    if kind == "past" and groups["side"] == "to" and "minute" not in match.group() and hour == int(groups["h"]) - 1:
        said = "to" if str(hour) == groups["m"] else ""
    else:
        said = ""
    said = "half" if kind == "half" and "past" not in match.group() else said
    padded = groups["h"].startswith("0") and kind == "plain"
    sure = hour > 12 or hour == 0 or kind == "hundred" or (padded and not half)
    return Clock(hour % 24 if sure else hour, minute, half, sure, start, end, bare=kind == "bare", kind=said)


def _beside_noon(match: re.Match[str]) -> Clock:
    """ "a quarter to noon", "ten past midnight"."""
    minutes = 15 if match["m"] == "quarter" else int(match["m"])
    after = minutes if match["side"] in {"past", "after"} else -minutes
    hour, minute = divmod(((12 if match["h"] == "noon" else 24) * 60 + after) % (24 * 60), 60)
    return Clock(hour, minute, "", sure=True, start=match.start(), end=match.end())


def _with_half_after(text: str, clock: Clock) -> Clock:
    """ "3 in the afternoon", "8 at night"; "tonight" is left for the day."""
    match = _HALF_AFTER.match(text, clock.end)
    if match is None or clock.half:
        return clock
    half: Half = "am" if match.group(1) == "morning" else "pm"
    if match.group(2) == "night" and clock.hour % 12 < 5:
        half = "am"
    return replace(clock, half=half, end=match.end(), bare=False)
