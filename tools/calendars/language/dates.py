"""Which day a phrase of `days` means: one function per kind of phrase, of (match, today). Pure.

Each gives a `Found`, a plain span, or None for a day that does not exist. What it cannot know it says: other spans the
phrase may mean, and a problem.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from tools.calendars.language import holidays

WEEKDAYS: Sequence[str] = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS: Sequence[str] = "january february march april may june july august september october november december".split()
FAR_AHEAD = 300  # days; who says "February 29th" hardly means one in two years
Span: TypeAlias = tuple[date, date]
# parts of a week as days after its Monday, of a month as its days
_IN_WEEK = {"early": (0, 1), "beginning": (0, 1), "start": (0, 1), "late": (3, 4), "mid": (1, 3), "middle": (1, 3),
            "halfway": (1, 3)}  # fmt: skip
_IN_MONTH = {"early": (1, 10), "mid": (11, 20), "middle of": (11, 20), "halfway through": (11, 20), "late": (21, 31)}


@dataclass(frozen=True, slots=True)
class Found:
    """``span``: first and last day, the likeliest meaning; ``others``: what it may mean as well.

    ``problem``: "weekday_mismatch" or "far_ahead" when that should be asked about.
    """

    span: Span
    others: tuple[Span, ...] = ()
    problem: str = ""


Resolved: TypeAlias = Found | Span | None
Resolver: TypeAlias = Callable[[re.Match[str], date], Resolved]


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_span(day: date) -> Span:
    """First and last day of the month of ``day``."""
    start = day.replace(day=1)
    return start, add_months(start, 1) - timedelta(days=1)


def one(day: date | None) -> Span | None:
    return None if day is None else (day, day)


def shifted(days: int) -> Resolver:
    return lambda _, today: one(today + timedelta(days=days))


def week(today: date, weeks: int) -> date:
    """Monday of the week that many weeks ahead."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def weekday(match: re.Match[str], today: date) -> Resolved:
    """ "friday", "this friday", "next friday" (of next week, unless this week's is the coming one), "last friday"."""
    ahead_day = coming(match, today)
    which = (match["which"] or "").strip()
    if which == "next":
        day = week(today, 1) + timedelta(days=WEEKDAYS.index(match["weekday"]))
        near = ahead_day != day and ahead_day > today
        return Found((day, day), ((ahead_day, ahead_day),) if near else ())
    if which == "last":
        return one(ahead_day - timedelta(days=7))
    return one(ahead_day)


def weekday_of_week(match: re.Match[str], today: date) -> Resolved:
    groups = match.groupdict()
    weeks = number(groups["count"]) if groups.get("count") else {"this": 0, "next": 1}.get(match["week"], 2)
    return one(week(today, weeks) + timedelta(days=WEEKDAYS.index(match["weekday"]))) if weeks <= 520 else None


def weekday_in_weeks(match: re.Match[str], today: date) -> Resolved:
    """ "wednesday in two weeks": of the week that is so far off, or so long after the coming Wednesday."""
    of_week, later = weekday_of_week(match, today), weeks_from_weekday(match, today)
    if not isinstance(of_week, tuple) or not isinstance(later, tuple):
        return None
    return Found(of_week, (later,) if later != of_week else ())


def weeks_from_weekday(match: re.Match[str], today: date) -> Resolved:
    groups = match.groupdict()
    ahead_day = coming(match, today)
    weeks = number(groups["count"]) if groups.get("count") else 1
    return _later(ahead_day if ahead_day > today else ahead_day + timedelta(days=7), weeks * 7)


def weekdays_from_now(match: re.Match[str], today: date) -> Resolved:
    """ "two Fridays from now": the second one."""
    return _later(coming(match, today + timedelta(days=1)), 7 * (number(match["count"]) - 1))


def weekday_after(match: re.Match[str], today: date) -> Resolved:
    return one(coming(match, today + timedelta(days=1)) + timedelta(weeks=1))


def weekday_nth(match: re.Match[str], today: date) -> Resolved:
    """ "monday the 30th": when the next 30th is no Monday, both what fits nearly are kept, with a problem."""
    found = nth(match, today)
    if found is None:
        return None
    day, index = found[0], WEEKDAYS.index(match["weekday"])
    if day.weekday() == index:
        return found
    return _mismatch(day, index, today, add_months(day.replace(day=1), 1))


def nth(match: re.Match[str], today: date) -> Span | None:
    month = today.replace(day=1)
    for ahead in range(3):
        day = _in_month(add_months(month, ahead), int(match["nth"]))
        if day and day >= today:
            return one(day)
    return None


def nth_of_near_month(match: re.Match[str], today: date) -> Resolved:
    day = _in_month(_near_month(match, today), int(match["nth"]))
    said = match.groupdict().get("weekday")
    if day and said and day.weekday() != WEEKDAYS.index(said):
        return _mismatch(day, WEEKDAYS.index(said), today, None)
    return one(day)


def of_month(match: re.Match[str], today: date) -> Resolved:
    """ "december 3rd", "3rd of december 2027", with or without its weekday."""
    groups = match.groupdict()
    month, day = MONTHS.index(match["month"]) + 1, int(groups.get("nth") or groups["day"] or 0)
    year = groups.get("year")
    found = on(int(year), month, day) if year else next_such(today, month, day)
    if found is None:
        return None
    if groups.get("weekday") and found.weekday() != WEEKDAYS.index(match["weekday"]):
        return _mismatch(found, WEEKDAYS.index(match["weekday"]), today, None)
    if not year and (month, day) == (2, 29) and (found - today).days > FAR_AHEAD:
        return Found((found, found), problem="far_ahead")
    return one(found)


def nth_weekday_of_month(match: re.Match[str], today: date) -> Resolved:
    near, which = match["near"], match["which"]
    index, counted = WEEKDAYS.index(match["weekday"]), {"last": -1, "penultimate": -2}.get(which) or int(which[0])
    if match["month"]:
        month, year = MONTHS.index(match["month"]) + 1, int(match["year"] or 0)
        starts = [date(year, month, 1) for year in ([year] if year else [today.year, today.year + 1])]
    elif near == "next":
        starts = [add_months(today.replace(day=1), 1)]
    else:
        starts = [add_months(today.replace(day=1), ahead) for ahead in range(2)]
    days = [_nth_weekday(start, index, counted) for start in starts]
    ahead = [day for day in days if day and day >= today]
    if ahead and (match["month"] or near in {"every", "each"} or ahead[0] == days[0]):
        return one(ahead[0])
    return one(days[0])


def ahead(match: re.Match[str], today: date) -> Resolved:
    """ "in two weeks", "a week from tomorrow", "six months from now"."""
    start = today + timedelta(days=1 if match.group().endswith("tomorrow") else 0)
    count, unit = number(match["count"]), match["unit"]
    if unit.startswith(("month", "year")):
        months = count * (12 if unit.startswith("year") else 1)
        return one(add_months(start, months)) if months <= 120 else None
    return _later(start, count * (7 if unit.startswith(("week", "fortnight")) else 1) * (1 + (unit == "fortnight")))


def few(match: re.Match[str], today: date) -> Resolved:
    """ "in a few days": three, but that is to be asked."""
    step = timedelta(days=7 if match["unit"] == "weeks" else 1)
    third, *others = (today + count * step for count in (3, 4, 2))
    return Found((third, third), tuple((day, day) for day in others))


def weeks(match: re.Match[str], today: date) -> Resolved:
    monday = week(today, {"this": 0, "the": 0, "next": 1, "the coming": 1}.get(match["week"], 2))
    part = match.groupdict().get("part")
    if part == "end":
        return one(monday + timedelta(days=4)) if monday + timedelta(days=4) >= today else one(monday + timedelta(6))
    first, last = _IN_WEEK.get(part or "", (0, 6))
    last_day = monday + timedelta(days=last)
    return (max(today, monday + timedelta(days=first)), last_day) if last_day >= today else None


def weekend(match: re.Match[str], today: date) -> Resolved:
    """Next weekend is next week's; before this week's has begun it may mean that one."""
    saturday = week(today, {"next": 1, "after next": 2}.get(match["week"], 0)) + timedelta(days=5)
    others = ()
    if "next" in match["week"] and today.weekday() < 5:
        others = ((saturday - timedelta(days=7), saturday - timedelta(days=6)),)
    return Found((max(saturday, today), saturday + timedelta(days=1)), others)


def months(match: re.Match[str], today: date) -> Resolved:
    first, last = month_span(_near_month(match, today))
    return max(today, first), last


def part_of_month(match: re.Match[str], today: date) -> Resolved:
    """ "end of january", "mid december", "early next month", "in march"; ends and beginnings are one day."""
    groups = match.groupdict()
    first, last = _named_month(match, today)
    part = groups.get("part") or ""
    if part.startswith(("end", "last")):
        return one(last)
    if part.startswith(("beginning", "start", "first", "1st")):
        return one(first)
    begin, end = _IN_MONTH.get(part, (1, 31))
    span = (max(today, first.replace(day=begin)), min(last, first.replace(day=min(end, last.day))))
    return span if span[0] <= span[1] else None


def week_of_month(match: re.Match[str], today: date) -> Resolved:
    """ "the first week of december" is its first seven days, "the last week" its last seven."""
    first, last = _named_month(match, today)
    if match["which"] == "last":
        return last - timedelta(days=6), last
    begin = first + timedelta(days=7 * (int(match["which"][0]) - 1))
    return begin, begin + timedelta(days=6)


def weekend_of_month(match: re.Match[str], today: date) -> Resolved:
    """ "the first weekend of january" begins with its first Saturday."""
    first, _ = _named_month(match, today)
    saturday = _nth_weekday(first, 5, -1 if match["which"] == "last" else int(match["which"][0]))
    return (saturday, saturday + timedelta(days=1)) if saturday else None


def working_day_of_month(match: re.Match[str], today: date) -> Resolved:
    """ "the last working day of the month", Monday to Friday; holidays are not known."""
    first, last = _named_month(match, today)
    working = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    working = [day for day in working if day.weekday() < 5]
    return one(working[-1 if match["which"] == "last" else int(match["which"][0]) - 1])


def range_in_month(match: re.Match[str], today: date) -> Resolved:
    """ "july 13 to 15", "from the 13th to the 15th of july"."""
    month, year = MONTHS.index(match["month"]) + 1, int(match["year"] or 0)
    last = on(year, month, int(match["to"])) if year else next_such(today, month, int(match["to"]))
    first = on(last.year, month, int(match["day"])) if last else None
    if not (first and last and first <= last):
        return None
    between = match.groupdict().get("between")
    if match["joint"] == "or" or (match["joint"] == "and" and (last - first).days > 1 and not between):
        return Found((first, first), ((last, last),))
    return first, last


def month_range(match: re.Match[str], today: date) -> Resolved:
    """ "from january to march"."""
    first, _ = _named_month(match, today)
    last = next_such(first, MONTHS.index(match["last"]) + 1, 1)
    return (max(first, today), month_span(last)[1]) if last else None


def ago(match: re.Match[str], today: date) -> Resolved:
    count, unit = number(match["count"]), match["unit"]
    if count > 3660:
        return None
    if unit.startswith(("month", "year")):
        return one(add_months(today, -min(count * (12 if unit.startswith("year") else 1), 240)))
    return one(today - timedelta(days=count * (7 if unit.startswith("week") else 1)))


def year_end(match: re.Match[str], today: date) -> Resolved:
    return one(date(today.year + (match["near"] == "next"), 12, 31))


def next_days(match: re.Match[str], today: date) -> Resolved:
    count = match["count"] or ""
    if not count.isdigit():
        return today, today + timedelta(days=3)
    return today, today + timedelta(days=min(int(count), 60) * (7 if match["unit"].startswith("week") else 1) - 1)


def slashed(match: re.Match[str], today: date) -> Resolved:
    """ "4/5" is April 5th to some and May 4th to others; "12/24" has one meaning."""
    first, second, year = int(match["m"]), int(match["d"]), match["y"]
    readings = [_written(today, *pair, year) for pair in ((first, second), (second, first))]
    days = list(dict.fromkeys(day for day in readings if day))
    return Found((days[0], days[0]), tuple((day, day) for day in days[1:])) if days else None


def dotted(match: re.Match[str], today: date) -> Resolved:
    """ "24.12." is always the day first."""
    return one(_written(today, int(match["m"]), int(match["d"]), match["y"]))


def number(text: str | None) -> int:
    """A counted word of normal text: "3", "a couple of", "the"."""
    text = text or ""
    return int(text) if text.isdigit() else 2 if "couple" in text else 1


def on(year: int, month: int, day: int) -> date | None:
    """That day, or None when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def next_such(today: date, month: int, day: int) -> date | None:
    for year in range(today.year, today.year + 9):  # a 29th of February may be eight years away
        found = on(year, month, day)
        if found and found >= today:
            return found
    return None


def _written(today: date, month: int, day: int, year: str | None) -> date | None:
    if not 1 <= month <= 12:
        return None
    return on(int(year) % 100 + 2000, month, day) if year else next_such(today, month, day)


def coming(match: re.Match[str], today: date) -> date:
    """The next such weekday, today included."""
    return today + timedelta(days=(WEEKDAYS.index(match["weekday"]) - today.weekday()) % 7)


def _later(day: date, days: int) -> Span | None:
    return one(day + timedelta(days=days)) if days <= 3660 else None


def _named_month(match: re.Match[str], today: date) -> Span:
    """The month of a match: named (the coming one, or of its year), or this or next month."""
    groups = match.groupdict()
    if not groups.get("month"):
        return month_span(_near_month(match, today))
    month = MONTHS.index(match["month"]) + 1
    if groups.get("year"):
        return month_span(date(int(match["year"]), month, 1))
    return month_span(next_such(today.replace(day=1), month, 1) or today)


def _near_month(match: re.Match[str], today: date) -> date:
    return add_months(today.replace(day=1), 1 if match["near"] == "next" else 0)


def _in_month(start: date, day: int) -> date | None:
    return on(start.year, start.month, day)


def _nth_weekday(start: date, index: int, counted: int) -> date | None:
    try:
        return holidays.nth_weekday(start.year, start.month, index, counted)
    except ValueError:
        return None


def _mismatch(day: date, index: int, today: date, next_month: date | None) -> Found:
    """The date as it was said, that weekday beside it, and the next month's date when that one fits."""
    back, on_after = (day.weekday() - index) % 7, (index - day.weekday()) % 7
    beside = day - timedelta(days=back) if back <= on_after else day + timedelta(days=on_after)
    if beside < today:
        beside += timedelta(days=7)
    others = [beside]
    following = next_month and on(next_month.year, next_month.month, day.day)
    if following and following.weekday() == index:
        others.insert(0, following)
    return Found((day, day), tuple((other, other) for other in others), "weekday_mismatch")
