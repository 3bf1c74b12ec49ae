"""Rows of a table as sentences that read well aloud and are found well: "Room: Lighthouse; Seats: 12." Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_NUMBER = re.compile(r"[\s(+-]*[€$£¥]?\s*[\d.,:/%\s-]*\d[\d.,:/%\s-]*[€$£¥%)]?\s*[A-Za-z]{0,4}")
_HEADER_LENGTH = 60


def rows_as_text(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line a row, with the column's name before each value when the first row names the columns."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return
    if len(filled) > 1 and names_columns(filled[0], filled[1:6]):
        for row in filled[1:]:
            yield row_as_text(filled[0], row)
    else:
        for row in filled:
            cells = [cell.strip() for cell in row if cell.strip()]
            is_pair = len(row) == 2 and len(cells) == 2 and not cells[0].endswith((":", ".", "?", "!"))
            yield _ended(": ".join(cells) if is_pair and len(cells[0]) <= _HEADER_LENGTH else " | ".join(cells))


def row_as_text(header: Sequence[str], row: Sequence[str]) -> str:
    """``row`` may be longer or shorter than ``header``; empty cells are left out."""
    cells: list[str] = []
    for number, cell in enumerate(row):
        name = header[number].strip().rstrip(":") if number < len(header) else ""
        if value := " ".join(cell.split()):
            cells.append(f"{name}: {value}" if name else value)
    return _ended("; ".join(cells))


def names_columns(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is a header: short, different words over rows that look unlike it."""
    names = [cell.strip() for cell in first]
    filled = [name for name in names if name]
    if len(filled) < 2 or len(set(filled)) < len(filled) or len(filled) < 0.6 * len(names):
        return False
    if any(len(name) > _HEADER_LENGTH or is_number(name) for name in filled):
        return False
    if len(names) > 2:
        return True
    column = [row[1].strip() for row in below if len(row) > 1]
    return any(is_number(value) for value in column) or len(below) > 1


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else text + "."
