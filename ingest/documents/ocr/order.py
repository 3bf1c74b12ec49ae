"""Lines that lie anywhere on a page put into the order a person reads them: columns, and cells of a row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.documents.ocr.lines import OcrLine

_MOST_COLUMNS = 4
_LEAST_LINES = 3  # in each of two columns
_FULL = 0.55  # of a column's width is what its usual line fills; cells of a table are shorter


def ordered(lines: Sequence[OcrLine], ratio: float, depth: int = 0) -> list[OcrLine]:
    """``ratio``: width of the page by its height. Pieces of one printed row become one line."""
    gutter = _gutter(lines) if depth < _MOST_COLUMNS else None
    if gutter is None:
        return _rows(lines, ratio)
    done: list[OcrLine] = []
    group: list[OcrLine] = []
    for line in [*sorted(lines, key=lambda one: one.box[1]), None]:
        if line is not None and not _crosses(line, gutter):
            group.append(line)
            continue
        for column in ([one for one in group if one.box[2] <= gutter], [one for one in group if one.box[0] >= gutter]):
            done += ordered(column, ratio, depth + 1)
        group = []
        if line is not None:
            done.append(line)
    return done


def _crosses(line: OcrLine, x: float) -> bool:
    return line.box[0] < x < line.box[2]


def _gutter(lines: Sequence[OcrLine]) -> float | None:
    """Where the page falls into two columns of running text: nothing but a few headings lies across it."""
    if len(lines) < 2 * _LEAST_LINES:
        return None
    first, last = min(one.box[0] for one in lines), max(one.box[2] for one in lines)
    edges = sorted({one.box[0] - 0.004 for one in lines if first + 0.15 < one.box[0] < last - 0.15})
    best: tuple[int, float] | None = None
    for x in edges:
        left, right = [one for one in lines if one.box[2] <= x], [one for one in lines if one.box[0] >= x]
        across = len(lines) - len(left) - len(right)
        if min(len(left), len(right)) < _LEAST_LINES or across > 0.3 * len(lines):
            continue
        if _fills(left, x - first) and _fills(right, last - x) and (best is None or across < best[0]):
            best = across, x
    return best[1] if best else None


def _fills(column: Sequence[OcrLine], width: float) -> bool:
    widths = sorted(one.width for one in column)
    return widths[len(widths) // 2] >= _FULL * width


def _rows(lines: Sequence[OcrLine], ratio: float) -> list[OcrLine]:
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda one: (one.box[1] + one.box[3]) / 2):
        middle = (line.box[1] + line.box[3]) / 2
        if rows and any(one.box[1] <= middle <= one.box[3] and _is_beside(one, line, ratio) for one in rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_joined(sorted(row, key=lambda one: one.box[0])) for row in rows]


def _is_beside(one: OcrLine, other: OcrLine, ratio: float) -> bool:
    return min(one.box[2], other.box[2]) - max(one.box[0], other.box[0]) < 0.5 * one.height / ratio


def _joined(row: Sequence[OcrLine]) -> OcrLine:
    """One line of the pieces, as sure as their characters are."""
    if len(row) == 1:
        return row[0]
    text = " ".join(one.text for one in row)
    sure = sum(one.confidence * len(one.text) for one in row) / sum(len(one.text) for one in row)
    box = (
        min(one.box[0] for one in row),
        min(one.box[1] for one in row),
        max(one.box[2] for one in row),
        max(one.box[3] for one in row),
    )
    return replace(row[0], text=text, box=box, confidence=sure)
