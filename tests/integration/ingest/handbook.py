"""One guest handbook as every kind of document: three topics, the prices in a table. Test data only."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pptx
from fpdf import FPDF
from pptx.util import Inches

TOPICS = {
    "Breakfast": "Breakfast is served from seven to ten in the garden room. On Sundays it begins at eight.",
    "Parking": "Guests leave their cars in the garage on Harbour Street. The gate closes at midnight.",
}
PRICES = (
    ("Service", "Adults", "Children"),
    ("Sauna", "18 euros", "9 euros"),
    ("Bicycle", "12 euros", "6 euros"),
    ("Rowing boat", "25 euros", "15 euros"),
)


def _saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _word() -> bytes:
    made = docx.Document()
    made.add_heading("Guest handbook", 0)
    for name, text in TOPICS.items():
        made.add_heading(name, 1)
        made.add_paragraph(text)
    made.add_heading("Prices", 1)
    table = made.add_table(rows=len(PRICES), cols=3)
    for number, row in enumerate(PRICES):
        for column, cell in enumerate(row):
            table.cell(number, column).text = cell
    return _saved(made)


def _slides() -> bytes:
    deck: Any = pptx.Presentation()
    for name, text in TOPICS.items():
        made = deck.slides.add_slide(deck.slide_layouts[1])
        made.shapes.title.text, made.placeholders[1].text_frame.text = name, text
    made = deck.slides.add_slide(deck.slide_layouts[5])
    made.shapes.title.text = "Prices"
    table = made.shapes.add_table(len(PRICES), 3, 0, Inches(2), Inches(8), Inches(2)).table
    for number, row in enumerate(PRICES):
        for column, cell in enumerate(row):
            table.cell(number, column).text = cell
    return _saved(deck)


def _workbook() -> bytes:
    made: Any = openpyxl.Workbook()
    made.active.title = "Notes"
    for row in TOPICS.items():
        made.active.append(row)
    made.create_sheet("Prices")
    for row in PRICES:
        made["Prices"].append(row)
    return _saved(made)


def _print() -> bytes:
    made = FPDF(unit="pt", format="A4")
    for name, text in TOPICS.items():
        made.add_page()
        made.set_font("helvetica", size=20)
        made.cell(text=name, new_x="LMARGIN", new_y="NEXT")
        made.set_font("helvetica", size=11)
        made.multi_cell(0, 16, text)
    made.add_page()
    made.set_font("helvetica", size=20)
    made.cell(text="Prices", new_x="LMARGIN", new_y="NEXT")
    made.set_font("helvetica", size=11)
    with made.table() as table:
        for cells in PRICES:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    return bytes(made.output())


def _web_page() -> bytes:
    topics = "".join(f"<h2>{name}</h2><p>{text}</p>" for name, text in TOPICS.items())
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in PRICES)
    body = f"<h1>Guest handbook</h1>{topics}<h2>Prices</h2><table>{rows}</table>"
    return f"<!doctype html><html><body>{body}</body></html>".encode()


def _markdown() -> bytes:
    topics = "".join(f"## {name}\n\n{text}\n\n" for name, text in TOPICS.items())
    rows = [" | ".join(row) for row in PRICES]
    return f"# Guest handbook\n\n{topics}## Prices\n\n{rows[0]}\n---|---|---\n{chr(10).join(rows[1:])}\n".encode()


def _text() -> bytes:
    topics = "".join(f"{name.upper()}\n\n{text}\n\n" for name, text in TOPICS.items())
    rows = "".join(f"{row[0]}: {row[1]} for adults, {row[2]} for children.\n" for row in PRICES[1:])
    return f"{topics}PRICES\n\n{rows}".encode("utf-16")


def _rows() -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(PRICES)
    return out.getvalue().encode("cp1252")


# by name: how it is made, and where its prices stand: page (0: it has none) and heading
HANDBOOKS: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "handbook.docx": (_word, 0, "Prices"),
    "handbook.pptx": (_slides, 3, "Prices"),
    "handbook.xlsx": (_workbook, 2, "Prices"),
    "handbook.pdf": (_print, 3, "Prices"),
    "handbook.html": (_web_page, 0, "Prices"),
    "handbook.md": (_markdown, 0, "Prices"),
    "handbook.txt": (_text, 0, "PRICES"),
    "handbook.csv": (_rows, 0, ""),
}
