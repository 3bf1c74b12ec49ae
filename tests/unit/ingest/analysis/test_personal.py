"""Personal data is counted by kind with its pages and shown masked; numbers that only look like it are not counted."""

from __future__ import annotations

import time
from datetime import date

import pytest

from ingest.documents.analysis import checksums, personal, validity
from ingest.documents.analysis.dates import dates_in
from tests.unit.ingest.analysis.writing import document, parsed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to anna.berg@harbour.example today.", "email"),
        ("Call +49 30 1234567.", "phone"),
        ("Call (030) 1234567.", "phone"),
        ("Ring 555-123-4567.", "phone"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban"),
        ("Card 4111 1111 1111 1111", "card_number"),
        ("SSN 123-45-6789", "us_social_security_number"),
        ("Steuer-ID 86095742719", "german_tax_id"),
        ("DNI 12345678Z", "spanish_id"),
        ("NIE X1234567L", "spanish_id"),
        ("NI number AB 12 34 56 C", "uk_national_insurance_number"),
        ("Codice fiscale RSSMRA85T10A562S", "italian_tax_code"),
        ("born on 3 May 1980", "birth_date"),
        ("geboren am 03.05.1980", "birth_date"),
        ("She lives at 14 Quay Street.", "address"),
        ("Er wohnt in der Hauptstraße 5.", "address"),
        ("Mr Smith was diagnosed with asthma.", "health"),
    ],
)
def test_each_kind_is_found(text: str, kind: str) -> None:
    assert [one.kind for one in personal.look(document(text))] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89 3704 0044 0532 0130 01",
        "Card 4111 1111 1111 1112",
        "SSN 000-45-6789",
        "Steuer-ID 86095742718",
        "DNI 12345678A",
        "ISBN 978-3-16-148410-0",
        "Order 1234567890123 of 2024-10-11",
        "It costs 1.200,00 euros in 2026.",
        "Open from 08:00 to 17:30.",
        "Asthma is a disease of the lungs.",
        "Version 10.20.30.40",
    ],
)
def test_what_only_looks_like_it_is_not_counted(text: str) -> None:
    assert personal.look(document(text)) == ()


def test_samples_are_masked_and_pages_named() -> None:
    found = personal.look(document("Mail a.berg@harbour.example\n===\nMail a.berg@harbour.example, b@other.example"))
    [emails] = found
    assert (emails.count, emails.pages) == (3, (1, 2))
    assert emails.samples == ("a***@h***.example", "b***@o***.example")
    assert "berg" not in repr(found)


def test_a_quoted_sentence_can_be_masked() -> None:
    assert "1111" not in personal.hidden_values("Card 4111 1111 1111 1111 is mine.")


def test_french_numbers_have_a_key() -> None:
    assert checksums.is_french_number("1 84 12 76 451 089 46")
    assert not checksums.is_french_number("1 84 12 76 451 089 47")


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Prices valid until 31 December 2024.", True),
        ("Gültig bis 31.12.2025.", True),
        ("The offer expires on May 3, 2026.", True),
        ("Valid until December 2026.", False),
        ("Valid until 31.12.2027.", False),
        ("Valid until further notice.", False),
    ],
)
def test_documents_past_their_date_are_named(text: str, warned: bool) -> None:
    found = validity.outdated(parsed(text).sentences, "", date(2026, 11, 21))
    assert bool(found) is warned


@pytest.mark.parametrize(
    ("title", "warned"), [("Price list 2024", True), ("Price list 2026", False), ("Room 2024", False)]
)
def test_a_price_list_of_an_old_year_is_named(title: str, warned: bool) -> None:
    assert bool(validity.outdated([], title, date(2026, 11, 21))) is warned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 3 May 2026", (2026, 5, 3)),
        ("am 3. Mai 2026", (2026, 5, 3)),
        ("le 3 mai 2026", (2026, 5, 3)),
        ("May 3rd, 2026", (2026, 5, 3)),
        ("2026-05-03", (2026, 5, 3)),
        ("03.05.26", (2026, 5, 3)),
        ("05/25/2026", (2026, 5, 25)),
        ("December 2026", (2026, 12, 0)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: tuple[int, int, int]) -> None:
    [found] = dates_in(text)
    assert (found.year, found.month, found.day) == expected


def test_a_long_list_of_addresses_is_looked_through_in_time_for_its_length() -> None:
    lines = [f"person{number}@harbour.example;+49 30 {1_000_000 + number}" for number in range(50_000)]
    started = time.process_time()
    found = personal.look(document("\n".join(lines)))
    assert {one.kind: one.count for one in found} == {"email": 50_000, "phone": 50_000}
    assert time.process_time() - started < 10  # one by one against all before it would take minutes
