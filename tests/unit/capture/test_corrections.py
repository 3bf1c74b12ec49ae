"""A correction changes what the caller named, and only that; where it is not clear what, nothing is changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.capture.corrections import corrected
from tools.capture.model import Kind

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))
ANNA, ADDRESS, PHONE = "Anna Smith", "anna.smith@gmail.com", "4155550123"

CASES = [
    (Kind.NAME, "Erica Smith", "no, with a k", "Erika Smith"),
    (Kind.NAME, ANNA, "smith with a y", "Anna Smyth"),
    (Kind.NAME, ANNA, "no, it's smith with a y", "Anna Smyth"),
    (Kind.NAME, "Ana Smith", "with two n's", "Anna Smith"),
    (Kind.NAME, ANNA, "just one n", "Ana Smith"),
    (Kind.NAME, "Jon Smith", "with an h", "John Smith"),
    (Kind.NAME, "Sara Lee", "Sara with an h", "Sarah Lee"),
    (Kind.NAME, "Anne Lee", "without the e", "Ann Lee"),
    (Kind.NAME, "Ann Lee", "with an e", "Anne Lee"),
    (Kind.NAME, "Steven", "with a ph", "Stephen"),
    (Kind.NAME, "Marc", "with a k not a c", "Mark"),
    (Kind.NAME, "Marc", "k, not c", "Mark"),
    (Kind.NAME, "Dan Lee", "b not d", "Ban Lee"),
    (Kind.NAME, "Catherine", "with a k", "Katherine"),
    (Kind.NAME, ANNA, "no, Anna Schmidt", "Anna Schmidt"),
    (Kind.NAME, ANNA, "s m y t h", "Anna Smyth"),
    (Kind.NAME, ANNA, "no, my name is Hanna Schmidt", "Hanna Schmidt"),
    (Kind.NAME, ANNA, "the first letter is h", "Hnna Smith"),
    (Kind.NAME, ANNA, "no", ""),
    (Kind.NAME, ANNA, "no, that's wrong", ""),
    (Kind.NAME, ANNA, "could you say that again", ""),
    (Kind.EMAIL, ADDRESS, "no, it's hotmail", "anna.smith@hotmail.com"),
    (Kind.EMAIL, ADDRESS, "dot net", "anna.smith@gmail.net"),
    (Kind.EMAIL, ADDRESS, "no, dot de not dot com", "anna.smith@gmail.de"),
    (Kind.EMAIL, ADDRESS, "smith with a y", "anna.smyth@gmail.com"),
    (Kind.EMAIL, ADDRESS, "no, anna underscore smith at gmail dot com", "anna_smith@gmail.com"),
    (Kind.EMAIL, "ana@web.de", "two n's", "anna@web.de"),
    (Kind.EMAIL, "anna@gmail.com", "at example dot org", "anna@example.org"),
    (Kind.EMAIL, ADDRESS, "no", ""),
    (Kind.PHONE, PHONE, "the last two digits are 45", "4155550145"),
    (Kind.PHONE, PHONE, "no, the last two are wrong", ""),
    (Kind.PHONE, PHONE, "no, it ends in double five", "4155550155"),
    (Kind.PHONE, PHONE, "first three digits are six one nine", "6195550123"),
    (Kind.PHONE, PHONE, "the third digit is nine", "4195550123"),
    (Kind.PHONE, PHONE, "the last digit is four", "4155550124"),
    (Kind.PHONE, PHONE, "four, not three", "4155550124"),
    (Kind.PHONE, PHONE, "nine, not five", ""),  # five stands four times
    (Kind.PHONE, PHONE, "three nine at the end", "4155550139"),
    (Kind.PHONE, "+4930123456", "it starts with plus four three", "+4330123456"),
    (Kind.PHONE, PHONE, "no, four one five, five five five, nine nine nine nine", "4155559999"),
    (Kind.PHONE, PHONE, "the last two digits are 456", ""),
    (Kind.PHONE, PHONE, "no", ""),
    (Kind.DATE, "2026-11-27", "no, Thursday", "2026-11-26"),
    (Kind.DATE, "2026-11-27", "the 28th", "2026-11-28"),
    (Kind.DATE, "2026-12-27", "no, the 28th", "2026-12-28"),
    (Kind.DATE, "2026-11-27", "no, in December", "2026-12-27"),
    (Kind.DATE, "2026-11-27", "no, December third", "2026-12-03"),
    (Kind.DATE, "2026-11-27", "no", ""),
    (Kind.AMOUNT, "12.50 EUR", "no, fifty", "50 EUR"),
    (Kind.AMOUNT, "12.50 EUR", "no, dollars", "12.50 USD"),
    (Kind.AMOUNT, "12.50 EUR", "fifteen, not twelve fifty", "15 EUR"),
    (Kind.AMOUNT, "12.50 EUR", "no, twelve fifteen", "12.15 EUR"),
    (Kind.AMOUNT, "12.50 EUR", "no", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "said", "changed"), CASES)
def test_a_correction_changes_what_was_named(kind: Kind, value: str, said: str, changed: str) -> None:
    assert corrected(kind, value, said, NOW) == changed


@given(st.text("0123456789", min_size=7, max_size=12), st.text("0123456789", min_size=1, max_size=4))
def test_digits_at_the_end_leave_the_others_alone(number: str, end: str) -> None:
    changed = corrected(Kind.PHONE, number, f"no, it ends in {' '.join(end)}", NOW) or number
    assert changed == number[: -len(end)] + end


@given(st.text("0123456789", min_size=7, max_size=9), st.integers(0, 6), st.sampled_from("0123456789"))
def test_a_counted_digit_leaves_the_others_alone(number: str, place: int, digit: str) -> None:
    nth = "first second third fourth fifth sixth seventh".split()[place]
    changed = corrected(Kind.PHONE, number, f"the {nth} digit is {digit}", NOW) or number
    assert changed == number[:place] + digit + number[place + 1 :]


@given(st.sampled_from([ADDRESS, "ana@web.de"]), st.sampled_from(["it's hotmail", "at example dot org", "dot net"]))
def test_another_domain_leaves_the_name_alone(address: str, said: str) -> None:
    assert corrected(Kind.EMAIL, address, f"no, {said}", NOW).split("@")[0] == address.split("@")[0]
