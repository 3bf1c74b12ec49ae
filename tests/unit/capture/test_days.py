"""Days with a year, as a date of birth has one, stay in that year; without one the next such day is meant."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.capture.corrections import corrected
from tools.capture.days import read_day
from tools.capture.model import Kind

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))  # a Saturday


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("1985-03-04", "1985-03-04"),
        ("4.3.1985", "1985-03-04"),
        ("the third of March 1985", "1985-03-03"),
        ("March 3rd, 1985, please", "1985-03-03"),
        ("in 1985 on the third of March", "1985-03-03"),
        ("I was born on the third of march nineteen eighty five", "1985-03-03"),
        ("March third nineteen eighty-five", "1985-03-03"),
        ("the ninth of May nineteen oh four", "1904-05-09"),
        ("the ninth of May two thousand and four", "2004-05-09"),
        ("the ninth of May two thousand", "2000-05-09"),
        ("June twelfth two thousand twelve", "2012-06-12"),
        ("June twelfth twenty ten", "2010-06-12"),
        ("the 29th of February nineteen eighty four", "1984-02-29"),
        ("December 24th 2026", "2026-12-24"),
        ("the fourth of December", "2026-12-04"),
        ("the third of March", "2027-03-03"),
        ("next Friday", "2026-11-27"),
        ("tomorrow", "2026-11-22"),
        ("tomorrow at 1900", "2026-11-22"),
        ("next Friday 2026", "2026-11-27"),
        ("January 3rd 1985", "1985-01-03"),
        ("1985-02-30", ""),
        ("31.2.1985", ""),
        ("no idea", ""),
    ],
)
def test_the_year_that_was_said_is_the_year(said: str, day: str) -> None:
    assert read_day(said, NOW) == day


@pytest.mark.parametrize(
    ("value", "said", "day"),
    [
        ("1985-03-03", "no, april", "1985-04-03"),
        ("1985-03-03", "no, the fourth of March", "1985-03-04"),
        ("1985-03-03", "no, the fifth", "1985-03-05"),
        ("1985-03-03", "no, 1986", "1986-03-03"),
        ("1985-03-03", "no, in nineteen eighty six", "1986-03-03"),
        ("1985-03-03", "no, the fourth of March 1986", "1986-03-04"),
        ("2026-12-03", "no, april", "2027-04-03"),
        ("2026-12-03", "no, the fourth of March", "2027-03-04"),
    ],
)
def test_a_correction_keeps_the_year_of_a_day_that_is_past(value: str, said: str, day: str) -> None:
    assert corrected(Kind.DATE, value, said, NOW) == day


def test_the_29th_of_february_of_a_year_that_has_none_is_asked_for_again() -> None:
    assert corrected(Kind.DATE, "2028-06-29", "no, february", NOW.replace(year=2028, month=5)) == ""
