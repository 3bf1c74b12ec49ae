"""References as the style manuals print them, letter by letter."""

from __future__ import annotations

from typing import Any

import pytest

from tools.citations.model import Source, source_of
from tools.citations.styles import STYLES, references

GRADY = {
    "authors": ["Jessica S. Grady", "May Her", "Geena Moreno", "Claudia Perez", "Jillian Yelinek"],
    "journal": "Psychology of Popular Media Culture",
    "volume": "8",
    "issue": "3",
    "pages": "207-217",
    "doi": "https://doi.org/10.1037/ppm0000185",
    "year": "2019",
}
EMOTIONS = (
    "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States"
)
MANTEL = {"type": "book", "authors": ["Mantel, Hilary"], "publisher": "Picador", "year": "2010"}
GOLDMAN = {
    "authors": ["Anne Goldman"],
    "journal": "The Georgia Review",
    "volume": "64",
    "issue": "1",
    "pages": "69-88",
    "published": "2010",
}
CLINIC = {"type": "webpage", "authors": [{"literal": "Harbour Clinic"}], "published": "2024-03-05"}


def one(title: str, fields: dict[str, Any], identifier: str = "1") -> Source:
    return source_of(identifier, title, fields, {})


@pytest.mark.parametrize(
    ("style", "title", "fields", "expected"),
    [
        (
            "apa",
            EMOTIONS,
            GRADY,
            (
                f"Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). {EMOTIONS}. "
                "Psychology of Popular Media Culture, 8(3), 207–217. https://doi.org/10.1037/ppm0000185"
            ),
        ),
        ("apa", "Wolf hall", MANTEL, "Mantel, H. (2010). Wolf hall. Picador."),
        (
            "apa",
            "Visiting hours",
            {**CLINIC, "url": "https://example.org/visit"},
            "Harbour Clinic. (2024, March 5). Visiting hours. https://example.org/visit",
        ),
        ("apa", "Staff handbook", {}, "Staff handbook. (n.d.)."),
        ("mla", "Wolf Hall", MANTEL, "Mantel, Hilary. Wolf Hall. Picador, 2010."),
        (
            "mla",
            "Questions of Transport: Reading Primo Levi Reading Dante",
            GOLDMAN,
            (
                "Goldman, Anne. “Questions of Transport: Reading Primo Levi Reading Dante.” The Georgia Review, "
                "vol. 64, no. 1, 2010, pp. 69–88."
            ),
        ),
        ("mla", "Is it safe?", GOLDMAN | {"pages": ""}, None),
        (
            "chicago",
            "Questions of Transport: Reading Primo Levi Reading Dante",
            GOLDMAN,
            (
                "Goldman, Anne. 2010. “Questions of Transport: Reading Primo Levi Reading Dante.” The Georgia Review "
                "64 (1): 69–88."
            ),
        ),
        ("chicago", "Wolf Hall", MANTEL, "Mantel, Hilary. 2010. Wolf Hall. Picador."),
    ],
)
def test_a_reference_stands_as_its_manual_prints_it(
    style: str, title: str, fields: dict[str, Any], expected: str | None
) -> None:
    (reference,) = references([one(title, fields)], style)
    if expected is None:  # a question keeps its mark and gets no full stop behind it
        assert "“Is It Safe?” The" in reference.text
    else:
        assert reference.text == expected


@pytest.mark.parametrize(
    ("style", "in_text"),
    [("apa", "(Grady et al., 2019)"), ("mla", "(Grady et al.)"), ("chicago", "(Grady et al. 2019)")],
)
def test_many_authors_are_shortened_in_the_text(style: str, in_text: str) -> None:
    assert references([one(EMOTIONS, GRADY)], style)[0].in_text == in_text


def test_mla_names_the_title_in_the_text_only_when_the_author_wrote_two() -> None:
    found = references([one("Wolf Hall", MANTEL, "1"), one("Giving Up the Ghost", MANTEL, "2")], "mla")
    assert [reference.in_text for reference in found] == ["(Mantel, “Wolf Hall”)", "(Mantel, “Giving Up the Ghost”)"]
    assert references([one("Wolf Hall", MANTEL)], "mla")[0].in_text == "(Mantel)"


@pytest.mark.parametrize("style", STYLES)
def test_what_people_typed_is_never_markup(style: str) -> None:
    title = '<script>alert("&amp;")</script> & Söhne'
    (reference,) = references([one(title, {"authors": ["<b>, Ann"], "journal": "<i>J & K</i>"})], style)
    assert set(reference.html.replace("<i>", "").replace("</i>", "")) & {"<", ">"} == set()
    assert "<script>" in reference.text.lower()
    assert "& Söhne" in reference.text


@pytest.mark.parametrize("style", STYLES)
def test_a_source_without_an_author_says_its_title_once(style: str) -> None:
    for title in ("Staff handbook", "Rules & rates (2024)", "Rules. And more", "A.B."):
        for kind in ("document", "report", "webpage"):
            (reference,) = references([one(title, {"type": kind, "year": "2021"})], style)
            assert reference.text.lower().count(title.lower().strip(".")) == 1, reference.text


@pytest.mark.parametrize("style", STYLES)
def test_the_order_is_the_one_asked_for(style: str) -> None:
    sources = [one("Zebra", {"authors": ["Zoe Zander"]}, "z"), one("Ant", {"authors": ["Ann Abel"]}, "a")]
    assert [reference.source_id for reference in references(sources, style)] == ["z", "a"]


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(KeyError):
        references([one("Wolf Hall", MANTEL)], "harvard")
