"""Tables with merged cells as plain rows: what stands in a merged cell is said in every row and column it covers. Pure.

A heading of two rows becomes one ("Price" over "Summer": "Price Summer"). Sizes are bounded: a span claims anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.documents.extract.rows import is_number

_WIDEST = 256
_LONGEST_SAID_AGAIN = 200  # characters: longer ones are said once


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` None: goes on from the row above. ``across``, ``down``: columns and rows it covers."""

    text: str | None
    across: int = 1
    down: int = 1


def plain_rows(rows: Iterable[Sequence[Cell]]) -> list[list[str]]:
    """The same table with a text in every place; a cell as wide as its row, a title, stands alone."""
    grid: list[list[str]] = []
    open_cells: dict[int, tuple[str, int]] = {}  # column: text and rows it still covers
    spread: list[bool] = []
    for cells in rows:
        row, is_spread = _row(cells, open_cells, grid[-1] if grid else [])
        grid.append(row)
        spread.append(is_spread)
    return _one_heading(grid, spread)


def _row(cells: Sequence[Cell], open_cells: dict[int, tuple[str, int]], above: Sequence[str]) -> tuple[list[str], bool]:
    row: list[str] = []
    is_spread = False

    def go_on() -> None:
        while (covered := open_cells.get(len(row))) is not None and len(row) < _WIDEST:
            text, left = covered
            if left > 1:
                open_cells[len(row)] = (text, left - 1)
            else:
                del open_cells[len(row)]
            row.append(text)

    for cell in cells:
        go_on()
        across = max(1, min(cell.across, _WIDEST - len(row)))
        is_alone = len(cells) == 1 and not row
        for number in range(across):
            column = len(row)
            text = (above[column] if column < len(above) else "") if cell.text is None else cell.text
            is_first = number == 0
            again = text if len(text) <= _LONGEST_SAID_AGAIN else ""
            row.append(text if is_first and cell.text is not None else "" if is_alone and not is_first else again)
            is_spread |= not is_first and bool(text) and not is_alone
            if cell.down > 1 and not is_alone:
                open_cells[column] = (again, cell.down - 1)
        if len(row) >= _WIDEST:
            break
    go_on()
    return row, is_spread


def _one_heading(grid: list[list[str]], spread: Sequence[bool]) -> list[list[str]]:
    """The first row that has a cell over several columns, and the row below it that names them, are one."""
    for number, (row, is_spread) in enumerate(zip(grid, spread, strict=True)):
        if is_spread and number < 3:
            below = grid[number + 1] if number + 2 < len(grid) else []
            if below and not any(is_number(cell) for cell in [*row, *below]):
                both = [joined(upper, lower) for upper, lower in zip(row, below, strict=False)]
                return [*grid[:number], both, *grid[number + 2 :]]
            return grid
        if sum(bool(cell) for cell in row) > 1:
            return grid
    return grid


def joined(upper: str, lower: str) -> str:
    """Two rows of a heading as one name."""
    return upper if upper == lower or not lower else f"{upper} {lower}".strip()
