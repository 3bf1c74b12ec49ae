"""Shortcuts of these tests: a document as bytes, read as the parser's process reads it."""

from __future__ import annotations

import io
from typing import Any

from ingest.documents.extract.table import extract_bytes
from ingest.documents.model import Extracted, Limits


def saved(made: Any) -> bytes:
    """What python-docx, openpyxl and python-pptx write."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(content: bytes, content_type: str) -> Extracted:
    return extract_bytes(content, content_type, Limits())


def lines(found: Extracted, page: int = 1) -> list[str]:
    """The lines of a page that hold something."""
    return [line for line in found.pages[page - 1].text.split("\n") if line]


def headings(found: Extracted, page: int = 1) -> list[tuple[int, str]]:
    """Level and text; each stands where it says it does."""
    text = found.pages[page - 1].text
    assert all(text[one.offset :].startswith(one.text) for one in found.pages[page - 1].headings)
    return [(one.level, one.text) for one in found.pages[page - 1].headings]


def codes(found: Extracted) -> list[tuple[str, int]]:
    """Code and page of each finding."""
    return [(one.code, one.page) for one in found.findings]
