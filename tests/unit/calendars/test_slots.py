"""Free time and alternatives, as arithmetic on intervals."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tools.calendars.slots import Hours, alternatives, free_spans, round_up
from tools.calendars.walltime import after

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def between(start: str, end: str) -> tuple[datetime, datetime]:
    return at(f"2026-11-24T{start}"), at(f"2026-11-24T{end}")


def test_the_gaps_between_events_are_free() -> None:
    busy = [between("12:00", "13:00"), between("09:30", "10:00"), between("09:45", "10:30")]
    spans = free_spans(busy, between("09:00", "17:00"), 30)
    assert spans == [between("09:00", "09:30"), between("10:30", "12:00"), between("13:00", "17:00")]


def test_a_gap_that_is_too_short_is_not_offered() -> None:
    assert free_spans([between("10:00", "17:00")], between("09:00", "17:00"), 90) == []


def test_an_event_that_only_touches_the_window_takes_nothing_from_it() -> None:
    busy = [between("08:00", "09:00"), between("17:00", "18:00")]
    assert free_spans(busy, between("09:00", "17:00"), 30) == [between("09:00", "17:00")]


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 200)), max_size=12), st.integers(5, 180))
def test_free_spans_never_overlap_an_event_or_each_other(taken: list[tuple[int, int]], minutes: int) -> None:
    start = at("2026-11-24T00:00")
    busy = [(after(start, begin), after(start, begin + length)) for begin, length in taken]
    spans = free_spans(busy, (start, after(start, 1440)), minutes)
    for span_start, span_end in spans:
        assert all(span_end <= a or span_start >= b for a, b in busy)
        assert (span_end - span_start).total_seconds() >= minutes * 60
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_alternatives_lie_before_and_after_and_on_the_next_day() -> None:
    slots = alternatives(at("2026-11-24T12:00"), 60, [between("12:00", "13:00")], NOW)
    assert [slot.start for slot in slots] == [at("2026-11-24T13:00"), at("2026-11-24T11:00"), at("2026-11-25T12:00")]
    assert [slot.reason for slot in slots] == ["same day, later", "same day, earlier", "same time, the next day"]


def test_a_full_day_sends_the_caller_to_the_next_days() -> None:
    slots = alternatives(at("2026-11-27T12:00"), 30, [(at("2026-11-27T00:00"), at("2026-11-28T00:00"))], NOW)
    assert [slot.start for slot in slots] == [at(f"2026-{day}T12:00") for day in ("11-30", "12-01", "12-02")]


def test_nothing_is_offered_in_the_past() -> None:
    slots = alternatives(at("2026-11-21T10:15"), 30, [(at("2026-11-21T10:00"), at("2026-11-21T11:00"))], NOW)
    assert all(slot.start >= at("2026-11-21T11:00") for slot in slots)


def test_an_evening_wish_is_not_answered_with_the_morning_only() -> None:
    slots = alternatives(at("2026-11-24T19:00"), 60, [between("19:00", "20:00")], NOW)
    assert at("2026-11-24T20:00") in [slot.start for slot in slots]


def test_hours_follow_the_wall_clock_when_the_clocks_change() -> None:
    opens, closes = Hours(time(0), time(0)).on(date(2026, 10, 25), BERLIN)
    assert (closes.timestamp() - opens.timestamp()) / 3600 == 25


def test_rounding_goes_up_to_the_next_quarter() -> None:
    assert round_up(at("2026-11-24T10:01")) == at("2026-11-24T10:15")
    assert round_up(at("2026-11-24T10:15")) == at("2026-11-24T10:15")
    assert round_up(at("2026-11-24T10:50")) == at("2026-11-24T11:00")
