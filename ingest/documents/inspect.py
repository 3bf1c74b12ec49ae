"""Looks into the whole file before anything parses it: what it would unpack to, and what hides in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ingest.documents.encodings import decode_text
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
    Finding,
    Limits,
)
from ingest.documents.office import inspect_office
from ingest.documents.pixels import picture_size
from ingest.documents.signatures import OLE

_HEAD_BYTES: Final = 8192
_OFFICE: Final = frozenset({DOCX, XLSX, PPTX})
_TEXTS: Final = frozenset({PLAIN, MARKDOWN, HTML, CSV})
_FOREIGN = (b"PK\x03\x04", b"MZ\x90", b"\x7fELF", b"<script", b"<html", b"%PDF-")


def inspect_file(content: bytes, content_type: str, limits: Limits) -> tuple[Finding, ...]:
    """What a person should know, found without parsing. Raises BadDocument for what is never opened.

    Codes: empty_file, zip_bomb, unsafe_archive, encrypted, macros, mislabelled, unsupported_type, too_many_pixels,
    binary_content, broken_file.
    """
    if not content:
        raise BadDocument("The file is empty.", code="empty_file")
    if content.startswith(OLE):
        from ingest.documents.kinds import old_office  # brings the log with it, which children do without

        raise old_office(content, content_type)
    if content_type in _OFFICE:
        return inspect_office(content, content_type, limits)
    if content_type in IMAGES:
        _check_pixels(content, content_type, limits)
    if content_type in _TEXTS:
        decode_text(content)
    return tuple(_pdf_findings(content)) if content_type == PDF else ()


def _check_pixels(content: bytes, content_type: str, limits: Limits) -> None:
    width, height = picture_size(content, content_type)
    if width * height > limits.pixels:
        text = f"This picture has {width:,} by {height:,} pixels, more than can be read. Save it smaller."
        raise BadDocument(text, code="too_many_pixels")


def _pdf_findings(content: bytes) -> Iterator[Finding]:
    """Bytes before and after the PDF: another program may see another file in them."""
    start = content.find(b"%PDF-", 0, _HEAD_BYTES)
    if start < 0:
        raise BadDocument("This PDF is damaged and cannot be opened.", code="broken_file")
    if content[:start].strip(b"\xef\xbb\xbf \t\r\n\0"):
        yield Finding("polyglot", "warning", "Other data comes before the PDF; programs may see another file in it.")
    end = content.rfind(b"%%EOF")
    rest = content[end + 5 :].strip(b" \t\r\n\0") if end >= 0 else b""
    if any(mark in rest for mark in _FOREIGN) or b"PK\x05\x06" in content[-65_557:]:
        yield Finding("polyglot", "warning", "Another file is attached behind the PDF; it is not read.")
    elif len(rest) > 1024:
        yield Finding("trailing_data", "info", f"{len(rest):,} bytes follow the end of the PDF; they are not read.")
