"""PDF pages to text with places: pdfium for the print, pypdf for what the file says of itself. Child process only.

Text nobody sees goes to ``hidden`` with a finding, never to the text; pages that are pictures are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.documents.extract.characters import clean
from ingest.documents.extract.columns import in_reading_order
from ingest.documents.extract.paragraphs import PrintedPage, paragraphs, style_of, without_repeats
from ingest.documents.extract.pdf_facts import PdfFacts, pdf_facts
from ingest.documents.extract.printed import Printed, printed_on, seen
from ingest.documents.extract.progress import report
from ingest.documents.extract.scans import fill_scanned
from ingest.documents.extract.turned import turn_of, upright
from ingest.documents.extract.visibility import REASONS, Sight, Space
from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.textlines import Line, page_of
from store.pages import Page

_BROKEN = "This PDF is damaged and cannot be opened."
_MOST_FINDINGS = 20
_OUTLINE_ENTRIES = 1000


@dataclass(slots=True)
class _Read:
    """What reading the pages found; ``recognised`` are the numbers of pages whose text layer came from recognition."""

    pages: list[PrintedPage] = field(default_factory=list[PrintedPage])
    labels: list[str] = field(default_factory=list[str])
    hidden: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    recognised: set[int] = field(default_factory=set[int])
    outline: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def extract_pdf(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: encrypted, broken_file, too_many_pages, too_long."""
    facts = pdf_facts(content, limits)
    document = _open(content, limits)
    try:
        read = _read(document, limits, facts)
        filled = fill_scanned(document, _set(read), limits)
    finally:
        document.close()
    pages = filled.pages
    metadata = {**facts.metadata, "pages": len(pages), **filled.metadata}
    if read.outline:
        metadata["outline"] = read.outline
    title = facts.title or _first_heading(pages)
    return Extracted(
        pages, title, "page", tuple(read.hidden), metadata, (*facts.findings, *read.findings, *filled.findings)
    )


def _set(read: _Read) -> list[Page]:
    pages = without_repeats(read.pages)
    style = style_of(pages)
    set_pages = [list(paragraphs(page, style)) for page in pages]
    if read.outline and not any(line.level for lines in set_pages for line in lines):
        set_pages = _with_outline(set_pages, read.outline)
    return [
        replace(page_of(lines, number, label), recognised=number in read.recognised)
        for number, (lines, label) in enumerate(zip(set_pages, read.labels, strict=True), start=1)
    ]


def _read(document: Any, limits: Limits, facts: PdfFacts) -> _Read:
    read = _Read()
    count, characters = len(document), 0
    for number in range(1, count + 1):
        printed = _read_page(document, number, limits.characters - characters, facts, read)
        characters += printed.characters
        if characters >= limits.characters:
            raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
        read.pages.append(printed)
        read.labels.append(_label(document, number))
        report(0.95 * number / count)
    read.outline += _outline(document, count)
    return read


def _open(content: bytes, limits: Limits) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            text = "This PDF is protected by a password. Save it without one and upload that."
            raise BadDocument(text, code="encrypted") from error
        raise BadDocument(_BROKEN, code="broken_file") from error
    if count == 0:
        raise BadDocument("This PDF has no pages.", code="broken_file")
    if count > limits.pages:
        raise BadDocument(f"It has more than {limits.pages} pages. Split it.", code="too_many_pages")
    return document


def _read_page(document: Any, number: int, most: int, facts: PdfFacts, read: _Read) -> PrintedPage:
    import pypdfium2

    try:
        page = document[number - 1]
        try:
            space, sight = Space(page), Sight(page, facts.layers_off)
            pieces = printed_on(page, sight, space, most)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        read.findings.append(Finding("damaged_page", "warning", f"Page {number} is damaged and was not read.", number))
        return PrintedPage([], 1.0, 1.0)
    characters = sum(len(one.text) for one in pieces)
    if _is_recognised(pieces, sight):
        read.recognised.add(number)
        pieces = [seen(one) if one.hidden in {"unpainted", "covered"} else one for one in pieces]
    _note_hidden(pieces, number, read)
    turn = turn_of(pieces)
    shown = [upright(one, turn, space.width, space.height) for one in pieces if not one.hidden]
    size = (space.height, space.width) if turn in {90, 270} else (space.width, space.height)
    return PrintedPage(in_reading_order(shown), *size, characters, turn)


def _is_recognised(pieces: Sequence[Printed], sight: Sight) -> bool:
    """A scan with its recognised text under or over the picture: nobody sees the letters, everybody sees the words."""
    if sight.picture_share < 0.5 or not pieces:
        return False
    unseen = sum(len(one.text) for one in pieces if one.hidden in {"unpainted", "covered"})
    return unseen >= 0.9 * sum(len(one.text) for one in pieces)


def _note_hidden(pieces: Sequence[Printed], number: int, read: _Read) -> None:
    by_reason: dict[str, list[str]] = {}
    for one in pieces:
        if one.hidden and any(letter.isalnum() for letter in one.text):
            by_reason.setdefault(one.hidden, []).append(one.text)
    for reason, texts in by_reason.items():
        read.hidden.append(" ".join(texts))
        if len(read.findings) < _MOST_FINDINGS:
            words = f"Page {number} holds text {REASONS[reason]}; it is left out."
            read.findings.append(Finding("hidden_text", "warning", words, number))


def _label(document: Any, number: int) -> str:
    label = clean(str(document.get_page_label(number - 1) or "")).strip()[:40]
    return "" if label == str(number) else label


def _outline(document: Any, count: int) -> Iterator[dict[str, Any]]:
    import pypdfium2

    try:
        for found, bookmark in enumerate(document.get_toc(max_depth=6)):
            if found >= _OUTLINE_ENTRIES:
                return
            title = " ".join(clean(bookmark.get_title()).split())[:200]
            target = bookmark.get_dest()
            index = target.get_index() if target is not None else None
            if title and index is not None and 0 <= index < count:
                yield {"title": title, "page": index + 1, "level": bookmark.level + 1}
    except (pypdfium2.PdfiumError, ValueError, RecursionError):
        return


def _with_outline(pages: Sequence[list[Line]], outline: Sequence[dict[str, Any]]) -> list[list[Line]]:
    """Lines that say what the outline says of their page are headings, where sizes did not tell."""
    levels = {(entry["page"], _letters(entry["title"])): min(6, int(entry["level"])) for entry in outline}
    return [
        [replace(line, level=levels.get((number, _letters(line.text)), 0)) for line in lines]
        for number, lines in enumerate(pages, start=1)
    ]


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _first_heading(pages: Sequence[Page]) -> str:
    return next((one.text for page in pages[:2] for one in page.headings if one.level == 1), "")
