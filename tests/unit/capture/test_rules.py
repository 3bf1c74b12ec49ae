"""Heard, read back, confirmed; corrected; spelled on the second try; typed or keyed on the third."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.capture.model import Asks, Kind, State, Step
from tools.capture.rules import Place, answer, begin, entered
from tools.consent import says_yes

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))
PAGE, TELEPHONE = Place(NOW), Place(NOW, by_phone=True)


def after(kind: Kind, *said: str, place: Place = PAGE) -> Step:
    first, *rest = said
    step = begin(kind, first, place)
    for sentence in rest:
        step = answer(step.capture, sentence, place)
    return step


def test_a_value_is_read_back_before_it_counts() -> None:
    step = after(Kind.EMAIL, "anna dot smith at gmail dot com")
    assert step.says == "I have anna.smith@gmail.com. Is that right?"
    assert step.asks is Asks.YES_NO
    assert not step.capture.fits("anna.smith@gmail.com")


@pytest.mark.parametrize(
    ("kind", "said", "says"),
    [
        (Kind.NAME, "anna smith", "I have Anna Smith. Is that right?"),
        (Kind.PHONE, "415 555 0123", "I have 415 555 0123. Is that right?"),
        (Kind.PHONE, "plus 49 30 1234567", "I have +49 301 234 567. Is that right?"),
        (Kind.DATE, "the third of December", "I have Thursday, December 3rd. Is that right?"),
        (Kind.DATE, "January 5th 2027", "I have Tuesday, January 5th, 2027. Is that right?"),
        (Kind.AMOUNT, "twelve euros fifty", "I have €12.50. Is that right?"),
    ],
)
def test_each_kind_is_read_back_as_people_say_it(kind: Kind, said: str, says: str) -> None:
    assert after(kind, said).says == says


@pytest.mark.parametrize("yes", ["yes", "Yes, that's right.", "correct", "mm-hmm, yeah", "that is right, thank you"])
def test_a_yes_confirms_what_was_read_back_and_nothing_else(yes: str) -> None:
    step = after(Kind.PHONE, "415 555 0123", yes)
    assert step.capture.state is State.CONFIRMED
    assert step.capture.fits("4155550123")
    assert not step.capture.fits("4155550124")
    assert step.says == ""


def test_a_correction_is_read_back_again_letter_by_letter() -> None:
    step = after(Kind.NAME, "Erica Smith", "no, with a k")
    assert step.says == "So that is Erika Smith, spelled E, R, I, K, A, then S, M, I, T, H. Is that right?"
    assert step.capture.before == "Erica Smith"
    assert answer(step.capture, "yes", PAGE).capture.fits("Erika Smith")


def test_a_yes_with_a_but_is_a_correction() -> None:
    step = after(Kind.NAME, "Erica Smith", "yes, but with a k")
    assert (step.capture.value, step.capture.state) == ("Erika Smith", State.READ_BACK)


def test_a_no_alone_asks_to_spell_it() -> None:
    step = after(Kind.NAME, "Anna Schmitt", "no")
    assert (step.capture.state, step.asks) == (State.SPELLING, Asks.SPELLING)
    assert "letter by letter" in step.says
    step = answer(step.capture, "s c h m i d t", PAGE)
    assert step.says == "So that is Schmidt, spelled S, C, H, M, I, D, T. Is that right?"
    assert answer(step.capture, "yes", PAGE).capture.fits("Schmidt")


def test_the_third_try_is_typed_in_the_page() -> None:
    step = after(Kind.EMAIL, "anna at gmail dot com", "no", "mumble", place=PAGE)
    assert step.capture.state is State.OFFERED
    assert "type" in step.says
    step = entered(step.capture, " Hanna.Smith@Example.com ", PAGE)
    assert step.capture.fits("hanna.smith@example.com")


def test_the_third_try_is_keyed_on_the_telephone() -> None:
    step = after(Kind.PHONE, "415 555 0123", "no", "415 555 0133", "no", place=TELEPHONE)
    assert (step.capture.state, step.asks) == (State.OFFERED, Asks.DIGITS)
    assert "key" in step.says
    assert entered(step.capture, "4155550143#", TELEPHONE).capture.fits("4155550143")


@pytest.mark.parametrize(
    ("kind", "first", "keys", "value"),
    [(Kind.DATE, "tomorrow", "0312#", "2026-12-03"), (Kind.AMOUNT, "ten euros", "12*50#", "12.50")],
)
def test_keys_say_days_and_amounts(kind: Kind, first: str, keys: str, value: str) -> None:
    assert entered(after(kind, first, place=TELEPHONE).capture, keys, TELEPHONE).capture.fits(value)


def test_a_name_that_no_key_can_say_may_be_left_out() -> None:
    step = after(Kind.NAME, "Anna Schmitt", "no", "mumble mumble what", place=TELEPHONE)
    assert "go on without it" in step.says
    step = answer(step.capture, "yes", TELEPHONE)
    assert (step.capture.state, step.capture.value) == (State.GIVEN_UP, "")


def test_what_was_typed_wrongly_is_asked_for_again() -> None:
    capture = after(Kind.EMAIL, "anna at gmail dot com", "no", "mumble").capture
    assert entered(capture, "not an address", PAGE).capture.state is State.OFFERED


def test_neither_yes_nor_no_is_read_back_once_more_and_then_spelled() -> None:
    step = after(Kind.NAME, "Anna Smith", "the weather is nice today I think really")
    assert step.capture.state is State.READ_BACK
    assert "A, N, N, A" in step.says
    assert answer(step.capture, "the weather is nice today I think really", PAGE).capture.state is State.SPELLING


def test_a_caller_who_keeps_changing_letters_may_type() -> None:
    step = after(
        Kind.PHONE,
        "415 555 0123",
        "the last digit is 4",
        "the last digit is 5",
        "the last digit is 6",
        "the last digit is 7",
    )
    assert step.capture.state is State.OFFERED


def test_a_caller_may_leave_it() -> None:
    step = after(Kind.EMAIL, "anna at gmail dot com", "no, never mind")
    assert (step.capture.state, step.capture.value) == (State.GIVEN_UP, "")


def test_what_is_confirmed_stays() -> None:
    confirmed = after(Kind.NAME, "Anna Smith", "yes").capture
    assert answer(confirmed, "no, with a y", PAGE).capture == confirmed


def test_nothing_said_yet_is_asked_for() -> None:
    step = begin(Kind.EMAIL, "", PAGE)
    assert (step.says, step.asks) == ("What is the e-mail address?", Asks.EMAIL)


SAID = st.sampled_from(
    ["no", "yes", "no, with a k", "the last two digits are 45", "mumble",
     "four one five five five five oh one two three",
     "s m i t h", "anna at gmail dot com", "yes but two n's", "next friday",
     "twelve fifty", "hm", "what?", "no, Friday"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(list(Kind)), st.lists(SAID, min_size=1, max_size=10), st.sampled_from([PAGE, TELEPHONE]))
def test_nothing_is_ever_confirmed_without_a_yes_to_that_very_value(kind: Kind, said: list[str], place: Place) -> None:
    step = begin(kind, said[0], place)
    for sentence in said[1:]:
        before, step = step, answer(step.capture, sentence, place)
        if step.capture.state is State.CONFIRMED and before.capture.is_open:
            assert says_yes(sentence)
            assert before.capture.state is State.READ_BACK
            assert before.capture.value == step.capture.value
        assert bool(step.says) == step.capture.is_open
