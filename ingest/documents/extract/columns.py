"""The reading order of pieces of print on a page: columns one after another, rows of a table as one line. Pure.

A page is cut at a vertical gutter when both sides are prose; a line across the gutter ends the columns above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.documents.extract.printed import Printed

_DEPTH = 4
_FEWEST = 3  # lines on each side of a gutter
_PLACES = 60  # where a gutter is looked for
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def in_reading_order(pieces: Sequence[Printed], depth: int = _DEPTH) -> list[Printed]:
    """The pieces of a page as whole lines."""
    gutter = _gutter(pieces) if depth and len(pieces) >= 2 * _FEWEST else None
    if gutter is None:
        return list(_lines(pieces))
    done: list[Printed] = []
    for band in _bands(pieces, gutter):
        left = [one for one in band if one.right <= gutter]
        right = [one for one in band if one.left >= gutter]
        if _is_prose(left) and _is_prose(right):
            sides = (right, left) if _reads_leftwards(band) else (left, right)
            for side in sides:
                done += in_reading_order(side, depth - 1)
        else:
            done += _lines(band)
    return done


def _gutter(pieces: Sequence[Printed]) -> float | None:
    """A place few pieces cross and that has prose on both sides."""
    start, end = min(one.left for one in pieces), max(one.right for one in pieces)
    best: tuple[int, float, float] | None = None
    for step in range(round(0.15 * _PLACES), round(0.85 * _PLACES) + 1):
        place = start + (end - start) * step / _PLACES
        left = [one for one in pieces if one.right <= place]
        right = [one for one in pieces if one.left >= place]
        crossing = len(pieces) - len(left) - len(right)
        if min(len(left), len(right)) < _FEWEST or crossing > 0.3 * len(pieces):
            continue
        if _is_prose(left) and _is_prose(right):
            room = min(one.left for one in right) - max(one.right for one in left)
            candidate = (crossing, -room, place)
            best = min(best, candidate) if best else candidate
    return best[2] if best else None


def _is_prose(side: Sequence[Printed]) -> bool:
    """Lines that fill their column with words, unlike the cells of a table."""
    if len(side) < _FEWEST:
        return False
    width = max(one.right for one in side) - min(one.left for one in side)
    is_full = median(one.right - one.left for one in side) >= 0.55 * width
    return is_full and median(len(one.text) for one in side) >= 18


def _bands(pieces: Sequence[Printed], gutter: float) -> Iterator[list[Printed]]:
    """From the top: what stands beside the gutter, then a line across it, and so on."""
    band: list[Printed] = []
    for one in sorted(pieces, key=lambda one: (one.top + one.bottom) / 2):
        if one.left < gutter < one.right:
            if band:
                yield band
                band = []
            yield [one]
        else:
            band.append(one)
    if band:
        yield band


def _lines(pieces: Sequence[Printed]) -> Iterator[Printed]:
    """Pieces beside each other as one line; rows under each other with several cells are a table."""
    rows = [_in_row_order(row) for row in _rows(pieces)]
    for number, row in enumerate(rows):
        around = (rows[number - 1] if number else [], rows[number + 1] if number + 1 < len(rows) else [])
        is_table = len(row) > 1 and any(len(other) > 1 and _share_an_edge(row, other) for other in around)
        yield _joined(row, " | " if is_table else " ", cells=is_table)


def _rows(pieces: Sequence[Printed]) -> Iterator[list[Printed]]:
    row: list[Printed] = []
    for one in sorted(pieces, key=lambda one: (one.top + one.bottom) / 2):
        if row and not _beside(row[-1], one):
            yield row
            row = []
        row.append(one)
    if row:
        yield row


def _beside(first: Printed, other: Printed) -> bool:
    overlap = min(first.bottom, other.bottom) - max(first.top, other.top)
    return overlap > 0.5 * min(first.bottom - first.top, other.bottom - other.top)


def _in_row_order(row: Sequence[Printed]) -> list[Printed]:
    return sorted(row, key=lambda one: one.left, reverse=_reads_leftwards(row))


def _reads_leftwards(pieces: Sequence[Printed]) -> bool:
    letters = "".join(one.text for one in pieces)
    return 2 * len(_RIGHT_TO_LEFT.findall(letters)) > sum(letter.isalpha() for letter in letters)


def _share_an_edge(row: Sequence[Printed], other: Sequence[Printed]) -> bool:
    """Cells stand in columns: beyond the first, one begins or ends where one of the other row does."""
    near = 3.0
    return any(
        abs(one.left - two.left) < near or abs(one.right - two.right) < near or abs(_middle(one) - _middle(two)) < near
        for one in row[1:]
        for two in other[1:]
    )


def _middle(one: Printed) -> float:
    return (one.left + one.right) / 2


def _joined(row: Sequence[Printed], between: str, *, cells: bool) -> Printed:
    if len(row) == 1:
        return row[0]
    text = row[0].text
    for before, one in pairwise(row):
        touches = -1.0 < one.left - before.right < 0.12 * max(one.size, 4.0)
        text += one.text if touches else between + one.text
    size = max(row, key=lambda one: len(one.text)).size
    return Printed(
        text,
        min(one.left for one in row),
        min(one.top for one in row),
        max(one.right for one in row),
        max(one.bottom for one in row),
        size,
        all(one.bold for one in row),
        cells=cells,
    )
