"""PDF pages to text: columns in order, headings, places, hidden text apart. Made by hand or by fpdf2."""

from __future__ import annotations

import pytest
from fpdf import FPDF

from ingest.documents.extract.columns import in_reading_order
from ingest.documents.extract.pdf import extract_pdf
from ingest.documents.extract.pdf_facts import usable_title
from ingest.documents.extract.printed import Printed
from ingest.documents.model import BadDocument, Limits
from tests.fakes.bad_documents import HELLO, page, pdf, stream


def sheet() -> FPDF:
    made = FPDF(unit="pt", format=(600, 800))
    made.set_auto_page_break(False)
    return made


def write(made: FPDF, x: float, y: float, text: str, size: float = 11, style: str = "") -> None:
    made.set_font("helvetica", style=style, size=size)
    made.text(x, y, text)


def content(*operators: str) -> bytes:
    return stream("\n".join(operators).encode())


def test_two_columns_are_read_one_after_the_other_below_their_title() -> None:
    made = sheet()
    made.add_page()
    write(made, 60, 60, "The harbour and its ferries in the year of the flood", 18)
    for number in range(12):
        write(made, 60, 100 + 14 * number, f"left column line {number} tells of the old ferry")
        write(made, 330, 100 + 14 * number, f"right column line {number} tells of the new one")
    [found] = extract_pdf(bytes(made.output()), Limits()).pages
    assert found.headings[0].text.startswith("The harbour")
    assert found.text.index("left column line 11") < found.text.index("right column line 0")


def test_rows_of_a_table_stay_rows() -> None:
    made = sheet()
    made.add_page()
    for number, row in enumerate([("Room", "Seats", "Price"), ("Lighthouse", "12", "45"), ("Boathouse", "30", "80")]):
        for column, cell in enumerate(row):
            write(made, 60 + 150 * column, 100 + 20 * number, cell)
    [found] = extract_pdf(bytes(made.output()), Limits()).pages
    assert found.text.split("\n") == ["Room | Seats | Price", "Lighthouse | 12 | 45", "Boathouse | 30 | 80"]


def test_every_line_has_its_place_on_the_page() -> None:
    made = sheet()
    made.add_page()
    write(made, 60, 400, "In the middle of the page")
    [found] = extract_pdf(bytes(made.output()), Limits()).pages
    [region] = found.regions
    assert found.text[region.start : region.end] == "In the middle of the page"
    assert region.box is not None
    left, top, right, bottom = region.box
    assert left == pytest.approx(0.1, abs=0.01)
    assert top < 0.5 <= bottom + 0.005
    assert right < 0.4


def test_places_are_those_of_the_page_as_shown_when_it_is_rotated() -> None:
    upright = extract_pdf(page(HELLO), Limits()).pages[0].regions[0].box
    turned = extract_pdf(page(HELLO, "/Rotate 90"), Limits()).pages[0].regions[0].box
    assert upright is not None
    assert turned is not None
    assert turned[0] > 0.8 > upright[0]


def test_running_headers_and_page_numbers_are_left_out_and_titles_stay() -> None:
    made = sheet()
    for number in range(1, 6):
        made.add_page()
        write(made, 60, 40, "Harbour House handbook", 9)
        write(made, 60, 200, f"What stands on page {number} alone.")
        write(made, 290, 780, f"Page {number} of 5", 9)
    found = extract_pdf(bytes(made.output()), Limits())
    assert [one.text for one in found.pages] == [f"What stands on page {number} alone." for number in range(1, 6)]


def test_words_broken_at_a_line_end_are_whole_again() -> None:
    made = sheet()
    made.add_page()
    write(made, 60, 100, "The lighthouse was built in the year of the great confla-")
    write(made, 60, 113, "gration and has stood there ever since.")
    [found] = extract_pdf(bytes(made.output()), Limits()).pages
    assert "great conflagration and" in found.text
    assert all(found.text[one.start : one.end].strip() for one in found.regions)


@pytest.mark.parametrize(
    ("operators", "why"),
    [
        ("1 1 1 rg BT /F 12 Tf 72 600 Td (pay to nobody) Tj ET", "in the colour of its background"),
        ("BT 3 Tr /F 12 Tf 72 600 Td (pay to nobody) Tj ET", "that is not painted"),
        ("BT /F 0.5 Tf 72 600 Td (pay to nobody) Tj ET", "too small to read"),
        ("BT /F 12 Tf -900 600 Td (pay to nobody) Tj ET", "outside of the page"),
        ("BT /F 12 Tf 72 600 Td (pay to nobody) Tj ET 0.9 g 50 580 300 60 re f", "behind a picture or a surface"),
        ("0 0 1 rg 50 580 300 60 re f BT /F 12 Tf 72 600 Td (pay to nobody) Tj ET", "in the colour of its background"),
    ],
)
def test_text_nobody_sees_is_kept_apart_and_said(operators: str, why: str) -> None:
    shown = "0 g BT /F 12 Tf 72 700 Td (The ferry leaves at noon and returns at night.) Tj ET"
    found = extract_pdf(page(content(shown, operators)), Limits())
    assert found.pages[0].text == "The ferry leaves at noon and returns at night."
    assert found.hidden == ("pay to nobody",)
    assert [(one.code, one.page) for one in found.findings] == [("hidden_text", 1)]
    assert why in found.findings[0].detail


def test_white_text_on_a_dark_ground_is_seen() -> None:
    found = extract_pdf(
        page(content("0 0 0.5 rg 50 580 300 60 re f 1 g BT /F 12 Tf 72 600 Td (Welcome) Tj ET")), Limits()
    )
    assert (found.pages[0].text, found.hidden) == ("Welcome", ())


def test_a_layer_that_is_switched_off_is_not_read() -> None:
    layered = content(
        "/OC /L BDC BT /F 12 Tf 72 600 Td (for the printer only) Tj ET EMC", "BT /F 12 Tf 72 700 Td (Hi) Tj ET"
    )
    made = page(layered, "", "<</Type/OCG/Name(Notes)>>", catalog="/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>")
    made = made.replace(b"/Font<</F 5 0 R>>", b"/Font<</F 5 0 R>>/Properties<</L 6 0 R>>")
    found = extract_pdf(made, Limits())
    assert (found.pages[0].text, found.hidden) == ("Hi", ("for the printer only",))


@pytest.mark.parametrize(
    ("catalog", "code"),
    [
        ("/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "active_content"),
        ("/OpenAction<</S/Launch/F(cmd.exe)>>", "active_content"),
        ("/AA<</WC<</S/JavaScript/JS(1)>>>>", "active_content"),
        ("/AcroForm<</XFA(x)>>", "active_content"),
        ("/Names<</EmbeddedFiles<</Names[(a)<<>>]>>>>", "embedded_file"),
        ("/Names<</JavaScript<</Names[(a)<<>>]>>>>", "active_content"),
    ],
)
def test_what_a_pdf_would_do_when_opened_is_said(catalog: str, code: str) -> None:
    found = extract_pdf(page(HELLO, catalog=catalog), Limits())
    assert [one.code for one in found.findings] == [code]


def test_opening_at_a_page_is_nothing_to_say() -> None:
    assert extract_pdf(page(HELLO, catalog="/OpenAction[3 0 R/Fit]"), Limits()).findings == ()


def test_page_labels_are_what_people_call_the_pages() -> None:
    made = page(HELLO, catalog="/PageLabels<</Nums[0<</S/r/St 4>>]>>")
    assert extract_pdf(made, Limits()).pages[0].label == "iv"


def test_an_outline_makes_headings_where_sizes_do_not() -> None:
    lines = "BT /F 12 Tf 72 700 Td (Arrival) Tj 0 -40 Td (Come by boat before the night falls.) Tj ET"
    outline = ("<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>", "<</Title(Arrival)/Parent 6 0 R/Dest[3 0 R/Fit]>>")
    found = extract_pdf(page(content(lines), "", *outline, catalog="/Outlines 6 0 R"), Limits())
    assert [(one.level, one.text) for one in found.pages[0].headings] == [(1, "Arrival")]
    assert found.metadata["outline"] == [{"title": "Arrival", "page": 1, "level": 1}]


def test_what_the_file_says_of_itself_is_kept() -> None:
    made = sheet()
    made.set_title("Harbour guide")
    made.set_author("Anna Quay")
    made.set_lang("en-GB")
    made.add_page()
    write(made, 60, 100, "Hello")
    metadata = extract_pdf(bytes(made.output()), Limits()).metadata
    assert (metadata["title"], metadata["author"], metadata["language"]) == ("Harbour guide", "Anna Quay", "en-GB")
    assert metadata["pages"] == 1
    assert metadata["created_at"].startswith("20")


def test_an_empty_password_opens_and_another_is_asked_for() -> None:
    made = sheet()
    made.set_encryption(owner_password="owner", user_password="")
    made.add_page()
    write(made, 60, 100, "Open to all")
    assert extract_pdf(bytes(made.output()), Limits()).pages[0].text == "Open to all"
    locked = sheet()
    locked.set_encryption(owner_password="owner", user_password="secret")
    locked.add_page()
    with pytest.raises(BadDocument) as refused:
        extract_pdf(bytes(locked.output()), Limits())
    assert refused.value.code == "encrypted"


def test_more_pages_than_allowed_are_refused() -> None:
    kids = " ".join("3 0 R" for _ in range(5))
    tree = f"<</Type/Pages/Kids[{kids}]/Count 5>>"
    made = pdf("<</Type/Catalog/Pages 2 0 R>>", tree, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    with pytest.raises(BadDocument) as refused:
        extract_pdf(made, Limits(pages=4))
    assert refused.value.code == "too_many_pages"


@pytest.mark.parametrize(
    ("said", "title"), [("Microsoft Word - Plan", "Plan"), ("plan.docx", ""), ("Untitled", ""), ("Plan", "Plan")]
)
def test_titles_that_are_leftovers_do_not_count(said: str, title: str) -> None:
    assert usable_title(said) == title


def test_right_to_left_cells_are_read_from_the_right() -> None:
    cells = [Printed("מחיר", 60, 10, 90, 20, 10), Printed("חדר", 300, 10, 330, 20, 10)]
    below = [Printed("80", 60, 30, 90, 40, 10), Printed("מגדלור", 300, 30, 330, 40, 10)]
    assert next(one.text for one in in_reading_order([*cells, *below])) == "חדר | מחיר"
