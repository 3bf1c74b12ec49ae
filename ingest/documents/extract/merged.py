"""Merged cells of a workbook: what stands in one is said in every row it covers, names over names become one. Pure.

Only rows and columns that hold something are filled: a range may claim a million of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from ingest.documents.extract.rows import is_number
from ingest.documents.extract.spans import joined

Row = Mapping[int, str]  # column number (from 0) to what the cell shows
Range = tuple[int, int, int, int]  # first row (from 1), first column (from 0), last row, last column
_LONGEST_SAID_AGAIN = 200
_WIDEST = 256
_MOST_WORK = 3_000_000  # places looked at: a thousand merged ranges over everything are made to keep one busy


def filled(
    rows: Sequence[tuple[int, Row]], merged: Sequence[Range], spend: Callable[[int], None]
) -> list[tuple[int, Row]]:
    """The rows with the text of merged cells in every place. ``spend`` is told how many characters that adds."""
    if not merged:
        return list(rows)
    places = [place for place, _ in rows]
    texts = [dict(row) for _, row in rows]
    wide: set[int] = set()
    work = 0
    columns = sorted({column for _, row in rows for column in row})
    for top, left, bottom, right in merged:
        first, last = bisect_left(places, top), bisect_right(places, bottom)
        if first == last or places[first] != top or not (text := texts[first].get(left, "")):
            continue
        is_title = len(texts[first]) == 1
        if is_title or len(text) > _LONGEST_SAID_AGAIN:
            continue
        work += (last - first) * min(right - left + 1, _WIDEST)
        if work > _MOST_WORK:
            break
        covered = columns[bisect_left(columns, left) : bisect_right(columns, right)][:_WIDEST]
        for number in range(first, last):
            for column in covered:
                if column not in texts[number]:
                    spend(len(text))
                    texts[number][column] = text
        if len(covered) > 1:
            wide.add(first)
    return _one_heading([(place, dict(sorted(row.items()))) for place, row in zip(places, texts, strict=True)], wide)


def _one_heading(rows: Sequence[tuple[int, Row]], wide: set[int]) -> list[tuple[int, Row]]:
    """A row of names with one over several columns, and the names below it, are one row."""
    done: list[tuple[int, Row]] = []
    left = deque(enumerate(rows))
    while left:
        number, (place, row) = left.popleft()
        if number in wide and len(left) > 1 and _begins_a_table(rows, number):
            below_at, below = left[0][1]
            if below_at == place + 1 and not _has_numbers(row) and not _has_numbers(below):
                left.popleft()
                names = {column: joined(row.get(column, ""), below.get(column, "")) for column in {*row, *below}}
                place, row = below_at, dict(sorted(names.items()))
        done.append((place, row))
    return done


def _begins_a_table(rows: Sequence[tuple[int, Row]], number: int) -> bool:
    if number == 0:
        return True
    place, row = rows[number - 1]
    return len(row) == 1 or place < rows[number][0] - 1


def _has_numbers(row: Row) -> bool:
    return any(is_number(text) for text in row.values())
