"""Holidays people name in dates, computed: fixed ones, those beside Easter, and the nth weekday of a month. Pure.

To add one: a row below. Names are normal text (lower case, no apostrophes); `on` gives the day in a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

_MON, _THU, _SUN = 0, 3, 6
_FIXED: Mapping[str, tuple[int, int]] = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "saint stephens day": (12, 26), "st stephens day": (12, 26), "new years eve": (12, 31), "new year eve": (12, 31),
    "new years day": (1, 1), "new year day": (1, 1), "new years": (1, 1), "new year": (1, 1), "epiphany": (1, 6),
    "3 kings day": (1, 6), "valentines day": (2, 14), "valentines": (2, 14), "valentine day": (2, 14),
    "saint patricks day": (3, 17), "st patricks day": (3, 17), "april fools day": (4, 1), "april fools": (4, 1),
    "labour day": (5, 1), "may day": (5, 1), "juneteenth": (6, 19), "independence day": (7, 4),
    "bastille day": (7, 14), "assumption day": (8, 15), "german unity day": (10, 3), "day of german unity": (10, 3),
    "reformation day": (10, 31), "halloween": (10, 31), "all saints day": (11, 1), "all saints": (11, 1),
    "all souls day": (11, 2), "guy fawkes night": (11, 5), "bonfire night": (11, 5), "veterans day": (11, 11),
    "armistice day": (11, 11), "saint nicholas day": (12, 6), "st nicholas day": (12, 6),
}  # fmt: skip
_BESIDE_EASTER: Mapping[str, int] = {
    "rose monday": -48, "shrove tuesday": -47, "mardi gras": -47, "ash wednesday": -46, "palm sunday": -7,
    "maundy thursday": -3, "good friday": -2, "holy saturday": -1, "easter sunday": 0, "easter monday": 1,
    "easter": 0, "ascension day": 39, "ascension": 39, "whit sunday": 49, "pentecost": 49, "whit monday": 50,
    "pentecost monday": 50, "corpus christi": 60,
}  # fmt: skip
# month, weekday, which one of the month (-1: the last), days after it
_NTH: Mapping[str, tuple[int, int, int, int]] = {
    "martin luther king day": (1, _MON, 3, 0), "mlk day": (1, _MON, 3, 0), "presidents day": (2, _MON, 3, 0),
    "mothers day": (5, _SUN, 2, 0), "mother day": (5, _SUN, 2, 0), "memorial day": (5, _MON, -1, 0),
    "early may bank holiday": (5, _MON, 1, 0), "spring bank holiday": (5, _MON, -1, 0),
    "fathers day": (6, _SUN, 3, 0), "summer bank holiday": (8, _MON, -1, 0), "august bank holiday": (8, _MON, -1, 0),
    "labor day": (9, _MON, 1, 0), "columbus day": (10, _MON, 2, 0), "thanksgiving day": (11, _THU, 4, 0),
    "thanksgiving": (11, _THU, 4, 0), "black friday": (11, _THU, 4, 1), "cyber monday": (11, _THU, 4, 4),
}  # fmt: skip
_ADVENT: Mapping[str, int] = {"1st advent": 3, "2nd advent": 2, "3rd advent": 1, "4th advent": 0}
# the longest first: "easter monday" is not Easter
NAMES: tuple[str, ...] = tuple(sorted((*_FIXED, *_BESIDE_EASTER, *_NTH, *_ADVENT), key=len, reverse=True))


def on(name: str, year: int) -> date:
    """The day of that holiday; raises KeyError for a name that is not in `NAMES`."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _BESIDE_EASTER:
        return easter(year) + timedelta(days=_BESIDE_EASTER[name])
    if name in _ADVENT:
        eve = date(year, 12, 24)
        return eve - timedelta(days=(eve.weekday() + 1) % 7 + 7 * _ADVENT[name])
    month, weekday, nth, after = _NTH[name]
    return nth_weekday(year, month, weekday, nth) + timedelta(days=after)


def upcoming(name: str, today: date) -> date:
    """The next such day, today included."""
    day = on(name, today.year)
    return day if day >= today else on(name, today.year + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The ``nth`` such weekday of a month, -1 the last; raises ValueError when the month has none."""
    if nth < 0:
        after = date(year + month // 12, month % 12 + 1, 1)
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1 + 7 * (-nth - 1))
    first = date(year, month, 1)
    return first.replace(day=(weekday - first.weekday()) % 7 + 7 * nth - 6)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
