"""Can a person see this text of a PDF? Colour against what is painted below it, cover above it, layers, page borders.

To add a reason: a check in `Sight.why_unseen` and its words in `REASONS`. When in doubt text counts as seen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

REASONS: Final = {
    "unpainted": "that is not painted",
    "colour": "in the colour of its background",
    "covered": "behind a picture or a surface",
    "layer": "on a layer that is switched off",
    "tiny": "too small to read",
    "outside": "outside of the page",
}
_INVISIBLE_MODE = 3
_MOST_OBJECTS = 4000
_DEPTH = 5
_SAME = 14
_WHITE = (255, 255, 255)
Matrix = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]
_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Surface:
    """Something opaque that is painted: ``colour`` None for a picture. ``order`` counts upwards from the page."""

    order: int
    bounds: Bounds
    colour: tuple[int, int, int] | None


class Space:
    """Page units to points from the upper left corner of the page as shown."""

    def __init__(self, page: Any) -> None:
        self.width, self.height = float(page.get_width()) or 1.0, float(page.get_height()) or 1.0
        origin, across, up = (_device(page, *point) for point in ((0, 0), (1000, 0), (0, 1000)))
        scale = (self.width, self.height)
        self._origin = tuple(origin[i] * scale[i] for i in (0, 1))
        self._x = tuple((across[i] - origin[i]) * scale[i] / 1000 for i in (0, 1))
        self._y = tuple((up[i] - origin[i]) * scale[i] / 1000 for i in (0, 1))

    def shown(self, box: Bounds) -> Bounds:
        """Left, top, right, bottom."""
        corners = [self._point(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        across, down = [one[0] for one in corners], [one[1] for one in corners]
        return min(across), min(down), max(across), max(down)

    def turn(self, direction: tuple[int, int]) -> int:
        """Degrees clockwise from upright, as shown, of text that reads this way in page units."""
        across = direction[0] * self._x[0] + direction[1] * self._y[0]
        down = direction[0] * self._x[1] + direction[1] * self._y[1]
        if abs(across) >= abs(down):
            return 0 if across >= 0 else 180
        return 90 if down > 0 else 270

    def outside(self, left: float, top: float, right: float, bottom: float) -> str:
        is_out = right < 0 or bottom < 0 or left > self.width or top > self.height
        return "outside" if is_out else ""

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._x[0] + y * self._y[0],
            self._origin[1] + x * self._x[1] + y * self._y[1],
        )


def _device(page: Any, x: float, y: float) -> tuple[float, float]:
    """A point as shares of the page as shown."""
    import pypdfium2.raw as pdfium

    size = 1_000_000
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, size, size, 0, x, y, across, down)
    return across.value / size, down.value / size


class Sight:
    """What is painted on one page, to judge its texts by. ``layers_off``: names of layers that are not shown."""

    def __init__(self, page: Any, layers_off: Collection[str] = ()) -> None:
        self._layers_off = layers_off
        self._orders: dict[int, int] = {}
        self._surfaces: list[_Surface] = []
        self._is_whole = True
        self.picture_share = 0.0
        area = max(1.0, float(page.get_width()) * float(page.get_height()))
        for order, (found, matrix) in enumerate(_objects(page.raw)):
            if order >= _MOST_OBJECTS:
                self._is_whole = False
                break
            self._note(found, order, matrix, area)

    def _note(self, found: Any, order: int, matrix: Matrix, area: float) -> None:
        import pypdfium2.raw as pdfium

        kind = pdfium.FPDFPageObj_GetType(found)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self._orders[ctypes.addressof(found.contents)] = order
        elif kind in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING}:
            bounds = _bounds(found, matrix)
            if bounds is None:
                return
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self.picture_share = max(self.picture_share, _area(bounds) / area)
            colour = _painted(found) if kind == pdfium.FPDF_PAGEOBJ_PATH else None
            if kind != pdfium.FPDF_PAGEOBJ_PATH or colour is not None:
                opaque = not pdfium.FPDFPageObj_HasTransparency(found)
                self._surfaces.append(_Surface(order if opaque else -order - 1, bounds, colour))

    def why_unseen(self, found: Any, address: int, box: Bounds) -> str:
        """A key of `REASONS`, or "" for text that is seen. ``box`` of its first letter, in page units."""
        import pypdfium2.raw as pdfium

        if self._layers_off and _layer(found) in self._layers_off:
            return "layer"
        mode = int(pdfium.FPDFTextObj_GetTextRenderMode(found))
        if mode == _INVISIBLE_MODE:
            return "unpainted"
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not pdfium.FPDFPageObj_GetFillColor(found, red, green, blue, alpha) or not self._is_whole:
            return ""
        if alpha.value <= 8:
            return "unpainted"
        order = self._orders.get(address)
        if order is None:
            return ""
        if any(one.order > order and _holds(one.bounds, box) for one in self._surfaces):
            return "covered"
        fill = (red.value, green.value, blue.value)
        return "colour" if mode in {0, 4} and self._is_like_its_ground(fill, order, box) else ""

    def _is_like_its_ground(self, fill: tuple[int, int, int], order: int, box: Bounds) -> bool:
        ground: tuple[int, int, int] | None = _WHITE
        for one in self._surfaces:
            painted_at = one.order if one.order >= 0 else -one.order - 1
            if painted_at < order and _meets(one.bounds, box):
                ground = one.colour if one.order >= 0 else None  # through a transparent one anything may show
        return ground is not None and max(abs(a - b) for a, b in zip(fill, ground, strict=True)) <= _SAME


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    import pypdfium2.raw as pdfium

    for index in range(int(pdfium.FPDFPage_CountObjects(page))):
        yield from _unfolded(pdfium.FPDFPage_GetObject(page, index), _PLAIN, _DEPTH)


def _unfolded(found: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """An object, or what is in it when it is a form."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFPageObj_GetType(found) != pdfium.FPDF_PAGEOBJ_FORM:
        yield found, matrix
        return
    if depth == 0:
        return
    own = pdfium.FS_MATRIX()
    inner = matrix
    if pdfium.FPDFPageObj_GetMatrix(found, own):
        inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
    for index in range(int(pdfium.FPDFFormObj_CountObjects(found))):
        yield from _unfolded(pdfium.FPDFFormObj_GetObject(found, index), inner, depth - 1)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds(found: Any, matrix: Matrix) -> Bounds | None:
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(found, left, bottom, right, top):
        return None
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    return min(across), min(up), max(across), max(up)


def _painted(path: Any) -> tuple[int, int, int] | None:
    """The colour a path is filled with; None when it is only a line, or nothing."""
    import pypdfium2.raw as pdfium

    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or mode.value == 0:
        return None
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha) or alpha.value < 128:
        return None
    return red.value, green.value, blue.value


def _layer(found: Any) -> str:
    """The name of the layer an object belongs to, or ""."""
    import pypdfium2.raw as pdfium

    for index in range(min(int(pdfium.FPDFPageObj_CountMarks(found)), 8)):
        mark = pdfium.FPDFPageObj_GetMark(found, index)
        length, name, value = ctypes.c_ulong(), (ctypes.c_ushort * 256)(), (ctypes.c_ushort * 256)()
        pdfium.FPDFPageObjMark_GetName(mark, name, 512, length)
        if bytes(name)[: max(0, length.value - 2)].decode("utf-16-le", "replace") != "OC":
            continue
        if pdfium.FPDFPageObjMark_GetParamStringValue(mark, b"Name", value, 512, length):
            return bytes(value)[: max(0, length.value - 2)].decode("utf-16-le", "replace")
    return ""


def _area(bounds: Bounds) -> float:
    return max(0.0, bounds[2] - bounds[0]) * max(0.0, bounds[3] - bounds[1])


def _holds(outer: Bounds, inner: Bounds) -> bool:
    slack = 0.5
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and outer[2] + slack >= inner[2]
        and outer[3] + slack >= inner[3]
    )


def _meets(outer: Bounds, inner: Bounds) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
