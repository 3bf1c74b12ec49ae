"""Days on which a whole country does not work, with their names. Pure.

Those of the whole country only. To add a region: its function and its line in ``_REGIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from store.errors import Invalid
from tools.calendars.language.holidays import easter, nth_weekday

_MON, _THU = 0, 3
_GOOD_FRIDAY, _EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY = -2, 1, 39, 50


def holidays(region: str, year: int) -> Mapping[date, str]:
    """Day -> name. ``region`` is one of ``regions()``; empty: none. Raises Invalid for any other."""
    if not region:
        return {}
    if region not in _REGIONS:
        raise Invalid(f"holidays is one of {', '.join(regions())}, or empty.", code="unknown_region")
    return _kept(region, year)


def holiday_on(region: str, day: date) -> str:
    """The holiday's name; empty on other days."""
    return holidays(region, day.year).get(day, "")


def regions() -> tuple[str, ...]:
    """The ISO codes of the countries whose holidays are known."""
    return tuple(_REGIONS)


@lru_cache(maxsize=256)
def _kept(region: str, year: int) -> Mapping[date, str]:
    return _REGIONS[region](year)


def _germany(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "New Year's Day",
        **_from_easter(year, {_GOOD_FRIDAY: "Good Friday", _EASTER_MONDAY: "Easter Monday"}),
        date(year, 5, 1): "Labour Day",
        **_from_easter(year, {_ASCENSION: "Ascension Day", _WHIT_MONDAY: "Whit Monday"}),
        date(year, 10, 3): "German Unity Day",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Second Christmas Day",
    }


def _united_states(year: int) -> dict[date, str]:
    fixed = {
        date(year, 1, 1): "New Year's Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        date(year, 11, 11): "Veterans Day",
        date(year, 12, 25): "Christmas Day",
    }
    found = {_observed(day): name for day, name in fixed.items()} | fixed
    if date(year, 12, 31).weekday() == 4:  # the next New Year's Day falls on a Saturday
        found[date(year, 12, 31)] = "New Year's Day"
    found = {day: name for day, name in found.items() if day.year == year}
    return found | {
        nth_weekday(year, 1, _MON, 3): "Martin Luther King Day",
        nth_weekday(year, 2, _MON, 3): "Presidents' Day",
        nth_weekday(year, 5, _MON, -1): "Memorial Day",
        nth_weekday(year, 9, _MON, 1): "Labor Day",
        nth_weekday(year, 10, _MON, 2): "Columbus Day",
        nth_weekday(year, 11, _THU, 4): "Thanksgiving",
    }


def _united_kingdom(year: int) -> dict[date, str]:
    """England and Wales. A holiday at the weekend has a substitute on the next weekday that is none itself."""
    found = {
        **_from_easter(year, {_GOOD_FRIDAY: "Good Friday", _EASTER_MONDAY: "Easter Monday"}),
        nth_weekday(year, 5, _MON, 1): "Early May bank holiday",
        nth_weekday(year, 5, _MON, -1): "Spring bank holiday",
        nth_weekday(year, 8, _MON, -1): "Summer bank holiday",
    }
    fixed = {
        date(year, 1, 1): "New Year's Day",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Boxing Day",
    }
    found |= fixed
    for day, name in fixed.items():
        substitute = day
        while substitute.weekday() >= 5 or (substitute != day and substitute in found):
            substitute += timedelta(days=1)
        found[substitute] = name
    return found


def _spain(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "New Year's Day",
        date(year, 1, 6): "Epiphany",
        **_from_easter(year, {_GOOD_FRIDAY: "Good Friday"}),
        date(year, 5, 1): "Labour Day",
        date(year, 8, 15): "Assumption Day",
        date(year, 10, 12): "National Day",
        date(year, 11, 1): "All Saints' Day",
        date(year, 12, 6): "Constitution Day",
        date(year, 12, 8): "Immaculate Conception",
        date(year, 12, 25): "Christmas Day",
    }


def _france(year: int) -> dict[date, str]:
    movable = {_EASTER_MONDAY: "Easter Monday", _ASCENSION: "Ascension Day", _WHIT_MONDAY: "Whit Monday"}
    return {
        date(year, 1, 1): "New Year's Day",
        date(year, 5, 1): "Labour Day",
        date(year, 5, 8): "Victory Day",
        **_from_easter(year, movable),
        date(year, 7, 14): "Bastille Day",
        date(year, 8, 15): "Assumption Day",
        date(year, 11, 1): "All Saints' Day",
        date(year, 11, 11): "Armistice Day",
        date(year, 12, 25): "Christmas Day",
    }


_REGIONS: Final[Mapping[str, Callable[[int], dict[date, str]]]] = {
    "DE": _germany,
    "US": _united_states,
    "UK": _united_kingdom,
    "ES": _spain,
    "FR": _france,
}


def _from_easter(year: int, names: Mapping[int, str]) -> dict[date, str]:
    return {easter(year) + timedelta(days=days): name for days, name in names.items()}


def _observed(day: date) -> date:
    """A federal holiday on a Saturday is kept on the Friday before, on a Sunday the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
