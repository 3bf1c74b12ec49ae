"""Recognised lines as a page: paragraphs, headings by their height, and the rectangle every line stands in. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ingest.documents.ocr.lines import OcrLine
from store.pages import Heading, Page, Region

_TALL = 1.4  # times the usual line is a heading
_ENOUGH = 80  # lines tell how crooked a page is
_PAIRS = 6
_GAPS = 4
_TELLING = 0.1  # of the page's width, by which two lines must differ to tell
_ITEM = re.compile(r"(?:[-•*‣◦]|\d{1,3}[.)])\s")


def page_from(lines: Sequence[OcrLine], number: int, label: str = "") -> Page:
    """Lines of a paragraph become one line of text, a word broken at a line's end whole again."""
    lines = _level(lines)
    usual = median(line.height for line in lines) if lines else 0.0
    widest = max((line.width for line in lines), default=0.0)
    wide_gap = _wide_gap(lines, usual)
    text, regions, headings = "", list[Region](), list[Heading]()
    above: OcrLine | None = None
    for line in lines:
        words = re.sub(r"\s+", " ", line.text).strip()
        text += _between(text, above, line, usual, widest, wide_gap)
        if text and _is_broken(text, words) and above is not None and not text.endswith("\n"):
            text = text[:-1]
            regions[-1] = Region(regions[-1].start, len(text), regions[-1].box)
        start = len(text)
        text += words
        regions.append(Region(start, len(text), line.box))
        if _is_heading(line, usual):
            headings.append(Heading(start, 1, words))
        above = line
    return Page(number, text, tuple(headings), tuple(regions), label, recognised=True)


def _wide_gap(lines: Sequence[OcrLine], usual: float) -> float:
    """From which gap on a paragraph ends: letters with much space between their lines have much everywhere."""
    gaps = [gap for above, line in itertools.pairwise(lines) if 0 < (gap := _gap(above, line)) < 3 * usual]
    return max(0.9 * usual, 1.7 * median(gaps) if len(gaps) >= _GAPS else 0.0)


def _gap(above: OcrLine, line: OcrLine) -> float:
    """Between their print, seen where it is least: which way the page leans is not known."""
    leaning = abs(line.tilt - above.tilt) / 2
    return line.box[1] + line.tilt / 2 - (above.box[3] - above.tilt / 2) - leaning


def _level(lines: Sequence[OcrLine]) -> list[OcrLine]:
    """Without what a crooked scan adds to a line's height: the wider the line, the taller its upright rectangle."""
    some = lines[:_ENOUGH]
    slopes = [
        (one.height - other.height) / (one.width - other.width)
        for one, other in itertools.combinations(some, 2)
        if abs(one.width - other.width) > _TELLING
    ]
    slope = max(0.0, median(slopes)) if len(slopes) >= _PAIRS else 0.0
    return [replace(line, tilt=slope * line.width) for line in lines]


def _is_broken(text: str, words: str) -> bool:
    return re.search(r"[a-zà-ÿ]-$", text) is not None and words[:1].islower()


def _is_heading(line: OcrLine, usual: float) -> bool:
    return line.height >= _TALL * usual and 3 <= len(line.text) <= 100 and not line.text.rstrip().endswith((".", ","))


def _between(text: str, above: OcrLine | None, line: OcrLine, usual: float, widest: float, wide_gap: float) -> str:
    """What stands between two lines: nothing after a hyphen, a space in a paragraph, an empty line between two."""
    if above is None:
        return ""
    if _is_heading(line, usual) != _is_heading(above, usual):
        return "\n\n"
    gap = _gap(above, line)
    if gap > wide_gap or line.box[3] < above.box[1] - usual:
        return "" if _is_broken(text, line.text) and gap < 0 else "\n\n"
    if _ITEM.match(line.text):
        return "\n"
    goes_on = line.text[:1].islower() and not above.text.rstrip().endswith((".", "!", "?", ":"))
    if above.paragraph != line.paragraph and not goes_on:
        return "\n"
    short = above.box[2] < line.box[2] - 0.12 or above.width < max(0.6 * line.width, 0.4 * widest)
    if short and above.text.rstrip().endswith((".", "!", "?", ":", ",")):
        return "\n"
    return "" if _is_broken(text, line.text) else " "
