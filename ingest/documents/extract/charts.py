"""What charts and diagrams of Word and PowerPoint say: titles, and the values drawn, a line a category. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.documents.extract.characters import clean
from ingest.documents.extract.number_formats import plain
from ingest.documents.extract.ooxml import A, Element, Package
from ingest.documents.extract.rows import row_as_text

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_MOST_POINTS = 2000


def drawings(package: Package, part: str) -> dict[str, list[str]]:
    """The lines of the charts and diagrams a part refers to, by the id of the reference."""
    readers = {"chart": chart_lines, "diagramData": paragraphs_of}
    return {
        one.id: list(readers[one.kind](package.xml(one.target)))
        for one in package.relations(part)
        if one.kind in readers and package.has(one.target)
    }


def chart_lines(root: Element) -> Iterator[str]:
    """Its titles, then "East; Sales: 1.5." for every category."""
    yield from paragraphs_of(root)
    series = list(root.iter(f"{_C}ser"))
    names = [" ".join(_points(one.find(f"{_C}tx")).values()) for one in series]
    values = [_points(one.find(f"{_C}val")) or _points(one.find(f"{_C}yVal")) for one in series]
    labels: dict[int, str] = {}
    for one in series:
        labels = {**_points(one.find(f"{_C}cat")), **_points(one.find(f"{_C}xVal")), **labels}
    for number in sorted({number for one in values for number in one}):
        row = [labels.get(number, ""), *(one.get(number, "") for one in values)]
        yield row_as_text(["", *names], row)


def paragraphs_of(root: Element) -> Iterator[str]:
    for paragraph in root.iter(f"{A}p"):
        if words := " ".join(clean("".join(one.text or "" for one in paragraph.iter(f"{A}t"))).split()):
            yield words


def _points(parent: Element) -> dict[int, str]:
    """What is kept of the cells a chart was drawn from."""
    if parent is None:
        return {}
    found: dict[int, str] = {}
    for count, point in enumerate(parent.iter(f"{_C}pt")):
        number = point.get("idx") or ""
        if count >= _MOST_POINTS or not number.isdigit():
            break
        text = clean(point.findtext(f"{_C}v") or "").strip()
        found[int(number)] = _number(text) if next(point.iterancestors(f"{_C}numCache"), None) is not None else text
    return found


def _number(text: str) -> str:
    try:
        return plain(float(text))
    except (ValueError, OverflowError):
        return text
