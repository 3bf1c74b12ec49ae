"""The wall times at which a rule fires, counted directly from any point on. Pure; naive local times, no zones.

Not dateutil's iterator, which is the measure in the tests: it walks from the first start through everything, and a rule
that never fires ("February 30th") keeps it busy up to the year 9999. Here the periods (days, weeks, months, years)
between the start and the wanted time are skipped by arithmetic, and no walk leaves ``until``.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from tools.calendars.series.rule import Rule

LOOKAHEAD_YEARS = 60  # February 29th on a given weekday comes round within 40


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule with its first start: what the rule leaves open is taken from there. Ends (COUNT, UNTIL) are not in it."""

    rule: Rule
    start: datetime
    times: tuple[time, ...]
    weekdays: frozenset[int]
    nth: frozenset[tuple[int, int]]
    filtered: bool  # whether the days of a period need a second look

    def fires(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Wall times from the later of ``since`` and the start up to ``until``, both included, in order."""
        since = max(since, self.start)
        first = self._period_of(since.date()) - self._period_of(self.start.date())
        index = self._period_of(self.start.date()) + first // self.rule.interval * self.rule.interval
        last = self._period_of(until.date())
        while index <= last:
            for wall in self._of_period(index):
                if since <= wall <= until:
                    yield wall
            index += self.rule.interval

    def _period_of(self, day: date) -> int:
        """The number of the day, week, month or year that ``day`` lies in."""
        match self.rule.freq:
            case "DAILY":
                return day.toordinal()
            case "WEEKLY":
                return (day.toordinal() - 1 - self.rule.wkst) // 7  # ordinal 1 was a Monday
            case "MONTHLY":
                return day.year * 12 + day.month - 1
            case "YEARLY":
                return day.year

    def _of_period(self, index: int) -> list[datetime]:
        days = self._candidates(index)
        if self.filtered:
            days = [day for day in days if self._matches(day)]
        walls = [datetime.combine(day, clock) for day in days for clock in self.times]
        if not self.rule.bysetpos:
            return walls
        chosen = {position - 1 if position > 0 else len(walls) + position for position in self.rule.bysetpos}
        return [walls[position] for position in sorted(chosen) if 0 <= position < len(walls)]

    def _candidates(self, index: int) -> Iterable[date]:
        """The days of a period, at least those that can match, in order."""
        match self.rule.freq:
            case "DAILY":
                return (date.fromordinal(index),)
            case "WEEKLY":
                first = index * 7 + 1 + self.rule.wkst
                numbers = range(max(first, 1), min(first + 7, date.max.toordinal() + 1))
                return [date.fromordinal(number) for number in numbers if (number - 1) % 7 in self.weekdays]
            case "MONTHLY":
                return self._of_month(index // 12, index % 12 + 1)
            case "YEARLY" if self.rule.bymonth:
                return [day for month in self.rule.bymonth for day in self._of_month(index, month)]
            case "YEARLY":
                return [day for month in range(1, 13) for day in self._of_month(index, month)]

    def _of_month(self, year: int, month: int) -> list[date]:
        length = calendar.monthrange(year, month)[1]
        numbers: Iterable[int] = range(1, length + 1)
        if self.rule.bymonthday:
            wanted = (day if day > 0 else length + 1 + day for day in self.rule.bymonthday)
            numbers = sorted({day for day in wanted if 1 <= day <= length})
        return [date(year, month, day) for day in numbers]

    def _matches(self, day: date) -> bool:
        rule = self.rule
        return (
            (not rule.bymonth or day.month in rule.bymonth)
            and (not rule.bymonthday or rule.freq in {"MONTHLY", "YEARLY"} or self._month_day(day))
            and (not rule.byday or self._weekday(day))
            and (not rule.byyearday or self._year_day(day))
            and (not rule.byweekno or self._week(day))
        )

    def _month_day(self, day: date) -> bool:
        length = calendar.monthrange(day.year, day.month)[1]
        return day.day in self.rule.bymonthday or day.day - length - 1 in self.rule.bymonthday

    def _weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if weekday in self.weekdays:
            return True
        if not self.nth:
            return False
        if self.rule.freq == "YEARLY" and not self.rule.bymonth:
            position, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
        else:
            position, length = day.day, calendar.monthrange(day.year, day.month)[1]
        return ((position - 1) // 7 + 1, weekday) in self.nth or (-((length - position) // 7 + 1), weekday) in self.nth

    def _year_day(self, day: date) -> bool:
        number, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
        return number in self.rule.byyearday or number - length - 1 in self.rule.byyearday

    def _week(self, day: date) -> bool:
        """A week belongs to the year that most of it lies in; weeks start on WKST."""
        middle = _middle_of_week(day, self.rule.wkst)
        if not 1 <= middle <= date.max.toordinal():
            return False
        year = date.fromordinal(middle).year
        before = date(year, 1, 1).toordinal()
        number = (middle - before) // 7 + 1
        weeks = (_middle_of_week(date(year, 12, 28), self.rule.wkst) - before) // 7 + 1  # always in the last week
        return number in self.rule.byweekno or number - weeks - 1 in self.rule.byweekno


def _middle_of_week(day: date, wkst: int) -> int:
    return day.toordinal() - (day.weekday() - wkst) % 7 + 3


@lru_cache(maxsize=8192)
def pattern(rule: Rule, start: datetime) -> Pattern:
    """The pattern of ``rule`` from the naive wall time ``start`` on."""
    rule = rule.without_end()
    if not rule.names_days():
        match rule.freq:
            case "YEARLY":
                rule = replace(rule, bymonth=rule.bymonth or (start.month,), bymonthday=(start.day,))
            case "MONTHLY":
                rule = replace(rule, bymonthday=(start.day,))
            case "WEEKLY":
                rule = replace(rule, byday=((0, start.weekday()),))
            case "DAILY":
                pass
    times = sorted(
        time(hour, minute, second)
        for hour in rule.byhour or (start.hour,)
        for minute in rule.byminute or (start.minute,)
        for second in rule.bysecond or (start.second,)
    )
    weekdays = frozenset(day for number, day in rule.byday if not number)
    nth = frozenset((number, day) for number, day in rule.byday if number)
    every_day = frozenset(range(7)) if rule.freq == "WEEKLY" and not rule.byday else weekdays
    by_weekday = rule.byday and rule.freq != "WEEKLY"  # weeks are made of the right days
    by_monthday = rule.bymonthday and rule.freq in {"DAILY", "WEEKLY"}  # months too
    by_month = rule.bymonth and rule.freq != "YEARLY"
    filtered = bool(by_weekday or by_monthday or by_month or rule.byyearday or rule.byweekno)
    return Pattern(rule, start, tuple(times), every_day, nth, filtered)


@lru_cache(maxsize=8192)
def counted_end(rule: Rule, start: datetime) -> datetime:
    """The last wall time of a rule with COUNT; the start is the first of them, whether it fits the rule or not.

    What does not come round in LOOKAHEAD_YEARS is not waited for.
    """
    following = (wall for wall in pattern(rule, start).fires(start, horizon(start)) if wall != start)
    last = start
    for last in islice(following, (rule.count or 1) - 1):  # noqa: B007 the last one is what is wanted
        pass
    return last


def is_slow(rule: Rule, start: datetime) -> bool:
    """Whether looking for the first or the last time of the rule can take more than a millisecond."""
    if rule.count is not None and rule.until is not None and rule.count > 100:
        return True
    return next(pattern(rule, start).fires(start, start + timedelta(days=366)), None) is None


def horizon(start: datetime) -> datetime:
    """How far to look for a start: LOOKAHEAD_YEARS after ``start``."""
    if start.year + LOOKAHEAD_YEARS >= MAXYEAR:
        return datetime.max - timedelta(days=7)  # noqa: DTZ901 naive wall time, like all here
    return start.replace(year=start.year + LOOKAHEAD_YEARS, day=min(start.day, 28))
