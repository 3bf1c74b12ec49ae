"""What a sentence means, read on Saturday, 21 November 2026, at 10:00 in Berlin: candidates, questions, problems."""

from __future__ import annotations

import sys
from datetime import datetime
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.calendars.language import Candidate, read
from tools.calendars.language.context import LONGEST

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)


def best(text: str, now: datetime = NOW) -> Candidate:
    found = read(text, now).best
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "ask", "meanings"),
    [
        ("tomorrow at seven", "am_or_pm", ["2026-11-22 07:00", "2026-11-22 19:00"]),
        ("from seven to nine on Friday", "am_or_pm", ["2026-11-27 07:00", "2026-11-27 19:00"]),
        ("at nine", "which_day", ["2026-11-21 21:00", "2026-11-22 09:00"]),
        ("tomorrow at midnight", "which_day", ["2026-11-23 00:00", "2026-11-22 00:00"]),
        ("4/5 at noon", "which_day", ["2027-04-05 12:00", "2027-05-04 12:00"]),
        ("Tuesday or Thursday at ten", "which_day", ["2026-11-24 10:00", "2026-11-26 10:00"]),
        ("tomorrow at nine or ten", "which_time", ["2026-11-22 09:00", "2026-11-22 10:00"]),
        ("ten to eleven tomorrow", "which_time", ["2026-11-22 10:50", "2026-11-22 10:00"]),
    ],
)
def test_two_meanings_are_kept_and_asked_about(text: str, ask: str, meanings: list[str]) -> None:
    reading = read(text, NOW)
    assert reading.ask == ask
    starts = [str(candidate.start)[:16] for candidate in reading.candidates]
    assert [start for start in starts if start in meanings] == meanings
    assert not reading.settled


def test_next_friday_said_on_a_wednesday_may_be_this_weeks() -> None:
    wednesday = datetime(2026, 11, 25, 14, 20, tzinfo=BERLIN)
    reading = read("next Friday at noon", wednesday)
    assert reading.ask == "which_day"
    assert {str(candidate.day) for candidate in reading.candidates} == {"2026-11-27", "2026-12-04"}
    assert read("next Monday", wednesday).settled
    assert read("this Friday", wednesday).settled


def test_an_absurd_half_of_the_day_is_not_asked_about_but_told() -> None:
    reading = read("tomorrow at three", NOW)
    assert (reading.ask, reading.assumed) == ("", ("half_of_day",))
    assert [candidate.start and candidate.start.hour for candidate in reading.candidates] == [15, 3]
    assert reading.candidates[0].confidence > 0.8 > 0.2 > reading.candidates[1].confidence


def test_words_about_meals_settle_the_half() -> None:
    assert read("dinner tomorrow at seven", NOW).settled
    assert str(best("dinner tomorrow at seven").start) == "2026-11-22 19:00:00"
    assert str(best("breakfast tomorrow at seven").start) == "2026-11-22 07:00:00"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("February 30th", "no_such_day"), ("the thirty second of January", "no_such_day"),
        ("the fifth Friday of February", "no_such_day"), ("25 o'clock tomorrow", "no_such_time"),
        ("at 10:75", "no_such_time"), ("Monday the 24th", "weekday_mismatch"),
        ("Friday, December 1st at nine", "weekday_mismatch"), ("yesterday at three", "past"),
        ("today at nine a.m.", "past"), ("three days ago", "past"), ("on March 28th at 2:30 a.m.", "skipped_hour"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_problem(text: str, problem: str) -> None:
    reading = read(text, NOW)
    assert reading.problem == problem
    assert reading.ask
    assert not reading.settled


def test_a_date_that_is_another_weekday_keeps_both() -> None:
    days = [str(candidate.day) for candidate in read("Monday the 24th", NOW).candidates]
    assert days == ["2026-11-24", "2026-11-23"]


def test_a_sentence_without_a_time_has_no_meaning() -> None:
    for text in (
        "call Anna about the budget",
        "the room is on the second floor",
        "we march on",
        "buy three apples",
        "",
    ):
        assert read(text, NOW).candidates == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("from two to four pm on Thursday", "26 14:00", "26 16:00"), ("9-11am on Thursday", "26 09:00", "26 11:00"),
        ("nine to five on Monday", "23 09:00", "23 17:00"), ("from 10 pm Friday to 2 am", "27 22:00", "28 02:00"),
        ("from Friday at three until Sunday at noon", "27 15:00", "29 12:00"),
        ("tomorrow between four and six for an hour", "22 16:00", "22 17:00"),
        ("from eleven to one on Friday", "27 11:00", "27 13:00"),
        ("Tuesday at two for an hour", "24 14:00", "24 15:00"),
    ],
)  # fmt: skip
def test_ranges_of_time(text: str, start: str, end: str) -> None:
    found = best(text)
    assert (f"{found.start:%d %H:%M}", f"{found.end:%d %H:%M}") == (start, end)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Monday through Wednesday", "2026-11-23", "2026-11-25"), ("the 3rd to the 5th", "2026-12-03", "2026-12-05"),
        ("Monday to Friday next week", "2026-11-23", "2026-11-27"), ("July 13-15", "2027-07-13", "2027-07-15"),
        ("for three days from the 7th of December", "2026-12-07", "2026-12-09"),
        ("the week of December 7th", "2026-12-07", "2026-12-13"), ("before Thursday", "2026-11-21", "2026-11-25"),
        ("the week before Christmas", "2026-12-18", "2026-12-24"), ("in March", "2027-03-01", "2027-03-31"),
        ("the last week of January", "2027-01-25", "2027-01-31"), ("tomorrow, Sunday", "2026-11-22", "2026-11-22"),
    ],
)  # fmt: skip
def test_ranges_of_days(text: str, first: str, last: str) -> None:
    found = best(text)
    assert (str(found.day), str(found.last_day), found.start) == (first, last, None)


def test_a_time_in_several_days_waits_for_the_day() -> None:
    reading = read("next week at nine", NOW)
    assert (reading.ask, reading.best and reading.best.start) == ("which_day", None)


def test_a_zone_is_said_with_its_time() -> None:
    found = best("Monday at ten New York time")
    assert (str(found.start), found.zone) == ("2026-11-23 10:00:00", "America/New_York")
    assert best("a call with the Berlin office tomorrow at noon").zone == ""
    assert best("tomorrow at 5 eastern").zone == "America/New_York"


def test_all_day_and_parts_of_the_day() -> None:
    assert best("all day Friday").all_day
    assert (best("tomorrow night").part, best("tomorrow after lunch").part) == ("evening", "afternoon")
    assert str(best("in an hour and a half").start) == "2026-11-21 11:30:00"


def test_spans_lead_to_the_words_that_said_it() -> None:
    text = "Lunch with Priya on Thursday at half past twelve, please"
    said = [text[start:end] for start, end in read(text, NOW).spans]
    assert said == ["on Thursday", "at half past twelve"]


@given(st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_failing(text: str) -> None:
    reading = read(text, NOW)
    assert all(0 <= start <= end <= len(text) for start, end in reading.spans)


WORDS = st.sampled_from(
    "every other monday tuesday the first last 3rd of next month week at from to until nine 10:30 pm am in two hours "
    "for and or before christmas all day no not half past quarter january february 30 daily times a an except".split()
)


@given(st.lists(WORDS, max_size=14).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_time_words_is_read_without_failing(text: str) -> None:
    reading = read(text, NOW)
    assert len(reading.candidates) <= 6
    assert all(candidate.end > candidate.start for candidate in reading.candidates if candidate.start and candidate.end)


@pytest.mark.parametrize("piece", ["at ", "9 to ", "every monday and ", "in a ", "2.5 ", "the 3rd ", "monday or "])
def test_a_very_long_text_costs_no_more_than_its_beginning(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    assert read(text, NOW).candidates == read(text[:LONGEST], NOW).candidates
    assert calls_of(text) <= 2 * calls_of(text[:LONGEST])
    assert calls_of(text) < 100_000


def calls_of(text: str) -> int:
    """How many functions a reading calls: the work it does, whatever the machine."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read(text, NOW)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(("text", "bound"), [("tomorrow after three", "after"), ("no later than 4 today", "before")])
def test_a_limit_is_not_the_time_meant(text: str, bound: str) -> None:
    reading = read(text, NOW)
    assert reading.best is not None
    assert (reading.best.bound, reading.ask) == (bound, "which_time")


def test_a_second_weekday_is_of_the_week_that_was_named() -> None:
    found = read("next week on Tuesday or Thursday", datetime(2026, 11, 25, 14, 20, tzinfo=BERLIN))
    assert [str(candidate.day) for candidate in found.candidates] == ["2026-12-01", "2026-12-03"]


def test_tomorrow_is_the_callers_own_in_another_zone() -> None:
    early = datetime(2026, 11, 21, 4, 30, tzinfo=BERLIN)
    assert str(best("tomorrow at one pm Pacific", early).start) == "2026-11-22 13:00:00"
