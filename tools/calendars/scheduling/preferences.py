"""When somebody works and what they would rather have: a value, its JSON form, and the hours it opens on each day.

The JSON is what HTTP takes and the database keeps. Every wrong field is named in a sentence; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from store.errors import Invalid
from tools.calendars.scheduling.holidays import holiday_on, holidays
from tools.calendars.scheduling.spans import Span, merged
from tools.calendars.scheduling.traits import ARRANGEMENTS, DAY_MIN, WEEKDAYS, Stretch, trait_of
from tools.calendars.walltime import zone_of

_OFFICE: Final = ((Stretch(9 * 60, 17 * 60),),) * 5 + ((), ())
_LUNCH: Final = Stretch(12 * 60, 13 * 60)
_CLOCK: Final = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)", re.ASCII)
_NUMBERS: Final = {  # field -> least and most
    "buffer_before_min": (0, 240),
    "buffer_after_min": (0, 240),
    "travel_min": (0, 480),
    "minimum_notice_min": (0, 60 * 24 * 60),
    "horizon_days": (1, 730),
    "slot_grid_min": (5, 120),
}
_MOST_STRETCHES, _MOST_TRAITS = 8, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """``hours``: stretches of Monday to Sunday. ``timezone`` empty: that of who asks. ``holidays`` empty: none kept.

    ``prefers`` are wished for, ``avoids`` are broken only when nothing else is left; both words of ``traits.py``.
    Between two events of one person lie at least both buffers' larger one, and ``travel_min`` when their places
    differ. ``minimum_notice_min``: not sooner than that from now; ``horizon_days``: not later.
    """

    hours: tuple[tuple[Stretch, ...], ...] = _OFFICE
    lunch: Stretch | None = _LUNCH
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    travel_min: int = 30
    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    minimum_notice_min: int = 0
    horizon_days: int = 90
    slot_grid_min: int = 15
    holidays: str = ""
    timezone: str = ""

    def zone(self, otherwise: ZoneInfo) -> ZoneInfo:
        return zone_of(self.timezone) if self.timezone else otherwise

    def open_on(self, day: date, zone: ZoneInfo, *, on_holidays: bool = False) -> list[Span]:
        """The working hours of one day in Unix seconds; none on a holiday."""
        if not on_holidays and holiday_on(self.holidays, day):
            return []
        return [stretch.on(day, zone) for stretch in self.hours[day.weekday()]]

    def open_between(self, first: date, last: date, zone: ZoneInfo, *, on_holidays: bool = False) -> list[Span]:
        """The working hours from ``first`` to ``last`` inclusive, merged."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return merged(span for day in days for span in self.open_on(day, zone, on_holidays=on_holidays))

    def as_json(self) -> dict[str, Any]:
        """The form ``preferences_of`` takes."""
        return {
            "working_hours": {
                name: [_written(one) for one in day] for name, day in zip(WEEKDAYS, self.hours, strict=True)
            },
            "lunch": _written(self.lunch) if self.lunch else None,
            **{name: getattr(self, name) for name in _NUMBERS},
            "prefers": list(self.prefers),
            "avoids": list(self.avoids),
            "holidays": self.holidays,
            "timezone": self.timezone,
        }


def preferences_of(given: Mapping[str, Any], otherwise: Preferences | None = None) -> Preferences:
    """The preferences this JSON says; what it does not name is as in ``otherwise``. Raises Invalid with the field.

    ``{"working_hours": {"monday": [["09:00", "12:30"], ["13:30", "17:00"]]}, "lunch": ["12:00", "13:00"],
    "prefers": ["mornings"], "avoids": ["friday", "before 09:00"], "buffer_after_min": 10, "holidays": "DE"}``.
    A weekday that ``working_hours`` does not name stays as it is; an empty list is a day off. What is preferred here
    is no longer avoided by ``otherwise``, and the other way round.
    """
    known = otherwise or Preferences()
    fields = {"working_hours", "lunch", "prefers", "avoids", "holidays", "timezone", *_NUMBERS}
    if strange := sorted(set(given) - fields):
        raise _wrong(f"there is no {strange[0]!r}; known are {', '.join(sorted(fields))}")
    prefers = _traits(given, "prefers", known.prefers)
    avoids = _traits(given, "avoids", known.avoids)
    if "prefers" in given and "avoids" not in given:
        avoids = tuple(one for one in avoids if one not in prefers)
    elif "prefers" not in given:
        prefers = tuple(one for one in prefers if one not in avoids)
    if both := set(prefers) & set(avoids):
        raise _wrong(f"{sorted(both)[0]!r} is both preferred and avoided")
    if impossible := set(avoids) & set(ARRANGEMENTS):
        raise _wrong(f"{sorted(impossible)[0]!r} can be preferred but not avoided")
    if set(ARRANGEMENTS) <= set(prefers):
        raise _wrong("events lie either back to back or spread out")
    numbers = {name: _number(given.get(name, getattr(known, name)), name) for name in _NUMBERS}
    return Preferences(
        hours=_hours(given["working_hours"], known.hours) if "working_hours" in given else known.hours,
        lunch=known.lunch if "lunch" not in given else given["lunch"] and _stretch(given["lunch"], "lunch"),
        prefers=prefers,
        avoids=avoids,
        holidays=_region(given.get("holidays", known.holidays)),
        timezone=_zone(given.get("timezone", known.timezone)),
        **numbers,
    )


def _hours(given: Any, known: tuple[tuple[Stretch, ...], ...]) -> tuple[tuple[Stretch, ...], ...]:
    if not isinstance(given, Mapping):
        raise _wrong("working_hours is an object of weekdays, each a list of [opens, closes]")
    named: Mapping[str, Any] = given
    if strange := [name for name in named if name not in WEEKDAYS]:
        raise _wrong(f"working_hours has no day {strange[0]!r}; days are {', '.join(WEEKDAYS)}")
    return tuple(_day(named[name], name) if name in named else day for name, day in zip(WEEKDAYS, known, strict=True))


def _day(given: Any, name: str) -> tuple[Stretch, ...]:
    if not isinstance(given, list | tuple) or len(given) > _MOST_STRETCHES:
        raise _wrong(f"{name} is a list of at most {_MOST_STRETCHES} stretches such as [['09:00', '17:00']]")
    stretches = sorted((_stretch(one, name) for one in given), key=lambda one: one.opens)
    for before, behind in pairwise(stretches):
        if behind.opens < before.closes:
            raise _wrong(f"{name}: two stretches overlap")
    return tuple(stretches)


def _stretch(given: Any, name: str) -> Stretch:
    ends: list[Any] = list(given) if isinstance(given, list | tuple) else []
    found = [_CLOCK.fullmatch(one) if isinstance(one, str) else None for one in ends]
    if len(found) != 2 or not (found[0] and found[1]):
        raise _wrong(f"{name}: a stretch is [opens, closes] such as ['09:00', '17:00']")
    opens, closes = (int(one["hour"]) * 60 + int(one["minute"]) for one in found if one)
    if not opens < closes <= DAY_MIN:
        raise _wrong(f"{name}: a stretch closes after it opens, at 24:00 at the latest")
    return Stretch(opens, closes)


def _traits(given: Mapping[str, Any], field: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if field not in given:
        return known
    words = given[field]
    if not isinstance(words, list | tuple) or len(words) > _MOST_TRAITS:
        raise _wrong(f"{field} is a list of at most {_MOST_TRAITS} words")
    traits = [(word, trait_of(word) if isinstance(word, str) and len(word) <= 40 else None) for word in words]
    for word, trait in traits:
        if trait is None:
            raise _wrong(f"{field} has {str(word)[:40]!r}; use mornings, friday, lunch, back_to_back, before 09:00 …")
    return tuple(dict.fromkeys(trait for _, trait in traits if trait))


def _number(value: Any, name: str) -> int:
    least, most = _NUMBERS[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(f"{name} is a whole number from {least} to {most}")
    return value


def _region(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong("holidays is the code of a country, or empty")
    region = {"GB": "UK"}.get(value.upper(), value.upper())
    holidays(region, 2026)  # any year: it refuses a region that there is not
    return region


def _zone(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong("timezone is an IANA name, or empty")
    return zone_of(value).key if value else ""


def _written(stretch: Stretch) -> list[str]:
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (stretch.opens, stretch.closes)]


def _wrong(problem: str) -> Invalid:
    return Invalid(f"These preferences cannot be kept: {problem}.", code="invalid_preferences")
