"""What documents are called: names that people give files, made safe to show (never used as a path), and titles.

What people corrected is theirs: no analysis changes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from store.documents import Document, Fields
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


def one_line(given: str) -> str:
    """What a person typed, on one line, its spaces folded. Raises ValueError for characters no file name may hold."""
    line = re.sub(r"[\t\n\r]", " ", given)
    if _DECEIVING.search(line):
        raise ValueError("must not hold control characters")
    return " ".join(line.split())


def typed_title(given: str) -> str:
    """At most 200 characters, empty when nothing was typed. Raises Invalid as ``one_line`` does."""
    try:
        return one_line(given)[:200]
    except ValueError as error:
        raise Invalid("The title holds control characters. Write it without them.", code="invalid_title") from error


def title_of_name(filename: str) -> str:
    """A readable title: ``guest_hand-book.pdf`` is "guest hand-book"."""
    stem = re.sub(r"\.[a-z][a-z0-9]{1,8}$", "", filename, flags=re.IGNORECASE)
    return re.sub(r"[_\s]+", " ", stem).strip() or filename


def fields_after(document: Document, title: str, analysis: Mapping[str, Any]) -> Fields:
    """The document's fields after an analysis; ``title`` is what the document calls itself, empty when it does not."""
    language = str(analysis.get("language") or "")
    found = {
        "title": " ".join(title.split())[:200] or title_of_name(document.filename),
        "category": str(analysis.get("category") or "")[:100],
        "tags": tuple(str(one)[:100] for one in analysis.get("tags") or ())[:20],
        "language": language if re.fullmatch("[a-z]{2}", language) else "",
    }
    return replace(document.fields, **{name: value for name, value in found.items() if name not in document.corrected})
