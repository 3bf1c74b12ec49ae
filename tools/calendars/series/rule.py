"""One RRULE as a checked value, and back as text. Pure; knows no dates that it makes (that is ``days.py``).

What a calendar has no use for is refused in a plain sentence before anything is counted: rules below a day, endless
lists, numbers beyond every calendar. A new part: a field here, its limits in ``_NUMBERS``, its filter in ``days.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Literal

from store.errors import Invalid

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
Weekday = tuple[int, int]  # (which one of the month or year, 0 for every; 0 Monday to 6 Sunday)

MOST_CHARACTERS = 1000
MOST_REPEATS = 10_000
MOST_TIMES_A_DAY = 24
FOREVER = 9000  # clients that know no endless series let them end in the year 9999
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_FREQUENCIES: dict[str, Frequency] = {name: name for name in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")}
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
# part: (least, most); 0 is never allowed where negative numbers count from the end
_NUMBERS: dict[str, tuple[int, int]] = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (-366, 366),
}
_HARMLESS = {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")}
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)


class BadRule(Invalid):
    """The rule cannot be kept; the sentence says why."""

    code = "bad_recurrence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's parts. ``until`` is a date, a naive wall time of the event's zone, or aware UTC; numbers are sorted."""

    freq: Frequency
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    wkst: int = 0
    bymonth: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byday: tuple[Weekday, ...] = ()
    byhour: tuple[int, ...] = ()
    byminute: tuple[int, ...] = ()
    bysecond: tuple[int, ...] = ()
    bysetpos: tuple[int, ...] = ()

    def text(self) -> str:
        """The RRULE's value, parts in one fixed order: equal rules are equal texts."""
        parts: list[tuple[str, str]] = [("FREQ", self.freq)]
        parts += [("INTERVAL", str(self.interval))] if self.interval != 1 else []
        parts += [("COUNT", str(self.count))] if self.count is not None else []
        parts += [("UNTIL", until_text(self.until))] if self.until is not None else []
        parts += [(name, ",".join(map(str, self.numbers(name)))) for name in _NUMBERS if self.numbers(name)]
        if self.byday:
            parts.append(("BYDAY", ",".join(f"{number or ''}{WEEKDAYS[day]}" for number, day in self.byday)))
        parts += [("WKST", WEEKDAYS[self.wkst])] if self.wkst else []
        return ";".join(f"{name}={value}" for name, value in parts)

    def numbers(self, part: str) -> tuple[int, ...]:
        """The numbers of ``BYMONTH``, ``BYSETPOS``, … (not BYDAY)."""
        return getattr(self, part.lower())

    def without_end(self) -> Rule:
        return replace(self, count=None, until=None)

    def names_days(self) -> bool:
        """Whether the rule itself says on which days, rather than leaving it to the start."""
        return bool(self.byweekno or self.byyearday or self.bymonthday or self.byday)


def until_text(until: date | datetime) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}" if until.year > 999 else f"{until.year:04}{until:%m%d}"
    zulu = "Z" if until.tzinfo is not None else ""
    return f"{until.year:04}{until:%m%dT%H%M%S}{zulu}"


@lru_cache(maxsize=4096)
def parsed(text: str) -> Rule:
    """The rule of an RRULE's value; lower case, spaces, ``RRULE:`` in front and empty parts are forgiven.

    Raises BadRule. Nothing is counted or walked through; the work grows with the text, of which there is a limit.
    """
    parts = _parts(text)
    interval = _number(parts.pop("INTERVAL", "1"), "INTERVAL", 1, 1000)
    count = _number(parts.pop("COUNT"), "COUNT", 1, MOST_REPEATS) if "COUNT" in parts else None
    until = _until(parts.pop("UNTIL")) if "UNTIL" in parts else None
    freq = _frequency(parts.pop("FREQ", ""))
    wkst = _week_start(parts.pop("WKST", "MO"))
    byday = _weekdays(parts.pop("BYDAY", ""), freq)
    numbers = {name: _numbers(parts.pop(name), name) for name in _NUMBERS if name in parts}
    if unknown := [name for name, value in parts.items() if (name, value) not in _HARMLESS]:
        raise BadRule(f"A repetition has no part called {unknown[0][:20]!r}.")
    rule = Rule(
        freq=freq,
        interval=interval,
        count=count,
        until=until,
        wkst=wkst,
        byday=byday,
        bymonth=numbers.get("BYMONTH", ()),
        bymonthday=numbers.get("BYMONTHDAY", ()),
        byyearday=numbers.get("BYYEARDAY", ()),
        byweekno=numbers.get("BYWEEKNO", ()),
        byhour=numbers.get("BYHOUR", ()),
        byminute=numbers.get("BYMINUTE", ()),
        bysecond=numbers.get("BYSECOND", ()),
        bysetpos=numbers.get("BYSETPOS", ()),
    )
    _check_together(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    if len(text) > MOST_CHARACTERS:
        raise BadRule("The repetition is longer than any that a calendar keeps; say it more simply.")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, found, value = (piece.strip() for piece in part.partition("="))
        if not name and not found:
            continue
        if not found or not value:
            raise BadRule("The repetition is not written as RFC 5545 wants it, such as FREQ=WEEKLY;BYDAY=MO.")
        if name in parts:
            raise BadRule(f"The repetition says {name[:20]} twice.")
        parts[name] = value
    return parts


def _frequency(name: str) -> Frequency:
    if name in _TOO_OFTEN:
        raise BadRule("Events can repeat every day at most; for several times a day make several events.")
    if name not in _FREQUENCIES:
        raise BadRule("The repetition must say whether it is daily, weekly, monthly or yearly.")
    return _FREQUENCIES[name]


def _number(text: str, part: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise BadRule(f"{part} of a repetition is a number from {least} to {most}.")
    return int(text)


def _numbers(text: str, part: str) -> tuple[int, ...]:
    least, most = _NUMBERS[part]
    found = sorted({_number(number.strip(), part, least, most) for number in text.split(",")})
    if least < 0 and 0 in found:
        raise BadRule(f"{part} of a repetition counts from 1, or from -1 backwards; there is no 0.")
    return tuple(found)


def _week_start(name: str) -> int:
    if name not in WEEKDAYS:
        raise BadRule("A week starts on one of MO, TU, WE, TH, FR, SA, SU.")
    return WEEKDAYS.index(name)


def _weekdays(text: str, freq: Frequency) -> tuple[Weekday, ...]:
    """Sorted. In daily and weekly rules "the first Monday" means nothing, and clients that write it mean Mondays."""
    found: set[Weekday] = set()
    for day in text.split(",") if text else ():
        match = _BYDAY.fullmatch(day.strip())
        number = int(match[1] or 0) if match else 0
        if not match or abs(number) > 53 or (match[1] and not number):
            raise BadRule("The weekdays of a repetition are written as MO, or 1MO for the first, -1FR for the last.")
        found.add((number if freq in {"MONTHLY", "YEARLY"} else 0, WEEKDAYS.index(match[2])))
    return tuple(sorted(found, key=lambda day: (day[1], day[0])))


def _until(text: str) -> date | datetime | None:
    """None for an end beyond all calendars."""
    match = _UNTIL.fullmatch(text)
    try:
        if not match:
            raise ValueError(text)
        year, month, day, *clock = (int(number) for number in match.groups()[:6] if number is not None)
        if year >= FOREVER:
            return None
        if not clock:
            return date(year, month, day)
        # a leap second is the last of its minute
        return datetime(year, month, day, clock[0], clock[1], min(clock[2], 59), tzinfo=UTC if match[7] else None)
    except ValueError as error:
        raise BadRule("The end of a repetition is a date such as 20261231 or 20261231T170000Z.") from error


def _check_together(rule: Rule) -> None:
    times = max(1, len(rule.byhour)) * max(1, len(rule.byminute)) * max(1, len(rule.bysecond))
    if times > MOST_TIMES_A_DAY:
        raise BadRule("An event repeats at most 24 times a day.")
    others = chain.from_iterable(rule.numbers(name) for name in _NUMBERS if name != "BYSETPOS")
    if rule.bysetpos and not rule.byday and not any(True for _ in others):
        raise BadRule("BYSETPOS of a repetition chooses among days; it needs BYDAY or the like.")
    if rule.byweekno and (rule.freq != "YEARLY" or any(number for number, _ in rule.byday)):
        raise BadRule("Week numbers go with yearly repetitions and plain weekdays only.")
