"""The dates that Exchange makes of a patternedRecurrence. Written from Microsoft's words, not from the adapter."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_FAR = date(2059, 12, 31)


def dates(recurrence: Mapping[str, Any]) -> Iterator[date]:
    """The dates of a series in order, from its range's start to its end."""
    span = recurrence["range"]
    first = date.fromisoformat(span["startDate"])
    last = date.fromisoformat(span["endDate"]) if span["type"] == "endDate" else _FAR
    left = span["numberOfOccurrences"] if span["type"] == "numbered" else None
    for day in _endless(recurrence["pattern"], first):
        if day < first:
            continue
        if day > last or left == 0:
            return
        left = None if left is None else left - 1
        yield day


def _endless(pattern: Mapping[str, Any], first: date) -> Iterator[date]:
    kind, interval = pattern["type"], pattern["interval"]
    if kind == "daily":
        yield from (first + timedelta(days=interval * number) for number in range(20_000))
    elif kind == "weekly":
        begins = _DAYS.index(pattern.get("firstDayOfWeek") or "sunday")
        week = first - timedelta(days=(first.weekday() - begins) % 7)
        offsets = sorted((_DAYS.index(name) - begins) % 7 for name in pattern["daysOfWeek"])
        for number in range(3_000):
            yield from (week + timedelta(days=7 * interval * number + offset) for offset in offsets)
    else:
        step = interval * (12 if kind.endswith("Yearly") else 1)
        month = first.year * 12 + (pattern["month"] if kind.endswith("Yearly") else first.month) - 1
        for at in count(month, step):
            if at // 12 > _FAR.year:
                return
            yield _in_month(pattern, at // 12, at % 12 + 1)


def _in_month(pattern: Mapping[str, Any], year: int, month: int) -> date:
    """A day that a short month lacks is its last one."""
    length = calendar.monthrange(year, month)[1]
    if pattern["type"].startswith("absolute"):
        return date(year, month, min(pattern["dayOfMonth"], length))
    days = [date(year, month, day) for day in range(1, length + 1)]
    fitting = [day for day in days if _DAYS[day.weekday()] in pattern["daysOfWeek"]]
    return fitting[_PLACES[pattern.get("index") or "first"]]
