"""Pages of a PDF that are pictures of text, read by text recognition. Child process only.

Only pages with (nearly) no text but something drawn on them are rendered and read; one that fails is a finding and the
others are read all the same.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.documents.extract.progress import need, report
from ingest.documents.model import BadDocument, Finding, Limits
from ingest.documents.ocr.lines import confidence_of
from ingest.documents.ocr.pages import page_from
from ingest.documents.ocr.reading import overall, recognise, recogniser, unsure
from store.pages import Page

DPI = 200
MOST_PIXELS = 12_000_000  # of a rendered page: A3 at 200 dpi, half of that for a poster
PAGE_ALLOWANCE_S = 20.0
_ENOUGH_LETTERS = 25
_LEAST_PICTURE = 0.04  # of the page
_MANY_PATHS = 60  # letters turned into outlines


@dataclass(frozen=True, slots=True)
class Filled:
    """``metadata``: ``ocr_confidence``, the median of the pages that were recognised."""

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...] = ()
    metadata: dict[str, float] = field(default_factory=dict[str, float])


def fill_scanned(document: Any, pages: Sequence[Page], limits: Limits) -> Filled:
    """The pages with those that are scans recognised (``Page.recognised``), and what a person should know about them.

    ``document`` is a PdfDocument of pypdfium2 that ``pages`` were read from, all of them. Never raises for a page.
    """
    wanted = [page for page in pages if is_scan(document, page)]
    if not wanted:
        return Filled(tuple(pages))
    need(PAGE_ALLOWANCE_S * len(wanted))
    done, findings = {page.number: page for page in pages}, list(recogniser().findings)
    failed, sure = list[int](), list[float]()
    for count, page in enumerate(wanted, start=1):
        try:
            read, notes, confidence = _read(document, page)
        except (BadDocument, MemoryError):
            failed.append(page.number)
        else:
            done[page.number] = read
            sure += [confidence] if confidence else []
            findings += notes
        report(count / len(wanted))
    return Filled(tuple(done.values()), (*_summary(wanted, failed), *findings), overall(sure))


def is_scan(document: Any, page: Page) -> bool:
    """Whether next to nothing of the page is text while pictures or outlines are drawn on it."""
    import pypdfium2

    if sum(character.isalnum() for character in page.text) >= _ENOUGH_LETTERS:
        return False
    try:
        return _is_drawn_on(document[page.number - 1])
    except pypdfium2.PdfiumError:
        return False


def _is_drawn_on(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    area, paths = max(1.0, page.get_width() * page.get_height()), 0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for one in page.get_objects(max_depth=3):
        paths += one.type == pdfium.FPDF_PAGEOBJ_PATH
        is_picture = one.type == pdfium.FPDF_PAGEOBJ_IMAGE and bool(
            pdfium.FPDFPageObj_GetBounds(one, left, bottom, right, top)
        )
        covered = (right.value - left.value) * (top.value - bottom.value) if is_picture else 0.0
        if covered >= _LEAST_PICTURE * area or (is_picture and one.level) or paths >= _MANY_PATHS:
            return True
    return False


def _read(document: Any, page: Page) -> tuple[Page, tuple[Finding, ...], float]:
    import pypdfium2

    try:
        image = rendered(document[page.number - 1])
    except pypdfium2.PdfiumError as error:
        raise BadDocument("This page cannot be drawn.", code="unreadable_page") from error
    lines = recognise(image)
    if sum(len(line.text) for line in lines) <= len(page.text.strip()):
        return page, (), 0.0
    return page_from(lines, page.number, page.label), unsure(lines, page.number), confidence_of(lines)


def rendered(page: Any) -> Any:
    """The page as a grey picture (PIL) at DPI, smaller when it is a poster."""
    width, height = max(1.0, page.get_width()), max(1.0, page.get_height())
    scale = min(DPI / 72, (MOST_PIXELS / (width * height)) ** 0.5, 8000 / max(width, height))
    return page.render(scale=scale, grayscale=True).to_pil()


def _summary(wanted: Sequence[Page], failed: Sequence[int]) -> tuple[Finding, ...]:
    read = len(wanted) - len(failed)
    findings: list[Finding] = []
    if read:
        text = (
            f"{read} of its pages {'is a scan' if read == 1 else 'are scans'}; the text was recognised from pictures."
        )
        findings.append(Finding("recognised", "info", text))
    for number in failed[:20]:
        text = f"The text of page {number} could not be recognised; it is left out."
        findings.append(Finding("page_unreadable", "warning", text, number))
    return tuple(findings)
