"""Names, dates and numbers of sources as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.citations.model import Author, author_of, partial_date, source_of
from tools.citations.styles import references


@pytest.mark.parametrize(
    ("typed", "author"),
    [
        ("Vaswani, Ashish", Author("Vaswani", "Ashish")),
        ("Ashish Vaswani", Author("Vaswani", "Ashish")),
        ("Noam M. Shazeer", Author("Shazeer", "Noam M.")),
        ("Ludwig van Beethoven", Author("van Beethoven", "Ludwig")),
        ("Martin Luther King Jr.", Author("King", "Martin Luther, Jr.")),
        ("Friends of the Old Harbour", Author("Friends of the Old Harbour", is_group=True)),
        ("UNESCO", Author("UNESCO", is_group=True)),
        ("Harbour Clinic", Author("Harbour Clinic", is_group=True)),
        ("Berg Ltd.", Author("Berg Ltd.", is_group=True)),
        ({"literal": "Harbour Clinic"}, Author("Harbour Clinic", is_group=True)),
        ({"family": "Smith", "given": "Jane"}, Author("Smith", "Jane")),
        ("  ", None),
        ({}, None),
        (None, None),
    ],
)
def test_an_author_is_read_in_the_ways_people_write_them(typed: object, author: Author | None) -> None:
    assert author_of(typed) == author


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("2017", (2017,)),
        ("2017-12", (2017, 12)),
        ("2017-12-04", (2017, 12, 4)),
        ("2017-12-04T10:00:00Z", (2017, 12, 4)),
        ("2017-13", ()),
        ("2017-02-30", ()),
        ("0000", ()),
        ("last year", ()),
        ("", ()),
    ],
)
def test_a_date_may_be_a_year_a_month_or_a_day(typed: str, parts: tuple[int, ...]) -> None:
    assert partial_date(typed) == parts


def test_numbers_that_are_none_are_left_out() -> None:
    source = source_of("1", "A title", {"doi": "not one", "pmid": "12a", "url": "javascript:alert(1)"}, {})
    assert (source.doi, source.pmid, source.url) == ("", "", "")


def test_whose_name_is_in_the_title_of_their_file_is_no_person() -> None:
    handbook = source_of("1", "Harbour House handbook", {}, {"author": "Harbour House"})
    assert handbook.authors == (Author("Harbour House", is_group=True),)
    typed = source_of("1", "Ada Berg, a life", {"authors": ["Ada Berg"]}, {"author": "Somebody Else"})
    assert typed.authors == (Author("Berg", "Ada"),)


def test_the_author_of_the_file_stands_in_for_a_missing_one_but_its_date_does_not() -> None:
    source = source_of("1", "A title", {}, {"author": "Jane Smith", "created_at": "2020-01-01"})
    assert source.authors == (Author("Smith", "Jane"),)
    assert source.published == ()


@settings(deadline=None)  # the first reference of a process reads its style
@given(
    title=st.text(min_size=1, max_size=60),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "authors": st.lists(st.text(max_size=30), max_size=4),
            "year": st.text(max_size=6),
            "pages": st.text(max_size=9),
        },
    ),
)
def test_whatever_is_typed_gives_a_reference(title: str, fields: dict[str, object]) -> None:
    (reference,) = references([source_of("1", title, fields, {})], "apa")
    assert reference.source_id == "1"
