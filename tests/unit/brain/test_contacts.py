"""What a sentence says of how somebody is reached is told from sentences that only look so."""

from __future__ import annotations

import pytest

from agent.brain.contacts import given, invitation
from tools.capture.emails import read_email
from tools.capture.model import Kind


@pytest.mark.parametrize(
    ("text", "kind", "said", "rest"),
    [
        ("My e-mail is jane dot doe at example dot com.", Kind.EMAIL, "jane dot doe at example dot com.", ""),
        ("My email address is jane@example.com", Kind.EMAIL, "jane@example.com", ""),
        ("jane@example.com", Kind.EMAIL, "jane@example.com", ""),
        ("You can write to me at jane at example dot com", Kind.EMAIL, "jane at example dot com", "You can"),
        ("My phone number is 415 555 0123.", Kind.PHONE, "415 555 0123.", ""),
        ("My number's four one five, double five five", Kind.PHONE, "four one five, double five five", ""),
        ("Call me back on 415 555 0123", Kind.PHONE, "415 555 0123", ""),
        ("My name is Anna Schmidt.", Kind.NAME, "Anna Schmidt.", ""),
        ("Can you take my phone number?", Kind.PHONE, "", ""),
        ("I would like to leave my e-mail address", Kind.EMAIL, "", ""),
        (
            "Book lunch with Jane tomorrow at noon and her email is jane at example dot com",
            Kind.EMAIL,
            "jane at example dot com",
            "Book lunch with Jane tomorrow at noon",
        ),
    ],
)
def test_who_gives_something_is_heard(text: str, kind: Kind, said: str, rest: str) -> None:
    found = given(text)
    assert found is not None
    assert (found.kind, found.said, found.rest) == (kind, said, rest)


@pytest.mark.parametrize(
    "text",
    [
        "What is the phone number of the front desk?",
        "My email is broken.",
        "The room number is wrong.",
        "What is my e-mail address?",
        "My name is on the list, I would like to book lunch tomorrow at noon.",
        "Book a call with Ben tomorrow at three PM.",
        "Reach out to me on Monday at three.",
        "Call me on Monday.",
        "Send an email to my boss.",
    ],
)
def test_who_speaks_of_something_else_gives_nothing(text: str) -> None:
    assert given(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Book lunch with Jane tomorrow at noon and send her an invitation.", "Book lunch with Jane tomorrow at noon."),
        ("Book lunch tomorrow at noon, and please e-mail Jane the invite", "Book lunch tomorrow at noon"),
        ("Please send me an invitation", ""),
        ("Book lunch with Jane tomorrow at noon with an invitation", "Book lunch with Jane tomorrow at noon"),
    ],
)
def test_a_wish_for_an_invitation_is_no_part_of_the_title(text: str, rest: str) -> None:
    assert invitation(text) == (rest, True)


def test_whoever_is_invited_by_word_needs_no_mail() -> None:
    text = "Invite Tom to the review on Monday."
    assert invitation(text) == (text, False)


@pytest.mark.parametrize("lead", ["My e-mail is", "my email address is", "the mail is", "E-mail:", "it's"])
def test_words_before_an_address_are_no_part_of_it(lead: str) -> None:
    assert read_email(f"{lead} jane dot doe at example dot com") == "jane.doe@example.com"
