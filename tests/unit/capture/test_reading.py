"""Names, addresses, numbers, days and amounts as callers say them become values, or nothing at all."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.capture.alphabet import NATO
from tools.capture.model import Kind
from tools.capture.reading import read_value
from tools.capture.spelling import read_digits, read_spelling

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))

NAMES = {
    "my name is anna smith": "Anna Smith",
    "Anna Smith.": "Anna Smith",
    "it's Jon Smith, s m y t h": "Jon Smyth",
    "Anna Smith, that's s m i t h": "Anna Smith",
    "Anna Schmidt spelled s c h m i d t": "Anna Schmidt",
    "s m i t h": "Smith",
    "S-M-I-T-H": "Smith",
    "SMITH": "Smith",
    "s as in sierra m as in mike y t h": "Smyth",
    "bravo echo november": "Ben",
    "b for bob, e, n": "Ben",
    "uh, double u a l t e r": "Walter",
    "double u a double l": "Wall",
    "capital h, then a, double n, a": "Hanna",
    "Victor": "Victor",
    "Charlie": "Charlie",
    "O'Brien": "O'Brien",
    "call me McDonald please": "McDonald",
    "this is Anne-Marie speaking": "Anne-Marie",
    "put it under Garcia": "Garcia",
    "zed o e": "Zoe",
    "cee a are ell": "Carl",
    "yes": "",
    "what?": "",
    "": "",
    "I would like to know when you open tomorrow": "",
    "that's not right": "",
}
EMAILS = {
    "anna dot smith at gmail dot com": "anna.smith@gmail.com",
    "my email is anna underscore smith ninety nine at hotmail dot com": "anna_smith99@hotmail.com",
    "a n n a at g mail dot com all one word": "anna@gmail.com",
    "it's info at harbour dash house dot co dot uk": "info@harbour-house.co.uk",
    "anna.smith@Example.com": "anna.smith@example.com",
    "Sure, it's Anna.Smith@example.com.": "anna.smith@example.com",
    "john smith all one word at outlook dot com": "johnsmith@outlook.com",
    "john smith, all lower case, one word, at out look dot com": "johnsmith@outlook.com",
    "smith that's s m y t h at web dot de": "smyth@web.de",
    "j as in juliet smith at yahoo": "jsmith@yahoo.com",
    "smith double five at icloud dot com": "smith55@icloud.com",
    "smith twenty three at gmx dot net": "smith23@gmx.net",
    "b for bravo d for delta at example dot org": "bd@example.org",
    "you can reach me at anna at gmail dot calm": "anna@gmail.com",
    "anna hyphen lee at proton mail dot com": "anna-lee@protonmail.com",
    "anna plus work at gmail": "anna+work@gmail.com",
    "m dot o dot at web dot d e": "",
    "sales at my shop dot d e": "sales@myshop.de",
    "anna smith": "",
    "at gmail dot com": "",
    "yes": "",
}
PHONES = {
    "four one five five five five oh one two three": "4155550123",
    "it's 415-555-0123": "4155550123",
    "(415) 555 0123": "4155550123",
    "plus forty nine thirty double five triple seven one two": "+49305577712",
    "oh one seven one two three four five six seven eight": "01712345678",
    "eight hundred five five five zero one nine nine": "8005550199",
    "zero zero four nine three zero one two three four five six": "+4930123456",
    "my number is four one five, five five five, to one to three": "4155552123",
    "nought seven nine double oh, one two three, four five six": "07900123456",
    "my number is 0 1 7 1 2 3 4 5 6 7": "0171234567",
    "twenty three forty five": "",
    "I am fifty five": "",
    "": "",
}
DATES = {
    "next friday": "2026-11-27",
    "the third of december": "2026-12-03",
    "december 3rd": "2026-12-03",
    "tomorrow": "2026-11-22",
    "2026-12-24": "2026-12-24",
    "the twenty fourth": "2026-11-24",
    "whenever": "",
}
AMOUNTS = {
    "twelve fifty": "12.50",
    "nine ninety nine": "9.99",
    "two hundred and fifty euros": "250 EUR",
    "$1,200.50": "1200.50 USD",
    "12,50 €": "12.50 EUR",
    "twelve dollars fifty": "12.50 USD",
    "twelve dollars and fifty cents": "12.50 USD",
    "twenty five euros and thirty cents": "25.30 EUR",
    "fifteen hundred pounds": "1500 GBP",
    "fifty cents": "0.50",
    "a hundred": "100",
    "three thousand four hundred twenty one": "3421",
    "one million two hundred thousand dollars": "1200000 USD",
    "twenty bucks": "20 USD",
    "no idea": "",
}
CASES = [
    (kind, said, value)
    for kind, table in (
        (Kind.NAME, NAMES), (Kind.EMAIL, EMAILS), (Kind.PHONE, PHONES), (Kind.DATE, DATES), (Kind.AMOUNT, AMOUNTS),
    )
    for said, value in table.items()
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "value"), CASES)
def test_what_is_said_becomes_a_value(kind: Kind, said: str, value: str) -> None:
    assert read_value(kind, said, NOW) == value


@pytest.mark.parametrize(
    ("said", "spelled"),
    [
        ("double u", "w"), ("double five", "55"), ("double n", "nn"), ("triple x", "xxx"), ("oh", "o"),
        ("one oh one", "101"), ("j o h n", "john"), ("a dash b", "a-b"), ("c underscore d", "c_d"),
        ("d as in bravo", "b"), ("m like mike", "m"), ("twenty three", "23"), ("x-ray yankee zulu", "xyz"),
        ("anton berta cäsar", "abc"), ("b as in boy, p as in papa", "bp"), ("hello there", ""),
    ],
)  # fmt: skip
def test_letters_are_heard_however_they_are_named(said: str, spelled: str) -> None:
    assert read_spelling(said) == spelled


CODE_WORDS = {word[0]: word for word in sorted(NATO) if word.isascii()}
LETTER = st.sampled_from("abcdefghijklmnopqrstuvwxyz").flatmap(
    lambda letter: st.sampled_from(
        [(letter, said) for said in (letter, CODE_WORDS[letter], f"{letter} as in {CODE_WORDS[letter]}")]
    )
)
ONES = "zero one two three four five six seven eight nine".split()


@given(st.lists(LETTER, min_size=3, max_size=12))
def test_whatever_is_spelled_comes_back_letter_for_letter(said: list[tuple[str, str]]) -> None:
    assert read_spelling(" ".join(word for _, word in said)) == "".join(letter for letter, _ in said)


@given(st.text("0123456789", min_size=1, max_size=15), st.data())
def test_whatever_number_is_said_digit_by_digit_comes_back(number: str, data: st.DataObject) -> None:
    words: list[str] = []
    at = 0
    while at < len(number):
        digit = number[at]
        if number[at : at + 2] == digit * 2 and data.draw(st.booleans()):
            words += ["double", ONES[int(digit)]]
            at += 2
            continue
        names = [digit, ONES[int(digit)], *(["oh"] if digit == "0" and at else [])]
        words.append(data.draw(st.sampled_from(names)))
        at += 1
    assert read_digits(" ".join(words)) == number


@given(st.text(max_size=60))
def test_no_sentence_breaks_a_reader(text: str) -> None:
    for kind in Kind:
        assert isinstance(read_value(kind, text, NOW), str)
