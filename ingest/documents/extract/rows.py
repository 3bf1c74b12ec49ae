"""Rows of a table as sentences that read well aloud and are found well: "Room: Lighthouse; Seats: 12." Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

_NUMBER = re.compile(r"[\s(+-]*[€$£¥]?\s*[\d.,:/%\s-]*\d[\d.,:/%\s-]*[€$£¥%)]?\s*[A-Za-z]{0,4}[⁰¹²³⁴-⁹]*")
_HEADER_LENGTH = 60
_HEAD = 10  # rows looked at to tell what a table is like


def rows_as_text(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A line a row, with the column's name before each value when the first full row names the columns.

    Titles above it stand alone; where a page break repeats the names, they are said once. Rows may come without end.
    """
    filled = (row for row in rows if any(cell.strip() for cell in row))
    head = list(itertools.islice(filled, _HEAD))
    titles = next((number for number, row in enumerate(head) if _width(row) > 1), 0)
    yield from (_ended(" ".join("".join(row).split())) for row in head[:titles])
    head = head[titles:]
    if len(head) > 1 and names_columns(head[0], head[1:6]):
        names = list(head[0])
        yield from (row_as_text(names, row) for row in itertools.chain(head[1:], filled) if list(row) != names)
    else:
        yield from map(_without_names, itertools.chain(head, filled))


def _without_names(row: Sequence[str]) -> str:
    cells = [" ".join(cell.split()) for cell in row if cell.strip()]
    is_pair = len(row) == 2 and len(cells) == 2 and not cells[0].endswith((":", ".", "?", "!"))
    return _ended(": ".join(cells) if is_pair and len(cells[0]) <= _HEADER_LENGTH else " | ".join(cells))


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def row_as_text(header: Sequence[str], row: Sequence[str]) -> str:
    """``row`` may be longer or shorter than ``header``; empty cells are left out."""
    cells: list[str] = []
    for number, cell in enumerate(row):
        name = " ".join(header[number].split()).rstrip(":") if number < len(header) else ""
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
