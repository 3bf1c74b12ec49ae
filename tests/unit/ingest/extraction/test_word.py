"""Word documents: headings, lists, tables and notes in their order; what is not text is said."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.shared import RGBColor
from PIL import Image

from ingest.documents.extract.docx_styles import spelled
from ingest.documents.model import DOCX
from tests.fakes.bad_documents import office, word
from tests.unit.ingest.extraction.reading import codes, headings, lines, read, saved

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def table(document: Any, *rows: tuple[str, ...]) -> Any:
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            made.cell(number, column).text = text
    return made


def test_headings_lists_and_paragraphs_come_in_their_order() -> None:
    made = docx.Document()
    made.add_heading("Handbook", 0)
    made.add_heading("Rooms", 1)
    paragraph = made.add_paragraph("All rooms ")
    paragraph.add_run("have a view").bold = True
    paragraph.add_run(".")
    made.add_paragraph("towels", style="List Bullet")
    made.add_paragraph("soap", style="List Bullet")
    made.add_heading("Arrival", 2)
    made.add_paragraph("ring the bell", style="List Number")
    made.add_paragraph("sign the book", style="List Number")
    found = read(saved(made), DOCX)
    assert headings(found) == [(1, "Handbook"), (1, "Rooms"), (2, "Arrival")]
    wanted = ["Handbook", "Rooms", "All rooms have a view.", "- towels", "- soap", "Arrival"]
    assert lines(found) == [*wanted, "1. ring the bell", "2. sign the book"]
    assert found.page_kind == "none"


def test_rows_of_a_table_carry_the_names_of_their_columns() -> None:
    made = docx.Document()
    table(made, ("Room", "Seats", "Price"), ("Lighthouse", "12", "120 €"), ("Boathouse", "", "80 €"))
    assert lines(read(saved(made), DOCX)) == [
        "Room: Lighthouse; Seats: 12; Price: 120 €.",
        "Room: Boathouse; Price: 80 €.",
    ]


def test_merged_cells_are_said_in_every_row_they_cover() -> None:
    made = docx.Document()
    rows = table(
        made,
        ("Room", "Price", ""),
        ("", "Summer", "Winter"),
        ("Lighthouse", "120", "90"),
        ("", "130", "95"),
        ("Boathouse", "closed", ""),
    )
    rows.cell(0, 0).merge(rows.cell(1, 0))
    rows.cell(0, 1).merge(rows.cell(0, 2))
    rows.cell(2, 0).merge(rows.cell(3, 0))
    rows.cell(4, 1).merge(rows.cell(4, 2))
    assert lines(read(saved(made), DOCX)) == [
        "Room: Lighthouse; Price Summer: 120; Price Winter: 90.",
        "Room: Lighthouse; Price Summer: 130; Price Winter: 95.",
        "Room: Boathouse; Price Summer: closed; Price Winter: closed.",
    ]


def test_a_title_over_the_whole_table_stands_above_it() -> None:
    made = docx.Document()
    rows = table(made, ("Prices", "", ""), ("Room", "Seats", "Price"), ("Lighthouse", "12", "120"))
    rows.cell(0, 0).merge(rows.cell(0, 2))
    assert lines(read(saved(made), DOCX)) == ["Prices.", "Room: Lighthouse; Seats: 12; Price: 120."]


def test_a_table_in_a_cell_is_read_with_its_cell() -> None:
    made = docx.Document()
    rows = table(made, ("Room", "Extras", "Price"), ("Lighthouse", "", "120"))
    inner = rows.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Towels", "2"
    assert lines(read(saved(made), DOCX)) == ["Room: Lighthouse; Extras: Towels: 2.; Price: 120."]


def test_raised_digits_are_not_digits_of_the_price() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("A room costs 120")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run(" euros, and water is H")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run("O.")
    assert lines(read(saved(made), DOCX)) == ["A room costs 120¹ euros, and water is H2O."]


def test_what_nobody_sees_is_kept_apart() -> None:
    made = docx.Document()
    made.add_paragraph("Seen. ").add_run("Unseen words.").font.hidden = True
    made.add_paragraph("Seen too. ").add_run("White words.").font.color.rgb = RGBColor(255, 255, 255)
    found = read(saved(made), DOCX)
    assert lines(found) == ["Seen.", "Seen too."]
    assert found.hidden == ("Unseen words.", "White words.")
    assert codes(found) == [("hidden_text", 0)]


def test_headers_and_footers_are_read_once_and_comments_are_said_to_be_left_out() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "Harbour House"
    made.sections[0].footer.paragraphs[0].text = "Call 417 at night"
    paragraph = made.add_paragraph("The bar opens at five.")
    made.add_comment(paragraph.runs, text="Is this right?", author="Anna")
    made.add_section()
    found = read(saved(made), DOCX)
    assert lines(found) == ["Harbour House", "The bar opens at five.", "Call 417 at night"]
    assert codes(found) == [("comments", 0)]
    assert found.findings[0].detail == "It holds a comment; it is not read."


def test_pictures_are_said_to_be_left_out() -> None:
    made = docx.Document()
    made.add_paragraph("See the plan:")
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    made.add_picture(picture)
    assert codes(read(saved(made), DOCX)) == [("pictures_not_read", 0)]


def test_footnotes_follow_the_paragraph_that_calls_them() -> None:
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    note = f'<w:footnotes {_W}><w:footnote w:id="2"><w:p><w:r><w:t>Children free.</w:t></w:r></w:p></w:footnote>'
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/footnotes" Target="footnotes.xml"/></Relationships>'
    )
    run = '<w:r><w:t>Breakfast costs 12 euros.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p>{run}</w:p><w:p><w:r><w:t>Next.</w:t></w:r></w:p>"
    made = office(
        DOCX,
        word(body),
        ("word/_rels/document.xml.rels", links),
        ("word/footnotes.xml", f"{note}</w:footnotes>"),
    )
    assert lines(read(made, DOCX)) == ["Breakfast costs 12 euros.", "Note 1: Children free.", "Next."]


def test_deleted_text_is_left_out_and_inserted_text_is_read() -> None:
    deleted = "<w:del><w:r><w:delText>at four</w:delText></w:r></w:del>"
    inserted = "<w:ins><w:r><w:t>at five</w:t></w:r></w:ins>"
    body = f"<w:p><w:r><w:t xml:space='preserve'>The bar opens </w:t></w:r>{deleted}{inserted}</w:p>"
    found = read(office(DOCX, word(body)), DOCX)
    assert lines(found) == ["The bar opens at five"]
    assert codes(found) == [("tracked_changes", 0)]


def test_formulas_are_read() -> None:
    made = docx.Document()
    paragraph: Any = made.add_paragraph("The deposit is ")
    fraction = "<m:f><m:num><m:r><m:t>x</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    paragraph._p.append(parse_xml(f"<m:oMath {_M}>{fraction}</m:oMath>"))  # it has no other way in
    assert lines(read(saved(made), DOCX)) == ["The deposit is x/2"]


def test_numbered_headings_and_lettered_lists_keep_what_word_counts() -> None:
    made = docx.Document()
    numbering = made.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (kind, text) in enumerate((("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "%3)")))
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {_W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {_W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))

    def counted(paragraph: Any, level: int) -> None:
        setting = f'<w:numPr {_W}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(setting))

    for text, level in (("Booking", 0), ("Prices", 0), ("Cancelling", 1), ("Refunds", 1)):
        counted(made.add_heading(text, level + 1), level)
    counted(made.add_paragraph("before noon"), 2)
    counted(made.add_paragraph("after noon"), 2)
    found = read(saved(made), DOCX)
    assert headings(found) == [(1, "1 Booking"), (1, "2 Prices"), (2, "2.1 Cancelling"), (2, "2.2 Refunds")]
    assert lines(found)[-2:] == ["a) before noon", "b) after noon"]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [(4, "lowerRoman", "iv"), (19, "upperRoman", "XIX"), (28, "lowerLetter", "bb"), (3, "chicago", "3")],
)
def test_numbers_are_spelled_as_word_does(number: int, kind: str, text: str) -> None:
    assert spelled(number, kind) == text


def test_what_the_file_says_of_itself_is_kept() -> None:
    made = docx.Document()
    about = made.core_properties
    about.title, about.author, about.language = "Guest guide", "Anna Quay", "en-GB"
    about.created, about.modified = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    made.add_paragraph("Welcome.")
    found = read(saved(made), DOCX)
    assert found.title == "Guest guide"
    assert found.metadata == {
        "title": "Guest guide",
        "author": "Anna Quay",
        "language": "en-GB",
        "created_at": "2026-03-01T09:00:00+00:00",
        "modified_at": "2026-03-02T10:00:00+00:00",
    }


def test_other_writing_is_kept_and_separators_are_plain() -> None:
    made = docx.Document()
    for text in ("ארוחת בוקר ב-7:00", "می\u200cخواهم", "non\u2011stop at 5\u00a0pm", "soft\u00adware"):
        made.add_paragraph(text)
    wanted = ["ארוחת בוקר ב-7:00", "می\u200cخواهم", "non-stop at 5 pm", "software"]
    assert lines(read(saved(made), DOCX)) == wanted
