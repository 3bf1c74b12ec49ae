"""Spoken dates and times, said on Saturday, 21 November 2026, at 10:00 in Berlin."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.calendars.language.when import moments, read_when, resolve_start
from tools.spoken import clock_time, moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)

MOMENTS = {
    "next Tuesday at half past three": "2026-11-24 15:30",
    "every second Monday at nine": "2026-11-23 09:00",
    "the day after tomorrow at noon for forty five minutes": "2026-11-23 12:00",
    "this Friday at 3 pm": "2026-11-27 15:00",
    "quarter to five tomorrow": "2026-11-22 16:45",
    "the first Monday of next month at ten thirty": "2026-12-07 10:30",
    "in an hour and a half": "2026-11-21 11:30",
    "tonight at eight": "2026-11-21 20:00",
    "from two to four pm on Thursday": "2026-11-26 14:00",
    "on the twenty third of November at nine fifteen am": "2026-11-23 09:15",
    "a week from Monday at 2": "2026-11-30 14:00",
    "Monday the thirtieth at noon": "2026-11-30 12:00",
    "between ten and eleven tomorrow": "2026-11-22 10:00",
    "in forty five minutes": "2026-11-21 10:45",
    "half an hour from now": "2026-11-21 10:30",
    "first thing tomorrow morning": "2026-11-22 09:00",
    "two thirty p.m. on December 3rd": "2026-12-03 14:30",
    "Book a meeting with Anna tomorrow at three PM.": "2026-11-22 15:00",
    "3 p.m. on Monday": "2026-11-23 15:00",
    "Monday, 15:00": "2026-11-23 15:00",
    "nine oh five tomorrow": "2026-11-22 09:05",
    "Tuesday, no, Friday at four": "2026-11-27 16:00",
    "not Thursday, Friday at ten": "2026-11-27 10:00",
    "twelve thirty on Wednesday": "2026-11-25 12:30",
    "the 3rd of December at five in the afternoon": "2026-12-03 17:00",
    "Saturday at nine": "2026-11-28 09:00",
    "Saturday at eleven": "2026-11-21 11:00",
    "dinner tomorrow at seven": "2026-11-22 19:00",
    "2026-12-01 at 9:30": "2026-12-01 09:30",
}
DAYS = {
    "tomorrow afternoon": "2026-11-22",
    "in two weeks": "2026-12-05",
    "next week Wednesday morning": "2026-11-25",
    "end of the month": "2026-11-30",
    "three days before Christmas": "2026-12-22",
    "next weekend": "2026-11-28",
    "the fifteenth of next month": "2026-12-15",
    "the last Friday of every month": "2026-11-27",
    "on the 23rd": "2026-11-23",
    "February 29th": "2028-02-29",
    "New Year's Eve": "2026-12-31",
    "this afternoon": "2026-11-21",
}


@pytest.mark.parametrize(("phrase", "expected"), MOMENTS.items())
def test_moments(phrase: str, expected: str) -> None:
    when = read_when(phrase, NOW)
    assert when.time is not None
    assert str(resolve_start(when.day, when.time, NOW))[:16] == expected


@pytest.mark.parametrize(("phrase", "expected"), DAYS.items())
def test_days(phrase: str, expected: str) -> None:
    assert str(read_when(phrase, NOW).day) == expected


@pytest.mark.parametrize(
    ("phrase", "minutes"),
    [
        ("for an hour and a half", 90), ("a 45-minute call", 45), ("two and a half hours", 150), ("half an hour", 30),
        ("from two to four pm", 120), ("between ten and eleven", 60), ("11 to 1 pm tomorrow", 120),
        ("three hours", 180),
    ],
)  # fmt: skip
def test_lengths(phrase: str, minutes: int) -> None:
    assert read_when(phrase, NOW).duration_min == minutes


@pytest.mark.parametrize("phrase", ["every weekday at eight thirty", "daily at seven pm", "on Mondays", "each week"])
def test_a_series_is_noticed(phrase: str) -> None:
    assert read_when(phrase, NOW).repeats


@pytest.mark.parametrize("phrase", ["yesterday at three", "last Tuesday", "today at nine a.m."])
def test_the_past_is_noticed(phrase: str) -> None:
    assert read_when(phrase, NOW).past


def test_offered_moments_inherit_their_day() -> None:
    told = "tomorrow at 11 AM, 1 PM, or Wednesday, November 25th at noon"
    found = [str(found)[:16] for found in moments(told, NOW, NOW.date())]
    assert found == ["2026-11-22 11:00", "2026-11-22 13:00", "2026-11-25 12:00"]


@given(st.text(max_size=80), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_failing(text: str, bare: bool) -> None:
    when = read_when(text, NOW, bare=bare)
    assert all(0 <= start <= end <= len(text) for start, end in when.spans)


@given(st.integers(1, 400), st.integers(0, 23), st.sampled_from(range(0, 60, 5)))
@settings(max_examples=200, deadline=None)
def test_a_spoken_moment_is_read_back_as_itself(days: int, hour: int, minute: int) -> None:
    at = NOW.replace(hour=hour, minute=minute, tzinfo=None) + timedelta(days=days)
    when = read_when(moment(at, NOW.date()), NOW)
    assert (when.day, when.time) == (at.date(), at.time())


@given(st.integers(0, 23), st.sampled_from(range(0, 60, 5)), st.integers(0, 2_000_000))
@settings(max_examples=200, deadline=None)
def test_a_time_without_a_day_lies_ahead(hour: int, minute: int, later: int) -> None:
    local = NOW + timedelta(minutes=later)
    when = read_when(f"at {clock_time(local.replace(hour=hour, minute=minute))}", local)
    assert when.time is not None
    assert resolve_start(when.day, when.time, local) > local.replace(tzinfo=None)
