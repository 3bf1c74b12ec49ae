"""Word documents (.docx): headings, lists, tables, text boxes and notes in their order; deleted and hidden text apart.

Headers and footers are read once. Styles and numbering are looked up in ``docx_styles.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.documents.extract.characters import clean, raised, spelled_by_tags
from ingest.documents.extract.charts import drawings
from ingest.documents.extract.docx_styles import Numbering, Styles, is_raised
from ingest.documents.extract.ooxml import MC, A, Element, M, Package, R, W, pictures_not_read
from ingest.documents.extract.progress import report
from ingest.documents.extract.rows import rows_as_text
from ingest.documents.extract.spans import Cell, plain_rows
from ingest.documents.model import Extracted, Finding, Limits
from ingest.documents.textlines import Line, page_of

_LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{MC}Fallback", f"{W}sectPr", f"{W}rubyPr", f"{W}rt"}
_BREAKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_MATH = {f"{M}den": "/", f"{M}sup": "^", f"{M}sub": "_"}  # what the layout of a formula says
_MOST_DEPTH = 40


@dataclass(slots=True)
class _Reading:
    """What is known while reading; ``notes``: foot- and endnotes by kind and id, ``boxes``: met in a paragraph."""

    styles: Styles
    numbering: Numbering
    notes: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    hidden: list[str] = field(default_factory=list[str])
    boxes: list[Element] = field(default_factory=list[Element])
    called: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    drawings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    drawn: list[str] = field(default_factory=list[str])
    is_changed: bool = False
    has_fields: bool = False
    note_count: int = 0


def extract_docx(content: bytes, _limits: Limits) -> Extracted:
    package = Package(content)
    main = package.main()
    body = package.xml(main)
    reading = _Reading(Styles(package, main), Numbering(package, main))
    _read_notes(package, main, reading)
    reading.drawings |= drawings(package, main)
    lines = [*_frame(package, main, "header", reading)]
    blocks = [*body.iterchildren(f"{W}body")]
    for block in blocks:
        lines += _blocks(block, reading)
        report(0.9)
    lines += _frame(package, main, "footer", reading)
    metadata = package.metadata()
    title = str(metadata.get("title", "")) or next((line.text for line in lines if line.level == 1), "")
    findings = tuple(_findings(package, main, reading))
    return Extracted((page_of(lines),), title, hidden=tuple(reading.hidden), metadata=metadata, findings=findings)


def _blocks(parent: Element, reading: _Reading, depth: int = 0) -> Iterator[Line]:
    if depth > _MOST_DEPTH:
        return
    for block in parent:
        if block.tag in _LEFT_OUT:
            reading.is_changed |= block.tag in {f"{W}del", f"{W}moveFrom"}
        elif block.tag == f"{W}p":
            yield from _paragraph(block, reading, depth)
        elif block.tag == f"{W}tbl":
            for text in rows_as_text(plain_rows(_rows(block, reading, depth))):
                yield Line(text)
            yield Line("")
        elif isinstance(block.tag, str):  # content controls, insertions and other wrappers
            yield from _blocks(block, reading, depth + 1)


def _paragraph(block: Element, reading: _Reading, depth: int) -> Iterator[Line]:
    text = " ".join(clean("".join(_texts(block, reading, depth))).split())
    boxes, reading.boxes = reading.boxes, []
    called, reading.called = reading.called, []
    drawn, reading.drawn = reading.drawn, []
    level = reading.styles.level(block)
    mark = reading.numbering.mark(block, reading.styles) if text else ""
    mark = "" if level and mark == "- " else mark
    yield Line(f"{mark}{text}", level)
    if not mark or level:
        yield Line("")
    for key in called:
        if note := reading.notes.pop(key, ""):
            reading.note_count += 1
            yield Line(f"Note {reading.note_count}: {note}")
            yield Line("")
    for one in drawn:
        yield from (Line(words) for words in reading.drawings.pop(one, ()))
        yield Line("")
    for box in boxes:
        yield from _blocks(box, reading, depth + 1)


def _texts(parent: Element, reading: _Reading, depth: int) -> Iterator[str]:
    """What is seen of the runs in a paragraph."""
    if depth > _MOST_DEPTH:
        return
    for one in parent:
        if one.tag in _LEFT_OUT:
            reading.is_changed |= one.tag in {f"{W}del", f"{W}moveFrom"}
        elif one.tag == f"{W}r":
            text = "".join(_run(one, reading, depth))
            text = raised(text) if is_raised(one) else text
            if text.strip() and reading.styles.is_hidden(one):
                reading.hidden.append(clean(text).strip())
            else:
                reading.hidden += spelled_by_tags(text)
                yield text
        elif one.tag == f"{M}t":
            yield one.text or ""
        elif isinstance(one.tag, str) and one.tag != f"{W}pPr":
            yield _MATH.get(one.tag, "")
            yield from _texts(one, reading, depth + 1)


def _run(run: Element, reading: _Reading, depth: int) -> Iterator[str]:
    for one in run:
        if one.tag == f"{W}t":
            yield one.text or ""
        elif one.tag in _BREAKS:
            yield _BREAKS[one.tag]
        elif one.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            reading.called.append((one.tag.removeprefix(W).removesuffix("Reference"), one.get(f"{W}id", "")))
        elif one.tag == f"{W}instrText":
            reading.has_fields |= "DDE" in (one.text or "").upper()
        elif one.tag in {f"{MC}AlternateContent", f"{W}drawing", f"{W}pict", f"{W}object"}:
            reading.boxes += _boxes(one)
            reading.drawn += _drawn(one)
        elif one.tag == f"{W}ruby":
            yield from _texts(one, reading, depth + 1)
    for base in run.iterchildren(f"{W}rubyBase"):
        yield from _texts(base, reading, depth + 1)


def _boxes(drawing: Element) -> Iterator[Element]:
    """The text boxes of a drawing, each once: what old programs show instead is skipped."""
    for box in drawing.iter(f"{W}txbxContent"):
        around = {ancestor.tag for ancestor in box.iterancestors()}
        inner = next(box.iterancestors(f"{W}txbxContent"), None)
        if f"{MC}Fallback" not in around and inner is None:
            yield box


def _drawn(drawing: Element) -> Iterator[str]:
    """The references to charts and diagrams in a drawing."""
    for one in drawing.iter("{*}chart", "{*}relIds"):
        if reference := one.get(f"{R}id") or one.get(f"{R}dm"):
            yield reference


def _rows(table: Element, reading: _Reading, depth: int) -> Iterator[list[Cell]]:
    for row in table.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl"), None) is not table:
            continue  # of a table in a cell, which is read with its cell
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells = [Cell("", _number(before))] if before is not None else []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr"), None) is row:
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merged is not None and merged.get(f"{W}val") != "restart"
                texts = [] if goes_on else [line.text for line in _blocks(cell, reading, depth + 1) if line.text]
                span = _number(cell.find(f"{W}tcPr/{W}gridSpan"))
                cells.append(Cell(None if goes_on else " ".join(texts), span))
        yield cells


def _number(element: Element) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value) if value.isdigit() else 1


def _read_notes(package: Package, main: str, reading: _Reading) -> None:
    for kind in ("footnote", "endnote"):
        for part in package.related(main, f"{kind}s"):
            for note in package.xml(part).iterchildren(f"{W}{kind}"):
                if note.get(f"{W}type") in {None, "normal"}:
                    text = " ".join(line.text for line in _blocks(note, reading) if line.text)
                    reading.notes[kind, note.get(f"{W}id", "")] = text
    reading.called.clear()


def _frame(package: Package, main: str, kind: str, reading: _Reading) -> Iterator[Line]:
    """The text of all headers or all footers, each line once; page numbers alone say nothing."""
    seen: set[str] = set()
    for part in package.related(main, kind):
        for line in _blocks(package.xml(part), reading):
            if line.text and line.text not in seen and sum(one.isalpha() for one in line.text) > 5:
                seen.add(line.text)
                yield Line(line.text)
                yield Line("")


def _findings(package: Package, main: str, reading: _Reading) -> Iterator[Finding]:
    if reading.hidden:
        yield Finding("hidden_text", "warning", "It holds text that is formatted as hidden; it is left out.")
    if reading.is_changed:
        yield Finding("tracked_changes", "info", "It holds tracked changes; what was deleted is left out.")
    if reading.has_fields:
        yield Finding(
            "active_content", "warning", "It holds fields that start other programs; nothing is started here."
        )
    count = sum(sum(1 for _ in package.xml(part)) for part in package.related(main, "comments"))
    if count:
        what = "a comment; it is" if count == 1 else f"{count} comments; they are"
        yield Finding("comments", "info", f"It holds {what} not read.")
    if pictures := sum(1 for _ in package.xml(main).iter(f"{A}blip")):
        yield pictures_not_read(pictures)
