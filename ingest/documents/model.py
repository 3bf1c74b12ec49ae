"""What the stages hand to each other, and why a document is refused. Values only.

To add a type: its constant here, a row in ``kinds.py``, an extractor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from store.errors import VoiceLoopError
from store.pages import Page

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
HTML: Final = "text/html"
CSV: Final = "text/csv"
PNG, JPEG, GIF, WEBP, TIFF = "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff"
WAV, MP3, M4A, WEBM, FLAC, OGG = "audio/wav", "audio/mpeg", "audio/mp4", "audio/webm", "audio/flac", "audio/ogg"
IMAGES: Final = frozenset({PNG, JPEG, GIF, WEBP, TIFF})
AUDIO: Final = frozenset({WAV, MP3, M4A, WEBM, FLAC, OGG})
PageKind = Literal["page", "slide", "sheet", "recording", "none"]


class BadDocument(VoiceLoopError):
    """The document itself is at fault: trying again will not help. ``code`` says which fault."""

    code = "bad_document"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may need. Sizes in bytes, times in seconds, ``pixels`` of one picture.

    Text recognition may take ``recognition_s`` on top of ``time_s``; its models get ``models_bytes`` of addresses.
    """

    pages: int = 1000
    characters: int = 5_000_000
    unpacked_bytes: int = 200 * 1024 * 1024
    unpacked_ratio: int = 200
    unpacked_entries: int = 10_000
    pixels: int = 60_000_000
    audio_s: float = 4 * 3600.0
    memory_bytes: int = 1024 * 1024 * 1024
    time_s: float = 120.0
    recognition_s: float = 3600.0
    models_bytes: int = 3 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know before they confirm. ``code`` is stable, ``detail`` a plain sentence.

    ``severity``: "info", "warning" (look at it) or "danger" (do not take it without reading). ``page`` 0: all of it.
    """

    code: str
    severity: Literal["info", "warning", "danger"]
    detail: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document's text. ``page_kind`` "none": no pages (all text is then page 1); ``hidden``: texts nobody sees.

    ``metadata``: what the file says of itself, JSON values under plain names: author, title, created_at, modified_at,
    producer, width, height (pixels), duration_s, outline ([{title, page, level}]), language … ``findings``: hidden
    text, active content, embedded files and the like, met while reading.
    """

    pages: tuple[Page, ...]
    title: str = ""
    page_kind: PageKind = "none"
    hidden: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    findings: tuple[Finding, ...] = ()

    @property
    def paginated(self) -> bool:
        return self.page_kind != "none"


def reason_of(error: Exception) -> str:
    """What people may read of it: an error of ours says it itself, of another only its kind is told."""
    return error.message if isinstance(error, VoiceLoopError) else type(error).__name__


def error_json(error: VoiceLoopError) -> dict[str, Any]:
    return {"code": error.code, "detail": error.message}
