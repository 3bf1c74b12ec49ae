"""Repetition as RFC 5545 has it, read on Saturday, 21 November 2026, at 10:00 in Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from tools.calendars.language import read
from tools.calendars.language.holidays import NAMES, easter, nth_weekday, on

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SERIES = {
    "every second Monday at nine": ("2026-11-23 09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    "every weekday at 8:30": ("2026-11-23 08:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    "the last Friday of every month": ("2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    "every 2nd and 4th Friday at one": ("2026-11-27 13:00", "FREQ=MONTHLY;BYDAY=2FR,4FR"),
    "daily at seven pm until December first": ("2026-11-21 19:00", "FREQ=DAILY;UNTIL=20261201T225959Z"),
    "every Tuesday and Thursday for six weeks": ("2026-11-24", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=12"),
    "every Friday until Christmas": ("2026-11-27", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261225"),
    "twice a week on Monday and Thursday at six pm": ("2026-11-23 18:00", "FREQ=WEEKLY;BYDAY=MO,TH"),
    "monthly on the 15th": ("2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    "every thirty first": ("2026-12-31", "FREQ=MONTHLY;BYMONTHDAY=31"),
    "every year on March 3rd": ("2027-03-03", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3"),
    "every weekday except Friday at nine": ("2026-11-23 09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
    "every other week on Wednesday for eight weeks": ("2026-11-25", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=4"),
    "every Monday at ten for three months": ("2026-11-23 10:00", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270222T225959Z"),
    "every Monday starting December 7th at nine": ("2026-12-07 09:00", "FREQ=WEEKLY;BYDAY=MO"),
    "the first working day of every month at nine": (
        "2026-12-01 09:00",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    ),
    "every Friday at four for the rest of the year": (
        "2026-11-27 16:00",
        "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231T225959Z",
    ),
    "every Monday at nine from January to March": ("2027-01-04 09:00", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270331T215959Z"),
    "monthly review on the second Tuesday at ten": ("2026-12-08 10:00", "FREQ=MONTHLY;BYDAY=2TU"),
    "weekly sync Fridays at two thirty": ("2026-11-27 14:30", "FREQ=WEEKLY;BYDAY=FR"),
    "every Saturday at nine from January": ("2027-01-02 09:00", "FREQ=WEEKLY;BYDAY=SA"),
    "every day Monday to Thursday at eight am": ("2026-11-23 08:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
}


@pytest.mark.parametrize(("text", "expected"), SERIES.items())
def test_series(text: str, expected: tuple[str, str]) -> None:
    found = read(text, NOW).best
    assert found is not None
    moment = str(found.start)[:16] if found.start else str(found.day)
    assert (moment, found.rrule) == expected


@pytest.mark.parametrize("text", SERIES)
def test_the_first_occurrence_is_one_of_the_rules(text: str) -> None:
    found = read(text, NOW).best
    assert found is not None
    assert found.day is not None
    zoned = "Z" in found.rrule
    start = found.start or datetime(found.day.year, found.day.month, found.day.day)  # noqa: DTZ001
    start = start.replace(tzinfo=NOW.tzinfo) if zoned else start
    rule = rrulestr(found.rrule, dtstart=start)
    assert rule[0] == start


def test_until_counts_to_the_last_moment_of_the_day_where_the_caller_is() -> None:
    new_york = datetime(2027, 2, 1, 8, 5, tzinfo=ZoneInfo("America/New_York"))
    found = read("every day at eight am until March fifteenth", new_york).best
    assert found is not None
    assert found.rrule == "FREQ=DAILY;UNTIL=20270316T035959Z"
    last = datetime(2027, 3, 16, 3, 59, 59, tzinfo=UTC).astimezone(new_york.tzinfo)
    assert str(last)[:19] == "2027-03-15 23:59:59"


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("biweekly on Tuesday at three", "how_often"), ("every third Thursday at noon", "how_often"),
        ("three times a week", "which_days"), ("once a month", "which_day"), ("every week at nine", "which_day"),
    ],
)  # fmt: skip
def test_a_vague_repetition_is_asked_about(text: str, ask: str) -> None:
    assert read(text, NOW).ask == ask


def test_a_series_that_would_end_before_it_begins_is_a_problem() -> None:
    reading = read("every Monday until tomorrow", NOW)
    assert (reading.problem, reading.ask) == ("past", "which_day")


def test_a_day_left_out_is_kept_beside_the_rule() -> None:
    found = read("every Monday except the 30th at nine", NOW).best
    assert found is not None
    assert (found.rrule, found.without) == ("FREQ=WEEKLY;BYDAY=MO", (date(2026, 11, 30),))


@pytest.mark.parametrize(("year", "day"), [(2024, "03-31"), (2025, "04-20"), (2026, "04-05"), (2038, "04-25")])
def test_easter(year: int, day: str) -> None:
    assert str(easter(year)) == f"{year}-{day}"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Thanksgiving", "2026-11-26"), ("Easter Monday", "2027-03-29"), ("Labor Day", "2027-09-06"),
        ("the first Advent", "2026-11-29"), ("Whit Monday", "2027-05-17"), ("Memorial Day 2030", "2030-05-27"),
        ("three days before Christmas", "2026-12-22"), ("a month before Easter", "2027-02-28"),
    ],
)  # fmt: skip
def test_holidays(text: str, day: str) -> None:
    found = read(text, NOW).best
    assert str(found and found.day) == day


@given(st.integers(1970, 2199), st.sampled_from(NAMES))
def test_every_holiday_is_in_its_year(year: int, name: str) -> None:
    assert on(name, year).year == year


@given(st.integers(1970, 2199), st.integers(1, 12), st.integers(0, 6))
def test_the_last_weekday_of_a_month_is_the_last(year: int, month: int, weekday: int) -> None:
    last = nth_weekday(year, month, weekday, -1)
    assert (last.month, last.weekday()) == (month, weekday)
    assert last >= nth_weekday(year, month, weekday, 4)
