"""Which day a phrase about a holiday means: one function per kind of phrase, of (match, today). Pure; see `dates`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tools.calendars.language import holidays
from tools.calendars.language.dates import WEEKDAYS, Resolved, Span, add_months, number, one


def holiday(match: re.Match[str], today: date) -> Resolved:
    """ "easter monday", "halloween 2027"."""
    return one(_named(match, today))


def holiday_weekend(match: re.Match[str], today: date) -> Resolved:
    """ "labor day weekend": the Saturday and Sunday beside the holiday, and the holiday."""
    day = holidays.upcoming(match["holiday"], today)
    saturday = (
        day + timedelta(days=(5 - day.weekday()))
        if day.weekday() in {3, 4}
        else day - timedelta(days=(day.weekday() - 5) % 7)
    )
    return min(day, saturday), max(day, saturday + timedelta(days=1))


def beside_holiday(match: re.Match[str], today: date) -> Resolved:
    """ "three days before christmas", "the tuesday after easter"."""
    if match["year"]:
        return one(_beside(match, holidays.on(match["holiday"], int(match["year"]))))
    for year in (today.year - 1, today.year, today.year + 1, today.year + 2):
        day = _beside(match, holidays.on(match["holiday"], year))
        if day is not None and day >= today:
            return one(day)
    return None


def week_beside_holiday(match: re.Match[str], today: date) -> Resolved:
    """ "the week before christmas" is the seven days before it; a weekend is the next or last one."""
    for year in [int(match["year"])] if match["year"] else [today.year, today.year + 1]:
        span = _week_beside(match, holidays.on(match["holiday"], year))
        if span[1] >= today or match["year"]:
            return span
    return None


def _week_beside(match: re.Match[str], day: date) -> Span:
    before = match["side"] == "before"
    if match["unit"] == "weekend":
        back = day - timedelta(days=(day.weekday() - 5 - 1) % 7 + 1)
        saturday = (
            back
            if before and back + timedelta(days=1) < day
            else back - timedelta(days=7)
            if before
            else (day + timedelta(days=(5 - day.weekday() - 1) % 7 + 1))
        )
        return saturday, saturday + timedelta(days=1)
    step = timedelta(days=1)
    return (day - 7 * step, day - step) if before else (day + step, day + 7 * step)


def _named(match: re.Match[str], today: date) -> date:
    year = match["year"]
    return holidays.on(match["holiday"], int(year)) if year else holidays.upcoming(match["holiday"], today)


def _beside(match: re.Match[str], day: date) -> date | None:
    before = match["side"] == "before"
    groups = match.groupdict()
    if groups.get("weekday"):
        index = WEEKDAYS.index(match["weekday"])
        days = (day.weekday() - index - 1) % 7 + 1 if before else (index - day.weekday() - 1) % 7 + 1
    elif match["unit"].startswith("month"):
        count = min(number(match["count"]), 120)
        return add_months(day, -count if before else count)
    else:
        days = number(match["count"]) * (7 if match["unit"].startswith("week") else 1)
    return day + timedelta(days=-days if before else days) if days <= 3660 else None
