"""Wall clock and instants: the only place where a local time becomes an instant. Pure; no clock, no database.

A time that the clocks skip is refused; a time that happens twice means the first one (before the clocks go back).
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store.errors import Invalid
from tools.calendars.model import NoSuchWallTime


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of this name. Raises Invalid when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            f"{name!r} is no time zone; use an IANA name such as Europe/Berlin.", code="unknown_timezone"
        ) from error


def at(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of ``zone`` show the naive ``local``, as aware wall time of ``zone``.

    Raises NoSuchWallTime when the clocks skip it, Invalid beyond the years 1 to 9999.
    """
    aware = local.replace(tzinfo=zone, fold=0)
    with _countable():
        shown = aware.astimezone(UTC).astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) != local:
        raise NoSuchWallTime(shown)
    return shown


def after(start: datetime, minutes: int) -> datetime:
    """``minutes`` of elapsed time later, on the same wall clock: right across a change of the clocks."""
    with _countable():
        return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)


def elapsed_min(start: datetime, end: datetime) -> float:
    """Minutes that pass between two aware times, also when both are on one clock that changes between them."""
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 60


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of ``day`` in ``zone`` (not always midnight: some zones change their clocks then)."""
    return soft_at(day, time(0), zone)


def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the start of ``first`` to the end of ``last`` inclusive, as [start, end)."""
    return start_of(first, zone), days_after(last, 1, zone)


def days_after(day: date, days: int, zone: ZoneInfo) -> datetime:
    """The start of the day so many days after ``day``, however long the days between are."""
    with _countable():
        return start_of(day + timedelta(days=days), zone)


def day_starts_at(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a day begins on the clocks of ``zone`` at this instant."""
    return moment.timestamp() == start_of(in_zone(moment, zone).date(), zone).timestamp()


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The aware ``moment`` on the clocks of ``zone``. Raises Invalid beyond the years 1 to 9999."""
    with _countable():
        return moment.astimezone(UTC).astimezone(zone)


def soft_at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """Like ``at`` for limits that nobody named (opening hours): a skipped time becomes the next one that exists."""
    with _countable():
        return datetime.combine(day, hour, zone).astimezone(UTC).astimezone(zone)


@contextlib.contextmanager
def _countable() -> Generator[None]:
    try:
        yield
    except OverflowError as error:
        raise Invalid("That date lies outside of what a calendar holds.", code="date_out_of_range") from error
