"""Workbooks (.xlsx): a page a sheet, a line a row, values as people see them; hidden sheets, rows and columns apart.

Sheets are streamed: what matters is how many cells hold something, not how far apart they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.documents.extract.characters import clean
from ingest.documents.extract.merged import Range, Row, filled
from ingest.documents.extract.number_formats import NumberFormats
from ingest.documents.extract.ooxml import Element, Package, R, S
from ingest.documents.extract.progress import report
from ingest.documents.extract.rows import names_columns, row_as_text, rows_as_text
from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.textlines import Line, page_of
from store.pages import Page

_GENERIC = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad|ark|planilha)\s*\d*", re.IGNORECASE)
_CELLS = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_MOST_COLUMNS = 16_384
_MOST_MERGED = 20_000


@dataclass(slots=True)
class _Workbook:
    """What all sheets share, and what is met while reading them. ``left`` counts characters that may still come."""

    package: Package
    strings: Sequence[str]
    formats: NumberFormats
    left: int
    hidden: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    without_result: int = 0
    comments: int = 0

    def spend(self, characters: int) -> None:
        self.left -= characters
        if self.left < 0:
            raise BadDocument("This workbook holds more text than can be read. Split it.", code="too_long")


def extract_xlsx(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: too_long, too_many_pages, broken_file."""
    package = Package(content)
    main = package.main()
    root = package.xml(main)
    settings = root.find(f"{S}workbookPr")
    is_1904 = settings is not None and settings.get("date1904") in {"1", "true"}
    formats = NumberFormats(package, main, is_1904=is_1904)
    book = _Workbook(package, list(_strings(package, main, limits)), formats, 2 * limits.characters)
    parts = {one.id: one.target for one in package.relations(main) if one.kind == "worksheet"}
    sheets = [one for one in root.iter(f"{S}sheet") if one.get(f"{R}id") in parts]
    if len(sheets) > limits.pages:
        raise BadDocument(f"It has more than {limits.pages} sheets. Split it.", code="too_many_pages")
    pages: list[Page] = []
    for number, sheet in enumerate(sheets, start=1):
        name = clean(sheet.get("name", "")).strip()
        pages.append(_sheet(book, parts[sheet.get(f"{R}id")], name, number, hidden=sheet.get("state") in _UNSEEN))
        report(number / len(sheets))
    metadata = {**package.metadata(), "pages": len(pages)}
    title = str(metadata.get("title", ""))
    return Extracted(tuple(pages), title, "sheet", tuple(book.hidden), metadata, tuple(_findings(book)))


_UNSEEN = {"hidden", "veryHidden"}


def _findings(book: _Workbook) -> Iterator[Finding]:
    yield from book.findings
    if book.without_result:
        text = f"{book.without_result} formulas have no stored result. Open it in Excel, save it and upload it again."
        yield Finding("formula_without_result", "warning", text)
    if book.comments:
        text = f"Cells of {book.comments} sheets have comments; they are not read."
        yield Finding("comments", "info", text)


def _strings(package: Package, main: str, limits: Limits) -> Iterator[str]:
    left = 2 * limits.characters
    for part in package.related(main, "sharedStrings"):
        for one in package.elements(part, "si"):
            text = _rich_text(one)
            left -= len(text)
            if left < 0:
                raise BadDocument("This workbook holds more text than can be read. Split it.", code="too_long")
            yield text


def _rich_text(element: Element) -> str:
    """Without the reading aids beside Japanese words."""
    return "".join(
        one.text or ""
        for one in element.iter("{*}t")
        if one.getparent() is element or not one.getparent().tag.endswith("}rPh")
    )


def _sheet(book: _Workbook, part: str, name: str, number: int, *, hidden: bool) -> Page:
    rows: list[tuple[int, Row]] = []
    unseen: list[str] = []
    merged: list[Range] = []
    book.comments += bool(book.package.related(part, "comments") or book.package.related(part, "threadedComment"))
    for place, row, is_hidden in _rows(book, part, merged):
        if is_hidden or hidden:
            unseen.append(" | ".join(row.values()))
        else:
            rows.append((place, row))
    if unseen:
        book.hidden.append("\n".join(unseen)[:200_000])
        what = "is hidden; it is left out" if hidden else "has hidden rows or columns; they are left out"
        book.findings.append(Finding("hidden_text", "warning", f"Sheet “{name}” {what}.", number))
    lines = list(_lines(filled(rows, merged, book.spend)))
    if lines and not _GENERIC.fullmatch(name):
        lines.insert(0, Line(name, 1))
    return page_of(lines, number, name)


def _rows(book: _Workbook, part: str, merged: list[Range]) -> Iterator[tuple[int, Row, bool]]:
    """Row number, what its cells show, and whether it is hidden; cells of hidden columns come as a hidden row.

    ``merged`` takes the ranges of cells that are one; they stand behind the rows.
    """
    hidden_columns: set[int] = set()
    above = 0
    for element in book.package.elements(part, "row", "col", "mergeCell"):
        if element.tag.endswith("}mergeCell"):
            if len(merged) < _MOST_MERGED and (found := _range(element.get("ref") or "")):
                merged.append(found)
            continue
        if element.tag.endswith("}col"):
            if element.get("hidden") in {"1", "true"}:
                last = min(_whole(element.get("max")), _MOST_COLUMNS)
                hidden_columns.update(range(_whole(element.get("min")) - 1, last))
            continue
        above = _whole(element.get("r")) or above + 1
        row = dict(_cells(book, element))
        seen = {column: text for column, text in row.items() if column not in hidden_columns}
        is_hidden = element.get("hidden") in {"1", "true"}
        if seen:
            yield above, seen, is_hidden
        if not is_hidden and (rest := {column: text for column, text in row.items() if column in hidden_columns}):
            yield above, rest, True


def _cells(book: _Workbook, row: Element) -> Iterator[tuple[int, str]]:
    column = -1
    for cell in row.iterchildren("{*}c"):
        column = _column(cell.get("r") or "", column + 1)
        text = " ".join(clean(_shown(book, cell)).split())
        if text:
            book.spend(len(text))
            yield column, text


def _shown(book: _Workbook, cell: Element) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        return _rich_text(inline) if inline is not None else ""
    value = cell.findtext("{*}v")
    if not value:
        book.without_result += cell.find("{*}f") is not None
        return ""
    if kind == "s":
        index = _whole(value)
        return book.strings[index] if index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind == "e":
        return ""
    return book.formats.shown(value, _whole(cell.get("s"))) if kind == "n" else value


def _lines(rows: Sequence[tuple[int, Row]]) -> Iterator[Line]:
    """Blocks between empty rows are tables of their own; one without column names goes on with those above."""
    header: Row = {}
    for block in _blocks(rows):
        start = 0
        while start < len(block) and len(block[start]) == 1:
            yield Line(next(iter(block[start].values())))
            start += 1
        table = block[start:]
        if not table:
            continue
        columns = sorted({column for row in table[:50] for column in row})
        first, below = _listed(table[0], columns), [_listed(row, columns) for row in table[1:6]]
        if below and names_columns(first, below):
            header, table = table[0], table[1:]
        elif not set(columns) <= set(header):
            yield from (Line(text) for text in rows_as_text([_listed(row, sorted(row)) for row in table]))
            yield Line("")
            continue
        for row in table:
            yield Line(row_as_text([header.get(column, "") for column in sorted(row)], _listed(row, sorted(row))))
        yield Line("")


def _blocks(rows: Sequence[tuple[int, Row]]) -> Iterator[list[Row]]:
    block: list[Row] = []
    above = 0
    for place, row in rows:
        if block and place > above + 1:
            yield block
            block = []
        block.append(row)
        above = place
    if block:
        yield block


def _listed(row: Row, columns: Sequence[int]) -> list[str]:
    return [row.get(column, "") for column in columns]


def _column(reference: str, otherwise: int) -> int:
    """0 for A1."""
    number = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number - 1 if number else otherwise


def _range(reference: str) -> Range | None:
    """(first row, first column, last row, last column) of A1:B2."""
    found = _CELLS.fullmatch(reference)
    if found is None:
        return None
    return int(found[2]), _column(found[1], 0), int(found[4]), _column(found[3], 0)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 12 else 0
