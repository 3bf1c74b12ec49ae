"""What a caller changes of a day that was read back: another weekday, day, month or year, and only that. Pure.

To add a wording: a step of ``change_day``.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from tools.calendars.language.words import read_words
from tools.calendars.scheduling.traits import WEEKDAYS
from tools.capture.days import new_year, read_day, years_in

_NTH_DAY = re.compile(r"(?:on |the )*(\d{1,2})(?:st|nd|rd|th)?")
_YEAR_ALONE = re.compile(
    r"\b(?:it's|its|it is|i said|i meant|make it|the year is|year|was|born in|in)\b", re.IGNORECASE
)
_MONTH = "january february march april may june july august september october november december".split()


def change_day(value: str, text: str, now: datetime) -> str:
    """Another weekday of the same week, another day of the same month, the same day of another month or year, or a new
    day. Of a day that is past, as a date of birth is, the year stays; of a coming one the day stays a coming one."""
    before, said = date.fromisoformat(value), read_words(text).text
    is_past = before < now.date()
    said = re.sub(r"^(?:it's |its |on |i said |i meant |make it |in |is )+", "", said)
    if (found := _NTH_DAY.fullmatch(said)) and (day := _valid(before.year, before.month, int(found[1]))):
        return day.isoformat()
    if said in WEEKDAYS:
        week = before.toordinal() - before.weekday()
        day = date.fromordinal(week + WEEKDAYS.index(said))
        return (day if is_past or day >= now.date() else date.fromordinal(day.toordinal() + 7)).isoformat()
    if said in _MONTH and (day := _valid(before.year, _MONTH.index(said) + 1, before.day)):
        coming = day if is_past or day >= now.date() else _valid(day.year + 1, day.month, day.day)
        return coming.isoformat() if coming else ""
    for year, rest in years_in(text):
        if not re.search(r"\w{3}", _YEAR_ALONE.sub("", rest)) and (day := _valid(year, before.month, before.day)):
            return day.isoformat()
    return read_day(text, new_year(before.year, now) if is_past else now)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
