"""Lines with their heading level put together to the text of a page. Pure; used by every extractor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.pages import Heading, Page, Region

_LIST_ITEM = re.compile(r"\s*(?:[-•*+‣◦]|\d{1,3}[.)])\s|.*\|")
_WRAPPED_AT = 55
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the characters [start, end) of a line stand; ``box`` as in ``Region``."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """``level`` 0 is body text, 1 the topmost heading; an empty line ends a paragraph. ``text`` is stripped."""

    text: str
    level: int = 0
    placed: tuple[Placed, ...] = ()


def page_of(lines: Sequence[Line], number: int = 1, label: str = "") -> Page:
    """One page: headings stand alone between empty lines, never more than one empty line in a row."""
    parts: list[str] = []
    headings: list[Heading] = []
    regions: list[Region] = []
    length = 0
    for line in lines:
        text = line.text.strip()
        if line.level and text and parts and parts[-1]:
            parts.append("")
            length += 1
        if not text and (not parts or not parts[-1]):
            continue
        if line.level and text:
            headings.append(Heading(length, line.level, text))
        regions += (Region(length + one.start, length + one.end, one.box) for one in line.placed)
        parts.append(text)
        length += len(text) + 1
        if line.level and text:
            parts.append("")
            length += 1
    return Page(number, "\n".join(parts).rstrip(), tuple(headings), tuple(regions), label)


def reflowed(lines: Sequence[Line]) -> Iterator[Line]:
    """Hard-wrapped paragraphs as one line each: a long body line goes on in the next one, unless that is an item."""
    pending: list[str] = []
    wraps = False
    for line in lines:
        text = line.text.strip()
        goes_on = wraps and text and not line.level and not _LIST_ITEM.match(line.text)
        if not goes_on:
            if pending:
                yield Line(" ".join(pending))
            pending = []
            if line.level or not text:
                yield line
        if text and not line.level:
            pending.append(text)
        wraps = not line.level and len(text) >= _WRAPPED_AT
    if pending:
        yield Line(" ".join(pending))
