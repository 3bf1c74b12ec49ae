"""A persona's opening hours as one line of its prompt: when it is open, and whether it is now. Pure.

Hours are ``{"mon": [["09:00", "17:00"]], ..., "timezone"?: zone}``; none at all means always open and gives no line. A
time that ends before it begins goes on into the next day; one that nobody can read is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_MIN: Final = 24 * 60
_WEEK_MIN: Final = 7 * _DAY_MIN


def describe_hours(hours: Mapping[str, Any], now: datetime) -> str:
    """``now`` is aware; its zone is the hours' zone unless they name one. Empty without hours."""
    week = [_spans(hours.get(day)) for day in _DAYS]
    if all(hours.get(day) is None for day in _DAYS):
        return ""
    local = now.astimezone(_zone(hours.get("timezone")) or now.tzinfo)
    times = "; ".join(f"{name} {_times(spans)}" for name, spans in zip(_NAMES, week, strict=True))
    return f"Opening hours ({local.tzinfo}): {times}. {_present(week, local)}"


def _present(week: list[list[tuple[int, int]]], local: datetime) -> str:
    minute = local.weekday() * _DAY_MIN + local.hour * 60 + local.minute
    spans = [(day * _DAY_MIN + start, day * _DAY_MIN + end) for day, spans in enumerate(week) for start, end in spans]
    for start, end in spans:
        for shift in (0, _WEEK_MIN):  # Sunday night goes on into Monday
            if start <= minute + shift < end:
                return f"It is open now, until {_clock(end)}."
    if not spans:
        return "It is closed now."
    wait_min = min((start - minute) % _WEEK_MIN for start, _ in spans)
    opens = local.replace(tzinfo=None) + timedelta(minutes=wait_min)
    return f"It is closed now and opens on {opens:%A %Y-%m-%d} at {opens:%H:%M}; say so when it matters."


def _times(spans: list[tuple[int, int]]) -> str:
    return " and ".join(f"{_clock(start)} to {_clock(end)}" for start, end in spans) or "closed"


def _clock(minute: int) -> str:
    return "24:00" if minute and minute % _DAY_MIN == 0 else f"{minute // 60 % 24:02}:{minute % 60:02}"


def _spans(value: object) -> list[tuple[int, int]]:
    """Minutes since the day's midnight; an end on the next day is beyond its end."""
    found: list[tuple[int, int]] = []
    for pair in value if isinstance(value, list | tuple) else ():
        times = [_minute(text) for text in pair] if isinstance(pair, list | tuple) else []
        if len(times) == 2 and times[0] is not None and times[1] is not None and times[0] != times[1]:
            start, end = times[0], times[1]
            found.append((start, end if end > start else end + _DAY_MIN))
    return sorted(found)


def _minute(text: object) -> int | None:
    hours, separator, minutes = text.partition(":") if isinstance(text, str) else ("", "", "")
    if not (separator and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        return None
    value = int(hours) * 60 + int(minutes)
    return value if int(minutes) < 60 and value <= _DAY_MIN else None


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
