"""In a call only the caller's own words answer, and a yes counts only for a value that was told aloud."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store.errors import Invalid, NotFound
from tools.capture.model import Asks, Kind, State
from tools.capture.rules import Place
from tools.capture.service import CAPTURE_TOPIC, Captures
from tools.provenance import Provenance

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))


class Talk:
    """A call's words, its captures, and what the page was shown."""

    def __init__(self) -> None:
        self.words = Provenance()
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.captures = Captures(
            self.words, lambda: Place(NOW), lambda topic, payload: self.shown.append((topic, payload))
        )

    def takes(self, kind: Kind, heard: str, said: str = "") -> str:
        self.words.hear(heard)
        return self.tells(self.captures.begin(kind, said).says)

    def hears(self, heard: str) -> str:
        self.words.hear(heard)
        return self.tells(self.captures.answer().says)

    def tells(self, text: str) -> str:
        self.words.speak(text)
        return text


def test_a_confirmed_value_is_that_value_alone() -> None:
    talk = Talk()
    talk.takes(Kind.EMAIL, "anna dot smith at gmail dot com")
    assert not talk.captures.is_confirmed(Kind.EMAIL, "anna.smith@gmail.com")
    talk.hears("yes")
    assert talk.captures.is_confirmed(Kind.EMAIL, "anna.smith@gmail.com")
    assert not talk.captures.is_confirmed(Kind.EMAIL, "hanna.smith@gmail.com")
    assert talk.captures.confirmed(Kind.EMAIL) == "anna.smith@gmail.com"


def test_a_model_cannot_answer_for_the_caller() -> None:
    talk = Talk()
    talk.takes(Kind.NAME, "yes, my name is Anna Smith")
    with pytest.raises(Invalid):
        talk.captures.answer()
    assert talk.captures.confirmed(Kind.NAME) == ""


def test_a_yes_to_something_else_is_no_yes_to_the_value() -> None:
    talk = Talk()
    talk.words.hear("Anna Smith")
    talk.captures.begin(Kind.NAME)
    talk.tells("Would you like breakfast?")
    talk.words.hear("yes")
    step = talk.captures.answer()
    assert step.capture.state is State.READ_BACK
    assert "Anna Smith" in talk.tells(step.says)
    assert talk.hears("yes") == ""
    assert talk.captures.confirmed(Kind.NAME) == "Anna Smith"


@pytest.mark.parametrize("told", ["So that's 4155550123?", "Is it (415) 555-0123?", "I have 415 555 0123. Right?"])
def test_a_model_may_read_a_number_back_in_its_own_way(told: str) -> None:
    talk = Talk()
    talk.words.hear("415 555 0123")
    talk.captures.begin(Kind.PHONE)
    talk.tells(told)
    talk.hears("yes")
    assert talk.captures.confirmed(Kind.PHONE) == "4155550123"


def test_a_correction_changes_the_open_value_and_no_other() -> None:
    talk = Talk()
    talk.takes(Kind.NAME, "Erica Smith")
    talk.hears("yes")
    talk.takes(Kind.PHONE, "415 555 0123")
    assert "415 555 0145" in talk.hears("no, the last two digits are 45")
    talk.hears("yes")
    assert talk.captures.confirmed(Kind.NAME) == "Erica Smith"
    assert talk.captures.confirmed(Kind.PHONE) == "4155550145"


def test_the_turn_policy_knows_what_is_asked() -> None:
    talk = Talk()
    assert talk.captures.asks is Asks.NOTHING
    talk.takes(Kind.NAME, "Anna Schmitt")
    assert talk.captures.asks is Asks.YES_NO
    talk.hears("no")
    assert talk.captures.asks is Asks.SPELLING
    talk.hears("s c h m i d t")
    talk.hears("yes")
    assert talk.captures.asks is Asks.NOTHING


def test_what_is_asked_after_the_caller_spoke_is_another_question() -> None:
    talk = Talk()
    talk.takes(Kind.NAME, "Anna Schmitt")
    talk.words.hear("When do you open?")
    assert talk.captures.asks is Asks.NOTHING  # nothing was made of it: the assistant answers that


def test_the_page_is_shown_a_field_on_the_third_try_and_what_is_typed_counts() -> None:
    talk = Talk()
    talk.takes(Kind.EMAIL, "anna at gmail dot com")
    talk.hears("no")
    talk.hears("mumble")
    topic, shown = talk.shown[-1]
    assert (topic, shown["state"], shown["field"]) == (CAPTURE_TOPIC, "offered", "email")
    talk.captures.entered(shown["id"], "hanna@gmail.com")
    assert talk.captures.is_confirmed(Kind.EMAIL, "hanna@gmail.com")
    with pytest.raises(NotFound):
        talk.captures.entered(shown["id"], "other@gmail.com")


def test_the_words_of_a_model_are_taken_when_they_hold_a_value() -> None:
    talk = Talk()
    says = talk.takes(
        Kind.NAME, "well you know I am calling about the room and I am Anna Smith by the way", "Anna Smith"
    )
    assert says == "I have Anna Smith. Is that right?"


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        (Kind.NAME, "Book a table, please."),
        (Kind.NAME, "Leave a message"),
        (Kind.NAME, "I'm calling about a room."),
        (Kind.NAME, "Yes, please."),
        (Kind.NAME, "Monday"),
        (Kind.DATE, "I would like to come tomorrow."),
        (Kind.AMOUNT, "A table for two."),
    ],
)
def test_what_was_said_about_something_else_is_no_value(kind: Kind, heard: str) -> None:
    says = Talk().takes(kind, heard)
    assert says in {"What is the name?", "Which day is it?", "How much is it?"}


@pytest.mark.parametrize(
    ("kind", "heard", "value"),
    [
        (Kind.NAME, "Hi, this is Anna Smith.", "Anna Smith"),
        (Kind.NAME, "I'm Anna.", "Anna"),
        (Kind.NAME, "my name is anna de la cruz", "Anna De La Cruz"),
        (Kind.NAME, "Ludwig van Beethoven", "Ludwig Van Beethoven"),
        (Kind.EMAIL, "you can reach me at anna at gmail dot com", "anna@gmail.com"),
        (Kind.PHONE, "my number is 415 555 0123", "415 555 0123"),
    ],
)
def test_what_the_caller_offers_is_not_asked_for_again(kind: Kind, heard: str, value: str) -> None:
    assert Talk().takes(kind, heard) == f"I have {value}. Is that right?"
