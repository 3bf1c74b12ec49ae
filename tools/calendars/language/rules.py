"""A repetition as a value, RFC 5545's RRULE of it, and its first day. Pure; what was said is read in `series`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from tools.calendars.language.dates import WEEKDAYS, add_months

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
CODES: Sequence[str] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING = CODES[:5]
_SEARCHED = 8 * 366 + 31  # days; a 29th of February may be eight years away


@dataclass(frozen=True, slots=True)
class Rule:
    """``by_day``: "MO", or with its number in the month "2MO", "-1FR". ``by_month_day``: 1-31, -1 the last.

    ``position``: which of the month's ``by_day`` it is (BYSETPOS): 1 the first, -1 the last.
    """

    frequency: Frequency
    interval: int = 1
    by_day: tuple[str, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: int = 0
    position: int = 0

    @property
    def complete(self) -> bool:
        """Whether the rule itself says which days; a plain week or month also needs the day of its first one."""
        return self.frequency == "DAILY" or bool(self.by_day or self.by_month_day)

    def holds(self, day: date) -> bool:
        """Whether the series may be on ``day``, whatever its interval."""
        if self.by_month and day.month != self.by_month:
            return False
        last = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if self.by_month_day:
            return day.day in self.by_month_day or (-1 in self.by_month_day and day == last)
        code = CODES[day.weekday()]
        names = {code, f"{(day.day - 1) // 7 + 1}{code}", f"-{(last.day - day.day) // 7 + 1}{code}"}
        if self.position and code in self.by_day:
            days = [day.replace(day=number) for number in range(1, last.day + 1)]
            fitting = [other for other in days if CODES[other.weekday()] in self.by_day]
            return len(fitting) >= abs(self.position) and fitting[self.position - (self.position > 0)] == day
        return not self.by_day or bool(names & set(self.by_day))

    def first(self, since: date) -> date | None:
        """The first day on or after ``since``; None when there is none in eight years ("every February 30th")."""
        days = (since + timedelta(days=ahead) for ahead in range(_SEARCHED))
        return next((day for day in days if self.holds(day)), None)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a series goes on: to a day (inclusive), so many times, or for a number of a unit ("for 6 weeks")."""

    until: date | None = None
    times: int = 0
    count: int = 0
    unit: str = ""


def on_weekdays(days: Sequence[str], interval: int = 1) -> Rule:
    """Weekly on normal words ("monday", "fridays"), in the week's order."""
    codes = {CODES[WEEKDAYS.index(day.removesuffix("s"))] for day in days}
    return Rule("WEEKLY", interval, tuple(code for code in CODES if code in codes))


def rrule(rule: Rule, limit: Limit, first: date, at: time | None, zone: tzinfo | None) -> str:
    """The value of an RRULE property.

    UNTIL is, as RFC 5545 3.3.10 wants it, a UTC moment where the start has a time, and a date where it has none.
    """
    parts = [f"FREQ={rule.frequency}"]
    parts += [f"INTERVAL={rule.interval}"] if rule.interval > 1 else []
    parts += [f"BYMONTH={rule.by_month}"] if rule.by_month else []
    parts += [f"BYMONTHDAY={','.join(map(str, rule.by_month_day))}"] if rule.by_month_day else []
    parts += [f"BYDAY={','.join(rule.by_day)}"] if rule.by_day else []
    parts += [f"BYSETPOS={rule.position}"] if rule.position else []
    count = limit.times or _count(rule, limit)
    last = limit.until or _last(limit, first)
    if count:
        parts.append(f"COUNT={count}")
    elif last:
        parts.append(f"UNTIL={_until(last, at, zone)}")
    return ";".join(parts)


def _count(rule: Rule, limit: Limit) -> int:
    """How many occurrences "for six weeks" are, where that is sure; else 0."""
    days = limit.count * {"week": 7, "day": 1}.get(limit.unit, 0)
    if rule.frequency == "DAILY" and days:
        return -(-days // rule.interval)
    if rule.frequency == "WEEKLY" and limit.unit == "week":
        return -(-limit.count // rule.interval) * max(1, len(rule.by_day))
    months = limit.count * {"month": 1, "year": 12}.get(limit.unit, 0)
    if rule.frequency == "MONTHLY" and months:
        return -(-months // rule.interval) * (1 if rule.position else max(1, len(rule.by_day or rule.by_month_day)))
    return -(-limit.count // rule.interval) if rule.frequency == "YEARLY" and limit.unit == "year" else 0


def _last(limit: Limit, first: date) -> date | None:
    if not limit.count:
        return None
    if limit.unit in {"month", "year"}:
        return add_months(first, limit.count * (12 if limit.unit == "year" else 1)) - timedelta(days=1)
    return first + timedelta(days=limit.count * (7 if limit.unit == "week" else 1) - 1)


def _until(last: date, at: time | None, zone: tzinfo | None) -> str:
    if at is None:
        return f"{last:%Y%m%d}"
    end = datetime.combine(last, time(23, 59, 59))
    return f"{end.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}" if zone else f"{end:%Y%m%dT%H%M%S}"
