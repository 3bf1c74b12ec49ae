"""What a part of the day is: one table, and of several days one stretch each. All in Berlin."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.parts import is_in_part, stretches

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_the_afternoons_of_two_days_have_no_morning_between_them() -> None:
    found = [f"{start:%d %H:%M}-{end:%d %H:%M}" for start, end in stretches(MONDAY, TUESDAY, "afternoon", BERLIN)]
    assert found == ["23 12:00-23 18:00", "24 12:00-24 18:00"]


def test_two_whole_days_are_one_stretch_and_an_evening_ends_at_midnight() -> None:
    [(start, end)] = stretches(MONDAY, TUESDAY, "any", BERLIN)
    assert (f"{start:%d %H:%M}", f"{end:%d %H:%M}") == ("23 00:00", "25 00:00")
    [(_, end)] = stretches(MONDAY, MONDAY, "evening", BERLIN)
    assert f"{end:%d %H:%M}" == "24 00:00"


@pytest.mark.parametrize(
    ("part", "moment", "is_in"),
    [
        ("morning", time(7, 30), True),
        ("morning", time(12), False),
        ("afternoon", time(17, 30), True),
        ("evening", time(17, 30), True),
        ("evening", time(22, 30), True),
        ("evening", time(0, 30), False),
        ("", time(3), True),
        ("any", time(3), True),
    ],
)
def test_early_and_late_events_have_their_part(part: str, moment: time, is_in: bool) -> None:
    assert is_in_part(part, moment) is is_in
