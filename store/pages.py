"""The text of a page with its headings. Values only, so that parser processes need nothing else of store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``offset`` counts characters in the page's text; ``level`` 1 is the topmost."""

    offset: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    text: str
    headings: tuple[Heading, ...] = ()
