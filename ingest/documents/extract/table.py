"""Which function reads which type, and what every reading has in common.

To add a type: one row here. The function gets the whole file and the limits, and calls ``progress.report`` as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Final, cast

from ingest.documents.inspect import inspect_file
from ingest.documents.model import (
    CSV,
    DOCX,
    HTML,
    IMAGES,
    MARKDOWN,
    PDF,
    PLAIN,
    PPTX,
    XLSX,
    BadDocument,
    Extracted,
    Limits,
)

Extractor = Callable[[bytes, Limits], Extracted]
# module and function by name: a child loads what its one document needs
EXTRACTORS: Final[dict[str, tuple[str, str]]] = {
    PLAIN: ("plain", "extract_plain"),
    MARKDOWN: ("markdown", "extract_markdown"),
    HTML: ("html", "extract_html"),
    CSV: ("delimited", "extract_csv"),
    DOCX: ("docx", "extract_docx"),
    XLSX: ("xlsx", "extract_xlsx"),
    PPTX: ("pptx", "extract_pptx"),
    PDF: ("pdf", "extract_pdf"),
    **dict.fromkeys(IMAGES, ("images", "extract_image")),
}
_NAMES = {PDF: "PDF", DOCX: "Word document", XLSX: "spreadsheet", PPTX: "presentation", HTML: "web page", CSV: "table"}


def extractor_of(content_type: str) -> Extractor:
    module, function = EXTRACTORS[content_type]
    return cast("Extractor", getattr(import_module(f"ingest.documents.extract.{module}"), function))


def extract_bytes(content: bytes, content_type: str, limits: Limits) -> Extracted:
    """The document's text. Raises BadDocument when there is none, too much, or it cannot be read; MemoryError."""
    seen = inspect_file(content, content_type, limits)
    try:
        found = extractor_of(content_type)(content, limits)
    except (BadDocument, MemoryError, ImportError):  # the last: no fault of the document
        raise
    except Exception as error:  # parsers meet damaged files with any exception there is
        name = _NAMES.get(content_type, "document")
        raise BadDocument(f"This {name} is damaged and cannot be opened.", code="broken_file") from error
    if not any(page.text.strip() for page in found.pages):
        text = "No text was found, and text recognition found none either. Scan it again, straight and sharp."
        raise BadDocument(text if content_type == PDF else "There is no text in this document.", code="no_text")
    if sum(len(page.text) for page in found.pages) > limits.characters:
        raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
    told = {(one.code, one.page) for one in seen}
    return replace(found, findings=(*seen, *(one for one in found.findings if (one.code, one.page) not in told)))
