"""What are these bytes really? Decided by their beginning; the name tells text kinds apart and catches mislabels.

Fast and in the web process: the table of ``signatures.py`` first, libmagic beside it where it is installed.
The second opinion of a model is in ``second_opinion.py``. To add a type: a row in `TYPES` and one in ``signatures.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final

from ingest.documents import signatures
from ingest.documents.encodings import looks_like_text
from ingest.documents.model import (
    AUDIO,
    CSV,
    DOCX,
    FLAC,
    GIF,
    HTML,
    JPEG,
    M4A,
    MARKDOWN,
    MP3,
    OGG,
    PDF,
    PLAIN,
    PNG,
    PPTX,
    TIFF,
    WAV,
    WEBM,
    WEBP,
    XLSX,
    BadDocument,
)
from store.log import get_logger

log = get_logger(__name__)
HEAD_BYTES: Final = 8192
TAKEN: Final = (
    "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), plain text, Markdown, HTML, CSV, "
    "pictures (PNG, JPEG, GIF, WebP, TIFF) or sound (WAV, MP3, M4A, WebM, FLAC, OGG)"
)
TEXTS: Final = frozenset({PLAIN, MARKDOWN, HTML, CSV})
OFFICE: Final = frozenset({DOCX, XLSX, PPTX})


@dataclass(frozen=True, slots=True)
class Kind:
    """``labels``: what libmagic and magika call it."""

    name: str
    extensions: tuple[str, ...]
    labels: tuple[str, ...] = ()


_ZIP: Final = ("application/zip", "application/octet-stream", "zip")
TYPES: Final[dict[str, Kind]] = {
    PDF: Kind("a PDF", (".pdf",), ("pdf",)),
    DOCX: Kind("a Word document", (".docx", ".docm", ".dotx"), (*_ZIP, "docx")),
    XLSX: Kind("an Excel workbook", (".xlsx", ".xlsm", ".xltx"), (*_ZIP, "xlsx")),
    PPTX: Kind("a PowerPoint presentation", (".pptx", ".pptm", ".ppsx", ".potx"), (*_ZIP, "pptx")),
    PLAIN: Kind("plain text", (".txt", ".text", ".log")),
    MARKDOWN: Kind("Markdown", (".md", ".markdown")),
    HTML: Kind("a web page", (".html", ".htm", ".xhtml"), ("html",)),
    CSV: Kind("a CSV table", (".csv", ".tsv"), ("csv", "tsv")),
    PNG: Kind("a PNG picture", (".png",), ("png",)),
    JPEG: Kind("a JPEG picture", (".jpg", ".jpeg", ".jpe"), ("jpeg",)),
    GIF: Kind("a GIF picture", (".gif",), ("gif",)),
    WEBP: Kind("a WebP picture", (".webp",), ("webp",)),
    TIFF: Kind("a TIFF picture", (".tif", ".tiff"), ("tiff",)),
    WAV: Kind("a WAV recording", (".wav", ".wave"), ("audio/x-wav", "wav")),
    MP3: Kind("an MP3 recording", (".mp3",), ("mp3",)),
    M4A: Kind("an M4A recording", (".m4a", ".m4b"), ("audio/x-m4a", "video/mp4", "m4", "mp4")),
    WEBM: Kind("a WebM recording", (".webm", ".weba"), ("video/webm", "video/x-matroska", "webm", "mkv")),
    FLAC: Kind("a FLAC recording", (".flac",), ("audio/x-flac", "flac")),
    OGG: Kind("an OGG recording", (".ogg", ".oga", ".opus"), ("application/ogg", "ogg")),
}
_BY_EXTENSION: Final = {extension: found for found, kind in TYPES.items() for extension in kind.extensions}
BY_LABEL: Final = {label: found for found, kind in TYPES.items() for label in kind.labels if label not in _ZIP} | {
    found: found for found in TYPES
}
_HTML: Final = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_SVG: Final = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+svg[^>]*>\s*)?<svg\b", re.I | re.S)


def type_of_head(head: bytes, filename: str) -> str:
    """The content type by the first bytes, before the rest has come. Raises BadDocument for what is never taken.

    Codes: ``unsupported_type``, ``mislabelled``, ``polyglot``, ``encrypted``, ``binary_content``. A zip counts as the
    Office kind it is named as; ``inspect`` looks inside once it is all there.
    """
    extension = PurePath(filename).suffix.lower()
    wanted = _BY_EXTENSION.get(extension)
    found = _binary(head, extension, wanted) or _text(head, extension, wanted)
    if wanted not in {None, found} and (wanted, found) != (PLAIN, HTML):
        text = f"The name says {TYPES[wanted or found].name}, but the content is {TYPES[found].name}."
        raise BadDocument(f"{text} Upload the real file.", code="mislabelled")
    if found not in TEXTS | {PDF} and b"%PDF-" in head[:1024]:
        raise polyglot(found, "a PDF")
    return found


def _binary(head: bytes, extension: str, wanted: str | None) -> str:
    """The type by signature, agreed with libmagic; "" when there is none. Raises BadDocument for refused kinds."""
    if head.startswith(signatures.OLE):
        raise old_office(head, wanted, extension)
    if name := signatures.refused(head, extension):
        raise _unsupported(name)
    if signatures.is_zip(head):
        return _office(head, wanted)
    if signatures.is_mp4(head):
        return _sound_of_mp4(head, wanted)
    found = signatures.type_of(head)
    other = BY_LABEL.get(libmagic_type(head), "") if found else ""
    if other not in {"", found} | TEXTS | OFFICE and not {found, other} <= AUDIO:  # sound may be wrapped in sound
        raise polyglot(found, TYPES[other].name)
    return found


def _text(head: bytes, extension: str, wanted: str | None) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _SVG.match(start):
        raise _unsupported("an SVG drawing (.svg), which can hold programs")
    if not looks_like_text(head) and not is_wide_text(head):
        label = libmagic_type(head)
        what = f" ({label})" if label not in {"", "application/octet-stream", "text/plain"} else ""
        raise BadDocument(f"This is no text: it holds binary data{what}. Upload {TAKEN}.", code="binary_content")
    if start.startswith(b"#!") and wanted is None:
        raise _unsupported("a program")
    if _HTML.match(start):
        return MARKDOWN if wanted == MARKDOWN else HTML
    return wanted if wanted in TEXTS else PLAIN


def is_wide_text(head: bytes) -> bool:
    """UTF-16, by its mark or because every other byte is zero."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = head[:4096]
    shares = sorted(part.count(0) / max(1, len(part)) for part in (sample[::2], sample[1::2]))
    return len(sample) >= 16 and shares[0] < 0.05 and shares[1] > 0.7  # as ``encodings`` reads it


def _office(head: bytes, wanted: str | None) -> str:
    if name := signatures.refused_zip(head):
        raise _unsupported(name)
    if wanted in OFFICE:
        return wanted
    if not signatures.is_office_zip(head):
        raise _unsupported("an archive (.zip). Unpack it and upload the files in it")
    for folder, found in ((b"xl/", XLSX), (b"ppt/", PPTX)):
        if folder in head and b"word/" not in head:
            return found
    return DOCX


def _sound_of_mp4(head: bytes, wanted: str | None) -> str:
    """M4A when it says so itself, or is named so and shows no picture track (the decoder looks again)."""
    brand = head[8:12]
    if name := signatures.refused_mp4(brand):
        raise _unsupported(name)
    has_pictures = b"vide" in head and b"hdlr" in head
    if (brand in signatures.SOUND_BRANDS or wanted == M4A) and not has_pictures:
        return M4A
    raise _unsupported("a video (.mp4, .mov). Save its sound as .m4a or .mp3 and upload that")


def old_office(head: bytes, wanted: str | None, extension: str = "") -> BadDocument:
    """What an OLE file is: a locked new one, an old one, or something else in the same envelope."""
    is_locked = "EncryptedPackage".encode("utf-16-le") in head
    if is_locked or (wanted in OFFICE and not signatures.is_old_office(head)):
        name = TYPES[wanted].name if wanted in OFFICE else "an Office document"
        return BadDocument(f"This is {name} protected by a password. Save it without one.", code="encrypted")
    if extension == ".msg":
        return _unsupported("an Outlook mail (.msg). Save it as text or PDF")
    if extension == ".msi":
        return _unsupported("a program")
    return _unsupported("an old Office document (.doc, .xls, .ppt). Save it as .docx, .xlsx or .pptx")


def _unsupported(name: str) -> BadDocument:
    return BadDocument(f"This is {name}. What can be taken: {TAKEN}.", code="unsupported_type")


def polyglot(found: str, other: str) -> BadDocument:
    text = f"This file is {TYPES[found].name} and {other} at once, which no program writes. Upload the real file."
    return BadDocument(text, code="polyglot")


@lru_cache(maxsize=1)
def libmagic() -> Any:
    """The library, or None where it is not installed (a bare laptop): then the own table decides alone."""
    try:
        import magic  # its import fails when the C library is missing

        return magic.Magic(mime=True)
    except (ImportError, OSError) as error:
        log.warning("libmagic is not installed; types are told by the own table alone", error=str(error))
        return None


def libmagic_type(head: bytes) -> str:
    """libmagic's content type of the first bytes; "" where it is not installed or has no answer."""
    library = libmagic()
    if library is None:
        return ""
    try:
        return str(library.from_buffer(head[:HEAD_BYTES]))
    except Exception as error:  # noqa: BLE001  # the library's own exception class is only there when the library is
        log.warning("libmagic gave no answer", error=str(error))
        return ""


def warm_up() -> None:
    """Load libmagic's table (milliseconds, blocking) and say in the log when it is missing."""
    libmagic()
