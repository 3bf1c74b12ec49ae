"""Google's recurrence lines: read whoever wrote them, written as RFC 5545 wants them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.backend import NotSupported, Recurrence
from tools.calendars.google.rules import check_divisible, lines_of, moved_along, recurrence_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(*parts: int, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Berlin:20270111T090000",
        "EXDATE:20270111T080000Z",
        "EXDATE;TZID=America/New_York:20270111T030000",
        "EXDATE:20270111T090000",
        "exdate;tzid=Europe/Berlin:20270111T090000",
        "EXDATE;TZID=Somebody's own zone:20270111T090000",
        "EXDATE;TZID=Europe/Berlin:20270111T090000,nonsense,",
    ],
)
def test_a_day_left_out_is_read_however_it_is_written(line: str) -> None:
    assert recurrence_of(["RRULE:FREQ=DAILY", line], BERLIN) == Recurrence("FREQ=DAILY", (at(2027, 1, 11, 9),))


def test_further_days_come_as_times_dates_or_periods() -> None:
    lines = [
        "RDATE;TZID=Europe/Berlin:20270113T090000,20270112T090000",
        "RDATE;VALUE=PERIOD:20270114T080000Z/PT1H",
        "RDATE;VALUE=DATE:20270115",
    ]
    found = recurrence_of(lines, BERLIN)
    assert found == Recurrence("", (), (*(at(2027, 1, day, 9) for day in (12, 13, 14)), at(2027, 1, 15)))


def test_what_is_no_repetition_is_none() -> None:
    assert recurrence_of([], BERLIN) is None
    assert recurrence_of(["EXDATE:20270111T080000Z"], BERLIN) is None


@pytest.mark.parametrize(
    ("until", "all_day", "written"),
    [
        ("20270131T225959Z", False, "20270131T225959Z"),
        ("20270131T235959", False, "20270131T225959Z"),
        ("20270131", False, "20270131T225959Z"),
        ("20270731", False, "20270731T215959Z"),
        ("20270131", True, "20270131"),
        ("20270131T225959Z", True, "20270131"),
        ("20270131T230000Z", True, "20270201"),
    ],
)
def test_an_end_is_an_instant_for_times_and_a_date_for_days(until: str, all_day: bool, written: str) -> None:
    lines = lines_of(Recurrence(f"RRULE:FREQ=DAILY;UNTIL={until}"), BERLIN, all_day=all_day)
    assert lines == [f"RRULE:FREQ=DAILY;UNTIL={written}"]


def test_dates_are_written_in_the_zone_of_the_series() -> None:
    rule = Recurrence("freq=daily", (at(2027, 1, 11, 9),), (at(2027, 1, 12, 9), at(2027, 1, 13, 9)))
    assert lines_of(rule, NEW_YORK, all_day=False) == [
        "RRULE:FREQ=DAILY",
        "EXDATE;TZID=America/New_York:20270111T030000",
        "RDATE;TZID=America/New_York:20270112T030000,20270113T030000",
    ]
    whole = Recurrence("FREQ=DAILY", (at(2027, 1, 11),))
    assert lines_of(whole, BERLIN, all_day=True) == ["RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20270111"]


@pytest.mark.parametrize("rrule", ["weekly", "COUNT=3", "FREQ=HOURLY", "FREQ=DAILY;COUNT=2;UNTIL=20270131"])
def test_what_google_cannot_hold_is_refused(rrule: str) -> None:
    with pytest.raises(NotSupported):
        lines_of(Recurrence(rrule), BERLIN, all_day=False)


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
        ["RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"],
        ["RRULE:FREQ=DAILY", "RDATE;VALUE=PERIOD:20270114T080000Z/PT1H"],
    ],
)
def test_what_would_lose_something_is_not_divided(lines: list[str]) -> None:
    with pytest.raises(NotSupported):
        check_divisible(lines)
    check_divisible(["RRULE:FREQ=DAILY", "EXDATE:20270111T080000Z"])


def test_a_moment_moves_along_on_the_wall_clock() -> None:
    moved = moved_along(at(2027, 4, 5, 9), at(2027, 3, 22, 9), at(2027, 3, 23, 10, 30, zone=NEW_YORK))
    assert moved == at(2027, 4, 6, 10, 30, zone=NEW_YORK)
