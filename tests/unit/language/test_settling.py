"""Answers to what was asked back, and corrections of what was said before."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.language import Reading, read, settle

NOW = datetime(2026, 11, 25, 14, 20, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday


def told(reading: Reading) -> str:
    assert reading.best is not None
    return str(reading.best.start)[:16] if reading.best.start else str(reading.best.day)


@pytest.mark.parametrize(
    ("said", "answer", "meant"),
    [
        ("tomorrow at seven", "in the evening", "2026-11-26 19:00"),
        ("tomorrow at seven", "a.m. please", "2026-11-26 07:00"),
        ("tomorrow at seven", "the later one", "2026-11-26 19:00"),
        ("tomorrow at seven", "seven p.m.", "2026-11-26 19:00"),
        ("next Friday at noon", "this week", "2026-11-27 12:00"),
        ("next Friday at noon", "the second one", "2026-11-27 12:00"),
        ("next Friday at noon", "yes", "2026-12-04 12:00"),
        ("next Friday at noon", "no", "2026-11-27 12:00"),
        ("Monday the 1st", "I meant Tuesday", "2026-12-01"),
        ("4/5 at noon", "the fourth of May", "2027-05-04 12:00"),
        ("February thirtieth at ten", "March second", "2027-03-02 10:00"),
        ("next week at nine", "Wednesday", "2026-12-02 09:00"),
        ("tomorrow at nine or ten", "ten", "2026-11-26 10:00"),
        ("Monday at ten or Tuesday at eleven", "Tuesday at eleven", "2026-12-01 11:00"),
    ],
)
def test_an_answer_settles_the_question(said: str, answer: str, meant: str) -> None:
    asked = read(said, NOW)
    assert asked.ask
    settled = settle(asked, answer)
    assert told(settled) == meant
    assert settled.settled


@pytest.mark.parametrize(
    ("said", "answer", "meant"),
    [
        ("Friday at three", "no, Monday", "2026-11-30 15:00"),
        ("Friday at four", "actually half past", "2026-11-27 16:30"),
        ("Friday at four", "quarter to", "2026-11-27 15:45"),
        ("Friday at four", "make it five", "2026-11-27 17:00"),
        ("Friday at 8 pm", "make it nine", "2026-11-27 21:00"),
        ("Friday at ten", "an hour later", "2026-11-27 11:00"),
        ("Friday at ten", "no, the day after", "2026-11-28 10:00"),
        ("tomorrow afternoon", "at three", "2026-11-26 15:00"),
    ],
)
def test_a_correction_changes_only_what_it_says(said: str, answer: str, meant: str) -> None:
    assert told(settle(read(said, NOW), answer)) == meant


@pytest.mark.parametrize(
    ("said", "answer", "rule"),
    [
        ("every second Monday at nine", "every week", "FREQ=WEEKLY;BYDAY=MO"),
        ("every third Thursday at noon", "the third of the month", "FREQ=MONTHLY;BYDAY=3TH"),
        ("every third Thursday at noon", "every three weeks", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH"),
        ("three times a week at nine", "Monday, Wednesday and Friday", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every Monday at nine", "no, Tuesday", "FREQ=WEEKLY;BYDAY=TU"),
        ("Monday at nine", "every week", "FREQ=WEEKLY;BYDAY=MO"),
    ],
)
def test_a_repetition_is_settled_too(said: str, answer: str, rule: str) -> None:
    settled = settle(read(said, NOW), answer)
    assert settled.best is not None
    assert settled.best.rrule == rule
    assert settled.settled


def test_what_says_nothing_changes_nothing() -> None:
    reading = read("next Friday at noon", NOW)
    assert settle(reading, "what was that?") == reading


def test_a_length_is_corrected_beside_its_time() -> None:
    settled = settle(read("tomorrow at two for an hour", NOW), "make it two hours").best
    assert settled is not None
    assert (settled.duration_min, str(settled.end)) == (120, "2026-11-26 16:00:00")


def test_a_settled_reading_can_be_corrected_again() -> None:
    reading = settle(settle(read("tomorrow at seven", NOW), "in the evening"), "no, Friday")
    assert told(reading) == "2026-11-27 19:00"
