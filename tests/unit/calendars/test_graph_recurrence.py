"""RRULE and Graph's patternedRecurrence name the same days, or the rule is refused in words that say what to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from store.errors import Invalid
from tests.fakes.graph_calendar.recurring import dates
from tests.fakes.graph_calendar.schema import body_problems, write_problems
from tools.calendars.backend import NotSupported, Recurrence
from tools.calendars.microsoft.recurrence import ended_before, follow, longest_gap, recurrence_of, rrule_of
from tools.calendars.recurrence import expand, first_occurrence

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2027, 1, 4, 9, tzinfo=BERLIN)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
ALL_DAYS = [*WEEKDAYS, "saturday", "sunday"]


def graph(rrule: str, start: datetime = MONDAY) -> dict[str, Any]:
    return recurrence_of(rrule, start, "W. Europe Standard Time")


def days_of_rule(rrule: str, start: datetime, count: int = 40) -> list[date]:
    window = (start, datetime(2059, 12, 31, 23, 59, tzinfo=start.tzinfo))
    return [
        one.start.date() for one in expand(start, start + timedelta(hours=1), Recurrence(rrule), window, limit=count)
    ]


def days_of_graph(recurrence: dict[str, Any], count: int = 40) -> list[date]:
    return list(islice(dates(recurrence), count))


PATTERNS = [
    ("FREQ=DAILY", {"type": "daily", "interval": 1}),
    ("FREQ=DAILY;INTERVAL=3", {"type": "daily", "interval": 3}),
    (
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        {"type": "weekly", "interval": 1, "daysOfWeek": WEEKDAYS, "firstDayOfWeek": "monday"},
    ),
    ("FREQ=WEEKLY", {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"}),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "sunday"], "firstDayOfWeek": "sunday"},
    ),
    ("FREQ=MONTHLY", {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 4}),
    ("FREQ=MONTHLY;BYMONTHDAY=28", {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 28}),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ALL_DAYS, "index": "last"},
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU",
        {"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["tuesday"], "index": "second"},
    ),
    ("FREQ=MONTHLY;BYDAY=-1FR", {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"}),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": WEEKDAYS, "index": "last"},
    ),
    (
        "FREQ=MONTHLY;BYDAY=WE;BYSETPOS=4",
        {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["wednesday"], "index": "fourth"},
    ),
    ("FREQ=YEARLY", {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 4, "month": 1}),
    ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 31, "month": 12}),
    (
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["thursday"], "index": "fourth", "month": 11},
    ),
]


@pytest.mark.parametrize(("rrule", "pattern"), PATTERNS)
def test_a_rule_is_one_of_the_six_patterns(rrule: str, pattern: dict[str, Any]) -> None:
    made = graph(rrule)
    assert made["pattern"] == pattern
    assert body_problems("patternedRecurrence", made) == []
    assert write_problems({"recurrence": made}, new=False) == []


@pytest.mark.parametrize(("rrule", "_"), PATTERNS)
def test_there_and_back_are_the_same_days(rrule: str, _: object) -> None:
    start = first_occurrence(MONDAY, rrule)
    assert start
    there = graph(rrule, start)
    back = rrule_of(there, "Europe/Berlin")
    assert days_of_graph(there) == days_of_rule(rrule, start) == days_of_rule(back, start)
    assert graph(back, start) == there


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYHOUR=9,15",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=DAILY;BYMONTH=1",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=WEEKLY;INTERVAL=100",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=WEEKLY;BYMONTH=2",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=-2MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,2",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=5",
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1",
        "FREQ=YEARLY;BYMONTHDAY=1",
        "FREQ=YEARLY;BYDAY=1MO",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=YEARLY;BYWEEKNO=20",
    ],
)
def test_what_exchange_cannot_repeat_is_refused_with_a_way_out(rrule: str) -> None:
    with pytest.raises(NotSupported, match="make single events"):
        graph(rrule)


@pytest.mark.parametrize(
    "rrule", ["FREQ=MONTHLY;BYMONTHDAY=29", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"]
)
def test_a_day_that_short_months_lack_is_refused_because_exchange_would_move_it(rrule: str) -> None:
    with pytest.raises(NotSupported, match="short month"):
        graph(rrule)


@pytest.mark.parametrize("rrule", ["", "weekly", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;UNTIL=soon"])
def test_what_is_no_rule_is_refused(rrule: str) -> None:
    with pytest.raises(Invalid):
        graph(rrule)


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=DAILY", {"type": "noEnd"}),
        ("FREQ=DAILY;COUNT=5", {"type": "numbered", "numberOfOccurrences": 5}),
        ("FREQ=DAILY;UNTIL=20270110", {"type": "endDate", "endDate": "2027-01-10"}),
        ("FREQ=DAILY;UNTIL=20270110T080000Z", {"type": "endDate", "endDate": "2027-01-10"}),  # that is nine in Berlin
        ("FREQ=DAILY;UNTIL=20270110T075959Z", {"type": "endDate", "endDate": "2027-01-09"}),
        ("FREQ=DAILY;UNTIL=20270110T230000Z", {"type": "endDate", "endDate": "2027-01-10"}),  # already the 11th there
        ("FREQ=DAILY;UNTIL=20270110T085959", {"type": "endDate", "endDate": "2027-01-09"}),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270110", {"type": "numbered", "numberOfOccurrences": 3}),
        ("FREQ=DAILY;COUNT=30;UNTIL=20270110T230000Z", {"type": "endDate", "endDate": "2027-01-10"}),
    ],
)
def test_the_end_is_a_local_date(rrule: str, expected: dict[str, Any]) -> None:
    made = graph(rrule)["range"]
    assert made == {"startDate": "2027-01-04", "recurrenceTimeZone": "W. Europe Standard Time", **expected}


@pytest.mark.parametrize(
    ("zone", "until"),
    [("Europe/Berlin", "20270131T225959Z"), ("America/New_York", "20270201T045959Z"), ("UTC", "20270131T235959Z")],
)
def test_the_last_day_ends_where_the_series_is(zone: str, until: str) -> None:
    span = {"type": "endDate", "startDate": "2027-01-04", "endDate": "2027-01-31"}
    assert rrule_of({"pattern": {"type": "daily", "interval": 1}, "range": span}, zone) == f"FREQ=DAILY;UNTIL={until}"


def test_a_week_begins_on_sunday_when_graph_does_not_say() -> None:
    pattern = {"type": "weekly", "interval": 2, "daysOfWeek": ["sunday", "monday"]}
    span = {"type": "numbered", "startDate": "2027-01-03", "numberOfOccurrences": 4}
    rule = rrule_of({"pattern": pattern, "range": span}, "UTC")
    assert "WKST=SU" in rule
    assert days_of_rule(rule, datetime(2027, 1, 3, 9, tzinfo=UTC)) == days_of_graph({"pattern": pattern, "range": span})


def test_a_series_is_ended_without_what_its_pattern_does_not_use() -> None:
    zeros = {"month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first", "daysOfWeek": []}
    span = {"type": "numbered", "startDate": "2027-01-04", "numberOfOccurrences": 9, "endDate": "0001-01-01"}
    ended = ended_before({"pattern": {**zeros, "type": "daily", "interval": 2}, "range": span}, date(2027, 1, 10))
    assert ended == {
        "pattern": {"type": "daily", "interval": 2},
        "range": {"type": "endDate", "startDate": "2027-01-04", "endDate": "2027-01-09"},
    }


@pytest.mark.parametrize(
    ("rrule", "to", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", date(2027, 1, 5), "FREQ=WEEKLY;COUNT=4;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;COUNT=4", date(2027, 1, 5), "FREQ=WEEKLY;COUNT=4"),
        ("FREQ=DAILY;COUNT=4", date(2027, 1, 5), "FREQ=DAILY;COUNT=4"),
        ("FREQ=MONTHLY;BYMONTHDAY=4", date(2027, 1, 6), "FREQ=MONTHLY;BYMONTHDAY=6"),
        ("FREQ=MONTHLY;BYDAY=1MO", date(2027, 1, 12), "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=MONTHLY;BYDAY=1MO", date(2027, 1, 29), "FREQ=MONTHLY;BYDAY=-1FR"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=4", date(2027, 2, 6), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=6"),
        ("FREQ=WEEKLY;BYDAY=MO", date(2027, 1, 4), "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=DAILY;UNTIL=20270131T225959Z", date(2027, 1, 6), "FREQ=DAILY;UNTIL=20270202T225959Z"),
    ],
)
def test_a_series_that_moves_to_another_day_repeats_on_that_day(rrule: str, to: date, expected: str) -> None:
    moved = MONDAY.replace(month=to.month, day=to.day)
    assert follow(rrule, MONDAY, moved) == expected
    assert first_occurrence(moved, expected) == moved


def test_a_last_day_stays_that_day_in_another_zone() -> None:
    evening = datetime(2027, 1, 4, 20, tzinfo=ZoneInfo("America/New_York"))
    assert follow("FREQ=DAILY;UNTIL=20270131T225959Z", MONDAY, evening) == "FREQ=DAILY;UNTIL=20270201T045959Z"


CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
byday = some.lists(some.sampled_from(CODES), min_size=1, max_size=5, unique=True).map(",".join)
place = some.sampled_from([1, 2, 3, 4, -1])
month = some.integers(1, 12)
shapes = some.one_of(
    some.just("FREQ=DAILY"),
    some.builds("FREQ=DAILY;BYDAY={}".format, byday),
    some.builds("FREQ=WEEKLY;BYDAY={};WKST={}".format, byday, some.sampled_from(CODES)),
    some.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, some.integers(1, 28) | some.just(-1)),
    some.builds("FREQ=MONTHLY;BYDAY={}{}".format, place, some.sampled_from(CODES)),
    some.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, byday, place),
    some.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, month, some.integers(1, 28)),
    some.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}{}".format, month, place, some.sampled_from(CODES)),
)
intervals = some.sampled_from(["", ";INTERVAL=2", ";INTERVAL=3"])
ends = some.one_of(
    some.just(""),
    some.builds(";COUNT={}".format, some.integers(1, 30)),
    some.builds(
        ";UNTIL=20{:02}{:02}{:02}T{:02}3000Z".format,
        *(some.integers(*span) for span in ((28, 40), (1, 12), (1, 28), (0, 23))),
    ),
)
zones = some.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"]).map(ZoneInfo)
starts = some.builds(
    lambda days, hour, zone: datetime(2026, 1, 1, hour, tzinfo=zone) + timedelta(days=days),
    some.integers(0, 700),
    some.integers(3, 23),
    zones,
)


@settings(max_examples=150, deadline=None)
@given(shapes, intervals, ends, starts)
def test_whatever_is_accepted_happens_on_the_same_days(shape: str, interval: str, end: str, start: datetime) -> None:
    if "DAILY;BYDAY" in shape and interval:
        return
    rrule = f"{shape}{interval}{end}"
    first = first_occurrence(start, rrule)
    if first is None:
        return
    there = graph(rrule, first)
    back = rrule_of(there, str(start.tzinfo))
    assert days_of_graph(there) == days_of_rule(rrule, first) == days_of_rule(back, first)


exchange = some.one_of(
    some.builds(lambda day: {"type": "absoluteMonthly", "dayOfMonth": day}, some.integers(1, 31)),
    some.builds(
        lambda day, at: {"type": "absoluteYearly", "dayOfMonth": day, "month": at}, some.integers(1, 31), month
    ),
    some.builds(
        lambda days, index: {"type": "relativeMonthly", "daysOfWeek": days, "index": index},
        some.lists(some.sampled_from(ALL_DAYS), min_size=1, unique=True),
        some.sampled_from(["first", "second", "third", "fourth", "last"]),
    ),
)


@settings(max_examples=100, deadline=None)
@given(exchange, some.integers(1, 4), some.integers(0, 700))
def test_whatever_exchange_has_is_told_as_the_same_days(pattern: dict[str, Any], interval: int, later: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=later)
    span = {"type": "numbered", "startDate": day.isoformat(), "numberOfOccurrences": 12}
    recurrence = {"pattern": {**pattern, "interval": interval}, "range": span}
    there = days_of_graph(recurrence)
    first = datetime(there[0].year, there[0].month, there[0].day, 9, tzinfo=BERLIN)
    rrule = rrule_of({**recurrence, "range": {**span, "startDate": there[0].isoformat()}}, "Europe/Berlin")
    assert days_of_rule(rrule, first) == there
    assert max((b - a for a, b in pairwise(there)), default=timedelta(0)) <= longest_gap(rrule)
