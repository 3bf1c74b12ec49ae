"""Changing guesses are shown calmly and joined without losing or doubling words."""

import pytest

from agent.pipeline.hypotheses import StablePrefix, as_fragment, continuation, is_loop, without_echo


def test_words_two_guesses_agreed_on_stay_as_they_were_shown() -> None:
    prefix = StablePrefix()
    assert prefix.update("I would like.") == "I would like"
    assert prefix.update("I would like to look.") == "I would like to look"
    assert prefix.update("I would like to book a meeting.") == "I would like to book a meeting"
    assert prefix.update("Aye would like to book a meeting with Anna.").startswith("I would like to")


@pytest.mark.parametrize(
    ("before", "whole", "rest"),
    [
        ("I would like to book", "I would like to book a meeting with Anna.", "a meeting with Anna."),
        ("I would like to look", "I would like to book a meeting.", None),
        ("Um", "Um, what time is it?", "what time is it?"),
        ("I'd like to", "I'd like to.", ""),
        ("on the", "completely different words", None),
        ("", "Hello there.", "Hello there."),
    ],
)
def test_the_part_after_words_already_handed_over(before: str, whole: str, rest: str | None) -> None:
    assert continuation(before, whole) == rest


def test_a_fragment_has_no_full_stop() -> None:
    assert as_fragment("I would like to book. ") == "I would like to book"


@pytest.mark.parametrize("text", ["a table for four-four-four-four", "of death of death of death"])
def test_a_model_going_in_circles_is_noticed(text: str) -> None:
    assert is_loop(text)


@pytest.mark.parametrize("text", ["Please book a table for four people", "no, no", "that is that"])
def test_ordinary_repetition_is_no_loop(text: str) -> None:
    assert not is_loop(text)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("Yes, please. Yes, please. Yes", "Yes, please."),
        ("Can I bring my dog? Can I bring my dog?", "Can I bring my dog?"),
        ("Can I bring my dog? Can I bring my cat?", "Can I bring my dog? Can I bring my cat?"),
        ("No. No.", "No. No."),
        ("Five five. Five five.", "Five five. Five five."),
        ("", ""),
    ],
)
def test_a_sentence_written_twice_over_noise_was_said_once(heard: str, said: str) -> None:
    assert without_echo(heard) == said
