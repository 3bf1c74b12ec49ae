"""Rules said aloud, and whole series moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.backend import Recurrence
from tools.calendars.recurrence import BadRule, described, expand, shifted

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=BERLIN)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=DAILY", "every day at 9 AM"),
        ("FREQ=DAILY;INTERVAL=2", "every second day at 9 AM"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", "every 10 days at 9 AM, 5 times"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 9 AM"),
        ("FREQ=DAILY;BYHOUR=9,17", "every day at 9 AM and 5 PM"),
        ("FREQ=WEEKLY", "every week at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=MO", "every Monday at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "every Monday and Wednesday at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "every Saturday and Sunday at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every day at 9 AM"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20261201T225959Z", "every second Monday at 9 AM until December 1st"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "every second week on Monday and Friday at 9 AM"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO", "every 3 weeks on Monday at 9 AM"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270301", "every Monday at 9 AM until March 1st, 2027"),
        ("FREQ=MONTHLY", "the 23rd of every month at 9 AM"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "the 1st and 15th of every month at 9 AM"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "the last day of every month at 9 AM"),
        ("FREQ=MONTHLY;BYDAY=1FR", "the first Friday of every month at 9 AM"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1MO", "the last Monday of every 3 months at 9 AM"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "the last weekday of every month at 9 AM"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "Friday the 13th of every month at 9 AM"),
        ("FREQ=YEARLY", "every year on November 23rd at 9 AM"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the fourth Thursday of November at 9 AM"),
        ("FREQ=YEARLY;BYWEEKNO=20", "every year on certain days at 9 AM"),
        ("FREQ=DAILY;COUNT=1", "every day at 9 AM, once"),
    ],
)  # fmt: skip
def test_a_rule_is_said_as_a_person_would(rrule: str, words: str) -> None:
    assert described(rrule, BERLIN, start=MONDAY) == words


def test_without_a_start_and_for_whole_days_no_hour_is_said() -> None:
    assert described("FREQ=WEEKLY;BYDAY=MO", BERLIN) == "every Monday"
    assert described("FREQ=YEARLY", BERLIN, start=MONDAY, all_day=True) == "every year on November 23rd"


@pytest.mark.parametrize(
    ("rrule", "to", "moved"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-23T11:00", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-24T09:00", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-24T09:00", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;BYDAY=MO,FR", "2026-11-26T09:00", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=WEEKLY", "2026-11-24T09:00", "FREQ=WEEKLY"),
        ("FREQ=DAILY;COUNT=5", "2026-11-25T09:00", "FREQ=DAILY;COUNT=5"),
        ("FREQ=MONTHLY;BYMONTHDAY=23", "2026-11-24T09:00", "FREQ=MONTHLY;BYMONTHDAY=24"),
        ("FREQ=MONTHLY;BYMONTHDAY=9,23", "2026-11-24T09:00", "FREQ=MONTHLY;BYMONTHDAY=10,24"),
        ("FREQ=MONTHLY;BYDAY=4MO", "2026-11-25T09:00", "FREQ=MONTHLY;BYDAY=4WE"),
        ("FREQ=MONTHLY;BYDAY=4MO", "2026-11-18T09:00", "FREQ=MONTHLY;BYDAY=3WE"),
        ("FREQ=MONTHLY;BYDAY=-2MO", "2026-11-30T09:00", "FREQ=MONTHLY;BYDAY=-1MO"),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=23", "2026-12-24T09:00", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=12"),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2026-11-23T10:30", "FREQ=DAILY;BYHOUR=10;BYMINUTE=30"),
        ("FREQ=DAILY;UNTIL=20261201T225959Z", "2026-11-24T10:00", "FREQ=DAILY;UNTIL=20261202T235959Z"),
        ("FREQ=DAILY;UNTIL=20261201", "2026-11-24T09:00", "FREQ=DAILY;UNTIL=20261202"),
    ],
)
def test_a_whole_series_moves_with_its_start(rrule: str, to: str, moved: str) -> None:
    result = shifted(Recurrence(rrule), MONDAY, at(to)).rrule
    assert sorted(result.split(";")) == sorted(moved.split(";"))


def test_dates_that_are_left_out_or_added_move_along() -> None:
    old = Recurrence("FREQ=DAILY", (at("2026-11-24T09:00"),), (at("2027-07-01T15:00"),))
    assert shifted(old, MONDAY, at("2026-11-23T10:00")) == Recurrence(
        "FREQ=DAILY", (at("2026-11-24T10:00"),), (at("2027-07-01T16:00"),)
    )


def test_a_moved_series_has_as_many_occurrences_as_before() -> None:
    old = Recurrence("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270120T225959Z", (at("2026-11-25T09:00"),))
    new = at("2026-11-24T23:30")
    window = (MONDAY, MONDAY + timedelta(days=400))
    hour = timedelta(minutes=15)
    before = expand(MONDAY, MONDAY + hour, old, window)
    after = expand(new, new + hour, shifted(old, MONDAY, new), window)
    assert [one.start + timedelta(days=1, hours=14, minutes=30) for one in before] == [one.start for one in after]


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=16",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=23",
        "FREQ=YEARLY;BYWEEKNO=48;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTHDAY=23,28",
    ],
)
def test_a_rule_that_would_mean_something_else_is_not_moved(rrule: str) -> None:
    with pytest.raises(BadRule, match="cannot simply be moved to Tuesday, November 24"):
        shifted(Recurrence(rrule), MONDAY, at("2026-11-24T09:00"))


def test_several_times_a_day_do_not_move_as_one() -> None:
    with pytest.raises(BadRule, match="several times a day"):
        shifted(Recurrence("FREQ=DAILY;BYHOUR=9,17"), MONDAY, at("2026-11-23T10:00"))
