"""What the stages hand to each other, and why a document is refused. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from store.errors import VoiceLoopError
from store.pages import Page

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"


class BadDocument(VoiceLoopError):
    """The document itself is at fault: trying again will not help. ``code`` says which fault."""

    code = "bad_document"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may need. Sizes in bytes, times in seconds."""

    pages: int = 1000
    characters: int = 5_000_000
    unpacked_bytes: int = 200 * 1024 * 1024
    unpacked_ratio: int = 200
    memory_bytes: int = 1024 * 1024 * 1024
    time_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """``paginated`` is false for formats without pages (all text is then page 1); ``hidden``: texts nobody sees."""

    pages: tuple[Page, ...]
    title: str = ""
    paginated: bool = False
    hidden: tuple[str, ...] = field(default_factory=tuple)


def error_json(error: VoiceLoopError) -> dict[str, Any]:
    return {"code": error.code, "detail": error.message}
