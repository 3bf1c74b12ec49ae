"""Pages whose print lies on its side or on its head: looked at upright, and places brought back. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.documents.extract.printed import Printed
from ingest.documents.textlines import Box


def turn_of(pieces: Sequence[Printed]) -> int:
    """How far most of the print is turned: 0, 90, 180 or 270 degrees clockwise."""
    letters: Counter[int] = Counter()
    for one in pieces:
        letters[one.turn] += len(one.text)
    return letters.most_common(1)[0][0] if letters else 0


def upright(piece: Printed, turn: int, width: float, height: float) -> Printed:
    """Where it stands once a page of this size (as shown) is turned back by ``turn``."""
    left, top, right, bottom = piece.left, piece.top, piece.right, piece.bottom
    if turn == 90:
        left, top, right, bottom = top, width - right, bottom, width - left
    elif turn == 180:
        left, top, right, bottom = width - right, height - bottom, width - left, height - top
    elif turn == 270:
        left, top, right, bottom = height - bottom, left, height - top, right
    return replace(piece, left=left, top=top, right=right, bottom=bottom)


def as_shown(box: Box, turn: int) -> Box:
    """The shares of the page as shown for those of the page turned upright."""
    left, top, right, bottom = box
    if turn == 90:
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    elif turn == 180:
        left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
    elif turn == 270:
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)
