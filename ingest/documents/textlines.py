"""Lines with their heading level put together to the text of a page. Pure; used by every extractor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.pages import Heading, Page

_LIST_ITEM = re.compile(r"\s*(?:[-•*+‣◦]|\d{1,3}[.)])\s|.*\|")
_WRAPPED_AT = 55


@dataclass(frozen=True, slots=True)
class Line:
    """``level`` 0 is body text, 1 the topmost heading; an empty line ends a paragraph."""

    text: str
    level: int = 0


def page_of(lines: Sequence[Line], number: int = 1) -> Page:
    """One page: headings stand alone between empty lines, never more than one empty line in a row."""
    parts: list[str] = []
    headings: list[Heading] = []
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
        parts.append(text)
        length += len(text) + 1
        if line.level and text:
            parts.append("")
            length += 1
    return Page(number, "\n".join(parts).rstrip(), tuple(headings))


def reflowed(lines: Sequence[Line]) -> Iterator[Line]:
    """Hard-wrapped paragraphs as one line each: a long body line goes on in the next one, unless that is an item."""
    pending = ""
    wraps = False
    for line in lines:
        goes_on = wraps and line.text.strip() and not line.level and not _LIST_ITEM.match(line.text)
        if goes_on:
            pending = f"{pending} {line.text.strip()}"
        else:
            if pending:
                yield Line(pending)
            pending = line.text.strip() if not line.level else ""
            if line.level or not line.text.strip():
                yield line
        wraps = not line.level and len(line.text.strip()) >= _WRAPPED_AT
    if pending:
        yield Line(pending)
