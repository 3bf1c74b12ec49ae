"""BibTeX and RIS as the programs that read them want them; numbers in the text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tools.citations.exports import bibtex, ris
from tools.citations.model import Source, source_of
from tools.citations.numbering import Quoted, numbered

PAPER = source_of(
    "1",
    "Costs & benefits of 50% {more}",
    {
        "authors": ["Ashish Vaswani", {"literal": "Müller & Co"}],
        "journal": "Journal_of Things",
        "volume": "30",
        "issue": "2",
        "pages": "12–19",
        "doi": "10.1000/xyz_1",
        "pmid": "123",
        "published": "2017-12-04",
    },
    {},
)


def test_bibtex_escapes_what_latex_would_trip_over() -> None:
    text = bibtex([PAPER])
    assert text.startswith("@article{vaswani2017,\n")
    assert r"title = {{Costs \& benefits of 50\% \textbraceleft{}more\textbraceright{}}}" in text
    assert r"author = {Vaswani, Ashish and {Müller \& Co}}" in text
    assert r"journal = {Journal\_of Things}" in text
    assert "pages = {12--19}" in text
    assert "doi = {10.1000/xyz_1}" in text
    assert "month = dec" in text


def test_bibtex_keys_differ() -> None:
    sources = [source_of(str(n), "A", {"authors": ["Ann Lee"], "year": "2020"}, {}) for n in range(30)]
    keys = re.findall(r"@\w+\{(\w+),", bibtex(sources))
    assert keys[:3] == ["lee2020", "lee2020a", "lee2020b"]
    assert len(set(keys)) == 30


@given(st.text(min_size=1, max_size=40), st.text(max_size=20))
def test_bibtex_braces_are_balanced_whatever_a_title_holds(title: str, journal: str) -> None:
    text = bibtex([source_of("1", title, {"journal": journal, "authors": [title]}, {})])
    assert text.count("{") == text.count("}")


def test_ris_has_a_line_a_field_and_an_end() -> None:
    lines = ris([PAPER]).split("\r\n")
    assert lines[0] == "TY  - JOUR"
    assert "AU  - Vaswani, Ashish" in lines
    assert "AU  - Müller & Co" in lines
    assert {"SP  - 12", "EP  - 19", "PY  - 2017", "DA  - 2017/12/04", "DO  - 10.1000/xyz_1", "AN  - 123"} <= set(lines)
    assert lines[-3] == "ER  - "


def test_a_line_break_in_a_title_makes_no_field_of_its_own() -> None:
    source = Source("1", "document", "A\r\nER  - \r\nTY  - BOOK")
    assert ris([source]).count("\r\nTY") == 0


def test_marks_stand_where_the_quotation_is_said() -> None:
    text = 'According to the handbook: "Breakfast is served from 7 to 10." Parking costs 12 euros a night.'
    quoted = [Quoted("a", "Breakfast is served from 7 to 10."), Quoted("b", "Parking costs 12 euros a night.")]
    assert numbered(text, quoted) == (
        'According to the handbook: "Breakfast is served from 7 to 10 [1]." Parking costs 12 euros a night [2].'
    )


def test_the_same_source_keeps_its_number_and_other_words_get_it_at_the_end() -> None:
    quoted = [Quoted("a", "Dogs may stay."), Quoted("a", "Dogs may stay in the bar.")]
    assert numbered("Yes. You can bring it along.", quoted) == "Yes. You can bring it along [1]."
    assert numbered("", quoted) == "[1]"


@given(st.text(max_size=80), st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=30)), max_size=4))
def test_numbering_only_adds_marks(text: str, quoted: list[tuple[str, str]]) -> None:
    found = numbered(text, [Quoted(source, quote) for source, quote in quoted])
    assert re.sub(r" ?(?:\[[12]\])+", "", found).replace(" ", "") == re.sub(r" ?(?:\[[12]\])+", "", text).replace(
        " ", ""
    )
