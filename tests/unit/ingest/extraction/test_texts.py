"""Plain text and Markdown: paragraphs, headings, tables and notes, in every encoding; never slow."""

from __future__ import annotations

import time

import pytest

from ingest.documents.model import MARKDOWN, PLAIN
from tests.unit.ingest.extraction.reading import headings, lines, read


def markdown(source: str) -> list[str]:
    return lines(read(source.encode(), MARKDOWN))


def test_front_matter_is_what_the_file_says_of_itself() -> None:
    source = '---\ntitle: "Guest guide"\nauthor: Anna Quay\ndate: 2026-03-01\ntags: [a]\n---\n\n# Welcome\n\nHello.\n'
    found = read(source.encode(), MARKDOWN)
    assert found.title == "Guest guide"
    assert found.metadata == {"title": "Guest guide", "author": "Anna Quay", "created_at": "2026-03-01"}
    assert (headings(found), lines(found)) == ([(1, "Welcome")], ["Welcome", "Hello."])


def test_rows_of_a_table_carry_the_names_of_their_columns() -> None:
    source = "| Room | **Price** |\n|:-----|------:|\n| Lighthouse | 120 |\n| Boat\\|house | [80](x) |\n\nAfter.\n"
    assert markdown(source) == ["Room: Lighthouse; Price: 120.", "Room: Boat|house; Price: 80.", "After."]


@pytest.mark.parametrize(
    ("source", "read_aloud"),
    [
        ("See [the map](http://x_(y)) or <http://x.example>.", "See the map or http://x.example."),
        ("See [the map][m].\n\n[m]: http://x", "See the map."),
        ("**Bold**, *slanted*, ~~old~~, `code` and ***both***.", "Bold, slanted, old, code and both."),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("\\*kept\\* and a\\_b", "*kept* and a_b"),
        ("> quoted\n> words", "quoted\nwords"),
        ("- [x] done\n- [ ] to do", "- done\n- to do"),
        ('<p align="center">In <b>the</b> middle<br>of 3 < 4</p>', "In the middle of 3 < 4"),
        ("```sh\n# no heading\n```", "# no heading"),
        ("A word.[^1]\n\n[^1]: Its note.", "A word. (note 1)\nNote 1: Its note."),
        ("![A plan of the house](plan.png)", "A plan of the house"),
    ],
)
def test_marks_are_left_out_of_what_is_read_aloud(source: str, read_aloud: str) -> None:
    assert "\n".join(markdown(source)) == read_aloud


def test_underlined_lines_are_headings_in_both() -> None:
    source = b"Guest guide\n===========\n\nArrival\n-------\n\nCome by boat.\n"
    for kind in (PLAIN, MARKDOWN):
        found = read(source, kind)
        assert headings(found) == [(1, "Guest guide"), (2, "Arrival")]
        assert lines(found) == ["Guest guide", "Arrival", "Come by boat."]


def test_capitals_are_headings_of_plain_text() -> None:
    found = read(b"OPENING HOURS\nThe pool opens at seven.\n12:00\n", PLAIN)
    assert headings(found) == [(1, "OPENING HOURS")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Das Frühstück für Gäste kostet nichts, sagt Zoë. ", "utf-16-le"),
        ("Das Frühstück für Gäste kostet nichts, sagt Zoë. ", "utf-16-be"),
        ("Das Frühstück für Gäste kostet nichts, sagt Zoë. ", "utf-32"),
        ("Preis: 5 € – „groß“", "cp1252"),
        ("Завтрак подаётся с семи до десяти часов утра. ", "cp1251"),
        ("朝食は七時から十時まで提供されます。", "shift_jis"),
        ("아침 식사는 일곱 시부터 열 시까지입니다. ", "euc-kr"),
        ("Śniadanie od siódmej, proszę pana. ", "cp1250"),
        ("El niño comió mañana en España. ", "cp1252"),
        ("早餐时间为七点到十点。停车场是免费的。", "gb18030"),
        ("ארוחת בוקר מוגשת משבע עד עשר בבוקר. ", "cp1255"),
        ("يقدم الإفطار من الساعة السابعة حتى العاشرة. ", "cp1256"),
    ],
)
def test_text_of_other_encodings_is_read(text: str, encoding: str) -> None:
    assert text.strip() in read((text * 4).encode(encoding), PLAIN).pages[0].text


def test_letters_are_those_that_people_search_for() -> None:
    source = "The ofﬁce oﬀers ﬂowers.\f\nNon\u2011stop\u00a0service. می\u200cخواهم. Zero\u200dwidth.\u2028Last."
    assert lines(read(source.encode(), PLAIN)) == [
        "The office offers flowers.",
        "Non-stop service. می\u200cخواهم. Zerowidth.",
        "Last.",
    ]


@pytest.mark.parametrize("piece", ["[", "[](", "<!--", "*a ", "<a x ", "`a", "|-", "> ", "\\*", "_", "a\n===\n"])
def test_no_markdown_takes_long(piece: str) -> None:
    began = time.process_time()
    markdown("Hi there\n\n" + piece * (600_000 // len(piece)))
    assert time.process_time() - began < 10
