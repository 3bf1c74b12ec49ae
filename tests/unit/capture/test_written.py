"""Addresses and telephone numbers are found in what is to be written; other numbers, days and sums are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tools.capture.model import Kind
from tools.capture.written import contacts_in

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def found(text: str) -> list[tuple[Kind, str]]:
    return [(one.kind, one.value) for one in contacts_in([text], NOW)]


@pytest.mark.parametrize(
    "text", ["anna@example.com", "Anna <Anna@Example.com>", "Write to anna@example.com.", "mailto:anna@example.com"]
)
def test_an_address_is_found_wherever_it_stands(text: str) -> None:
    assert found(text) == [(Kind.EMAIL, "anna@example.com")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Phone: 4155550123", "4155550123"),
        ("4155550123", "4155550123"),
        ("Call Ben, 415 555 0123.", "4155550123"),
        ("Ring (415) 555-0123", "4155550123"),
        ("415.555.0123", "4155550123"),
        ("Call +49 (0)30 1234567 back", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
        ("Conference call 415 555 0123", "4155550123"),
        ("Account manager +49 30 1234567", "+49301234567"),
        ("On 2026-11-24 at 10:30: 415 555 0123", "4155550123"),
    ],
)
def test_a_telephone_number_is_found_as_it_would_be_taken_down(text: str, number: str) -> None:
    assert found(text) == [(Kind.PHONE, number)]


@pytest.mark.parametrize(
    "text",
    [
        "Lunch with Anna",
        "Room 12, floor 3",
        "2026-11-24T10:30",
        "24.11.2026 15:00",
        "11/24/2026",
        "Plan 2026-2027",
        "Budget 1.250.000 EUR",
        "Order 12345678",
        "booking reference: 4155550123",
        "Customer number 4155550123",
        "Meeting id 812 3456 7890",
        "https://zoom.example/j/81234567890",
        "Card 4111 1111 1111 1111",
        "IBAN DE89 3704 0044 0532 0130 00",
        "Tickets #20261124",
        "01923456-7890-4abc-8def-0123456789ab",
        "part 0123456-789-a",
        "@anna at noon",
    ],
)
def test_other_things_are_neither(text: str) -> None:
    assert found(text) == []


def test_each_is_told_once() -> None:
    assert len(contacts_in(["anna@example.com", "ANNA@example.com and 4155550123", "415 555 0123"], NOW)) == 2
