"""Which function reads which type, and what every reading has in common.

To add a type: one row here. The function gets the whole file and the limits, and calls ``progress.report`` as it goes.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.documents.extract.docx import extract_docx
from ingest.documents.extract.markdown import extract_markdown
from ingest.documents.extract.pdf import extract_pdf
from ingest.documents.extract.plain import extract_plain
from ingest.documents.inspect import inspect_file
from ingest.documents.model import CSV, DOCX, HTML, MARKDOWN, PDF, PLAIN, PPTX, XLSX, BadDocument, Extracted, Limits

EXTRACTORS: dict[str, Callable[[bytes, Limits], Extracted]] = {
    PLAIN: extract_plain,
    MARKDOWN: extract_markdown,
    DOCX: extract_docx,
    PDF: extract_pdf,
}


_NAMES = {PDF: "PDF", DOCX: "Word document", XLSX: "spreadsheet", PPTX: "presentation", HTML: "web page", CSV: "table"}


def extract_bytes(content: bytes, content_type: str, limits: Limits) -> Extracted:
    """The document's text. Raises BadDocument when there is none, too much, or it cannot be read; MemoryError."""
    inspect_file(content, content_type, limits)
    try:
        found = EXTRACTORS[content_type](content, limits)
    except (BadDocument, MemoryError):
        raise
    except Exception as error:  # parsers meet damaged files with any exception there is
        name = _NAMES.get(content_type, "document")
        raise BadDocument(f"This {name} is damaged and cannot be opened.", code="broken_file") from error
    if not any(page.text.strip() for page in found.pages):
        text = "No text was found. If it is a scan, run text recognition on it first and upload the result."
        raise BadDocument(text if content_type == PDF else "There is no text in this document.", code="no_text")
    if sum(len(page.text) for page in found.pages) > limits.characters:
        raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
    return found
