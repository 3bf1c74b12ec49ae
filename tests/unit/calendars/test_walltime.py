"""A local time becomes an instant, also on the two odd days of the year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from store.errors import Invalid
from tools.calendars.model import NoSuchWallTime
from tools.calendars.walltime import after, at, bounds, day_starts_at, days_after, in_zone, start_of, zone_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-11-24T12:00", BERLIN, "2026-11-24T11:00+00:00"),
        ("2026-07-24T12:00", BERLIN, "2026-07-24T10:00+00:00"),
        ("2026-10-25T02:30", BERLIN, "2026-10-25T00:30+00:00"),  # happens twice: the first one
        ("2026-11-01T01:30", NEW_YORK, "2026-11-01T05:30+00:00"),
        ("2026-03-08T03:00", NEW_YORK, "2026-03-08T07:00+00:00"),
    ],
)
def test_wall_times_become_instants(local: str, zone: ZoneInfo, instant: str) -> None:
    assert at(naive(local), zone).astimezone(UTC) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("local", "zone", "next_one"),
    [("2027-03-28T02:30", BERLIN, "03:30"), ("2026-03-08T02:15", NEW_YORK, "03:15")],
)
def test_a_time_that_the_clocks_skip_is_refused(local: str, zone: ZoneInfo, next_one: str) -> None:
    with pytest.raises(NoSuchWallTime) as refused:
        at(naive(local), zone)
    assert f"{refused.value.after:%H:%M}" == next_one


def test_minutes_are_elapsed_minutes_across_the_change() -> None:
    start = at(naive("2026-10-25T01:30"), BERLIN)
    assert after(start, 120).astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert after(start, 120).replace(tzinfo=None) == naive("2026-10-25T02:30")


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 10, 25), BERLIN, 25),
        (date(2027, 3, 28), BERLIN, 23),
        (date(2026, 11, 1), NEW_YORK, 25),
        (date(2026, 3, 8), NEW_YORK, 23),
        (date(2026, 9, 6), ZoneInfo("America/Santiago"), 23),  # changes at midnight
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(day: date, zone: ZoneInfo, hours: int) -> None:
    start, end = bounds(day, day, zone)
    assert (end.timestamp() - start.timestamp()) / 3600 == hours
    assert start_of(day, zone).date() == day


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(Invalid, match="Mars/Base"):
        zone_of("Mars/Base")


@pytest.mark.parametrize(
    "beyond",
    [
        lambda: at(naive("0001-01-01T00:00"), BERLIN),
        lambda: at(naive("9999-12-31T23:00"), NEW_YORK),
        lambda: after(datetime(9999, 12, 31, 23, tzinfo=UTC), 120),
        lambda: bounds(date.max, date.max, BERLIN),
        lambda: start_of(date.min, BERLIN),
        lambda: in_zone(datetime(1, 1, 1, tzinfo=UTC), NEW_YORK),
    ],
)
def test_what_no_calendar_holds_is_refused(beyond: Callable[[], object]) -> None:
    with pytest.raises(Invalid) as refused:
        beyond()
    assert refused.value.code == "date_out_of_range"


def test_days_begin_when_their_clocks_say() -> None:
    santiago = ZoneInfo("America/Santiago")
    assert days_after(date(2026, 9, 5), 1, santiago).isoformat() == "2026-09-06T01:00:00-03:00"
    assert day_starts_at(datetime(2026, 9, 6, 4, tzinfo=UTC), santiago)
    assert not day_starts_at(datetime(2026, 9, 6, 5, tzinfo=UTC), santiago)
