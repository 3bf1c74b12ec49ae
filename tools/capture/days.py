"""The day in a sentence, its year included when one is said: "the third of March nineteen eighty-five". Pure.

A day without a year is the next one from ``now`` on (``tools/calendars/language``); with one nothing is guessed, so
that a date of birth stays in the past. To add a way to say a year: ``years_in``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from tools.calendars.language.when import read_when
from tools.capture.alphabet import ONES, TENS

_WRITTEN: Final = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b|\b(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>\d{4})\b"
)
_DIGITS: Final = re.compile(r"[\s,/]*\b(?:(?:in|of) )?((?:19|20|21)\d{2})\b(?!:)")
_WORDS: Final = re.compile(
    r"[\s,]*\b(?:(?:in|of) )?(nineteen|twenty|two thousand)(?: hundred)?(?: and)?((?:[ -][a-z]+){0,2})\b", re.IGNORECASE
)


def read_day(text: str, now: datetime) -> str:
    """ "2026-11-28"; "" without a day, or for one that no calendar has."""
    if written := _WRITTEN.search(text):
        year, month, day = (written[part] or written[f"{part}2"] for part in "ymd")
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return ""
    for year, rest in years_in(text):
        found, later = (_next(rest, new_year(year, now) + wait) for wait in (timedelta(), timedelta(days=7)))
        if found and later and found.year == year and (found.month, found.day) == (later.month, later.day):
            return found.isoformat()  # "tomorrow at 1900" is no day of the year 1900
    found = _next(text, now)
    return found.isoformat() if found else ""


def years_in(text: str) -> Iterator[tuple[int, str]]:
    """Each year that may be said in ``text``, and the words without it."""
    for found in _DIGITS.finditer(text):
        yield int(found[1]), text[: found.start()] + text[found.end() :]
    for found in _WORDS.finditer(text):
        head, words = found[1].lower(), re.split(r"[ -]", found[2].lower())[1:]
        count = _two_digits(words, is_thousand=head == "two thousand")
        if count is not None:
            number, used = count
            tail = " ".join(words[used:])
            yield (
                (1900 if head == "nineteen" else 2000) + number,
                f"{text[: found.start()]} {tail}{text[found.end() :]}",
            )


def new_year(year: int, now: datetime) -> datetime:
    """From when on a day of that year is the next one."""
    return datetime(year, 1, 1, tzinfo=now.tzinfo)


def _two_digits(words: list[str], *, is_thousand: bool) -> tuple[int, int] | None:
    """What follows the century as a number, and how many words say it: "eighty five", "oh four", "twelve"."""
    first, second = (*words, "", "")[:2]
    ones = ONES.get(second, 0)
    if first in TENS:
        return (TENS[first] + ones, 2) if 0 < ones < 10 else (TENS[first], 1)
    if first in {"oh", "o"}:
        return (ones, 2) if 0 < ones < 10 else None
    number = ONES.get(first, 0)
    if number >= 10 or (number and is_thousand):
        return number, 1
    return (0, 0) if is_thousand else None


def _next(text: str, now: datetime) -> date | None:
    when = read_when(text, now)
    return None if when.several_days else when.day
