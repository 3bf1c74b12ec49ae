"""Presentations (.pptx): a page a slide with title, texts, tables, charts and notes; hidden slides and shapes apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.documents.extract.characters import clean, raised, spelled_by_tags
from ingest.documents.extract.charts import drawings
from ingest.documents.extract.ooxml import MC, A, Element, P, Package, R, pictures_not_read
from ingest.documents.extract.progress import report
from ingest.documents.extract.rows import rows_as_text
from ingest.documents.extract.spans import Cell, plain_rows
from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.textlines import Line, page_of
from store.pages import Page

_TITLES = {"title", "ctrTitle"}
_EVERYWHERE = {"ftr", "sldNum", "dt", "hdr"}
_TINY = 250  # hundredths of a point
_MOST_DEPTH = 30


@dataclass(slots=True)
class _Deck:
    """``size`` of a slide in its own units."""

    package: Package
    size: tuple[int, int]
    hidden: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    comments: int = 0
    pictures: int = 0


def extract_pptx(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: too_many_pages, broken_file."""
    package = Package(content)
    main = package.main()
    root = package.xml(main)
    parts = {one.id: one.target for one in package.relations(main) if one.kind == "slide"}
    slides = [parts[one.get(f"{R}id")] for one in root.iter(f"{P}sldId") if one.get(f"{R}id") in parts]
    if len(slides) > limits.pages:
        raise BadDocument(f"It has more than {limits.pages} slides. Split it.", code="too_many_pages")
    size = root.find(f"{P}sldSz")
    deck = _Deck(package, (_whole(size.get("cx")), _whole(size.get("cy"))) if size is not None else (0, 0))
    pages: list[Page] = []
    for number, part in enumerate(slides, start=1):
        pages.append(_slide(deck, part, number))
        report(number / len(slides))
    if deck.comments:
        deck.findings.append(Finding("comments", "info", f"{deck.comments} slides have comments; they are not read."))
    if deck.pictures:
        deck.findings.append(pictures_not_read(deck.pictures))
    metadata = {**package.metadata(), "pages": len(pages)}
    title = str(metadata.get("title", "")) or next((one.text for page in pages for one in page.headings), "")
    title = "" if title.lower() in {"powerpoint presentation", "powerpoint-präsentation"} else title
    return Extracted(tuple(pages), title, "slide", tuple(deck.hidden), metadata, tuple(deck.findings))


def _slide(deck: _Deck, part: str, number: int) -> Page:
    root = deck.package.xml(part)
    found = _Slide(deck.size)
    for tree in root.iterfind(f"{P}cSld/{P}spTree"):
        found.shapes(tree)
    lines = [*found.title, *found.lines]
    for texts in drawings(deck.package, part).values():
        lines += [Line(""), *(Line(text) for text in texts)]
    for notes in deck.package.related(part, "notesSlide"):
        said = _Slide((0, 0), only={"body"})
        for tree in deck.package.xml(notes).iterfind(f"{P}cSld/{P}spTree"):
            said.shapes(tree)
        if said.lines:
            lines += [Line(""), Line("Notes:"), *said.lines]
    deck.comments += bool(deck.package.related(part, "comments"))
    deck.pictures += len(set(deck.package.related(part, "image")))
    if root.get("show") in {"0", "false"}:
        text = "\n".join(line.text for line in lines if line.text)
        found.hidden.append(text)
        deck.findings.append(Finding("hidden_text", "warning", f"Slide {number} is hidden; it is left out.", number))
        lines = []
    elif found.hidden:
        text = f"Slide {number} holds texts nobody sees; they are left out."
        deck.findings.append(Finding("hidden_text", "warning", text, number))
    deck.hidden += found.hidden
    return page_of(lines, number)


class _Slide:
    """The texts of one tree of shapes. ``only``: the kinds of placeholders that count; all when empty."""

    def __init__(self, size: tuple[int, int], only: set[str] | None = None) -> None:
        self._size, self._only = size, only or set[str]()
        self.title: list[Line] = []
        self.lines: list[Line] = []
        self.hidden: list[str] = []

    def shapes(self, tree: Element, depth: int = 0) -> None:
        if depth > _MOST_DEPTH:
            return
        for shape in tree:
            if shape.tag == f"{MC}AlternateContent":
                for choice in [*shape.iterchildren(f"{MC}Choice")][:1]:
                    self.shapes(choice, depth + 1)
            elif shape.tag == f"{P}grpSp":
                self.shapes(shape, depth + 1)
            elif shape.tag in {f"{P}sp", f"{P}cxnSp", f"{P}graphicFrame"}:
                self._shape(shape, is_in_group=depth > 0)

    def _shape(self, shape: Element, *, is_in_group: bool) -> None:
        place = shape.find(f".//{P}nvPr/{P}ph")
        kind = str(place.get("type") or "obj") if place is not None else ""
        if kind in _EVERYWHERE or (self._only and kind not in self._only):
            return
        lines = list(self._texts(shape, is_list=kind in {"body", "obj"}))
        if not lines:
            return
        properties = shape.find(f".//{P}cNvPr")
        is_hidden = properties is not None and properties.get("hidden") in {"1", "true"}
        if is_hidden or (not is_in_group and self._is_outside(shape)):
            self.hidden.append("\n".join(line.text for line in lines))
        elif kind in _TITLES:
            self.title.append(Line(" ".join(line.text for line in lines), 1))
        else:
            self.lines += [*lines, Line("")]

    def _texts(self, shape: Element, *, is_list: bool) -> Iterator[Line]:
        for table in shape.iter(f"{A}tbl"):
            yield from (Line(text) for text in rows_as_text(plain_rows(_rows(table))))
        if shape.tag == f"{P}graphicFrame":
            return
        texts = [text for body in shape.iterchildren(f"{P}txBody") for text in _paragraphs(body, self.hidden)]
        mark = "- " if is_list and len(texts) > 1 and not self._only else ""
        yield from (Line(mark + text) for text in texts)

    def _is_outside(self, shape: Element) -> bool:
        offset, extent = shape.find(f".//{A}off"), shape.find(f".//{A}ext[@cx]")
        if offset is None or extent is None or not self._size[0]:
            return False
        left, top = _whole(offset.get("x")), _whole(offset.get("y"))
        right, bottom = left + _whole(extent.get("cx")), top + _whole(extent.get("cy"))
        return right <= 0 or bottom <= 0 or left >= self._size[0] or top >= self._size[1]


def _rows(table: Element) -> Iterator[list[Cell]]:
    for row in table.iter(f"{A}tr"):
        cells = [one for one in row.iterchildren(f"{A}tc") if one.get("hMerge") not in {"1", "true"}]
        yield [
            Cell(
                None if one.get("vMerge") in {"1", "true"} else " ".join(_paragraphs(one)),
                _whole(one.get("gridSpan")) or 1,
            )
            for one in cells
        ]


def _paragraphs(parent: Element, hidden: list[str] | None = None) -> Iterator[str]:
    for paragraph in parent.iter(f"{A}p"):
        seen: list[str] = []
        for run in paragraph.iterchildren(f"{A}r", f"{A}br", f"{A}fld"):
            text = " " if run.tag == f"{A}br" else run.findtext(f"{A}t") or ""
            size = run.find(f"{A}rPr")
            if hidden is not None and text.strip() and size is not None and 0 < _whole(size.get("sz")) <= _TINY:
                hidden.append(clean(text))
                continue
            if hidden is not None:
                hidden += spelled_by_tags(text)
            is_raised = size is not None and _whole(size.get("baseline")) > 0
            seen.append(raised(text) if is_raised else text)
        if words := " ".join(clean("".join(seen)).split()):
            yield words


def _whole(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0
