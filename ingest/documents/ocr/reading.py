"""The text of a picture: which engine reads it, which way up it is, what becomes a paragraph, how sure one can be.

Two engines, one contract: Tesseract where it is installed, else the bundled RapidOCR.
"""

from __future__ import annotations

import functools
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.documents.model import BadDocument, Finding
from ingest.documents.ocr import tesseract
from ingest.documents.ocr.lines import Box, OcrLine, Recogniser, confidence_of
from ingest.documents.ocr.rapid import Rapid
from ingest.documents.ocr.upright import prepared, without_grain

LANGUAGES = "VOICELOOP_OCR_LANGUAGES"  # codes of Tesseract joined by + or commas: eng+deu
PAGE_S = 60.0  # for one reading of one page
_WEAK = 0.8  # a line below it may be upside down
_UNSURE = 0.75  # a page below it is reported
_NOISE = 0.4  # a line below it is no text
_SIDEWAYS, _UPSIDE_DOWN = (90, 270), (180, 90, 270)


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine and what a person should know about it."""

    recogniser: Recogniser
    findings: tuple[Finding, ...] = ()


@functools.cache
def recogniser(wanted: str = "") -> Choice:
    """``wanted``: language codes; empty means those of the environment, English by default."""
    codes = (wanted or os.environ.get(LANGUAGES, "")).replace(",", "+").split("+")
    languages = [code.strip() for code in codes if code.strip()] or ["eng"]
    if not tesseract.is_installed():
        return Choice(Rapid())
    there = [code for code in languages if code in tesseract.installed_languages()]
    missing = [code for code in languages if code not in there]
    findings = tuple(_missing(code) for code in missing)
    return Choice(tesseract.Tesseract(there) if there else Rapid(), findings)


def _missing(code: str) -> Finding:
    package = f"tesseract-ocr-{code.lower().replace('_', '-')}"
    text = f"Text recognition for the language {code} is not installed (package {package}); it was read without."
    return Finding("ocr_language_missing", "warning", text)


def recognise(image: Any, engine: Recogniser | None = None) -> list[OcrLine]:
    """The lines of a picture (PIL) in reading order; none when there is no text. Boxes are shares of ``image``.

    A page lying on its side or upside down is turned first. Raises BadDocument.
    """
    engine = engine or recogniser().recogniser
    lines, sure = _read(image, engine)
    if not lines or not _is_suspect(lines):
        return _kept(lines)
    is_sideways, turn = _is_sideways(lines), 0
    if is_sideways:
        sure = 0.0  # each line may be right, their order is not
    for degrees in _SIDEWAYS if is_sideways else _UPSIDE_DOWN:
        others, better = _read(image.rotate(degrees, expand=True), engine)
        if better > sure + 0.1 and _length(others) >= 0.7 * _length(lines):
            lines, sure, turn = others, better, degrees
            if not _is_suspect(lines):
                break
    return _kept([replace(line, box=_turned_back(line.box, turn)) for line in lines])


def unsure(lines: Sequence[OcrLine], page: int) -> tuple[Finding, ...]:
    """A finding when the page could not be read well."""
    sure = confidence_of(list(lines))
    if not lines or sure >= _UNSURE:
        return ()
    where = f"Page {page}" if page else "The picture"
    text = f"{where} was hard to read ({sure:.0%} sure). Compare the text with the picture before you confirm."
    return (Finding("ocr_unsure", "warning", text, page),)


def overall(sure: Sequence[float]) -> dict[str, float]:
    """For the metadata of a document of which pages were recognised so surely: the median, as ``ocr_confidence``."""
    return {"ocr_confidence": round(statistics.median(sure), 2)} if sure else {}


def _read(image: Any, engine: Recogniser) -> tuple[list[OcrLine], float]:
    ready = prepared(image)
    try:
        lines = engine.lines(ready.image, PAGE_S) or engine.lines(without_grain(ready.image), PAGE_S)
    except MemoryError as error:
        text = "Recognising the text of this page needs more memory than allowed."
        raise BadDocument(text, code="too_much_memory") from error
    return [replace(line, box=ready.original(line.box)) for line in lines], confidence_of(lines)


def _is_suspect(lines: Sequence[OcrLine]) -> bool:
    weak = sum(len(line.text) for line in lines if line.confidence < _WEAK)
    return _is_sideways(lines) or weak > 0.2 * _length(lines)


def _is_sideways(lines: Sequence[OcrLine]) -> bool:
    tall = [line for line in lines if len(line.text) >= 4 and line.height > 1.5 * line.width]
    return len(tall) > 0.6 * len(lines)


def _length(lines: Sequence[OcrLine]) -> int:
    return sum(len(line.text) for line in lines)


def _kept(lines: Sequence[OcrLine]) -> list[OcrLine]:
    """Without specks that look like letters."""
    sure = [line for line in lines if line.confidence >= _NOISE and any(one.isalnum() for one in line.text)]
    words = [line for line in sure if sum(one.isalnum() for one in line.text) >= 2]
    return sure if words else []


def _turned_back(box: Box, degrees: int) -> Box:
    """Where a box of the picture turned counter-clockwise by ``degrees`` lies on the picture itself."""
    left, top, right, bottom = box
    return {
        0: box,
        90: (1 - bottom, left, 1 - top, right),
        180: (1 - right, 1 - bottom, 1 - left, 1 - top),
        270: (top, 1 - right, bottom, 1 - left),
    }[degrees]
