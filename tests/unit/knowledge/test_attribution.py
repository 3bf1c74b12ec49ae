"""How sources are said aloud."""

from __future__ import annotations

from typing import Any

import pytest

from tools.knowledge.attribution import (
    Cited,
    attributed,
    authorship,
    certainty,
    in_phrases,
    paragraph,
    rival,
    spoken_date,
    spoken_title,
)


def source(quote: str = "Parking costs 12 euros.", place: str = "", title: str = "Handbook", **card: Any) -> Cited:
    whole = {"title": title, "quote": quote, "heading": "", "document_id": title, "relevance": 90, **card}
    return Cited(whole, card.get("passage", quote), place)


@pytest.mark.parametrize(
    ("place", "title", "said"),
    [
        ("page 4", "Harbour House handbook", "According to the Harbour House handbook, page 4: "),
        ("slide 3", "Sales_deck.pptx", "On slide 3 of the Sales deck: "),
        ("sheet Prices", "Price list 2026.xlsx", "On the sheet Prices of the Price list 2026: "),
        ("minute 3:20", "Monday briefing.mp3", "At minute 3:20 of the recording Monday briefing: "),
        ("", "Our rules", "According to our rules: "),
    ],
)
def test_a_place_is_said_as_people_say_it(place: str, title: str, said: str) -> None:
    assert attributed(source(place=place, title=title)) == said + '"Parking costs 12 euros."'


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("staff_handbook_final_v2.pdf", "the staff handbook"),
        ("house-rules.docx", "the house rules"),
        ("The Guide", "the Guide"),
        ("Anna's notes", "Anna's notes"),
        ("report (1).pdf", "the report"),
        ("\u202e_.pdf", "the document"),
    ],
)
def test_no_file_name_is_read_aloud(title: str, said: str) -> None:
    assert spoken_title(title) == said


def test_quotation_marks_of_a_text_do_not_end_its_quotation() -> None:
    assert attributed(source('It is "free"')).count('"') == 2


def test_two_documents_that_differ_are_found_and_two_that_agree() -> None:
    first = source("Parking costs 12 euros per night.")
    differs = source("Parking costs 15 euros a night.", title="Price list")
    same = source("The parking costs twelve euros per night.", title="Price list")
    other = source("Breakfast costs 9 euros.", title="Menu")
    assert rival(first, [other, differs]) == (differs, False)
    assert rival(first, [same]) == (same, True)
    assert rival(first, [other]) is None
    assert rival(first, [source("Parking costs 15 euros per night.")]) is None  # the same document


def test_who_wrote_it_is_said_when_the_source_knows() -> None:
    known = source(author=["Ada Lovelace", "Bob Ross"], published="2024-03-05")
    assert authorship(known) == "The Handbook was written by Ada Lovelace and Bob Ross, March 5th, 2024."
    assert authorship(source(author="Ada")) == "The Handbook was written by Ada."
    assert authorship(source(published="2024")) == "The Handbook does not say who wrote it; it is from 2024."
    assert authorship(source()) == "The Handbook does not say who wrote it."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024-03-05", "March 5th, 2024"),
        ("2024-03", "March 2024"),
        ("2024", "2024"),
        ("2024-13-01", "2024"),
        ("May", "May"),
    ],
)
def test_dates_are_said(written: str, said: str) -> None:
    assert spoken_date(written) == said


def test_certainty_is_said_in_words() -> None:
    said = [certainty(source(relevance=value)) for value in (95, 70, 52)]
    assert [words.split(":")[0] for words in said] == ["Quite sure", "Fairly sure", "Not entirely"]


def test_the_paragraph_is_what_stands_around_the_quotation() -> None:
    passage = "Breakfast is at 7.\n\nParking costs 12 euros. The gate closes at 11 PM.\n\nDogs are welcome."
    found = source("Parking costs 12 euros.", passage=passage)
    assert paragraph(found) == "Parking costs 12 euros. The gate closes at 11 PM."
    assert paragraph(source("Not in there.", passage=passage)) == "Not in there."


def test_slowly_means_the_same_words_with_pauses() -> None:
    slow = in_phrases("Breakfast is served from seven to ten in the morning on every day of the week.")
    assert slow.replace(",", "") == "Breakfast is served from seven to ten in the morning on every day of the week."
    assert slow.count(",") >= 2
    assert in_phrases("") == ""
