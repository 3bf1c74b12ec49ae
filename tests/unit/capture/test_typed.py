"""What is typed or keyed counts as it stands: nothing is guessed of it, and what is no such value is refused."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.capture.model import Kind
from tools.capture.typed import typed_value

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))

TAKEN = [
    (Kind.NAME, "Kay Dee", "Kay Dee"),  # two letters' names, said; typed it is a person
    (Kind.NAME, "  Mike   Oscar Papa ", "Mike Oscar Papa"),
    (Kind.NAME, "Dr. Anne-Marie d'Arc", "Dr. Anne-Marie d'Arc"),
    (Kind.NAME, "No", "No"),
    (Kind.NAME, "王伟", "王伟"),
    (Kind.EMAIL, "Hanna.Smith@Example.com", "hanna.smith@example.com"),
    (Kind.EMAIL, "o'neil+call@mail.harbour-house.co.uk", "o'neil+call@mail.harbour-house.co.uk"),
    (Kind.EMAIL, "info@münchen.de", "info@münchen.de"),
    (Kind.PHONE, "+49 (0)30 123456", "+4930123456"),
    (Kind.PHONE, "0049 30/123 456#", "+4930123456"),
    (Kind.PHONE, "(415) 555-0123", "4155550123"),
    (Kind.DATE, "1985-03-04", "1985-03-04"),
    (Kind.DATE, "4.3.1985", "1985-03-04"),
    (Kind.DATE, "04031985", "1985-03-04"),
    (Kind.DATE, "0312#", "2026-12-03"),
    (Kind.DATE, "tomorrow", "2026-11-22"),
    (Kind.AMOUNT, "12*50#", "12.50"),
    (Kind.AMOUNT, "12,5 €", "12.50 EUR"),
    (Kind.AMOUNT, "EUR 12.5", "12.50 EUR"),
    (Kind.AMOUNT, "$1,200", "1200 USD"),
    (Kind.AMOUNT, "1.234,50", "1234.50"),
    (Kind.AMOUNT, "1'234.50", "1234.50"),
    (Kind.AMOUNT, "1 234,50 euros", "1234.50 EUR"),
    (Kind.AMOUNT, "1.234.567", "1234567"),
    (Kind.AMOUNT, "1000", "1000"),
]
REFUSED = [
    (Kind.NAME, "Anna Smith 3"),
    (Kind.NAME, "x" * 81),
    (Kind.NAME, ""),
    (Kind.EMAIL, "anna@example"),
    (Kind.EMAIL, "foo@bar@example.com"),
    (Kind.EMAIL, "a@example.com, b@example.com"),
    (Kind.EMAIL, "Anna <anna@example.com>"),
    (Kind.EMAIL, ".anna@example.com"),
    (Kind.EMAIL, "an..na@example.com"),
    (Kind.EMAIL, f"{'x' * 65}@example.com"),
    (Kind.PHONE, "030 123456 ext 5"),
    (Kind.PHONE, "112"),
    (Kind.PHONE, "1234567890123456"),
    (Kind.DATE, "2026-02-31"),
    (Kind.DATE, "31.2.2026"),
    (Kind.DATE, "0001-01-01"),
    (Kind.DATE, "3/4/1985"),  # of March or of April: nobody can tell
    (Kind.DATE, "0013"),
    (Kind.AMOUNT, "-5"),
    (Kind.AMOUNT, "1e5"),
    (Kind.AMOUNT, "12.505,1234"),
    (Kind.AMOUNT, "1,234,50"),
    (Kind.AMOUNT, "12.50.30"),
    (Kind.AMOUNT, "12 50"),
    (Kind.AMOUNT, "12 apples"),
    (Kind.AMOUNT, "$ 12 €"),
    (Kind.AMOUNT, "9" * 200),
]


@pytest.mark.parametrize(("kind", "text", "value"), TAKEN)
def test_a_value_is_taken_as_it_was_typed(kind: Kind, text: str, value: str) -> None:
    assert typed_value(kind, text, NOW) == value


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_would_have_to_be_guessed_is_no_value(kind: Kind, text: str) -> None:
    assert typed_value(kind, text, NOW) == ""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", ["", "#", " ", "a" * 254, "1" * 254, "a@" * 127, "1 " * 127, "a-" * 127])
def test_nothing_that_can_be_sent_breaks_it(kind: Kind, text: str) -> None:
    assert len(typed_value(kind, text, NOW)) <= 254
