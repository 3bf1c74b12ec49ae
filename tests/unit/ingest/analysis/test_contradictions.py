"""The same thing said with different values is found; different things are not mistaken for it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from ingest.documents.analysis import contradictions
from ingest.documents.analysis.contradictions import clash
from ingest.documents.analysis.corpus import Known
from ingest.documents.analysis.parsed import parse
from ingest.documents.analysis.values import digits_for_words, values_of
from tests.unit.ingest.analysis.writing import document, parsed, sentence

_PAIRS = Path(__file__).parents[3] / "samples" / "contradictions.txt"
_KNOWN = Known(
    UUID(int=2), UUID(int=2), 1, "Prices", "p.csv", "", (), "en", "", "", 100, datetime(2026, 11, 1, tzinfo=UTC)
)


def _pairs(held_out: bool) -> list[tuple[str, str, str]]:
    rows = [line.split(" | ") for line in _PAIRS.read_text().splitlines() if line and not line.startswith("#")]
    assert len(rows) >= 60
    assert sum(kind == "-" for kind, _, _ in rows) >= len(rows) / 2
    return [
        (kind, one, other)
        for kind, one, other in rows
        if (zlib.crc32(one.encode() + other.encode()) % 2 == 1) is held_out
    ]


@pytest.mark.parametrize("held_out", [False, True])
def test_nineteen_of_twenty_reported_pairs_do_contradict(held_out: bool) -> None:
    right = wrong = missed = 0
    for kind, one, other in _pairs(held_out):
        found = clash(sentence(one), sentence(other))
        if kind == "-":
            wrong += found is not None
        elif found is not None and found[0] == kind:
            right += 1
        else:
            missed += 1
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.85


def test_the_order_of_the_two_does_not_matter() -> None:
    for held_out in (False, True):
        for _, one, other in _pairs(held_out):
            assert bool(clash(sentence(one), sentence(other))) == bool(clash(sentence(other), sentence(one)))


def test_both_sentences_are_told_with_page_and_value() -> None:
    own = parsed("# Arrival\nCheck-in is from 3 PM.\n===\n# Later\nSome words.\n===\n# Arrival\nCheck-in is from 2 PM.")
    [found] = contradictions.find(own.sentences, "Handbook", "en", [])
    assert (found.kind, found.here.page, found.there.page) == ("time", 1, 3)
    assert {found.here.value, found.there.value} == {"3 PM", "2 PM"}
    assert found.there.document_id == ""
    assert "2 PM" in found.text


def test_rows_under_different_headings_are_different_things() -> None:
    text = "# Pool\nAdults: 12 €\n# Sauna\nAdults: 15 €\n"
    assert contradictions.find(parsed(text).sentences, "Prices", "en", []) == ()


@pytest.mark.parametrize(
    "rows",
    [
        "Room 101 | 2 | 80 EUR\nRoom 102 | 2 | 95 EUR\nRoom 103 | 3 | 120 EUR",
        "Coffee | small | 2.50 EUR\nCoffee | large | 3.50 EUR",
        "Item: Haircut; Length: short; Price: 25 EUR.\nItem: Haircut; Length: long; Price: 40 EUR.",
        "Item: Ticket; Price: 12 EUR.\nItem: Ticket; Price: 15 EUR.\nItem: Ticket; Price: 18 EUR.",
        "Up to 5 kg: 6 EUR\nUp to 10 kg: 9 EUR\nUp to 20 kg: 14 EUR",
        "1 hour: 5 EUR\n2 hours: 8 EUR\nDay: 15 EUR",
        "Concert on 4 May\nConcert on 11 May\nConcert on 18 May",
        "Consulting 2 h 240 EUR\nConsulting 3 h 360 EUR\nTravel 80 EUR\nTravel 45 EUR",
        "Monday: 9:00-17:00\nTuesday: 10:00-18:00\nSaturday: 10:00-14:00",
    ],
)
def test_rows_of_one_list_do_not_contradict_each_other_nor_the_same_list_elsewhere(rows: str) -> None:
    own = document(f"# Prices\n{rows}\n")
    other = (_KNOWN, own.pages)
    assert contradictions.find(parse(own).sentences, "Prices", "en", [other]) == ()


def test_a_row_that_says_otherwise_than_the_same_row_of_another_document_does_contradict_it() -> None:
    own, theirs = document("# Prices\nDouble room: 95 EUR\n"), document("# Prices\nDouble room: 120 EUR\n")
    other = (_KNOWN, theirs.pages)
    [found] = contradictions.find(parse(own).sentences, "Prices", "en", [other])
    assert (found.here.value, found.there.value) == ("95 EUR", "120 EUR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 1.200,50 € or $1,200.50.", [("price", 1200.5), ("price", 1200.5)]),
        ("Pay twelve euros.", [("price", 12.0)]),
        ("from 7 to 10 AM", [("time", 420.0), ("time", 600.0)]),
        ("open 9-17 Uhr", [("time", 540.0), ("time", 1020.0)]),
        ("until noon", [("time", 720.0)]),
        ("two days", [("amount", 48.0)]),
        ("10 % and 15 percent", [("percent", 10.0), ("percent", 15.0)]),
        ("room 12 on page 3", []),
        ("Call 040 555 0101.", [("phone", "5550101")]),
    ],
)
def test_values_are_read_as_people_write_them(text: str, expected: list[tuple[str, float | str]]) -> None:
    assert [(one.kind, one.key[0]) for one in values_of(digits_for_words(text))] == expected
