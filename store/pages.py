"""The text of a page with its headings and places. Values only, so that parser processes need nothing else of store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``offset`` counts characters in the page's text; ``level`` 1 is the topmost."""

    offset: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Region:
    """Where the characters [start, end) of a page's text stand: usually one line of print, or one spoken sentence.

    ``box``: left, top, right, bottom as shares (0-1) of the page, from its upper left corner. ``seconds``: [from, to)
    of a recording. One of the two.
    """

    start: int
    end: int
    box: tuple[float, float, float, float] | None = None
    seconds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``number`` counts from 1. ``label``: what people call it when not by number (a sheet's name, "iv").

    ``regions`` ascend by ``start``; ``recognised``: the text was read from a picture or from sound.
    """

    number: int
    text: str
    headings: tuple[Heading, ...] = ()
    regions: tuple[Region, ...] = ()
    label: str = ""
    recognised: bool = False
