"""A whole series moved to another day or hour: its rule and its dates go along. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tools.calendars.backend import Recurrence
from tools.calendars.series.days import horizon, pattern
from tools.calendars.series.rule import BadRule, Rule, parsed
from tools.calendars.series.starts import instant, wall_of, zone_of_start


def shifted(recurrence: Recurrence, old_start: datetime, new_start: datetime) -> Recurrence:
    """The series whose first start moves from ``old_start`` to ``new_start``, aware each in its own zone.

    EXDATEs and RDATEs move by as much wall time. The rule moves by as many days: weekdays within the week ("every
    Monday and Wednesday" to Tuesday and Thursday), days of a month where they move alike everywhere, months by months.
    UNTIL keeps the day it falls on for the hour, and moves with the days. Raises BadRule with a sentence for a rule
    that cannot be moved like that ("the last weekday" to another day): say the repetition anew then.
    """
    delta = wall_of(new_start) - wall_of(old_start)
    exdates = tuple(_moved(moment, old_start, new_start, delta) for moment in recurrence.exdates)
    rdates = tuple(_moved(moment, old_start, new_start, delta) for moment in recurrence.rdates)
    if not recurrence.rrule:
        return Recurrence("", exdates, rdates)
    rule = parsed(recurrence.rrule)
    moved = _hours(rule, old_start, new_start)
    if new_start.date() != old_start.date():
        moved = _days(moved, old_start.date(), new_start.date())
    if rule.until is not None:
        moved = replace(moved, until=_until(rule.until, old_start, new_start, delta))
    wall = wall_of(new_start)
    if next(pattern(moved, wall).fires(wall, horizon(wall)), None) != wall:
        raise _no_way(new_start.date())
    return Recurrence(moved.text(), exdates, rdates)


def _moved(moment: datetime, old: datetime, new: datetime, delta: timedelta) -> datetime:
    zone = zone_of_start(new)
    return instant(wall_of(moment, zone_of_start(old)) + delta, zone).astimezone(zone)


def _until(until: date | datetime, old: datetime, new: datetime, delta: timedelta) -> date | datetime:
    """Moved by the days, to the end of its day: the last occurrence must not fall off when it gets later."""
    days = timedelta(days=(new.date() - old.date()).days)
    if not isinstance(until, datetime):
        return until + days
    if until.tzinfo is None:
        return until + max(delta, days)
    return _moved(until, old, new, delta).astimezone(UTC)


def _hours(rule: Rule, old: datetime, new: datetime) -> Rule:
    """BYHOUR and BYMINUTE say the start's own time; other times cannot go along."""
    if (old.hour, old.minute) == (new.hour, new.minute) or not (rule.byhour or rule.byminute or rule.bysecond):
        return rule
    if max(len(rule.byhour), len(rule.byminute), len(rule.bysecond)) > 1:
        raise BadRule("This event happens several times a day; say all of its times anew.")
    return replace(rule, byhour=(new.hour,), byminute=(new.minute,), bysecond=())


def _days(rule: Rule, old: date, new: date) -> Rule:
    days = (new - old).days
    if rule.byweekno or rule.byyearday or (rule.byday and rule.bymonthday):
        raise _no_way(new)
    if rule.bysetpos and days % 7:
        raise _no_way(new)
    if rule.freq in {"DAILY", "WEEKLY"}:
        if rule.bymonthday:
            raise _no_way(new)
        return replace(rule, byday=_turned(rule.byday, days)) if rule.byday else rule
    if rule.byday:
        return _of_month(rule, old, new)
    if rule.bymonthday:
        rule = _monthdays(rule, old, new)
    return _months(rule, old, new)


def _turned(byday: tuple[tuple[int, int], ...], days: int) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(((number, (day + days) % 7) for number, day in byday), key=lambda day: (day[1], day[0])))


def _of_month(rule: Rule, old: date, new: date) -> Rule:
    """ "The first Friday" to the weekday and the week that the new day is in its month."""
    if len(rule.byday) > 1 or rule.bysetpos or (rule.freq == "YEARLY" and not rule.bymonth):
        if (new - old).days % 7 or rule.freq == "YEARLY" or any(number for number, _ in rule.byday):
            raise _no_way(new)
        return rule
    number = sum(number for number, _ in rule.byday)  # of the one
    if number > 0:
        number = (new.day - 1) // 7 + 1
    elif number < 0:
        length = (new.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        number = -((length.day - new.day) // 7 + 1)
    return _months(replace(rule, byday=((number, new.weekday()),)), old, new)


def _monthdays(rule: Rule, old: date, new: date) -> Rule:
    """One day becomes the new one; several move together while all stay in the month."""
    if len(rule.bymonthday) == 1 and min(rule.bymonthday) > 0:
        return replace(rule, bymonthday=(new.day,))
    moved = [day + (new - old).days for day in rule.bymonthday]
    same_side = all((after > 0) == (before > 0) for before, after in zip(rule.bymonthday, moved, strict=True))
    if not same_side or not all(1 <= abs(day) <= 28 for day in moved) or (new.year, new.month) != (old.year, old.month):
        raise _no_way(new)
    return replace(rule, bymonthday=tuple(sorted(moved)))


def _months(rule: Rule, old: date, new: date) -> Rule:
    """Months named in the rule move by as many months as the start does."""
    if not rule.bymonth or new.month == old.month:
        return rule
    by = new.month - old.month
    return replace(rule, bymonth=tuple(sorted((month - 1 + by) % 12 + 1 for month in rule.bymonth)))


def _no_way(new: date) -> BadRule:
    return BadRule(
        f"This repetition cannot simply be moved to {new:%A, %B} {new.day}. Say how it shall repeat from then on."
    )
