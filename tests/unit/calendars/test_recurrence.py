"""Series: which occurrences they have, what the clocks do to them, which rules are refused, how they are cut in two."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.backend import Recurrence
from tools.calendars.recurrence import (
    BadRule,
    checked_rrule,
    expand,
    first_occurrence,
    last_occurrence,
    next_occurrence,
    split,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def starts(
    start: datetime,
    rrule: str,
    *,
    minutes: int = 60,
    days: int = 3660,
    limit: int = 50,
    exdates: tuple[datetime, ...] = (),
    rdates: tuple[datetime, ...] = (),
) -> list[str]:
    window = (start - timedelta(days=400), start + timedelta(days=days))
    recurrence = Recurrence(rrule, exdates, rdates)
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    return [one.start.isoformat() for one in expand(start, end, recurrence, window, limit=limit)]


def short(start: datetime, rrule: str, **more: object) -> list[str]:
    return [text[:10] for text in starts(start, rrule, **more)]  # type: ignore[arg-type]


def test_a_weekly_series_keeps_its_hour_when_the_clocks_change() -> None:
    assert starts(at("2026-03-23T09:00"), "FREQ=WEEKLY;COUNT=2") == [
        "2026-03-23T09:00:00+01:00",
        "2026-03-30T09:00:00+02:00",
    ]


def test_a_time_that_the_clocks_skip_is_the_real_time_after_the_jump_and_keeps_its_length() -> None:
    start = at("2026-03-28T02:30")
    three = expand(start, at("2026-03-28T03:15"), Recurrence("FREQ=DAILY;COUNT=3"), (start, at("2026-04-02T00:00")))
    assert [(one.start.isoformat(), one.end.isoformat()) for one in three] == [
        ("2026-03-28T02:30:00+01:00", "2026-03-28T03:15:00+01:00"),
        ("2026-03-29T03:30:00+02:00", "2026-03-29T04:15:00+02:00"),
        ("2026-03-30T02:30:00+02:00", "2026-03-30T03:15:00+02:00"),
    ]


def test_a_time_that_comes_twice_means_the_first_one() -> None:
    assert starts(at("2026-10-24T02:30"), "FREQ=DAILY;COUNT=2")[1] == "2026-10-25T02:30:00+02:00"


def test_a_series_that_began_in_the_second_of_two_equal_hours_begins_there() -> None:
    start = at("2026-10-25T02:30").replace(fold=1)
    assert starts(start, "FREQ=DAILY;COUNT=2") == ["2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"]


def test_a_date_lasts_as_long_as_the_first_one_in_the_night_of_a_change_too() -> None:
    start = at("2027-10-30T02:45")
    short = expand(start, at("2027-10-30T03:15"), Recurrence("FREQ=DAILY;COUNT=3"), (start, at("2027-11-05T00:00")))
    assert [one.end.isoformat()[11:] for one in short] == ["03:15:00+02:00", "02:15:00+01:00", "03:15:00+01:00"]
    start = at("2026-10-23T22:00")
    shifts = expand(start, at("2026-10-24T06:00"), Recurrence("FREQ=DAILY;COUNT=3"), (start, at("2026-11-01T00:00")))
    assert [one.end.isoformat()[11:] for one in shifts] == ["06:00:00+02:00", "05:00:00+01:00", "06:00:00+01:00"]


def test_a_whole_day_ends_at_midnight_where_the_clocks_skip_the_midnight_it_starts_at() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # 24 April 2026 starts at one
    start = at("2026-04-23T00:00", cairo)
    days = expand(
        start, at("2026-04-24T00:00", cairo), Recurrence("FREQ=DAILY;COUNT=3"), (start, start + timedelta(days=9))
    )
    assert [one.start.isoformat()[:16] for one in days] == ["2026-04-23T00:00", "2026-04-24T01:00", "2026-04-25T00:00"]
    assert [one.end.isoformat()[:16] for one in days] == ["2026-04-24T01:00", "2026-04-25T00:00", "2026-04-26T00:00"]


def test_until_in_utc_is_read_on_the_clocks_of_the_series() -> None:
    start = at("2026-11-23T20:00", NEW_YORK)  # the 24th in UTC
    assert short(start, "FREQ=DAILY;UNTIL=20261125T010000Z") == ["2026-11-23", "2026-11-24"]
    assert short(start, "FREQ=DAILY;UNTIL=20261125T005959Z") == ["2026-11-23"]


def test_until_as_a_date_means_all_of_that_day() -> None:
    assert short(at("2026-11-23T20:00", NEW_YORK), "FREQ=DAILY;UNTIL=20261125") == [
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
    ]


def test_left_out_dates_count_and_further_dates_do_not() -> None:
    start = at("2026-11-23T09:00")
    told = short(start, "FREQ=DAILY;COUNT=3", exdates=(at("2026-11-24T09:00"),), rdates=(at("2026-12-01T15:00"), start))
    assert told == ["2026-11-23", "2026-11-25", "2026-12-01"]


def test_a_left_out_date_may_be_written_in_another_zone() -> None:
    left_out = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert short(at("2026-11-23T09:00"), "FREQ=DAILY;COUNT=2", exdates=(left_out,)) == ["2026-11-23"]


@pytest.mark.parametrize(("wkst", "days"), [("MO", ["05", "10", "19", "24"]), ("SU", ["05", "17", "19", "31"])])
def test_the_first_day_of_the_week_decides_which_weeks_are_every_second(wkst: str, days: list[str]) -> None:
    start = at("1997-08-05T09:00", NEW_YORK)  # RFC 5545's own example
    told = short(start, f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={wkst}")
    assert [day[-2:] for day in told] == days


@pytest.mark.parametrize(
    ("start", "rrule", "days"),
    [
        ("1997-09-05", "FREQ=MONTHLY;COUNT=3;BYDAY=1FR", ["1997-09-05", "1997-10-03", "1997-11-07"]),
        ("1997-09-22", "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", ["1997-09-22", "1997-10-20", "1997-11-17"]),
        ("1997-09-28", "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-3", ["1997-09-28", "1997-10-29", "1997-11-28"]),
        ("1997-01-31", "FREQ=MONTHLY;COUNT=3", ["1997-01-31", "1997-03-31", "1997-05-31"]),
        ("1997-05-19", "FREQ=YEARLY;COUNT=3;BYDAY=20MO", ["1997-05-19", "1998-05-18", "1999-05-17"]),
        ("1997-05-12", "FREQ=YEARLY;COUNT=3;BYWEEKNO=20;BYDAY=MO", ["1997-05-12", "1998-05-11", "1999-05-17"]),
        ("1997-01-01", "FREQ=YEARLY;INTERVAL=3;COUNT=3;BYYEARDAY=1,100,200",
         ["1997-01-01", "1997-04-10", "1997-07-19"]),
        ("1998-02-13", "FREQ=MONTHLY;COUNT=3;BYDAY=FR;BYMONTHDAY=13", ["1998-02-13", "1998-03-13", "1998-11-13"]),
        ("1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2",
         ["1996-11-05", "2000-11-07"]),
        ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", ["1997-09-04", "1997-10-07", "1997-11-06"]),
        ("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3",
         ["1997-09-29", "1997-10-30", "1997-11-27"]),
        ("2024-02-29", "FREQ=YEARLY;COUNT=3", ["2024-02-29", "2028-02-29", "2032-02-29"]),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard(start: str, rrule: str, days: list[str]) -> None:
    assert short(at(f"{start}T09:00", NEW_YORK), rrule, days=9000) == days


def test_the_start_is_an_occurrence_even_where_the_rule_does_not_fall_on_it() -> None:
    assert short(at("2026-11-22T09:00"), "FREQ=WEEKLY;BYDAY=MO;COUNT=3") == ["2026-11-22", "2026-11-23", "2026-11-30"]


def test_a_window_far_from_the_start_costs_no_more_than_one_near_it() -> None:
    start = at("1970-01-01T09:00")
    window = (at("2969-11-01T00:00"), at("2969-11-03T00:00"))
    before = time.process_time()
    told = expand(start, at("1970-01-01T10:00"), Recurrence("FREQ=DAILY"), window)
    assert [one.start.day for one in told] == [1, 2]
    assert time.process_time() - before < 0.5


def test_what_began_before_the_window_and_lasts_into_it_is_in_it() -> None:
    start, end = at("2026-11-02T22:00"), at("2026-11-03T06:00")
    window = (at("2026-11-05T05:00"), at("2026-11-05T06:30"))
    assert [one.start.day for one in expand(start, end, Recurrence("FREQ=DAILY"), window)] == [4]
    touching = (at("2026-11-05T06:00"), at("2026-11-05T22:00"))
    assert expand(start, end, Recurrence("FREQ=DAILY"), touching) == []


def test_what_is_kept_of_one_series_is_not_shown_for_another_at_the_same_instant() -> None:
    berlin = at("2026-03-28T09:00")
    window = (berlin, berlin + timedelta(days=2))
    hour, daily = timedelta(hours=1), Recurrence("FREQ=DAILY;COUNT=2")
    for start in (berlin, berlin.astimezone(UTC), berlin.astimezone(NEW_YORK)):
        first, second = expand(start, start + hour, daily, window)
        assert first.start.isoformat() == start.isoformat()
        assert second.start.hour == start.hour
    twice = at("2026-10-25T02:30")
    for fold in (0, 1):
        start = twice.replace(fold=fold)
        (only,) = expand(
            start, start.replace(hour=3, fold=0), Recurrence("FREQ=DAILY;COUNT=1"), (twice, twice + hour * 9)
        )
        assert only.start.utcoffset() == start.utcoffset()


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;INTERVAL=٣",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=7",
        "FREQ=DAILY;UNTIL=20201231",
        "FREQ=DAILY;UNTIL=20261331",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=FORTNIGHTLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;X=" + "9" * 10_000,
        "FREQ=DAILY;RSCALE=CHINESE",
        "FREQ",
        "",
        ";" * 900,
        "BYDAY=MO",
    ],
)
def test_a_rule_that_no_calendar_should_keep_is_refused_at_once_in_a_sentence(rrule: str) -> None:
    before = time.process_time()
    with pytest.raises(BadRule) as refused:
        checked_rrule(rrule, at("2026-11-23T09:00"))
    assert time.process_time() - before < 5
    assert refused.value.message[-1] == "."
    assert len(refused.value.message) < 200


def test_a_rule_that_does_not_fall_on_its_first_day_names_the_day_it_does() -> None:
    start = at("2026-11-22T09:00")
    with pytest.raises(BadRule, match="first happen on Monday, November 23, 2026 at 09:00"):
        checked_rrule("FREQ=WEEKLY;BYDAY=MO", start)
    assert first_occurrence(start, "FREQ=WEEKLY;BYDAY=MO") == at("2026-11-23T09:00")


@pytest.mark.parametrize(
    ("rrule", "kept"),
    [
        (" rrule:freq=weekly; byday=we,mo ;interval=1;", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY;WKST=SU"),
        ("FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=DAILY;UNTIL=20261201", "FREQ=DAILY;UNTIL=20261201T225959Z"),
        ("FREQ=DAILY;UNTIL=20261201T120000", "FREQ=DAILY;UNTIL=20261201T110000Z"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261201", "FREQ=DAILY;COUNT=3"),
        ("FREQ=DAILY;COUNT=30;UNTIL=20261201", "FREQ=DAILY;UNTIL=20261201T225959Z"),
        ("FREQ=MONTHLY;BYDAY=-1MO,+4MO", "FREQ=MONTHLY;BYDAY=-1MO,4MO"),
        ("FREQ=DAILY;RSCALE=GREGORIAN;SKIP=OMIT", "FREQ=DAILY"),
    ],
)
def test_a_rule_is_kept_in_one_form(rrule: str, kept: str) -> None:
    assert checked_rrule(rrule, at("2026-11-23T09:00")) == kept


def test_an_all_day_series_ends_on_a_date() -> None:
    assert checked_rrule("FREQ=DAILY;UNTIL=20261201T120000Z", at("2026-11-23T00:00"), all_day=True) == (
        "FREQ=DAILY;UNTIL=20261201"
    )


def test_the_next_and_the_last_occurrence() -> None:
    start = at("2026-11-23T09:00")
    third = Recurrence("FREQ=WEEKLY;COUNT=3", (at("2026-12-07T09:00"),))
    assert next_occurrence(start, third, start) == at("2026-11-30T09:00")
    assert next_occurrence(start, third, at("2026-11-30T08:59")) == at("2026-11-30T09:00")
    assert next_occurrence(start, third, at("2026-11-30T09:00")) is None
    assert last_occurrence(start, third) == at("2026-11-30T09:00")
    assert last_occurrence(start, Recurrence("FREQ=WEEKLY")) is None
    assert last_occurrence(start, Recurrence("FREQ=DAILY;UNTIL=20261124")) == at("2026-11-24T09:00")


def test_an_end_in_the_year_9999_is_none() -> None:
    assert checked_rrule("FREQ=DAILY;UNTIL=99991231T235959Z", at("2026-11-23T09:00")) == "FREQ=DAILY"


def test_the_ends_of_time_are_no_error() -> None:
    start, daily = at("2026-11-23T09:00"), Recurrence("FREQ=DAILY")
    for first, last in ((1, 2), (8999, 9001), (9998, 9999)):
        window = (datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, 23, 59, tzinfo=UTC))
        assert len(expand(start, start, daily, window, limit=3)) == (3 if first == 8999 else 0)
    assert next_occurrence(start, daily, datetime(9999, 12, 31, 23, tzinfo=UTC)) is None
    before = time.process_time()
    assert last_occurrence(start, Recurrence("FREQ=DAILY;UNTIL=89991230")) == at("8999-12-30T09:00")
    assert last_occurrence(start, Recurrence("FREQ=YEARLY;UNTIL=20800101")) == at("2079-11-23T09:00")
    assert time.process_time() - before < 5


def test_a_series_is_cut_just_before_an_occurrence() -> None:
    start, cut = at("2026-11-23T09:00"), at("2026-12-07T09:00")
    before, after = split(
        Recurrence(
            "FREQ=WEEKLY;COUNT=5",
            (at("2026-11-30T09:00"), at("2026-12-14T09:00")),
            (at("2026-11-25T10:00"), at("2026-12-24T10:00")),
        ),
        start,
        cut,
    )
    assert before == Recurrence(
        "FREQ=WEEKLY;UNTIL=20261207T075959Z", (at("2026-11-30T09:00"),), (at("2026-11-25T10:00"),)
    )
    assert after == Recurrence("FREQ=WEEKLY;COUNT=3", (at("2026-12-14T09:00"),), (at("2026-12-24T10:00"),))


def test_a_series_cut_at_its_first_occurrence_has_nothing_before() -> None:
    whole = Recurrence("FREQ=DAILY;COUNT=5")
    assert split(whole, at("2026-11-23T09:00"), at("2026-11-23T09:00")) == (None, whole)


def test_a_series_of_which_everything_before_the_cut_is_left_out_has_nothing_before() -> None:
    start = at("2026-11-23T09:00")
    before, after = split(Recurrence("FREQ=DAILY;COUNT=5", (start,)), start, at("2026-11-24T09:00"))
    assert before is None
    assert after == Recurrence("FREQ=DAILY;COUNT=4")


def test_an_all_day_series_is_cut_on_a_date() -> None:
    before, _ = split(Recurrence("FREQ=DAILY"), at("2026-11-23T00:00"), at("2026-11-26T00:00"), all_day=True)
    assert before == Recurrence("FREQ=DAILY;UNTIL=20261125")


def test_a_series_cut_where_the_clocks_moved_one_occurrence_keeps_its_hour_afterwards() -> None:
    start, cut = at("2026-03-27T02:30"), at("2026-03-29T03:30")
    _, after = split(Recurrence("FREQ=DAILY"), start, cut)
    assert starts(cut, after.rrule, limit=3) == [
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
    ]
