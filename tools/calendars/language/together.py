"""Several days in one sentence as the one, the range or the choice that they are. Pure.

"Monday through Wednesday" and "the 10th and 11th" are ranges, "tomorrow, Sunday" is one day, "Tuesday or Thursday"
stays two; what was said after a correction counts alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tools.calendars.language.context import corrected
from tools.calendars.language.dates import MONTHS, WEEKDAYS
from tools.calendars.language.days import Days

_TO = re.compile(r"(?:\s_+)*\s(?:to|through|until|and)(?:\sincluding)?\s(?:on\s|the\s)?")
_LEAVING = re.compile(r"\s(?:and\s)?(?:checking\sout|check\sout|leaving|departing|returning|coming\sback)\s")
_WITH_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_BETWEEN = re.compile(r"\bbetween\s(?:on\s|the\s)?$")
_AND = re.compile(r"\s(?:and|or)\s(?:maybe\s|perhaps\s|on\s|the\s)*")
_BOUND = re.compile(r"\b(?P<side>before|after)\s(?:the\s)?$")
_LONE = re.compile(rf"(?:on\s|by\s|for\s)?(?:the\s)?(?:{'|'.join(WEEKDAYS)})")
_BESIDE = re.compile(r"\s(?P<side>before|after)\s(?:the\s|on\s)?")
_EITHER = re.compile(r"^(?:\s\S+){0,4}\s(?:or|and)\s(?:maybe\s|perhaps\s|else\s)?$")


def days_together(text: str, days: Sequence[Days], today: date) -> tuple[list[Days], list[Days]]:
    """The days that are left to choose from, and those they were said as."""
    days = _beside(text, days)
    kept = corrected(_in_same_month(text, [_bounded(text, day, today) for day in days]), text)
    if not kept:
        return [], []
    merged = [kept[0]]
    for day in _in_same_week(text, kept)[1:]:
        joined = _joined(text, merged[-1], day)
        merged = [*merged[:-1], joined] if joined else [*merged, day]
    return _refined(merged), kept


def _beside(text: str, days: Sequence[Days]) -> list[Days]:
    """ "the monday after the 10th": the first one that follows it."""
    found: list[Days] = []
    for day in days:
        said = found[-1] if found and _LONE.fullmatch(text[found[-1].start : found[-1].end]) else None
        side = _BESIDE.fullmatch(text[said.end : day.start]) if said else None
        if said and side:
            later = side["side"] == "after"
            apart = (said.first - day.last).days % 7 if later else (day.first - said.first).days % 7
            step = timedelta(days=apart or 7)
            first = day.last + step if later else day.first - step
            found[-1] = Days(first, first, said.start, day.end)
        else:
            found.append(day)
    return found


def _in_same_month(text: str, days: list[Days]) -> list[Days]:
    """ "january 2nd, no, the 3rd": of that month."""
    placed = days[:1]
    for day in days[1:]:
        before = placed[-1]
        if day.kind == "nth" and _WITH_MONTH.search(text[before.start : before.end]):
            first = _after(before.first.replace(day=1), day.first)
            day = replace(day, first=first, last=first)
        placed.append(day)
    return placed


def _in_same_week(text: str, days: list[Days]) -> list[Days]:
    """ "next week on Tuesday or Thursday": the Thursday after that Tuesday."""
    placed = days[:1]
    for day in days[1:]:
        before = placed[-1]
        if day.loose and not before.loose and before.one and _EITHER.search(text[before.end : day.start]):
            weeks = max(0, (before.first - day.first).days + 6) // 7
            day = replace(day, first=day.first + timedelta(weeks=weeks), last=day.last + timedelta(weeks=weeks))
        placed.append(day)
    return placed


def _bounded(text: str, day: Days, today: date) -> Days:
    """ "before friday" is some day until then, "after christmas" one of the week that follows."""
    match = _BOUND.search(text[max(0, day.start - 20) : day.start])
    if match is None:
        return day
    step = timedelta(days=1)
    if match["side"] == "after":
        return replace(day, first=day.last + step, last=day.last + 7 * step, loose=False, kind="", others=())
    if day.first <= today:
        return day
    return replace(day, first=today, last=day.first - step, loose=False, kind="", others=())


def _joined(text: str, first: Days, second: Days) -> Days | None:
    """ "monday through wednesday", "the 3rd to the 5th", "the 10th and 11th of december" as one range."""
    between = text[first.end : second.start + 4]
    leaving = _LEAVING.match(between)
    both = _AND.match(between) or _AND.match(text[first.end : second.start] + " ")
    range_of = _TO.match(between)
    timed = not range_of and re.search(r"\s(?:to|until|through)\s(?:_+\s|on\s|the\s)*$", text[first.end : second.start])
    if not (both or range_of or timed or leaving) or first.others or second.others:
        return None
    start, end = first.first, second.last
    if first.kind == "nth" and second.kind != "nth":
        start = _same_month(start, end)
    elif second.kind == "nth" and end < start:
        end = _after(start, end)
    elif first.loose and not second.loose and (end - start).days >= 7:
        start += timedelta(days=(end - start).days // 7 * 7)
    elif second.loose and end < start:
        end += timedelta(days=7)
    between_two = range_of and _BETWEEN.search(text[: first.start])
    if (leaving or between_two) and start <= end:
        return Days(start, end, first.start, second.end)
    if both and not range_of and (" or " in between or (end - start).days != 1):
        return None
    if _AND.match(between) and (end - start).days != 1:
        return None
    return Days(start, end, first.start, second.end) if start <= end else None


def _same_month(start: date, end: date) -> date:
    try:
        return end.replace(day=start.day) if start.day <= end.day else start
    except ValueError:
        return start


def _after(start: date, end: date) -> date:
    """The number of ``end`` in the month of ``start`` or the one after it."""
    for month in (start.replace(day=1), (start.replace(day=1) + timedelta(days=32)).replace(day=1)):
        try:
            day = month.replace(day=end.day)
        except ValueError:
            continue
        if day >= start:
            return day
    return end


def _refined(days: list[Days]) -> list[Days]:
    """ "next week, maybe Thursday": the weekday of that week. "Tomorrow, Sunday" says the same day twice."""
    named = [day for day in days if not day.loose]
    if len(named) == 1 and named[0].one and all(day.first.weekday() == named[0].first.weekday() for day in days):
        return named
    if len(days) != 2 or days[0].one == days[1].one:
        return days
    several, one = (days[1], days[0]) if days[0].one else (days[0], days[1])
    if not one.loose or (several.last - several.first).days > 7:
        return days
    inside = several.first + timedelta(days=(one.first.weekday() - several.first.weekday()) % 7)
    return [replace(one, first=inside, last=inside, loose=False)] if inside <= several.last else days
