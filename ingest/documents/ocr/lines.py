"""What a recogniser answers, and the protocol every engine follows. Values only.

To add an engine: a module with a `Recogniser`, a branch in ``reading.recogniser``, its name in the contract suite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A printed line. ``box``: left, top, right, bottom as shares (0-1) of the picture; ``confidence`` 0-1.

    ``paragraph``: lines with the same number belong together; -1 when the engine does not say. ``tilt``: what of the
    box's height comes of the line being askew.
    """

    text: str
    box: Box
    confidence: float
    paragraph: int = -1
    tilt: float = 0.0

    @property
    def height(self) -> float:
        """Of the print itself."""
        return self.box[3] - self.box[1] - self.tilt

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]


class Recogniser(Protocol):
    """Reads an upright picture (a PIL image in mode L), lines in the order a person would read them.

    Raises BadDocument when the picture takes longer than ``timeout_s`` or more memory than there is.
    """

    @property
    def name(self) -> str: ...

    def lines(self, image: Any, timeout_s: float) -> list[OcrLine]: ...


def confidence_of(lines: list[OcrLine]) -> float:
    """How sure a whole page is: the mean over its characters; 0 without any."""
    characters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / characters if characters else 0.0
