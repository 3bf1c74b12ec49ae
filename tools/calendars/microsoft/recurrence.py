"""RRULE to Graph's patternedRecurrence and back, pure. What Exchange cannot hold exactly is refused in plain words.

Exchange differs: a pattern has one of six shapes, ``endDate`` is an inclusive local date (UNTIL is an instant), weeks
begin on Sunday unless said, and a 31st falls on a short month's last day, where RFC 5545 leaves the month out.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from tools.calendars.backend import NotSupported
from tools.calendars.recurrence import checked_rrule
from tools.calendars.series.rule import Rule, parsed

Json = dict[str, Any]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INDEXES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_NUMBERS = {name: number for number, name in _INDEXES.items()}
_CLAMPED = {29: (28, 29), 30: (28, 29, 30), 31: (28, 29, 30, 31)}  # with BYSETPOS=-1: that day, or the month's last
_FARTHEST = {"DAILY": 999, "WEEKLY": 99, "MONTHLY": 99, "YEARLY": 99}
_END_OF_DAY = time(23, 59, 59)
_INSTEAD = "Choose a simpler repetition, or make single events."


def recurrence_of(rrule: str, start: datetime, zone: str) -> Json:
    """Graph's patternedRecurrence of a series that first happens at ``start`` (local; ``zone``: Windows' name of it).

    Raises BadRule for what is no rule, NotSupported for what Exchange cannot repeat in exactly this way."""
    rule = parsed(rrule)
    if rule.count is not None and rule.until is not None:  # whichever comes first
        rule = parsed(checked_rrule(rrule, start))
    span: Json = {"startDate": start.date().isoformat(), "recurrenceTimeZone": zone, "type": "noEnd"}
    if rule.until is not None:
        span |= {"type": "endDate", "endDate": _last_date(rule.until, start).isoformat()}
    if rule.count is not None:
        span |= {"type": "numbered", "numberOfOccurrences": rule.count}
    return {"pattern": pattern_of(rule, start), "range": span}


def pattern_of(rule: Rule, start: datetime) -> Json:
    """Graph's recurrencePattern. Raises NotSupported."""
    if rule.byyearday or rule.byweekno or rule.byhour or rule.byminute or rule.bysecond:
        _refuse()
    if rule.interval > _FARTHEST[rule.freq]:
        raise NotSupported(f"That is too far apart for a repetition in Outlook. {_INSTEAD}")
    shape = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[rule.freq]
    return {"interval": rule.interval, **shape(rule, start)}


def rrule_of(recurrence: Mapping[str, Any], zone: str) -> str:
    """The RRULE of Graph's patternedRecurrence; ``zone`` (IANA) says when the last day ends."""
    pattern, span = recurrence["pattern"], recurrence["range"]
    rule = replace(_rule_of(pattern), interval=int(pattern.get("interval") or 1))
    if span["type"] == "numbered":
        rule = replace(rule, count=int(span["numberOfOccurrences"]))
    elif span["type"] == "endDate":
        last = datetime.combine(date.fromisoformat(span["endDate"]), _END_OF_DAY, ZoneInfo(zone))
        rule = replace(rule, until=last.astimezone(UTC))
    return rule.text()


def ended_before(recurrence: Mapping[str, Any], day: date) -> Json:
    """Graph's recurrence with the day before ``day`` as its last; only what the pattern's type takes, since Graph
    answers with zeros for the rest and refuses them."""
    pattern, span = recurrence["pattern"], recurrence["range"]
    names = ("type", "interval", *_USED[pattern["type"]])
    last = {"type": "endDate", "startDate": span["startDate"], "endDate": (day - timedelta(days=1)).isoformat()}
    if span.get("recurrenceTimeZone"):
        last["recurrenceTimeZone"] = span["recurrenceTimeZone"]
    return {"pattern": {name: pattern[name] for name in names if pattern.get(name)}, "range": last}


def follow(rrule: str, before: datetime, after: datetime) -> str:
    """The rule of a series whose start moves to another date or zone: its Mondays become Tuesdays, its 5th becomes the
    6th, and its last day moves along."""
    rule, days = parsed(rrule), (after.date() - before.date()).days
    if isinstance(rule.until, datetime) and rule.until.tzinfo:
        last = rule.until.astimezone(before.tzinfo).date() + timedelta(days=days)
        rule = replace(rule, until=datetime.combine(last, _END_OF_DAY, after.tzinfo).astimezone(UTC))
    if not days or rule.freq == "DAILY":
        return rule.text()
    if rule.freq == "WEEKLY":
        turned = tuple(sorted((number, (day + days) % 7) for number, day in rule.byday))
        return replace(rule, byday=turned).text()
    if rule.byday:
        last = calendar.monthrange(after.year, after.month)[1] - after.day < 7
        number = -1 if last else (after.day - 1) // 7 + 1
        rule = replace(rule, byday=((number, after.weekday()),), bysetpos=())
    elif rule.bymonthday:
        rule = replace(rule, bymonthday=(after.day,), bysetpos=())
    return replace(rule, bymonth=(after.month,) if rule.bymonth else ()).text()


def longest_gap(rrule: str) -> timedelta:
    """No two neighbours of the series are further apart."""
    rule = parsed(rrule)
    days = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 62, "YEARLY": 366 * 4}[rule.freq]
    return timedelta(days=days * rule.interval + 1)


def _last_date(until: date, start: datetime) -> date:
    """The local date of the last possible occurrence: a series that ends before its hour ends the day before."""
    if not isinstance(until, datetime):
        return until
    local = until.astimezone(start.tzinfo) if until.tzinfo else until
    return local.date() - timedelta(days=local.time() < start.time())


def _refuse() -> NoReturn:
    raise NotSupported(f"Outlook cannot repeat an event in that way. {_INSTEAD}")


# ---------------------------------------------------------------- to Graph


def _daily(rule: Rule, start: datetime) -> Json:
    if rule.bymonth or rule.bymonthday or rule.bysetpos or (rule.byday and rule.interval > 1):
        _refuse()
    return _weekly(rule, start) if rule.byday else {"type": "daily"}


def _weekly(rule: Rule, start: datetime) -> Json:
    if rule.bymonth or rule.bymonthday or rule.bysetpos:
        _refuse()
    days = [_DAYS[day] for _, day in rule.byday] or [_DAYS[start.weekday()]]
    return {"type": "weekly", "daysOfWeek": days, "firstDayOfWeek": _DAYS[rule.wkst]}


def _monthly(rule: Rule, start: datetime) -> Json:
    if rule.bymonth:
        _refuse()
    if rule.byday:
        return {"type": "relativeMonthly", **_relative(rule)}
    days = rule.bymonthday or (start.day,)
    if (days, rule.bysetpos) == ((-1,), ()):  # as Outlook itself writes "the last day"
        return {"type": "relativeMonthly", "daysOfWeek": list(_DAYS), "index": "last"}
    if rule.bysetpos == (-1,) and days in _CLAMPED.values():
        return {"type": "absoluteMonthly", "dayOfMonth": days[-1]}
    return {"type": "absoluteMonthly", "dayOfMonth": _one_day(rule, days, 28)}


def _yearly(rule: Rule, start: datetime) -> Json:
    month = rule.bymonth[0] if rule.bymonth else start.month
    if len(rule.bymonth) > 1 or (not rule.bymonth and (rule.byday or rule.bymonthday)):  # several, or every month
        _refuse()
    if rule.byday:
        return {"type": "relativeYearly", "month": month, **_relative(rule)}
    days = rule.bymonthday or (start.day,)
    if (month, days, rule.bysetpos) == (2, (28, 29), (-1,)):
        return {"type": "absoluteYearly", "month": 2, "dayOfMonth": 29}
    shortest = calendar.monthrange(2023, month)[1]
    return {"type": "absoluteYearly", "month": month, "dayOfMonth": _one_day(rule, days, shortest)}


def _relative(rule: Rule) -> Json:
    """``BYDAY=2TU``, or ``BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1``: the first to fourth, or last, such day of a month."""
    numbers = {number for number, _ in rule.byday}
    position = rule.bysetpos if numbers == {0} else tuple(numbers)
    numbered = numbers != {0} and (len(rule.byday) > 1 or rule.bysetpos)
    if rule.bymonthday or numbered or len(position) != 1 or position[0] not in _INDEXES:
        _refuse()
    return {"daysOfWeek": [_DAYS[day] for _, day in rule.byday], "index": _INDEXES[position[0]]}


def _one_day(rule: Rule, days: tuple[int, ...], most: int) -> int:
    [day] = days if len(days) == 1 and not rule.bysetpos else (0,)
    if day > most:
        raise NotSupported(
            f"Outlook would move the {day}th to a short month's last day instead of leaving that month out. "
            "Choose the month's last day or an earlier one, or make single events."
        )
    return day if day > 0 else _refuse()


# ---------------------------------------------------------------- from Graph

_USED = {
    "daily": (),
    "weekly": ("daysOfWeek", "firstDayOfWeek"),
    "absoluteMonthly": ("dayOfMonth",),
    "relativeMonthly": ("daysOfWeek", "index"),
    "absoluteYearly": ("dayOfMonth", "month"),
    "relativeYearly": ("daysOfWeek", "index", "month"),
}


def _rule_of(pattern: Mapping[str, Any]) -> Rule:
    kind = str(pattern["type"])
    if kind == "daily":
        return Rule(freq="DAILY")
    if kind == "weekly":
        begins = _DAYS.index(pattern.get("firstDayOfWeek") or "sunday")
        return Rule(freq="WEEKLY", byday=tuple((0, day) for day in _days_of(pattern)), wkst=begins)
    rule = Rule(freq="MONTHLY")
    if kind.endswith("Yearly"):
        rule = Rule(freq="YEARLY", bymonth=(int(pattern["month"]),))
    return _ordinal(rule, pattern) if kind.startswith("relative") else _absolute(rule, int(pattern["dayOfMonth"]))


def _absolute(rule: Rule, day: int) -> Rule:
    if rule.bymonth == (2,) and day > 28:
        return replace(rule, bymonthday=(28, 29), bysetpos=(-1,))
    if rule.bymonth:
        return replace(rule, bymonthday=(min(day, calendar.monthrange(2023, rule.bymonth[0])[1]),))
    return (
        replace(rule, bymonthday=_CLAMPED[day], bysetpos=(-1,)) if day in _CLAMPED else replace(rule, bymonthday=(day,))
    )


def _ordinal(rule: Rule, pattern: Mapping[str, Any]) -> Rule:
    number, days = _NUMBERS[pattern.get("index") or "first"], _days_of(pattern)
    if len(days) == 7 and number == -1:
        return replace(rule, bymonthday=(-1,))
    if len(days) == 1:
        return replace(rule, byday=((number, days[0]),))
    return replace(rule, byday=tuple((0, day) for day in days), bysetpos=(number,))


def _days_of(pattern: Mapping[str, Any]) -> list[int]:
    return sorted(_DAYS.index(name) for name in pattern["daysOfWeek"])
