"""Summary, key points, tags, kind and language of a document, by its own words and by the bundled sentence vectors."""

from __future__ import annotations

import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ingest.documents.analysis import category, language, quality
from ingest.documents.analysis.parsed import parse
from ingest.documents.analysis.summary import Embed, summarise
from ingest.documents.analysis.tags import tags_of
from store.pages import Page
from tests.unit.ingest.analysis.writing import document, parsed
from tools.knowledge.embedding import MiniLM

_SAMPLES = Path(__file__).parents[3] / "samples"
_TEXT = """# About the house
Harbour House is a guesthouse with twelve rooms on the old quay. It was built in 1890. The rooms face the harbour.
# Ferry
The ferry to the islands leaves from the quay in front of the house every hour. Ferry tickets cost nine euros.
The ferry tickets are sold at the front desk of Harbour House. Ferry tickets cost 9 euros each.
# Breakfast
Breakfast is served in the garden room on the ground floor. The front desk keeps breakfast bags for early guests.
However, this may change. Can I bring a dog?
"""


@cache
def meaning() -> Embed:
    return MiniLM().embed


@pytest.mark.parametrize("with_vectors", [False, True])
def test_summary_and_key_points_are_the_documents_own_sentences(with_vectors: bool) -> None:
    found = parsed(_TEXT, "Harbour House")
    gist = summarise(found.sentences, "en", "Harbour House", meaning() if with_vectors else None)
    own = {one.text for one in found.sentences}
    assert 2 <= len(gist.key_points) <= 6
    assert set(gist.key_points) <= own
    assert gist.summary.startswith("Harbour House is a guesthouse")
    assert not {"However, this may change.", "Can I bring a dog?"} & set(gist.key_points)


@pytest.mark.parametrize("with_vectors", [False, True])
def test_key_points_do_not_say_the_same_twice(with_vectors: bool) -> None:
    text = "The ferry leaves every hour from the quay. The ferry leaves from the quay every hour. Dogs cost 15 euros."
    gist = summarise(parsed(text).sentences, "en", "", meaning() if with_vectors else None)
    assert sum("ferry" in point for point in gist.key_points) == 1


def test_a_table_is_summed_up_by_its_first_lines() -> None:
    gist = summarise(parsed("Tea 2 €\nCoffee 3 €\nJuice 4 €").sentences, "en", "", None)
    assert gist.summary == "Tea 2 €; Coffee 3 €; Juice 4 €"


def test_tags_are_phrases_of_the_document_as_it_writes_them() -> None:
    found = parsed(_TEXT, "Harbour House")
    tags = tags_of(found.sentences, found.headings, "Harbour House", "en")
    assert {"Harbour House", "front desk", "ferry tickets"} <= set(tags)
    assert not {"the", "house", "Harbour", "every"} & set(tags)
    assert len(tags) <= 8


def test_german_nouns_keep_their_capitals() -> None:
    text = (
        "Die Zimmerpreise gelten pro Nacht. Alle Zimmerpreise enthalten das Frühstück. Das Frühstück gibt es im Garten."
    )
    assert {"Zimmerpreise", "Frühstück"} <= set(tags_of(parsed(text).sentences, [], "", "de"))


def _documents() -> list[dict[str, Any]]:
    return tomllib.loads((_SAMPLES / "categories.toml").read_text())["document"]


@pytest.mark.parametrize(("with_vectors", "least"), [(False, 0.85), (True, 0.9)])
def test_the_kind_of_a_document_is_told(with_vectors: bool, least: float) -> None:
    wrong: list[tuple[str, str]] = []
    for one in _documents():
        found = parsed(one["text"], one["title"])
        name, _ = category.category_of(found, found.sentences, meaning() if with_vectors else None)
        if name != one["kind"]:
            wrong.append((one["kind"], name))
    assert len(wrong) <= (1 - least) * len(_documents()), wrong


def test_sound_is_a_recording_whatever_is_said() -> None:
    found = parse(document("The invoice is due. The invoice number is four.", page_kind="recording"))
    assert category.category_of(found, found.sentences)[0] == "recording"


@pytest.mark.parametrize(("code", "text"), tomllib.loads((_SAMPLES / "languages.toml").read_text())["texts"].items())
def test_languages_are_told_by_script_and_small_words(code: str, text: str) -> None:
    assert language.of_text(text)[0] == code


def test_a_document_in_two_languages_names_both() -> None:
    texts = tomllib.loads((_SAMPLES / "languages.toml").read_text())["texts"]
    told = language.tell([*[texts["de"]] * 3, *[texts["en"]] * 2])
    assert (told.language, set(told.shares), told.mixed) == ("de", {"de", "en"}, True)


@pytest.mark.parametrize("text", ["xqz bnm plk wrt", "", "12 34 56"])
def test_what_is_no_language_is_not_guessed(text: str) -> None:
    assert language.of_text(text)[0] == "und"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Too short.", "too_short"),
        ("12 34 56 78 90 " * 20, "mostly_numbers"),
        ("xkcd qwrt zzzz pqrs bcdf ghjk lmnp rstv wxyz bdfg " * 4, "garbled"),
        ("\n".join(["Confidential. Printed by the office of the house."] * 30), "repetitive"),
    ],
)
def test_what_cannot_be_answered_from_is_named(text: str, code: str) -> None:
    score, notes = quality.judge(parsed(text))
    assert code in {one.code for one in notes}
    assert score < 0.8


def test_text_read_from_pictures_says_so() -> None:
    page = Page(1, "The bar opens at five and closes at eleven in the evening. " * 12, recognised=True)
    found = document("x")
    sure = parse(type(found)((page,), metadata={"ocr_confidence": 0.95}, page_kind="page"))
    unsure = parse(type(found)((page,), metadata={"ocr_confidence": 0.5}, page_kind="page"))
    assert {one.code for one in quality.judge(sure)[1]} == {"recognised"}
    assert {one.code for one in quality.judge(unsure)[1]} == {"badly_recognised"}


def test_a_thousand_pages_are_summed_up_in_bounded_time() -> None:
    pages = [
        f"# Part {number}\n"
        + " ".join(f"Sentence {one} of part {number} speaks of harbours and ferries." for one in range(60))
        for number in range(1000)
    ]
    big = document("\n===\n".join(pages), "Harbours")
    began = time.process_time()
    found = parse(big)
    summarise(found.sentences, found.language, "Harbours", meaning())
    tags_of(found.sentences, found.headings, "Harbours", found.language)
    assert time.process_time() - began < 10
    assert found.word_count > 500_000


@pytest.mark.parametrize(
    "name", ["quarterly_zebra.pdf", "Zebra quarterly.docx", "zebra-2026-11", "Zebra draft v2", "zebra (1)"]
)
def test_the_name_of_a_file_is_no_tag(name: str) -> None:
    text = "The pool opens at eight. The pool closes at nine. Towels lie beside the pool. Towels are free."
    found = tags_of(parsed(text).sentences, (), name, "en")
    assert found
    assert not any("zebra" in tag.lower() for tag in found)
    assert any("zebra" in tag.lower() for tag in tags_of(parsed(text).sentences, (), "Zebra house", "en"))
