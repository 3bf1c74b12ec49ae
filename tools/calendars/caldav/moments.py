"""iCalendar's dates and times as aware wall times, and back. Pure; knows no events.

A date is midnight in ``home`` (the calendar's zone), and so is a time without zone. A zone that only its server knows
is the IANA zone of that name if there is one, else the time is told in ``home``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

from tools.calendars.icalendar.zones import named


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is aware in the IANA zone ``zone``; ``day`` when the server keeps a date."""

    at: datetime
    zone: str
    day: bool


def moment_of(value: date, home: ZoneInfo, tzid: str = "") -> Moment:
    """What a DATE or DATE-TIME value means."""
    if not isinstance(value, datetime):
        return Moment(datetime(value.year, value.month, value.day, tzinfo=home), home.key, day=True)
    zone = named(tzid) or (value.tzinfo if isinstance(value.tzinfo, ZoneInfo) else None)
    if value.tzinfo is None:
        return Moment(value.replace(tzinfo=zone or home), (zone or home).key, day=False)
    if zone is None and value.utcoffset() == timedelta(0) and not tzid:
        return Moment(value.astimezone(ZoneInfo("UTC")), "UTC", day=False)
    if zone is None:
        return Moment(value.astimezone(home), home.key, day=False)
    return Moment(value.replace(tzinfo=zone), zone.key, day=False)


def moment_in(component: Component, name: str, home: ZoneInfo) -> Moment | None:
    """The value of a property such as DTSTART; None when it is missing or no time."""
    held: Any = component.get(name)
    if isinstance(held, list):
        held = held[0]
    try:
        value: Any = held.dt
    except (AttributeError, ValueError):
        return None
    if not isinstance(value, date):
        return None
    return moment_of(value, home, str(held.params.get("TZID", "")))


def moments_in(component: Component, name: str, home: ZoneInfo) -> list[Moment]:
    """All values of a property that lists times (EXDATE, RDATE); of periods their starts."""
    held: Any = component.get(name)
    found: list[Moment] = []
    for listed in held if isinstance(held, list) else [held] if held is not None else []:
        try:
            dates: Any = listed.dts
        except (AttributeError, ValueError):  # broken
            continue
        for one in dates:
            value: Any = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            found.append(moment_of(value, home, str(listed.params.get("TZID", ""))))
    return found


def as_value(at: datetime, zone: str, *, day: bool, exact: bool = False) -> date:
    """The value to write. ``exact``: as an instant, where the clocks show the same time twice."""
    local = at.astimezone(UTC).astimezone(ZoneInfo(zone))  # a time no clock shows becomes the one they do
    if day:
        return local.date()
    if zone == "UTC" or exact:
        return at.astimezone(UTC)
    return local.replace(fold=0)


def comes_twice(moments: Iterable[datetime], zone: str) -> bool:
    """Whether one of them is the second of two instants at which the clocks of ``zone`` show the same."""
    return any(moment.astimezone(ZoneInfo(zone)).fold for moment in moments)


def stamp(at: datetime, *, day: bool) -> str:
    """An original start as part of an id: ``20270118T080000Z``, or ``20270118`` for a day."""
    return at.strftime("%Y%m%d") if day else at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def put_times(component: Component, name: str, values: list[Any]) -> None:
    """Replace a property that lists times; none removes it."""
    component.pop(name, None)
    if values:
        component.add(name, values)


def put_time(component: Component, name: str, value: Any) -> None:
    component.pop(name, None)
    component.add(name, value)
