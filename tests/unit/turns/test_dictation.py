"""Numbers, addresses and spellings are over when they are all there."""

from __future__ import annotations

import pytest

from agent.turns.dictation import dictated, digit_count
from agent.turns.evidence import Asked


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("double five twenty", 4),
        ("555-0199", 7),
        ("twenty one oh four", 4),
        ("triple seven nine", 4),
        ("nineteen eighty four", 4),
        ("zero seven 77 double four", 6),
        ("I don't know", 0),
        ("", 0),
    ],
)
def test_digits_are_counted_as_people_say_them(words: str, count: int) -> None:
    assert digit_count(words) == count


@pytest.mark.parametrize(
    ("asked", "words", "digits", "is_whole"),
    [
        (Asked.DIGITS, "five five five zero one nine nine", None, True),
        (Asked.DIGITS, "five five five zero one", None, False),
        (Asked.DIGITS, "five five five zero one nine nine two", None, False),
        (Asked.DIGITS, "one two three four", 4, True),
        (Asked.DIGITS, "one two three four five six seven", 8, False),
        (Asked.EMAIL, "anna dot lee at example dot com", None, True),
        (Asked.EMAIL, "It's anna.lee@example.com.", None, True),
        (Asked.EMAIL, "anna at example dot co", None, False),
        (Asked.EMAIL, "anna at example dot co dot uk", None, True),
        (Asked.EMAIL, "anna at example dot", None, False),
        (Asked.EMAIL, "anna at", None, False),
        (Asked.EMAIL, "anna", None, False),
        (Asked.SPELLING, "m i l l e r", None, True),
        (Asked.SPELLING, "m i", None, False),
    ],
)
def test_what_is_dictated_is_whole_with_its_last_part(
    asked: Asked, words: str, digits: int | None, is_whole: bool
) -> None:
    part = dictated(asked, words, digits)
    assert part is not None
    assert part.started
    assert (part.missing == 0) is is_whole


def test_the_more_was_said_the_less_is_missing() -> None:
    said = ["", "five", "five five five", "five five five zero one nine", "five five five zero one nine nine"]
    missing = [part.missing for words in said if (part := dictated(Asked.DIGITS, words)) is not None]
    assert missing == sorted(missing, reverse=True)


def test_an_answer_that_dictates_nothing_is_none() -> None:
    for asked, words in ((Asked.DIGITS, "I don't have it with me"), (Asked.EMAIL, "you already have it somewhere")):
        part = dictated(asked, words)
        assert part is not None
        assert not part.started
    assert dictated(Asked.WHEN, "five five five") is None


def test_a_number_with_a_prefix_is_longer() -> None:
    for words in ("plus four four twenty seven nine one", "zero four nine one five two eight", "049-152-8"):
        part = dictated(Asked.DIGITS, words)
        assert part is not None
        assert part.missing > 0
    whole = dictated(Asked.DIGITS, "+44 20 7946 0018")
    assert whole is not None
    assert whole.missing == 0
