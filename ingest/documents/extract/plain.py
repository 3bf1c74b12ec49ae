"""Plain text: wrapped lines become paragraphs, lines in capitals headings."""

from __future__ import annotations

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import clean, spelled_by_tags
from ingest.documents.model import Extracted, Limits
from ingest.documents.textlines import Line, page_of, reflowed


def extract_plain(content: bytes, _limits: Limits) -> Extracted:
    text = decode_text(content)
    lines = [Line(clean(line), 1 if _is_capitals(line) else 0) for line in text.split("\n")]
    return Extracted((page_of(list(reflowed(lines))),), hidden=spelled_by_tags(text))


def _is_capitals(line: str) -> bool:
    return 3 <= len(line.strip()) <= 80 and line.isupper() and sum(one.isalpha() for one in line) >= 3
