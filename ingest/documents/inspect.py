"""What are these bytes really? Decided by content; the name only tells plain text from Markdown and catches mislabels.

To add a type: one line in `_BINARY` (refused kinds) or a branch in `type_of` and a function in ``extract``.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from ingest.documents.encodings import decode_text as decode_text
from ingest.documents.encodings import looks_like_text
from ingest.documents.model import DOCX, MARKDOWN, PDF, PLAIN, BadDocument, Finding, Limits

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
    """That it is a Word document of reasonable size, told from the directory alone. Raises BadDocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BadDocument("This Word document is damaged and cannot be opened.", code="broken_file") from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise _unsupported(_zip_kind(names))
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadDocument("This Word document is protected by a password. Save it without one.", code="encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes or unpacked > limits.unpacked_ratio * max(len(content), 10_000):
        raise BadDocument("This Word document unpacks to far more than its size; it is not opened.", code="zip_bomb")


def _zip_kind(names: set[str]) -> str:
    kinds = {
        "xl/workbook.xml": "a spreadsheet",
        "ppt/presentation.xml": "a presentation",
        "mimetype": "an e-book or ODF",
    }
    return next((text for name, text in kinds.items() if name in names), "a zip archive")


def inspect_file(content: bytes, content_type: str, limits: Limits) -> tuple[Finding, ...]:
    """What a person should know before parsing begins. Raises BadDocument for what is never opened."""
    if content_type == DOCX:
        check_zip(content, limits)
    return ()
