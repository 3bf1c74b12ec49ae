"""Which event does a person mean?"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from store.ids import new_id
from tools.calendars.matching import best_matches
from tools.calendars.model import Event

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(summary: str, *attendees: str, location: str = "") -> Event:
    return Event(
        new_id(), UUID(int=1), summary, START, START + timedelta(hours=1), "UTC", attendees=attendees, location=location
    )


LUNCH = event("Lunch with Anna")
DENTIST = event("Dentist")
REVIEW = event("Quarterly review", "Bob Miller", location="Lighthouse")
STANDUP = event("Team meeting")
ALL = [LUNCH, DENTIST, REVIEW, STANDUP]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lunch", [LUNCH]),
        ("my lunch with Anna", [LUNCH]),
        ("Ana", [LUNCH]),
        ("the dentist appointment", [DENTIST]),
        ("dentists", [DENTIST]),
        ("the meeting with Bob", [REVIEW]),
        ("Lighthouse", [REVIEW]),
        ("review", [REVIEW]),
        ("the meeting", [STANDUP]),
        ("yoga", []),
        ("", ALL),
        ("that one", ALL),
    ],
)
def test_words_find_the_event_that_is_meant(words: str, found: list[Event]) -> None:
    assert best_matches(words, ALL) == found


def test_equal_fits_are_all_returned() -> None:
    other = event("Lunch with Tom")
    assert best_matches("lunch", [LUNCH, other]) == [LUNCH, other]
    assert best_matches("lunch with Tom", [LUNCH, other]) == [other]


def test_letters_are_compared_only_when_words_do_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    class Counting(difflib.SequenceMatcher[str]):
        def __init__(self, isjunk: None, a: str, b: str) -> None:
            compared.append(b)
            super().__init__(isjunk, a, b)

    monkeypatch.setattr(difflib, "SequenceMatcher", Counting)
    assert best_matches("dentist", [*ALL, event("Dentists' dinner")]) == [DENTIST]
    assert compared == []
    assert best_matches("dentest", [*ALL, *(event("Dentist") for _ in range(50))])[0] == DENTIST
    assert compared.count("dentist") == 1
