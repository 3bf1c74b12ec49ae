"""A picture made ready to be read: grey, of a size letters are read best at, level; and boxes carried back. Pure PIL.

Angles are in degrees, counter-clockwise, as Pillow turns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ingest.documents.ocr.lines import Box

LONGEST_PX = 3400  # of a side: A4 at 290 dpi
SHORTEST_PX = 1600  # the longer side of a small picture is enlarged to this, at most threefold
_STEEPEST = 10.0
_LEVEL = 0.3  # below it turning blurs more than it helps


@dataclass(frozen=True, slots=True)
class Prepared:
    """``image`` is the picture in mode L, level; `original` tells where a box of it lies on the picture given."""

    image: Any
    width: int
    height: int
    angle: float

    def original(self, box: Box) -> Box:
        """The box as shares of the picture before it was levelled."""
        if not self.angle:
            return box
        turned_width, turned_height = self.image.size
        radians = math.radians(self.angle)
        corners: list[tuple[float, float]] = []
        for x, y in ((box[0], box[1]), (box[2], box[1]), (box[0], box[3]), (box[2], box[3])):
            across, down = x * turned_width - turned_width / 2, y * turned_height - turned_height / 2
            corners.append(
                (
                    across * math.cos(radians) - down * math.sin(radians) + self.width / 2,
                    across * math.sin(radians) + down * math.cos(radians) + self.height / 2,
                )
            )
        return (
            _share(min(x for x, _ in corners), self.width),
            _share(min(y for _, y in corners), self.height),
            _share(max(x for x, _ in corners), self.width),
            _share(max(y for _, y in corners), self.height),
        )


def _share(value: float, whole: int) -> float:
    return min(1.0, max(0.0, value / whole))


def prepared(image: Any) -> Prepared:
    """``image`` in any mode without transparency."""
    from PIL import Image, ImageOps, ImageStat

    grey = ImageOps.autocontrast(image.convert("L"), cutoff=(0.5, 0.5))
    longest = max(grey.size)
    scale = min(1.0, LONGEST_PX / longest) if longest >= SHORTEST_PX else min(3.0, SHORTEST_PX / longest)
    if scale != 1.0:
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    if ImageStat.Stat(grey).mean[0] < 100:  # light letters on a dark ground
        grey = ImageOps.invert(grey)
    width, height = grey.size
    angle = skew(grey)
    if abs(angle) < _LEVEL:
        return Prepared(grey, width, height, 0.0)
    level = grey.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return Prepared(level, width, height, angle)


def without_grain(grey: Any) -> Any:
    """The noise of a camera smoothed away, at the price of sharp letters."""
    from PIL import ImageFilter

    return grey.filter(ImageFilter.MedianFilter(3))


def skew(grey: Any) -> float:
    """By how much the picture must be turned to be level: rows of ink are sharpest then. 0 when nothing tells."""
    small = grey.copy()
    small.thumbnail((700, 700))
    rough = max((step / 2 for step in range(int(-2 * _STEEPEST), int(2 * _STEEPEST) + 1)), key=_scored(small))
    fine = max((rough + step / 10 for step in range(-4, 5)), key=_scored(small))
    if abs(fine) >= _STEEPEST or _scored(small)(fine) < 1.1 * _scored(small)(0.0):
        return 0.0
    return fine


def _scored(small: Any) -> Any:
    import numpy as np
    from PIL import Image

    ink = Image.fromarray(255 - np.asarray(small))

    def score(angle: float) -> float:
        turned = np.asarray(ink.rotate(angle, Image.Resampling.BILINEAR), dtype=np.float64)
        return float((np.diff(turned.sum(axis=1)) ** 2).sum())

    return score
