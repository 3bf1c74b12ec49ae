"""Printed lines in reading order to paragraphs and headings with the place of every line. Pure.

Lines become paragraphs by their gaps, headings by size or weight; what stands on most pages' edges is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.documents.extract.printed import SOFT_HYPHEN, Printed
from ingest.documents.extract.turned import as_shown
from ingest.documents.textlines import Box, Line, Placed

_HEADING_LENGTH = 120
_EDGE = 0.12  # of the page's height: where running headers and footers stand
_ITEM = re.compile(r"(?:[-•*‣◦▪–]|\d{1,3}[.)]|[a-z]\))\s")
_NUMBER_ALONE = re.compile(r"\W*#(?:\W*(?:of|von|de|sur|di|/)\W*#)?\W*", re.IGNORECASE)
_SENTENCE_ENDS = (".", "!", "?", ":", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """``lines`` in reading order; ``width`` and ``height`` in points; ``characters`` with those nobody sees.

    All of a page that lies on its side or head is told as if it stood upright; ``turn`` is how far it is turned.
    """

    lines: Sequence[Printed]
    width: float
    height: float
    characters: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """How a document sets its text: ``ranks`` maps a size to a heading level, ``bold`` is the level of bold lines."""

    body: float
    ranks: Mapping[float, int] = field(default_factory=dict[float, int])
    bold: int = 0

    def level(self, line: Printed) -> int:
        if line.cells or len(line.text) > _HEADING_LENGTH or not any(one.isalpha() for one in line.text):
            return 0
        if line.size in self.ranks:
            return self.ranks[line.size]
        is_title = line.bold and len(line.text) <= 80 and not line.text.endswith((".", ",", ";"))
        return self.bold if is_title and line.size >= 0.97 * self.body else 0


def without_repeats(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """Running headers, footers and page numbers left out, where there are pages enough to tell."""
    if len(pages) < 3:
        return list(pages)
    shapes = Counter(key for page in pages for key in {_shape(line) for line in page.lines if _is_edge(line, page)})
    repeated = {key for key, count in shapes.items() if count >= max(3, 0.4 * len(pages))}
    numbers = sum(count for (text, _), count in shapes.items() if _NUMBER_ALONE.fullmatch(text))

    def stays(line: Printed, page: PrintedPage) -> bool:
        shape = _shape(line)
        is_number = numbers >= 0.4 * len(pages) and _NUMBER_ALONE.fullmatch(shape[0])
        return not (_is_edge(line, page) and (shape in repeated or is_number))

    return [replace(page, lines=[line for line in page.lines if stays(line, page)]) for page in pages]


def style_of(pages: Sequence[PrintedPage]) -> Style:
    """The body is the size most letters have; sizes clearly above it are headings, the biggest being level 1."""
    sizes: Counter[float] = Counter()
    bold = 0
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
            bold += len(line.text) if line.bold else 0
    if not sizes:
        return Style(0.0)
    body = sizes.most_common(1)[0][0]
    above = {
        line.size
        for page in pages
        for line in page.lines
        if line.size >= 1.12 * body and len(line.text) <= _HEADING_LENGTH and not line.cells
    }
    ranks = {size: level for level, size in enumerate(sorted(above, reverse=True)[:6], start=1)}
    is_rare = bold < 0.3 * sum(sizes.values())
    return Style(body, ranks, min(6, len(ranks) + 1) if is_rare else 0)


def paragraphs(page: PrintedPage, style: Style) -> Iterator[Line]:
    """A paragraph ends at a gap, a heading, a list item, a table's row, or a short line that ends a sentence."""
    widest = max((line.right - line.left for line in page.lines), default=0.0)
    gathered = _Paragraph(page)
    above: Printed | None = None
    for line in page.lines:
        level = style.level(line)
        if above is not None and (level != gathered.level or _breaks(above, line, style.body, widest, level)):
            yield from gathered.lines()
            gathered = _Paragraph(page)
            if not (above.cells and line.cells):
                yield Line("")
        gathered.add(line, level)
        above = line
    yield from gathered.lines()


class _Paragraph:
    def __init__(self, page: PrintedPage) -> None:
        self._page = page
        self._text = ""
        self._placed: list[Placed] = []
        self.level = 0

    def add(self, line: Printed, level: int) -> None:
        if not self._text:
            self.level = level
        elif self._text.endswith(SOFT_HYPHEN) or (re.search(r"[a-zß-ÿ]-$", self._text) and line.text[:1].islower()):
            self._text = self._text[:-1]
            last = self._placed[-1]
            self._placed[-1] = Placed(last.start, last.end - 1, last.box)
        elif not _is_unspaced(self._text[-1], line.text[0]):
            self._text += " "
        start = len(self._text)
        self._text += line.text
        self._placed.append(Placed(start, len(self._text), self._box(line)))

    def lines(self) -> Iterator[Line]:
        if self._text:
            level = self.level if len(self._text) <= 2 * _HEADING_LENGTH else 0
            text = self._text.replace(SOFT_HYPHEN, "-")  # marks inside a line stand for themselves
            yield Line(text, level, tuple(self._placed))

    def _box(self, line: Printed) -> Box:
        width, height = self._page.width, self._page.height
        box = (
            _share(line.left, width),
            _share(line.top, height),
            _share(line.right, width),
            _share(line.bottom, height),
        )
        return as_shown(box, self._page.turn)


def _share(place: float, whole: float) -> float:
    return round(min(1.0, max(0.0, place / whole)), 4) if place == place else 0.0  # NaN


def _is_unspaced(before: str, after: str) -> bool:
    """Chinese, Japanese and Thai lines go on without a space."""
    return all("\u2e80" <= one <= "\u9fff" or "\u0e00" <= one <= "\u0e7f" or one >= "\uff00" for one in before + after)


def _breaks(above: Printed, line: Printed, body: float, widest: float, level: int) -> bool:
    if above.cells or line.cells or (level == 0 and abs(above.size - line.size) > 0.6):
        return True
    gap = line.top - above.bottom
    if gap > 0.9 * max(line.size, body) or gap < -1.5 * max(line.size, body):
        return True
    if _ITEM.match(line.text):
        return True
    ends = above.text.endswith(_SENTENCE_ENDS)
    return level == 0 and ends and above.right - above.left < 0.75 * min(widest, max(line.right - line.left, 1) * 1.4)


def _is_edge(line: Printed, page: PrintedPage) -> bool:
    return line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height


def _shape(line: Printed) -> tuple[str, int]:
    """What a line looks like whatever its numbers; a title is set bigger than the header that repeats it."""
    return re.sub(r"\d+", "#", line.text), round(line.size)
