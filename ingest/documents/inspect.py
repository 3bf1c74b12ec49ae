"""What are these bytes really? Decided by content; the name only tells plain text from Markdown and catches mislabels.

To add a type: one line in `_BINARY` (refused kinds) or a branch in `type_of` and a function in ``extract``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from ingest.documents.archives import check_archive
from ingest.documents.encodings import decode_text as decode_text
from ingest.documents.encodings import looks_like_text
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
from ingest.documents.office import inspect_office, office_kind
from ingest.documents.pixels import picture_size

HEAD_BYTES = 8192
TAKEN = "PDF, Word (.docx), plain text or Markdown"
_EXTENSIONS = {".pdf": PDF, ".docx": DOCX, ".md": MARKDOWN, ".markdown": MARKDOWN, ".txt": PLAIN, ".text": PLAIN}
_NAMES = {PDF: "a PDF", DOCX: "a Word document", MARKDOWN: "Markdown", PLAIN: "plain text"}
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a sound or video file"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
)
_OFFICE = frozenset({DOCX, XLSX, PPTX})
_TEXTS = frozenset({PLAIN, MARKDOWN, HTML, CSV})
_FOREIGN = (b"PK\x03\x04", b"MZ\x90", b"\x7fELF", b"<script", b"<html", b"%PDF-")
_OLE = b"\xd0\xcf\x11\xe0"


def type_of_head(head: bytes, filename: str) -> str:
    """The content type by the first bytes, before the rest has come. Raises BadDocument for what is never taken.

    A zip counts as DOCX here; `check_zip` looks inside once it is all there.
    """
    found = _sniff(head)
    wanted = _EXTENSIONS.get(PurePath(filename).suffix.lower())
    if found == PLAIN and wanted in {MARKDOWN, PLAIN}:
        return wanted
    if wanted is not None and found != wanted:
        raise BadDocument(
            f"The name says {_NAMES[wanted]}, but the content is {_NAMES[found]}. Upload the real file.",
            code="mislabelled",
        )
    return found


def _sniff(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX
    if head.startswith(_OLE):
        raise _ole_problem(head)
    for magic, name in _BINARY:
        if head.startswith(magic) and not (magic == b"MZ" and b"\0" not in head):
            raise _unsupported(name)
    if head[4:8] == b"ftyp":
        raise _unsupported("a video file")
    if start[:20].lower().startswith((b"<!doctype html", b"<html")):
        raise _unsupported("a web page")
    if not looks_like_text(head):
        raise BadDocument(f"This is no text: it holds binary data. Upload {TAKEN}.", code="binary_content")
    return PLAIN


def _unsupported(name: str) -> BadDocument:
    return BadDocument(f"This is {name}. Upload {TAKEN}.", code="unsupported_type")


def _ole_problem(head: bytes) -> BadDocument:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return BadDocument("This Word document is protected by a password. Save it without one.", code="encrypted")
    return _unsupported("an old Office document (.doc, .xls, .ppt)")


def check_zip(content: bytes, limits: Limits) -> None:
    """That it is a Word document of reasonable size. Raises BadDocument."""
    inspect_office(content, DOCX, limits)


def real_type(content: bytes, content_type: str, limits: Limits) -> str:
    """Which Office kind a zip is, by what it holds; every other type as given. Raises BadDocument."""
    if content_type not in _OFFICE:
        return content_type
    return office_kind(content, check_archive(content, limits))


def inspect_file(content: bytes, content_type: str, limits: Limits) -> tuple[Finding, ...]:
    """What a person should know, found without parsing. Raises BadDocument for what is never opened.

    Codes: empty_file, zip_bomb, unsafe_archive, encrypted, macros, mislabelled, unsupported_type, too_many_pixels,
    binary_content, broken_file.
    """
    if not content:
        raise BadDocument("The file is empty.", code="empty_file")
    if content.startswith(_OLE):
        raise _ole_problem(content)
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
    start = content.find(b"%PDF-", 0, HEAD_BYTES)
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
