"""Public holidays against the dates that the countries published."""

from __future__ import annotations

from datetime import date

import pytest

from store.errors import Invalid
from tools.calendars.scheduling.holidays import holiday_on, holidays, regions


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("DE", "2026-04-03", "Good Friday"),
        ("DE", "2026-05-14", "Ascension Day"),
        ("DE", "2026-05-25", "Whit Monday"),
        ("DE", "2026-10-03", "German Unity Day"),
        ("US", "2026-11-26", "Thanksgiving"),
        ("US", "2026-07-03", "Independence Day"),  # the 4th is a Saturday
        ("US", "2027-07-05", "Independence Day"),  # the 4th is a Sunday
        ("US", "2021-12-31", "New Year's Day"),
        ("US", "2026-05-25", "Memorial Day"),
        ("UK", "2026-12-28", "Boxing Day"),  # the 26th is a Saturday
        ("UK", "2027-12-27", "Christmas Day"),
        ("UK", "2027-12-28", "Boxing Day"),
        ("UK", "2022-12-27", "Christmas Day"),  # a Sunday, and Boxing Day has the Monday
        ("UK", "2026-08-31", "Summer bank holiday"),
        ("ES", "2026-12-08", "Immaculate Conception"),
        ("FR", "2026-05-14", "Ascension Day"),
        ("FR", "2026-07-14", "Bastille Day"),
    ],
)
def test_a_holiday_is_known_by_its_name(region: str, day: str, name: str) -> None:
    assert holiday_on(region, date.fromisoformat(day)) == name


def test_a_common_day_is_no_holiday() -> None:
    assert [holiday_on(region, date(2026, 11, 24)) for region in regions()] == [""] * len(regions())
    assert holidays("", 2026) == {}


@pytest.mark.parametrize("region", regions())
def test_every_holiday_lies_in_the_year_it_was_asked_for(region: str) -> None:
    for year in range(2020, 2040):
        assert {day.year for day in holidays(region, year)} == {year}


def test_an_unknown_region_is_said() -> None:
    with pytest.raises(Invalid, match="DE, US, UK, ES, FR"):
        holidays("XX", 2026)
