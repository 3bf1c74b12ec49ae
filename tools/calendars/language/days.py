"""Days in normal words: "next tuesday", "the 1st monday of next month", "3 days before christmas", "next week". Pure.

To add an expression: one row in `_RULES`, most specific first; its function gets the match and today.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS: Sequence[str] = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS: Sequence[str] = "january february march april may june july august september october november december".split()
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_NTH = r"(?P<nth>[12]?\d|3[01])(?:st|nd|rd|th)"
_COUNT = r"(?P<count>\d+|a couple of|a couple|a|an|the next)"
_YEAR = r"(?:\s(?P<year>20\d\d))?"
_HOLIDAYS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "new years eve": (12, 31), "new years day": (1, 1), "new years": (1, 1), "new year": (1, 1),
    "halloween": (10, 31), "valentines day": (2, 14), "valentines": (2, 14),
}  # fmt: skip
_HOLIDAY = rf"(?P<holiday>{'|'.join(_HOLIDAYS)})"


@dataclass(frozen=True, slots=True)
class Days:
    """One day (``first == last``) or several, as heard at ``text[start:end]``.

    ``loose``: a lone weekday, which may mean today while its time lies ahead. ``nth_only``: only a number of the month.
    """

    first: date
    last: date
    start: int
    end: int
    loose: bool = False

    @property
    def one(self) -> bool:
        return self.first == self.last


Span = tuple[date, date]


def find_days(text: str, today: date) -> list[Days]:
    """All days in normal text from left to right; a past one is reported as it is."""
    found: list[Days] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and match.end() > other.start for other in found):
                continue
            span = resolve(match, today)
            if span is not None:
                loose = pattern is _LONE_WEEKDAY and not match.group("which")
                found.append(Days(span[0], span[1], match.start(), match.end(), loose))
    return sorted(found, key=lambda days: days.start)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _one(day: date | None) -> Span | None:
    return None if day is None else (day, day)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _week(today: date, weeks: int) -> date:
    """Monday of the week that many weeks ahead."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _coming(match: re.Match[str], today: date) -> date:
    """The next such weekday, today included."""
    return today + timedelta(days=(WEEKDAYS.index(match["weekday"]) - today.weekday()) % 7)


def _count(match: re.Match[str]) -> int:
    text = match["count"]
    return int(text) if text.isdigit() else 2 if "couple" in text else 1


def _weekday(match: re.Match[str], today: date) -> Span | None:
    coming = _coming(match, today)
    which = (match["which"] or "").strip()
    if which == "next":
        return _one(_week(today, 1) + timedelta(days=WEEKDAYS.index(match["weekday"])))
    if which == "last":
        return _one(coming - timedelta(days=7))
    return _one(coming)


def _weekday_of_week(match: re.Match[str], today: date) -> Span | None:
    weeks = {"this": 0, "next": 1}.get(match["week"], 2)
    day = _week(today, weeks) + timedelta(days=WEEKDAYS.index(match["weekday"]))
    return _one(day)


def _weeks_from_weekday(match: re.Match[str], today: date) -> Span | None:
    coming = _coming(match, today)
    return _one((coming if coming > today else coming + timedelta(days=7)) + timedelta(weeks=_count(match)))


def _weekday_after(match: re.Match[str], today: date) -> Span | None:
    return _one(_coming(match, today + timedelta(days=1)) + timedelta(weeks=1))


def _weekday_nth(match: re.Match[str], today: date) -> Span | None:
    """ "monday the 30th": the first coming month in which that day is that weekday, else the plain day."""
    month = today.replace(day=1)
    for ahead in range(13):
        start = add_months(month, ahead)
        day = _on(start.year, start.month, int(match["nth"]))
        if day and day >= today and day.weekday() == WEEKDAYS.index(match["weekday"]):
            return _one(day)
    return _nth(match, today)


def _nth(match: re.Match[str], today: date) -> Span | None:
    month = today.replace(day=1)
    for ahead in range(3):
        start = add_months(month, ahead)
        day = _on(start.year, start.month, int(match["nth"]))
        if day and day >= today:
            return _one(day)
    return None


def _nth_of_near_month(match: re.Match[str], today: date) -> Span | None:
    start = add_months(today.replace(day=1), 1 if match["near"] == "next" else 0)
    return _one(_on(start.year, start.month, int(match["nth"])))


def _of_month(match: re.Match[str], today: date) -> Span | None:
    groups = match.groupdict()
    month, day = MONTHS.index(match["month"]) + 1, int(groups.get("nth") or groups["day"] or 0)
    if groups.get("year"):
        return _one(_on(int(groups["year"]), month, day))
    return _one(_next_such(today, month, day))


def _next_such(today: date, month: int, day: int) -> date | None:
    for year in range(today.year, today.year + 9):  # a 29th of February may be eight years away
        found = _on(year, month, day)
        if found and found >= today:
            return found
    return None


def _nth_weekday_of_month(match: re.Match[str], today: date) -> Span | None:
    near = match["near"]
    if match["month"]:
        found = _next_such(today.replace(day=1), MONTHS.index(match["month"]) + 1, 1)
        start = found or today
    else:
        start = add_months(today.replace(day=1), 1 if near == "next" else 0)
    days = [
        date(start.year, start.month, day)
        for day in range(1, calendar.monthrange(start.year, start.month)[1] + 1)
        if date(start.year, start.month, day).weekday() == WEEKDAYS.index(match["weekday"])
    ]
    nth = match["which"]
    index = -1 if nth == "last" else int(nth[0]) - 1
    if index >= len(days):
        return None
    if days[index] < today and near in {"every", "each"}:
        return _nth_weekday_of_month(match, add_months(today.replace(day=1), 1))
    return _one(days[index])


def _ahead(match: re.Match[str], today: date) -> Span | None:
    groups = match.groupdict()
    start = today + timedelta(days=1 if groups.get("anchor") == "tomorrow" else 0)
    count, unit = _count(match), match["unit"]
    if count > 1000:
        return None
    if unit.startswith("month"):
        return _one(add_months(start, count))
    return _one(start + timedelta(days=count * (7 if unit.startswith(("week", "fortnight")) else 1)))


def _beside_holiday(match: re.Match[str], today: date) -> Span | None:
    month, day = _HOLIDAYS[match["holiday"]]
    days = _count(match) * (7 if match["unit"].startswith("week") else 1)
    shift = timedelta(days=-days if match["side"] == "before" else days)
    holiday = _next_such(today, month, day)
    if holiday is None:
        return None
    return _one(holiday + shift if holiday + shift >= today else date(holiday.year + 1, month, day) + shift)


def _weeks(match: re.Match[str], today: date) -> Span | None:
    monday = _week(today, {"this": 0, "the": 0, "next": 1, "the coming": 1}.get(match["week"], 2))
    return (max(today, monday), monday + timedelta(days=6))


def _weekend(match: re.Match[str], today: date) -> Span | None:
    saturday = _week(today, 1 if match["week"] == "next" else 0) + timedelta(days=5)
    return (max(saturday, today), saturday + timedelta(days=1))


def _months(match: re.Match[str], today: date) -> Span | None:
    start = add_months(today.replace(day=1), 1 if match["near"] == "next" else 0)
    return (max(today, start), add_months(start, 1) - timedelta(days=1))


def _month_end(match: re.Match[str], today: date) -> Span | None:
    start = add_months(today.replace(day=1), 1 if match["near"] == "next" else 0)
    return _one(add_months(start, 1) - timedelta(days=1))


def _next_days(match: re.Match[str], today: date) -> Span | None:
    count = _count(match) if "count" in match.groupdict() and match["count"] else 3
    return (today, today + timedelta(days=min(count, 60) * (7 if match["unit"].startswith("week") else 1) - 1))


def _slashed(match: re.Match[str], today: date) -> Span | None:
    month, day = int(match["m"]), int(match["d"])
    if month > 12:
        month, day = day, month
    if match["y"]:
        return _one(_on(int(match["y"]) % 100 + 2000, month, day))
    return _one(_next_such(today, month, day)) if 1 <= month <= 12 else None


def _shifted(days: int) -> Callable[[re.Match[str], date], Span | None]:
    return lambda _, today: _one(today + timedelta(days=days))


def _rule(
    pattern: str, resolve: Callable[[re.Match[str], date], Span | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], date], Span | None]]:
    return re.compile(rf"\b(?:on\s|for\s|by\s)?{pattern}\b"), resolve


_LONE_WEEKDAY = re.compile(
    rf"\b(?:on\s|for\s|by\s)?(?P<which>(?:this coming|this|next|last|coming|the)\s)?{_WEEKDAY}\b"
)
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Span | None]], ...] = (
    _rule(r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", lambda m, _: _one(_on(int(m["y"]), int(m["m"]), int(m["d"])))),
    _rule(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/(?P<y>\d{2,4}))?", _slashed),
    _rule(rf"{_COUNT}\s(?P<unit>days?|weeks?)\s(?P<side>before|after)\s{_HOLIDAY}", _beside_holiday),
    _rule(
        rf"(?:the\s)?(?P<which>1st|2nd|3rd|4th|5th|last)\s{_WEEKDAY}\s(?:of|in)\s(?:(?P<near>next|this|the|"
        rf"every|each)\smonth|{_MONTH})",
          _nth_weekday_of_month),
    _rule(rf"{_COUNT}\sweeks?\s(?:from|after)\s(?:next\s|this\s)?{_WEEKDAY}", _weeks_from_weekday),
    _rule(rf"(?P<week>this|next)\sweek\s(?:on\s)?{_WEEKDAY}", _weekday_of_week),
    _rule(rf"{_WEEKDAY}\s(?:of\s)?(?P<week>this|next)\sweek", _weekday_of_week),
    _rule(rf"{_WEEKDAY}\sthe\sweek\s(?P<week>after)\snext", _weekday_of_week),
    _rule(rf"(?:the\s)?{_WEEKDAY}\safter\snext", _weekday_after),
    _rule(rf"{_WEEKDAY}\s(?:the\s)?{_NTH}\s(?:of\s)?{_MONTH}{_YEAR}", _of_month),
    _rule(rf"{_WEEKDAY}\s{_MONTH}\s(?:the\s)?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?(?!:){_YEAR}", _of_month),
    _rule(rf"{_WEEKDAY}\s(?:the\s)?{_NTH}", _weekday_nth),
    _rule(rf"(?:the\s)?{_NTH}\s(?:of\s)?(?P<near>this|next|the)\smonth", _nth_of_near_month),
    _rule(rf"(?:the\s)?{_NTH}\s(?:of\s)?{_MONTH}{_YEAR}", _of_month),
    _rule(rf"{_MONTH}\s(?:the\s)?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?(?!:|\s(?:am|pm|oclock)){_YEAR}", _of_month),
    _rule(rf"(?P<day>[12]?\d|3[01])\s(?:of\s)?{_MONTH}{_YEAR}", _of_month),
    _rule(rf"(?:in|within)\s{_COUNT}\s(?P<unit>days?|weeks?|months?|fortnight)(?:s?\stime)?", _ahead),
    _rule(
        rf"{_COUNT}\s(?P<unit>days?|weeks?|months?|fortnight)\s(?:from\s(?:now|(?P<anchor>today|tomorrow))|"
        rf"away)", _ahead),
    _rule(r"(?:the\s)?day\safter\stomorrow", _shifted(2)),
    _rule(r"(?:the\s)?day\sbefore\syesterday", _shifted(-2)),
    _rule(r"tomorrow", _shifted(1)),
    _rule(r"(?:later\s)?today|tonight|this\s(?:morning|afternoon|evening)|right\snow", _shifted(0)),
    _rule(r"yesterday", _shifted(-1)),
    _rule(r"last\sweek", lambda _, t: (_week(t, -1), _week(t, -1) + timedelta(days=6))),
    _rule(r"(?P<week>this|next|the)\sweekend", _weekend),
    _rule(r"(?:the\s)?(?:end|last\sday)\sof\s(?P<near>the|this|next)\smonth", _month_end),
    _rule(
        r"(?:(?:the\s)?rest\sof\s|(?:the\s)?(?:end|beginning|start)\sof\s)?(?P<week>this|next|"
        r"the\scoming)\sweek", _weeks),
    _rule(r"(?:the\s)?rest\sof\s(?P<week>the)\sweek", _weeks),
    _rule(r"the\sweek\s(?P<week>after)\snext", _weeks),
    _rule(r"(?:the\s)?next\s(?:(?P<count>\d+|couple of|few)\s)?(?P<unit>days|weeks)",
          lambda m, t: _next_days(m, t) if (m["count"] or "").isdigit() else (t, t + timedelta(days=3))),
    _rule(r"(?P<near>this|next)\smonth", _months),
    _rule(_HOLIDAY, lambda m, t: _one(_next_such(t, *_HOLIDAYS[m["holiday"]]))),
    (_LONE_WEEKDAY, _weekday),
    _rule(
        rf"the\s{_NTH}(?!\s(?:one|thing|time|meeting|event|option|appointment|page|floor|call|slot|person|"
        rf"team|{'|'.join(WEEKDAYS)}))",
          _nth),
    _rule(rf"{_NTH}(?=$)", _nth),
)  # fmt: skip
