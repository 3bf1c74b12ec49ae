"""How the commands answer: a plain table for people, JSON for programs. Knows no row of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_OF_A_FILE: Final = 240  # where no terminal says how wide it is, lines are not folded


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """All of ``rows`` as ``{"items": [...]}``, or these columns of them as a table."""
    if as_json:
        _print_json({"items": list(rows)})
        return
    table = Table(*(column.replace("_", " ") for column in columns), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_text(row[column]), overflow="fold") for column in columns))
    _console().print(table)


def print_one(row: Mapping[str, Any], *, as_json: bool) -> None:
    """One row with all its fields, one a line."""
    if as_json:
        _print_json(row)
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in row.items():
        table.add_row(name.replace("_", " "), Text(_text(value), overflow="fold"))
    _console().print(table)


def print_done(sentence: str, row: Mapping[str, Any], *, as_json: bool) -> None:
    """What was done, in a sentence; for programs the row instead."""
    if as_json:
        _print_json(row)
    else:
        _console().print(Text(masked_lines(sentence)), soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)


def _text(value: Any) -> str:
    """For people: minutes suffice, and nothing is a dash."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        value = ", ".join(str(part) for part in value)
    return masked(str(value))


def masked(text: str) -> str:
    """What others typed, without what a terminal would obey: question marks instead."""
    return "".join(one if one.isprintable() else "?" for one in text)


def masked_lines(text: str) -> str:
    """Likewise for a text of several lines, which it stays."""
    return "\n".join(masked(line) for line in text.split("\n"))


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, default=_plain, indent=1) + "\n")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
