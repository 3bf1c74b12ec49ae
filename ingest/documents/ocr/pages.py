"""Recognised lines as a page: paragraphs, headings by their height, and the rectangle every line stands in. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.documents.ocr.lines import OcrLine
from store.pages import Heading, Page, Region

_TALL = 1.4  # times the usual line is a heading
_ITEM = re.compile(r"(?:[-•*‣◦]|\d{1,3}[.)])\s")


def page_from(lines: Sequence[OcrLine], number: int, label: str = "") -> Page:
    """Lines of a paragraph become one line of text, a word broken at a line's end whole again."""
    usual = sorted(line.height for line in lines)[len(lines) // 2] if lines else 0.0
    widest = max((line.width for line in lines), default=0.0)
    text, regions, headings = "", list[Region](), list[Heading]()
    above: OcrLine | None = None
    for line in lines:
        words = re.sub(r"\s+", " ", line.text).strip()
        text += _between(text, above, line, usual, widest)
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


def _is_broken(text: str, words: str) -> bool:
    return re.search(r"[a-zà-ÿ]-$", text) is not None and words[:1].islower()


def _is_heading(line: OcrLine, usual: float) -> bool:
    return line.height >= _TALL * usual and 3 <= len(line.text) <= 100 and not line.text.rstrip().endswith((".", ","))


def _between(text: str, above: OcrLine | None, line: OcrLine, usual: float, widest: float) -> str:
    """What stands between two lines: nothing after a hyphen, a space in a paragraph, an empty line between two."""
    if above is None:
        return ""
    if _is_heading(line, usual) != _is_heading(above, usual):
        return "\n\n"
    gap = line.box[1] - above.box[3]
    if gap > 0.9 * usual or line.box[3] < above.box[1] - usual:
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
