"""How pages are cut: nothing is lost, nothing is made up, nothing grows too large, whatever the text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.documents.chunk import ChunkSize, chunk
from ingest.documents.weight import weight
from store.chunks import NewChunk
from store.pages import Heading, Page, Region

WORDS = st.sampled_from(
    [
        "Breakfast",
        "is",
        "served",
        "at",
        "7.30",
        "daily.",
        "- towels",
        "1. keys",
        "Room | 80 euros",
        "Ende!",
        "ok?",
        "x" * 90,
    ]
)
SPACES = st.sampled_from([" ", " ", " ", "\n", "\n\n", "\t", "  ", "\r\n"])
WIDE = st.text(alphabet="早餐在花园供应从七点到十点。！？ \n", max_size=400)
THAI = st.text(alphabet="อาหารเช้าเสิร์ฟในสวน \n", max_size=600)
PROSE = st.lists(st.tuples(WORDS, SPACES), max_size=400).map(lambda parts: "".join(a + b for a, b in parts))
TEXTS = st.one_of(PROSE, WIDE, THAI, st.text(max_size=300))
SIZES = st.sampled_from([ChunkSize(), ChunkSize(20, 10), ChunkSize(1000, 200), ChunkSize(30, 0)])


@st.composite
def pages(draw: st.DrawFn) -> list[Page]:
    made: list[Page] = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        text = draw(TEXTS)
        offsets = sorted(draw(st.sets(st.integers(0, max(0, len(text) - 1)), max_size=4)))
        headings = tuple(
            Heading(offset, draw(st.integers(1, 3)), text[offset : offset + draw(st.integers(1, 12))].strip())
            for offset in offsets
            if text[offset : offset + 1].strip() and not any(0 < offset - other < 12 for other in offsets)
        )
        made.append(Page(number, text, headings))
    return made


@given(pages(), SIZES)
def test_every_character_but_space_and_headings_is_in_a_chunk(made: list[Page], size: ChunkSize) -> None:
    chunks = chunk(made, size)
    for page in made:
        covered = bytearray(len(page.text))
        for one in (one for one in chunks if one.page == page.number):
            covered[one.char_start : one.char_end] = b"\1" * (one.char_end - one.char_start)
        for heading in page.headings:
            covered[heading.offset : heading.offset + len(heading.text)] = b"\1" * len(heading.text)
        lost = [page.text[place] for place, found in enumerate(covered[: len(page.text)]) if not found]
        assert "".join(lost).strip() == ""


@given(pages(), SIZES)
def test_a_chunk_is_exactly_its_stretch_of_the_page(made: list[Page], size: ChunkSize) -> None:
    texts = {page.number: page.text for page in made}
    for number, one in enumerate(chunk(made, size)):
        assert one.seq == number
        assert one.text == texts[one.page][one.char_start : one.char_end]
        assert one.text.strip() == one.text != ""


@given(pages(), SIZES)
def test_no_chunk_is_larger_than_it_may_be(made: list[Page], size: ChunkSize) -> None:
    assert all(weight(one.text) <= size.most + 2 for one in chunk(made, size))


@given(pages(), SIZES)
def test_the_same_pages_are_cut_the_same(made: list[Page], size: ChunkSize) -> None:
    assert chunk(made, size) == chunk(made, size)


def _cut(text: str, size: ChunkSize, *headings: Heading) -> list[NewChunk]:
    return chunk([Page(1, text, headings)], size)


def test_the_heading_is_the_whole_path_and_no_chunk_crosses_one() -> None:
    text = "Prices\nAll in euros.\nRooms\nA room is eighty.\nPets\nA dog is ten.\nHours\nWe open at six."
    headings = [
        Heading(text.index(word), level, word)
        for word, level in (("Prices", 1), ("Rooms", 2), ("Pets", 2), ("Hours", 1))
    ]
    assert [(one.heading, one.text) for one in _cut(text, ChunkSize(), *headings)] == [
        ("Prices", "All in euros."),
        ("Prices › Rooms", "A room is eighty."),
        ("Prices › Pets", "A dog is ten."),
        ("Hours", "We open at six."),
    ]


def test_a_heading_holds_on_across_pages_until_the_next_of_its_level() -> None:
    made = [
        Page(1, "Rules\nBe quiet at night.", (Heading(0, 1, "Rules"),)),
        Page(2, "Bring no dogs.\nFees\nA key is five.", (Heading(15, 1, "Fees"),)),
    ]
    assert [(one.page, one.heading) for one in chunk(made)] == [(1, "Rules"), (2, "Rules"), (2, "Fees")]


def test_running_text_overlaps_by_whole_sentences() -> None:
    text = " ".join(f"Sentence number {number} has exactly seven words." for number in range(12))
    chunks = _cut(text, ChunkSize(20, 8))
    assert all(one.text.endswith("words.") and one.text.startswith("Sentence") for one in chunks)
    assert all(later.char_start < earlier.char_end for earlier, later in itertools.pairwise(chunks))
    assert len(_cut(text, ChunkSize(20, 0))) < len(chunks)


def test_a_list_that_fits_into_one_piece_is_not_torn() -> None:
    items = "\n".join(f"- the {number}. thing that guests must bring along" for number in range(4))
    chunks = _cut("Some words that stand before the list and say what it is about.\n\n" + items, ChunkSize(30, 0))
    assert [one.text for one in chunks if "thing" in one.text] == [items]


def test_a_table_that_goes_on_carries_its_first_row() -> None:
    rows = "\n".join(f"Room {number} | {number}0 euros | sea view" for number in range(30))
    chunks = _cut("Room | Price | View\n" + rows, ChunkSize(40, 10))
    assert chunks[0].heading == ""
    assert {one.heading for one in chunks[1:]} == {"Room | Price | View"}
    assert all(line.count("|") == 2 for one in chunks for line in one.text.splitlines())


def test_a_recording_is_cut_by_time() -> None:
    said = [f"Word {number} again." for number in range(20)]
    text, regions = " ".join(said), list[Region]()
    for number, sentence in enumerate(said):
        start = text.index(sentence)
        regions.append(Region(start, start + len(sentence), seconds=(number * 10.0, number * 10.0 + 9)))
    chunks = chunk([Page(1, text, regions=tuple(regions))])
    assert all(one.text.count("Word") <= 7 for one in chunks)
    assert len(chunks) >= 3


@pytest.mark.parametrize(
    ("text", "words"), [("早餐在花园供应。", 8), ("อาหารเช้าเสิร์ฟในสวน", 7), ("one two", 2), ("a" * 80, 10)]
)
def test_words_are_counted_where_nobody_puts_spaces(text: str, words: int) -> None:
    assert weight(text) == words


def test_chinese_text_without_any_space_is_cut_at_its_full_stops() -> None:
    chunks = _cut("早餐在花园供应从七点到十点。" * 60, ChunkSize())
    assert len(chunks) > 3
    assert all(one.text.endswith("。") for one in chunks)


def test_a_document_of_headings_alone_is_still_found() -> None:
    assert [one.text for one in _cut("Opening hours", ChunkSize(), Heading(0, 1, "Opening hours"))] == ["Opening hours"]


@pytest.mark.parametrize("text", ["", "130/35", " 1000/200 ", "20/10"])
def test_sizes_are_read_as_written(text: str) -> None:
    assert str(ChunkSize.parse(text)) == (text.strip() or "130/35")


@pytest.mark.parametrize("text", ["130", "19/5", "2001/10", "100/51", "a/b", "130/35/1", "-130/35"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="WORDS/OVERLAP"):
        ChunkSize.parse(text)


def test_a_heading_with_nothing_under_it_is_a_text_of_its_own() -> None:
    text = (
        "Rules\n\nLate arrival costs 35 euros\n\nKeys\n\nLeave them at the desk.\n\nSmoking is forbidden in every room"
    )
    titles = {
        "Rules": 1,
        "Late arrival costs 35 euros": 2,
        "Keys": 2,
        "Smoking is forbidden in every room": 2,
    }
    headings = [Heading(text.index(words), level, words) for words, level in titles.items()]
    assert [(one.heading, one.text) for one in _cut(text, ChunkSize(), *headings)] == [
        ("Rules", "Late arrival costs 35 euros"),
        ("Rules › Keys", "Leave them at the desk."),
        ("Rules", "Smoking is forbidden in every room"),
    ]


def test_a_heading_at_the_foot_of_a_page_belongs_to_what_follows_on_the_next() -> None:
    first = Page(1, "Breakfast", (Heading(0, 1, "Breakfast"),))
    assert [(one.page, one.heading, one.text) for one in chunk([first, Page(2, "From seven to ten.")])] == [
        (2, "Breakfast", "From seven to ten.")
    ]
