"""Web pages: the content with its headings, lists and tables; navigation, scripts and hidden words left out."""

from __future__ import annotations

import contextlib
import time

import pytest

from ingest.documents.model import HTML, BadDocument
from tests.unit.ingest.extraction.reading import codes, headings, lines, read


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode()


def test_headings_lists_and_paragraphs_come_in_their_order() -> None:
    body = (
        "<nav>Home | Rooms</nav><h1>House</h1><p>A <b>bold</b> word.<br>Next line.</p><h2>Rooms</h2>"
        "<ul><li>towels<ul><li>large ones</li></ul></li><li>soap</li></ul><ol start=3><li>ring</li><li>wait</li></ol>"
        "<dl><dt>Check-in</dt><dd>from three</dd></dl><script>var x = 1</script><footer>Imprint</footer>"
    )
    found = read(page(body), HTML)
    assert headings(found) == [(1, "House"), (2, "Rooms")]
    wanted = [
        "House",
        "A bold word.",
        "Next line.",
        "Rooms",
        "- towels",
        "- large ones",
        "- soap",
        "3. ring",
        "4. wait",
    ]
    assert lines(found) == [*wanted, "Check-in", "from three"]


def test_cells_over_rows_and_columns_stay_under_their_names() -> None:
    rows = (
        "<tr><th rowspan=2>Room</th><th colspan=2>Price</th></tr><tr><th>Summer</th><th>Winter</th></tr>"
        "<tr><td rowspan=2>Lighthouse</td><td>120</td><td>90</td></tr><tr><td>130</td><td>95</td></tr>"
        "<tr><td>Boathouse</td><td colspan=2>closed</td></tr>"
    )
    assert lines(read(page(f"<table>{rows}</table>"), HTML)) == [
        "Room: Lighthouse; Price Summer: 120; Price Winter: 90.",
        "Room: Lighthouse; Price Summer: 130; Price Winter: 95.",
        "Room: Boathouse; Price Summer: closed; Price Winter: closed.",
    ]


def test_a_caption_stands_above_its_table_and_pairs_read_as_pairs() -> None:
    table = (
        "<table><caption>Hours</caption><tr><th>Pool</th><td>7-22</td></tr><tr><th>Bar</th><td>17-1</td></tr></table>"
    )
    assert lines(read(page(table), HTML)) == ["Hours", "Pool: 7-22.", "Bar: 17-1."]


@pytest.mark.parametrize("span", ["999999999", "0", "-1", "x"])
def test_spans_that_claim_anything_cost_nothing(span: str) -> None:
    cell = f"<td rowspan='{span}' colspan='{span}'>{'word ' * 1000}</td>"
    rows = f"<tr>{cell}<td>a</td></tr>" + "<tr><td>b</td><td>c</td></tr>" * 3000
    assert len(read(page(f"<table>{rows}</table>"), HTML).pages[0].text) < 100_000


def test_a_tables_layout_is_no_table() -> None:
    found = read(page("<table><tr><td><h1>Left</h1><p>Words</p></td><td>Right</td></tr></table>"), HTML)
    assert lines(found) == ["Left", "Words", "Right"]


def test_raised_digits_are_not_digits_of_the_price() -> None:
    body = "<p>It costs 120<sup><a href='#1'>1</a></sup> euros, or 99<sup>50</sup>. H<sub>2</sub>O is free.</p>"
    table = "<table><tr><th>Room</th><th>Price</th></tr><tr><td>Lighthouse</td><td>120<sup>2</sup></td></tr></table>"
    found = read(page(body + table), HTML)
    assert lines(found) == ["It costs 120¹ euros, or 99⁵⁰. H2O is free.", "Room: Lighthouse; Price: 120²."]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display: none'>{}</p>",
        "<p hidden>{}</p>",
        "<p class='away'>{}</p>",
        "<p style='color:#fff'>{}</p>",
        "<p style='font-size:0'>{}</p>",
        "<p style='position:absolute; left:-9999px'>{}</p>",
    ],
)
def test_words_a_browser_does_not_show_are_kept_apart(hidden: str) -> None:
    style = "<style>/* not {this */ @media print { .shown { display: none } } .away { display:none }</style>"
    body = "<p class='shown'>Welcome.</p>" + hidden.format("pay to nobody")
    found = read(page(body, style), HTML)
    assert (lines(found), found.hidden, codes(found)) == (["Welcome."], ("pay to nobody",), [("hidden_text", 0)])


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("iso-8859-15", "iso-8859-15"), ("", "utf-8")],
)
def test_pages_are_read_in_the_encoding_they_name(declared: str, encoding: str) -> None:
    source = f"<html><head><meta charset='{declared}'></head><body><p>Frühstück: 12 €</p></body></html>"
    assert lines(read(source.encode(encoding), HTML)) == ["Frühstück: 12 €"]


def test_utf16_and_entities_are_read() -> None:
    source = "<html><body><p>Frühstück&nbsp;12&nbsp;&euro; &amp; &lt;mehr&gt;</p></body></html>"
    assert lines(read(source.encode("utf-16"), HTML)) == ["Frühstück 12 € & <mehr>"]


def test_what_a_page_says_of_itself_is_kept() -> None:
    head = (
        "<title>Rooms &amp; prices</title><meta name=author content='Anna Quay'>"
        "<meta property='article:published_time' content='2026-03-01'>"
    )
    found = read(page("<p>Hello</p>", head), HTML)
    wanted = {"title": "Rooms & prices", "author": "Anna Quay", "created_at": "2026-03-01", "language": "en"}
    assert (found.title, dict(found.metadata)) == ("Rooms & prices", wanted)


@pytest.mark.parametrize(
    "source",
    [
        b"<!doctype html [" * 100_000,
        b"<style>" + b"/*" * 100_000 + b"</style>Hi",
        b"<style>" + b"@media" * 30_000 + b"</style>Hi",
        b"<style>" + b"a" * 190_000 + b"</style>Hi",
        b"Hi" + b"<!--" * 500_000,
        b"Hi" + b"<a " * 500_000,
        b"<p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">Hi</p>",
    ],
    ids=["document types", "style comments", "media rules", "no rules", "comments", "links", "attributes"],
)
def test_no_page_takes_long(source: bytes) -> None:
    began = time.process_time()
    with contextlib.suppress(BadDocument):  # some hold no text
        read(source, HTML)
    assert time.process_time() - began < 5
