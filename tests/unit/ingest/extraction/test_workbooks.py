"""Workbooks: a page a sheet, numbers as their cells show them, results of formulas; what is hidden stays apart."""

from __future__ import annotations

from datetime import date, datetime, time
from time import process_time as time_of_process
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingest.documents.extract.merged import filled
from ingest.documents.model import XLSX
from tests.fakes.bad_documents import workbook
from tests.unit.ingest.extraction.reading import codes, headings, lines, read, saved


def test_each_sheet_is_a_page_with_its_name() -> None:
    made: Any = openpyxl.Workbook()
    made.active.title = "Prices"
    made.active.append(["Room", "Price"])
    made.active.append(["Lighthouse", 120])
    made.create_sheet("Empty")
    made.create_sheet("Hours").append(["The pool opens at seven."])
    made.properties.creator, made.properties.title = "Anna Quay", "Price list"
    found = read(saved(made), XLSX)
    assert found.page_kind == "sheet"
    assert [(page.number, page.label) for page in found.pages] == [(1, "Prices"), (2, "Empty"), (3, "Hours")]
    assert (headings(found), lines(found)) == ([(1, "Prices")], ["Prices", "Room: Lighthouse; Price: 120."])
    assert lines(found, 3) == ["Hours", "The pool opens at seven."]
    assert (found.title, found.metadata["author"], found.metadata["pages"]) == ("Price list", "Anna Quay", 3)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (120.5, '#,##0.00 "€"', "120.50 €"),
        (120.5, '#,##0.00 "EUR"', "120.50 EUR"),
        (80, "[$€-407] #,##0.00", "€ 80.00"),
        (80, "#,##0.00\\ [$kr-41D]", "80.00 kr"),
        (0.25, "0%", "25%"),
        (0.125, "0.0%", "12.5%"),
        (42, "00000", "00042"),
        (1234567, "#,##0", "1,234,567"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (1500, "#,##0;[Red]-#,##0", "1,500"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "-1,234.50"),
        (0, '0;-0;"free"', "free"),
        (5, "0.##", "5"),
        (3, '0 "nights"', "3 nights"),
        (4915112345, '"+"0', "+4915112345"),
        (0.1 + 0.2, "General", "0.3"),
        (12345678, "0.00E+00", "12345678"),
        (0.5, "# ?/?", "0.5"),
        (date(2026, 3, 1), "DD.MM.YYYY", "2026-03-01"),
        (datetime.fromisoformat("2026-04-02T14:30"), "d/m/yyyy h:mm", "2026-04-02 14:30"),
        (date(2026, 3, 15), "mmm yyyy", "2026-03"),
        (date(2026, 3, 15), "yyyy", "2026"),
        (time(14, 30), "h:mm", "14:30"),
        (1.25, "[h]:mm", "30:00"),
        (True, "General", "TRUE"),
    ],
)
def test_cells_say_what_they_show(value: object, code: str, shown: str) -> None:
    made: Any = openpyxl.Workbook()
    made.active["A1"] = value
    made.active["A1"].number_format = code
    assert lines(read(saved(made), XLSX)) == [shown]


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    made: Any = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.active["A1"] = date(2026, 3, 1)
    assert lines(read(saved(made), XLSX)) == ["2026-03-01"]


def test_formulas_give_their_stored_result_and_those_without_one_are_counted() -> None:
    cells = '<c r="A1"><f>SUM(B1:B9)</f><v>45</v></c><c r="B1" t="str"><f>A2</f><v>text</v></c><c r="C1"><f>1+1</f></c>'
    found = read(workbook(f'<row r="1">{cells}<c r="D1" t="e"><v>#DIV/0!</v></c></row>'), XLSX)
    assert lines(found)[-1] == "45: text."
    assert codes(found) == [("formula_without_result", 0)]


def test_hidden_sheets_rows_and_columns_are_left_out_and_said() -> None:
    made: Any = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Prices"
    for row in (("Room", "Price", "Cost"), ("Lighthouse", 120, 33), ("Cellar", 10, 2), ("Boathouse", 80, 21)):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    for name, state in (("Margins", "hidden"), ("Secrets", "veryHidden")):
        made.create_sheet(name).append([f"Words of {name}"])
        made[name].sheet_state = state
    found = read(saved(made), XLSX)
    assert lines(found) == ["Prices", "Room: Lighthouse; Price: 120.", "Room: Boathouse; Price: 80."]
    assert [page.text for page in found.pages[1:]] == ["", ""]
    assert codes(found) == [("hidden_text", 1), ("hidden_text", 2), ("hidden_text", 3)]
    assert "Cellar | 10" in found.hidden[0]
    assert found.hidden[1:] == ("Words of Margins", "Words of Secrets")


def test_merged_cells_are_said_in_every_row_and_names_over_names_are_one() -> None:
    made: Any = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Rates"
    for row in (
        ("Rates of 2026",),
        (),
        ("Room", "Price", None, "Note"),
        (None, "Summer", "Winter", None),
        ("Lighthouse", 120, 90, "view"),
        (None, 130, 95, "suite"),
        ("Boathouse", "closed", None, "storm"),
    ):
        sheet.append(row)
    for cells in ("A1:D1", "A3:A4", "B3:C3", "D3:D4", "A5:A6", "B7:C7"):
        sheet.merge_cells(cells)
    assert lines(read(saved(made), XLSX)) == [
        "Rates",
        "Rates of 2026",
        "Room: Lighthouse; Price Summer: 120; Price Winter: 90; Note: view.",
        "Room: Lighthouse; Price Summer: 130; Price Winter: 95; Note: suite.",
        "Room: Boathouse; Price Summer: closed; Price Winter: closed; Note: storm.",
    ]


def test_a_merged_range_over_everything_fills_only_what_is_there() -> None:
    spent: list[int] = []
    rows = [(1, {0: "Room", 1: "Price"}), (9, {0: "Lighthouse"}), (1_048_576, {1: "120"})]
    found = filled(rows, [(1, 0, 1_048_576, 16_383)], spent.append)
    assert [place for place, _ in found] == [1, 9, 1_048_576]
    assert sum(spent) == len("Room") * 2


def test_many_ranges_over_everything_are_soon_done_with() -> None:
    rows = [(number, {0: "Room", 1: "", 200: "12"}) for number in range(1, 3000)]
    began = time_of_process()
    filled(rows, [(1, 0, 1_048_576, 16_383)] * 20_000, lambda _: None)
    assert time_of_process() - began < 5


def test_tables_between_empty_rows_have_names_of_their_own() -> None:
    made: Any = openpyxl.Workbook()
    for row in (("Room", "Price"), ("Lighthouse", 120), (), ("Meal", "Price"), ("Breakfast", 12), ("Dinner", 30)):
        made.active.append(row)
    assert lines(read(saved(made), XLSX)) == [
        "Room: Lighthouse; Price: 120.",
        "Meal: Breakfast; Price: 12.",
        "Meal: Dinner; Price: 30.",
    ]


def test_comments_are_said_to_be_left_out() -> None:
    made: Any = openpyxl.Workbook()
    made.active["A1"] = "Lighthouse"
    made.active["A1"].comment = Comment("Ask Anna", "Jonas")
    assert codes(read(saved(made), XLSX)) == [("comments", 0)]
