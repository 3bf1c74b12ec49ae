"""Plain text: wrapped lines become paragraphs; lines in capitals, and underlined ones, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import bounded, clean, spelled_by_tags
from ingest.documents.model import Extracted, Limits
from ingest.documents.textlines import Line, page_of, reflowed

_LEAST, _MOST = 3, 80  # characters of a heading
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,})\s*")


def extract_plain(content: bytes, limits: Limits) -> Extracted:
    text = bounded(decode_text(content), limits)
    lines = list(_lines(clean(text).split("\n")))
    return Extracted((page_of(list(reflowed(lines))),), hidden=spelled_by_tags(text))


def _lines(source: Sequence[str]) -> Iterator[Line]:
    is_underline = False
    for line, below in zip(source, [*source[1:], ""], strict=True):
        if is_underline:
            is_underline = False
            continue
        is_underline = _LEAST <= len(line.strip()) <= _MOST and _UNDERLINE.fullmatch(below) is not None
        if is_underline and any(one.isalpha() for one in line):
            yield Line(line, 1 if "=" in below else 2)
        else:
            is_underline = False
            yield Line(line, 1 if _is_capitals(line) else 0)


def _is_capitals(line: str) -> bool:
    return _LEAST <= len(line.strip()) <= _MOST and line.isupper() and sum(one.isalpha() for one in line) >= 3
