"""The print on one PDF page: pieces of lines with size, weight and place, by pdfium. Decides nothing about their order.

Places are points from the upper left corner of the page as it is shown (crop box, rotation applied).
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.documents.extract.characters import clean, raised
from ingest.documents.extract.visibility import Bounds, Sight, Space
from ingest.documents.model import BadDocument

_LINE_HYPHENS = "\ufffe\x02"  # pdfium's marks for a hyphen at a line's end
SOFT_HYPHEN = "\u2010"
_BOLD = re.compile(rb"bold|black|heavy", re.IGNORECASE)
_WIDE_GAP = 1.6  # of the letters' size: more than a space between words


@dataclass(frozen=True, slots=True)
class Printed:
    """A piece of one printed line. ``hidden``: why nobody sees it, or "". ``cells``: it is a row of a table.

    ``turn``: degrees clockwise from upright (0, 90, 180, 270) as the page is shown.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    hidden: str = ""
    cells: bool = False
    turn: int = 0


@dataclass(slots=True)
class _Run:
    """Letters being gathered: the box so far in page units, how the first one looks, and which way it reads."""

    letters: list[str]
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool
    hidden: str
    direction: tuple[int, int] = (1, 0)

    def along(self, box: Bounds) -> tuple[Bounds, Bounds]:
        """The box so far and another one, in units in which this line is read from left to right."""
        return _levelled((self.left, self.bottom, self.right, self.top), self.direction), _levelled(box, self.direction)

    def add(self, letter: str, box: Bounds) -> None:
        self.letters.append(letter)
        self.left, self.bottom = min(self.left, box[0]), min(self.bottom, box[1])
        self.right, self.top = max(self.right, box[2]), max(self.top, box[3])


def printed_on(page: Any, sight: Sight, space: Space, most: int) -> list[Printed]:
    """The print of a page as pieces, in the order of the file. Raises BadDocument for more than ``most`` characters."""
    text_page = page.get_textpage()
    try:
        runs = list(_runs(text_page.raw, sight, most))
    finally:
        text_page.close()
    return [piece for run in runs if (piece := _piece(run, space)) is not None]


def _runs(text_page: Any, sight: Sight, most: int) -> Iterator[_Run]:
    import pypdfium2.raw as pdfium

    run: _Run | None = None
    look = _Look(text_page, sight)
    count = int(pdfium.FPDFText_CountChars(text_page))
    if count > most:  # before any of them takes room here as well
        raise BadDocument("This PDF holds more text than can be read. Split it.", code="too_long")
    for index in range(count):
        code = int(pdfium.FPDFText_GetUnicode(text_page, index))
        letter = chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
        if letter in "\r\n":
            if run is not None and letter:
                yield run
                run = None
            continue
        if not letter.strip() or (code < 32 and letter not in _LINE_HYPHENS):
            if run is not None and letter not in _LINE_HYPHENS:
                run.letters.append(" ")
            continue
        box = look.box(index)
        size, bold, hidden, direction = look.style(index)
        if run is not None and _is_raised(run, letter, box, size, hidden):
            run.letters.append(raised(letter))
            run.right = max(run.right, box[2])
            continue
        if run is not None and (direction != run.direction or _separate(run, box, size, hidden)):
            yield run
            run = None
        if run is None:
            run = _Run([], *box, size, bold, hidden, direction)
        run.add(SOFT_HYPHEN if letter in _LINE_HYPHENS else letter, box)
    if run is not None:
        yield run


def _is_raised(run: _Run, letter: str, box: Bounds, size: float, hidden: str) -> bool:
    """A small digit high up behind a word: the mark of a note, or a power; never one more digit of a price."""
    if not (letter.isascii() and letter.isdigit()) or hidden != run.hidden or not run.letters[-1].strip():
        return False
    (_, bottom, right, top), (left, low, _, high) = run.along(box)
    height = max(top - bottom, 1.0)
    is_near = -1.0 <= left - right <= 0.4 * run.size
    return is_near and size <= 0.85 * run.size and low > bottom + 0.3 * height and high > top - 0.3 * height


def _separate(run: _Run, box: Bounds, size: float, hidden: str) -> bool:
    """A new piece begins: it looks different, stands on another line, or far away on this one."""
    if hidden != run.hidden or abs(size - run.size) > 0.35 * max(size, run.size):
        return True
    (start, bottom, end, top), (left, low, right, high) = run.along(box)
    height = max(top - bottom, size, 1.0)
    if low > top + 0.3 * height or high < bottom - 0.3 * height:
        return True
    gap = _WIDE_GAP * max(run.size, 4.0)
    return left - end > gap or start - right > gap


def _levelled(box: Bounds, direction: tuple[int, int]) -> Bounds:
    left, bottom, right, top = box
    if direction == (0, 1):
        return bottom, -right, top, -left
    if direction == (0, -1):
        return -top, left, -bottom, right
    return (-right, -top, -left, -bottom) if direction == (-1, 0) else box


def _piece(run: _Run, space: Space) -> Printed | None:
    text = " ".join(clean("".join(run.letters)).split())
    if not text:
        return None
    left, top, right, bottom = space.shown((run.left, run.bottom, run.right, run.top))
    size = round(run.size, 1)
    hidden = run.hidden or space.outside(left, top, right, bottom)
    return Printed(text, left, top, right, bottom, size, run.bold, hidden, turn=space.turn(run.direction))


class _Look:
    """How characters look; what belongs to a whole text object is asked once for it."""

    def __init__(self, text_page: Any, sight: Sight) -> None:
        self._text_page, self._sight = text_page, sight
        self._object, self._style = 0, (0.0, False, "", (1, 0))
        self._sides = tuple(ctypes.c_double() for _ in range(4))

    def box(self, index: int) -> Bounds:
        """Left, bottom, right, top in page units."""
        import pypdfium2.raw as pdfium

        left, right, bottom, top = self._sides
        pdfium.FPDFText_GetCharBox(self._text_page, index, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def style(self, index: int) -> tuple[float, bool, str, tuple[int, int]]:
        """Size in points as shown, whether it is bold, why nobody sees it, and which way it reads in page units."""
        import pypdfium2.raw as pdfium

        found = pdfium.FPDFText_GetTextObject(self._text_page, index)
        address = ctypes.addressof(found.contents) if found else 0
        if address and address == self._object:
            return self._style
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        size = float(pdfium.FPDFText_GetFontSize(self._text_page, index)) * scale
        bold = int(pdfium.FPDFText_GetFontWeight(self._text_page, index)) >= 600 or self._is_named_bold(index)
        hidden = "tiny" if size < 2 else self._sight.why_unseen(found, address, self.box(index))
        is_level = abs(matrix.a) >= abs(matrix.b)
        direction = (1 if matrix.a >= 0 else -1, 0) if is_level else (0, 1 if matrix.b >= 0 else -1)
        self._object, self._style = address, (size, bold, hidden, direction)
        return self._style

    def _is_named_bold(self, index: int) -> bool:
        """Fonts that are not embedded, and many that are, have their weight in their name only."""
        import pypdfium2.raw as pdfium

        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        length = int(pdfium.FPDFText_GetFontInfo(self._text_page, index, name, 128, flags))
        return 0 < length <= 128 and _BOLD.search(name.value) is not None


def seen(piece: Printed) -> Printed:
    return replace(piece, hidden="")
