"""A rule as a person would say it: "every second Monday at 9 AM until December 1st". Pure; English only so far.

What has no short way to be said ends in "on certain days" rather than in a sentence nobody understands.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, datetime, time

from tools import spoken
from tools.calendars.series.rule import Rule, Weekday

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_EVERY = {1: "every", 2: "every second"}
_WORKDAYS = {(0, day) for day in range(5)}
_WEEKEND = {(0, 5), (0, 6)}
_ENDINGS = {-1: "last", 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -2: "second to last"}


def how_often(rule: Rule, start: datetime | None) -> str:
    """ "every Monday and Wednesday", "every second week", "on the first Friday of every month"."""
    if rule.byweekno or rule.byyearday or (rule.bysetpos and not _chosen(rule)):
        return f"{_every(rule)} on certain days"
    match rule.freq:
        case "DAILY":
            return _daily(rule) + _in_months(rule)
        case "WEEKLY":
            return _weekly(rule) + _in_months(rule)
        case "MONTHLY":
            days = _days_of_month(rule, start)
            of = f"{days} of {_every(rule)}" if days else _every(rule)
            return of + _in_months(rule)
        case "YEARLY":
            return _yearly(rule, start)


def at_times(rule: Rule, start: datetime | None) -> str:
    """ " at 9 AM", " at 9 AM and 5 PM", or nothing when neither the rule nor a start says when."""
    if start is None and not rule.byhour:
        return ""
    hours = rule.byhour or (start.hour if start else 0,)
    minutes = rule.byminute or (start.minute if start else 0,)
    clocks = [spoken.clock_time(datetime.combine(date.min, time(hour, minute))) for hour in hours for minute in minutes]
    return f" at {spoken.listed(clocks)}" if len(clocks) <= 4 else f" {len(clocks)} times a day"


def _every(rule: Rule) -> str:
    unit = _UNITS[rule.freq]
    if rule.interval in _EVERY:
        return f"{_EVERY[rule.interval]} {unit}"
    return f"every {rule.interval} {unit}s"


def _daily(rule: Rule) -> str:
    if rule.interval == 1 and rule.byday:
        return f"every {_weekdays(rule.byday)}"
    only = f" on {_weekdays(rule.byday, many=True)}" if rule.byday else ""
    dates = f" on the {_ordinals(rule.bymonthday)}" if rule.bymonthday else ""
    return _every(rule) + only + dates


def _weekly(rule: Rule) -> str:
    if not rule.byday:
        return _every(rule)
    if len(rule.byday) == 7:
        return "every day" if rule.interval == 1 else f"every day of {_every(rule)}"
    if rule.interval == 1 or (rule.interval == 2 and len(rule.byday) == 1):
        return f"{_EVERY[rule.interval]} {_weekdays(rule.byday)}"
    return f"{_every(rule)} on {_weekdays(rule.byday)}"


def _weekdays(days: Iterable[Weekday], *, many: bool = False) -> str:
    found = set(days)
    if found == _WORKDAYS:
        return "weekdays" if many else "weekday"
    if found == _WEEKEND:
        return "weekends" if many else "Saturday and Sunday"
    names = [calendar.day_name[day] + ("s" if many else "") for _, day in sorted(found, key=lambda day: day[1])]
    return spoken.listed(names)


def _yearly(rule: Rule, start: datetime | None) -> str:
    months = [calendar.month_name[month] for month in rule.bymonth]
    if not months and not rule.names_days():
        months = [calendar.month_name[start.month]] if start else []
    days = _days_of_month(rule, start)
    if months and (rule.bymonthday or not rule.byday):
        numbers = rule.bymonthday or ((start.day,) if start else ())
        if numbers and min(numbers) > 0 and len(months) == 1 and not rule.byday:
            return f"{_every(rule)} on {months[0]} {_ordinals(numbers)}"
    if months:
        return f"{_every(rule)} on {days} of {spoken.listed(months)}" if days else f"{_every(rule)} in {months[0]}"
    if rule.bymonthday:
        return f"{days} of every month" + ("" if rule.interval == 1 else f", {_every(rule)}")
    return f"{_every(rule)} on {days}" if days else _every(rule)


def _days_of_month(rule: Rule, start: datetime | None) -> str:
    """ "the 15th", "the first Friday", "Mondays", "Friday the 13th"; with BYSETPOS "the last weekday"."""
    if chosen := _chosen(rule):
        return chosen
    if rule.bymonthday and rule.byday:
        return f"{_weekdays(rule.byday)} the {_ordinals(rule.bymonthday)}"
    if rule.bymonthday:
        return f"the {_ordinals(rule.bymonthday)}"
    if not rule.byday:
        return f"the {spoken.ordinal(start.day)}" if start else ""
    plain = [day for day in rule.byday if not day[0]]
    told = [_weekdays(plain, many=True)] if plain else []
    told += [f"the {_which(number)} {calendar.day_name[day]}" for number, day in rule.byday if number]
    return spoken.listed(told)


def _chosen(rule: Rule) -> str:
    """ "the last weekday" of BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1; nothing for what cannot be said like that."""
    days = set(rule.byday)
    if len(rule.bysetpos) != 1 or rule.bymonthday or any(number for number, _ in days):
        return ""
    names = {7: "day", 1: _weekdays(days)}
    name = "weekday" if days == _WORKDAYS else "weekend day" if days == _WEEKEND else names.get(len(days), "")
    return f"the {_which(rule.bysetpos[0])} {name}" if name else ""


def _ordinals(numbers: Iterable[int]) -> str:
    """ "1st and 15th", "last day"."""
    return spoken.listed([spoken.ordinal(day) if day > 0 else f"{_which(day)} day" for day in numbers])


def _which(number: int) -> str:
    if number in _ENDINGS:
        return _ENDINGS[number]
    return spoken.ordinal(number) if number > 0 else f"{spoken.ordinal(-number)} to last"


def _in_months(rule: Rule) -> str:
    return f" in {spoken.listed([calendar.month_name[month] for month in rule.bymonth])}" if rule.bymonth else ""
