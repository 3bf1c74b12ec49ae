"""Dates written in a text: days, months with a year, years; several languages. Pure; never guesses a missing year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio januari janeiro",
            "february feb februar février febrero febbraio februari fevereiro",
            "march mar märz mars marzo maart março",
            "april apr avril abril aprile",
            "may mai mayo maggio mei maio",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug août agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct oktober okt octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre diciembre dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DIGIT = re.compile(r"\d")
_DATE = re.compile(
    rf"\b(?P<iso_y>(?:19|20)\d\d)-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?\s+(?:of\s+|de\s+"
    rf"|d')?(?P<m1>{_NAME})\b\.?(?:,?\s+(?:de\s+)?(?P<y1>(?:19|20)\d\d))?"
    rf"|\b(?P<m2>{_NAME})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y2>(?:19|20)\d\d))?"
    rf"|\b(?P<d3>\d{{1,2}})(?P<sep>[./])(?P<m3>\d{{1,2}})(?P=sep)(?P<y3>(?:19|20)?\d\d)\b"
    rf"|\b(?P<m4>{_NAME})\s+(?:de\s+)?(?P<y4>(?:19|20)\d\d)\b"
    rf"|\b(?P<y5>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a date says; 0 where it says nothing. ``start`` and ``end``: its place in the text."""

    year: int
    month: int
    day: int
    start: int
    end: int

    def last_day(self, today: date) -> date | None:
        """The last day it can mean; None without a year."""
        if not self.year or self.year > today.year + 100:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def shown(self) -> str:
        day = f"{self.day} {calendar.month_name[self.month]}" if self.day else calendar.month_name[self.month]
        return f"{day} {self.year}".strip() if self.year else day.strip()


def dates_in(text: str) -> list[Written]:
    """In order. Day before month where digits leave it open, unless only the other way is a date."""
    found: list[Written] = []
    if not _DIGIT.search(text):
        return found
    for match in _DATE.finditer(text):
        year, month, day = _parts(match)
        if 0 <= month <= 12 and day <= (calendar.monthrange(year or 2024, month)[1] if month else 0):
            found.append(Written(year, month, day, match.start(), match.end()))
    return found


def _parts(match: re.Match[str]) -> tuple[int, int, int]:
    for year, month, day in (("iso_y", "iso_m", "iso_d"), ("y1", "m1", "d1"), ("y2", "m2", "d2"), ("y3", "m3", "d3")):
        if match[day] is not None:
            named = match[month].lower()
            months = _MONTHS.get(named) or int(named)
            days = int(match[day])
            if months > 12 >= days:
                months, days = days, months
            return _year(match[year]), months, days
    if match["m4"]:
        return _year(match["y4"]), _MONTHS[match["m4"].lower()], 0
    return _year(match["y5"]), 0, 0


def _year(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if len(text) == 4 else 2000 + int(text)
