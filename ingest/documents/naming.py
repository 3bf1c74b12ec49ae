"""Names that people give files, made safe to show. They are never used as a path."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote

from store.errors import Invalid

_LONGEST = 200
_DECEIVING = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]"
)  # terminals obey them, readers are fooled


def safe_name(given: str | None) -> str:
    """The last part of what the client sent, percent signs decoded, printable, at most 200 characters, never empty.

    Raises Invalid for control characters and for those that turn the direction of writing.
    """
    name = given or ""
    for _ in range(3):  # some clients encode what was encoded already
        name = unquote(name)
    if _DECEIVING.search(name):
        raise Invalid("The file's name holds control characters. Rename the file.", code="invalid_name")
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(one for one in unicodedata.normalize("NFC", name) if unicodedata.category(one)[0] != "C").strip()
    name = name.lstrip(".")
    if len(name) > _LONGEST:
        suffix = PurePosixPath(name).suffix[:10]
        name = name[: _LONGEST - len(suffix)] + suffix
    return name or "document"


def title_of_name(filename: str) -> str:
    """A readable title: ``guest_hand-book.pdf`` is "guest hand-book"."""
    stem = re.sub(r"\.(pdf|docx|md|markdown|txt|text)$", "", filename, flags=re.IGNORECASE)
    return re.sub(r"[_\s]+", " ", stem).strip() or filename
