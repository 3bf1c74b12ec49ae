"""Word documents (.docx): headings, lists and tables in their order; hidden runs apart."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from ingest.documents.extract.characters import clean
from ingest.documents.model import BadDocument, Extracted, Limits
from ingest.documents.textlines import Line, page_of


def extract_docx(content: bytes, _limits: Limits) -> Extracted:
    import docx

    try:
        document = docx.Document(io.BytesIO(content))
        hidden: list[str] = []
        lines = list(_lines(document, hidden))
        title = clean(document.core_properties.title or "").strip()
    except MemoryError:
        raise
    except Exception as error:  # the parser meets damaged files with any exception there is
        raise BadDocument("This Word document is damaged and cannot be opened.", code="broken_file") from error
    heading = next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(lines),), title or heading, hidden=tuple(hidden))


def _lines(document: Any, hidden: list[str]) -> Iterator[Line]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _table_lines(block)
            yield Line("")
            continue
        seen = "".join(run.text for run in _runs(block) if not run.font.hidden)
        hidden.extend(run.text for run in _runs(block) if run.font.hidden and run.text.strip())
        style = block.style.name if block.style is not None else ""
        bullet = "- " if style.startswith("List") else ""
        yield Line(bullet + clean(seen).replace("\n", " ").strip() if seen.strip() else "", _style_level(style))
        if not bullet:
            yield Line("")


def _runs(paragraph: Any) -> Iterator[Any]:
    for item in paragraph.iter_inner_content():
        yield from getattr(item, "runs", (item,))  # a hyperlink holds runs


def _style_level(style: str) -> int:
    if style == "Title":
        return 1
    match = re.match(r"Heading (\d)", style)
    return int(match.group(1)) if match else 0


def _table_lines(table: Any) -> Iterator[Line]:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = clean(cell.text).replace("\n", " ").strip()
            if text and text not in cells[-1:]:  # a merged cell is given once a column
                cells.append(text)
        if cells:
            yield Line(" | ".join(cells) + ".")
