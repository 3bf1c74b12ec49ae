"""PDF pages as they are met: turned, with notes, ligatures and tables; every line's place covers its ink."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2
import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from ingest.documents.extract.printed import Printed
from ingest.documents.extract.turned import as_shown, upright
from ingest.documents.model import PDF
from store.pages import Page
from tests.fakes.bad_documents import page as pdf_page
from tests.fakes.bad_documents import stream
from tests.unit.ingest.extraction.reading import headings, read


def sheet() -> FPDF:
    made = FPDF(unit="pt", format=(600, 800))
    made.set_auto_page_break(False)
    made.add_page()
    return made


def write(made: FPDF, x: float, y: float, text: str, size: float = 11, style: str = "") -> None:
    made.set_font("helvetica", style=style, size=size)
    made.text(x, y, text)


def two_columns() -> bytes:
    made = sheet()
    write(made, 60, 80, "Opening hours of the house", 20)
    for number in range(8):
        write(made, 60, 120 + 14 * number, f"left column line {number} tells of the old ferry")
        write(made, 330, 120 + 14 * number, f"right column line {number} tells of the new one")
    return bytes(made.output())


def justified() -> bytes:
    made = FPDF(unit="pt", format="A4")
    made.add_page()
    made.set_font("times", size=11)
    made.multi_cell(0, 14, "The keeper climbs the stairs each evening and lights the lamp before dark. " * 9, align="J")
    return bytes(made.output())


def turned(content: bytes, degrees: int) -> bytes:
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for one in reader.pages:
        writer.add_page(one.rotate(degrees))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def ink(content: bytes) -> np.ndarray[Any, Any]:
    """Where the first page is printed on, as true and false."""
    document = pypdfium2.PdfDocument(content)
    try:
        return np.asarray(document[0].render(scale=2, grayscale=True).to_numpy()).squeeze() < 128
    finally:
        document.close()


def covered(page: Page, shape: tuple[int, ...], *, slack: int = 2) -> np.ndarray[Any, Any]:
    """Where the places of the page's lines are, on a picture of this shape."""
    height, width = shape
    places = np.zeros(shape, dtype=bool)
    for one in page.regions:
        assert one.box is not None
        left, top, right, bottom = one.box
        rows = slice(max(0, int(top * height) - slack), int(bottom * height) + slack + 1)
        places[rows, max(0, int(left * width) - slack) : int(right * width) + slack + 1] = True
    return places


@pytest.mark.parametrize("make", [two_columns, justified])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_places_of_the_lines_cover_all_ink_and_little_else(make: Callable[[], bytes], degrees: int) -> None:
    content = turned(make(), degrees)
    printed = ink(content)
    places = covered(read(content, PDF).pages[0], printed.shape)
    assert not (printed & ~places).any()
    assert places.sum() < 9 * printed.sum()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_on_its_side_is_read_as_the_same_page_upright(degrees: int) -> None:
    straight, lying = read(two_columns(), PDF), read(turned(two_columns(), degrees), PDF)
    assert lying.pages[0].text == straight.pages[0].text
    assert headings(lying) == headings(straight) == [(1, "Opening hours of the house")]


def test_print_that_lies_on_its_side_on_an_upright_page_is_read_line_by_line() -> None:
    made = sheet()
    with made.rotation(90, 300, 400):
        for row in range(3):
            for column, text in enumerate((f"Room {row}", f"{row}0 seats", f"{row}00 euros")):
                write(made, 100 + 150 * column, 300 + 16 * row, text)
    found = read(bytes(made.output()), PDF)
    assert found.pages[0].text.split("\n")[1] == "Room 1 | 10 seats | 100 euros"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_places_of_turned_pages_come_back_to_where_they_were(turn: int) -> None:
    width, height = 600.0, 800.0
    shown = Printed("x", 60, 80, 180, 240, 10, turn=turn)
    level = upright(shown, turn, width, height)
    wide, tall = (height, width) if turn in {90, 270} else (width, height)
    shares = (level.left / wide, level.top / tall, level.right / wide, level.bottom / tall)
    assert as_shown(shares, turn) == pytest.approx((0.1, 0.1, 0.3, 0.3))


def test_a_notes_mark_is_no_digit_of_the_price() -> None:
    made = sheet()
    made.set_xy(60, 60)
    made.set_font("helvetica", size=12)
    for text, place in (
        ("A room costs 120", "LINE"),
        ("1", "SUP"),
        (" euros, CO", "LINE"),
        ("2", "SUB"),
        (".", "LINE"),
    ):
        made.char_vpos = place
        made.write(16, text)
    assert read(bytes(made.output()), PDF).pages[0].text == "A room costs 120¹ euros, CO2."


def test_ligatures_are_letters_and_words_broken_at_line_ends_are_whole() -> None:
    # letters by the names of their glyphs, as TeX writes them
    encoding = "<</Type/Encoding/Differences[1/fi/fl]>>"
    font = f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding {encoding}>>"
    lines = "BT /F 12 Tf 72 700 Td (The of\\001ce of the harbour house sells \\002owers and in the after-) Tj "
    made = pdf_page(stream(f"{lines}0 -14 Td (noon also bread for the guests.) Tj ET".encode()))
    made = made.replace(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", font.encode())
    text = "The office of the harbour house sells flowers and in the afternoon also bread for the guests."
    assert read(made, PDF).pages[0].text == text


def test_a_list_keeps_its_items_and_a_bold_line_is_a_heading() -> None:
    made = sheet()
    write(made, 60, 60, "House rules", 11, "B")
    for number, text in enumerate(("1. Be quiet after ten.", "2. Lock the door.", "\x95 Leave the key at the desk.")):
        write(made, 60, 90 + 14 * number, text)
    write(made, 60, 160, "They hold for all guests of the house, for day visitors and for everybody who works here.")
    found = read(bytes(made.output()), PDF)
    assert headings(found) == [(1, "House rules")]
    assert [line for line in found.pages[0].text.split("\n") if line][1:4] == [
        "1. Be quiet after ten.",
        "2. Lock the door.",
        "• Leave the key at the desk.",
    ]
