"""Sentences and paragraphs of a text with their places. Pure; shared by analysis and chunking."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOWER = "a-zß-öø-ÿа-яёα-ώ"
_END = re.compile(
    rf"(?<=[.!?؟।])[\"'”’)\]]*\s+(?=[\"'“‘(\[„«¿¡]?(?:[^\W_{_LOWER}]|[\-•*]))"
    r"|(?<=[。！？])[」』）]?\s*(?=\S)"
    r"|\n\s*\n|\n(?=\s*(?:[-•*]|\d+[.)])\s)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|e\.g|i\.e|approx|Inc|Ltd|Co|Fig|p|pp|z\.B|Nr|bzw|ca)|\b[A-Z])\.$"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Span:
    """``text`` is exactly the source's [start, end)."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def sentences(text: str, offset: int = 0) -> list[Span]:
    """The sentences in order, trimmed; ``offset`` is added to their places."""
    found: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        before = text[max(start, match.start() - 12) : match.start()]
        if not match.group().strip("\"'”’)]").count("\n") and _ABBREVIATION.search(before):
            continue
        _append(found, text, start, match.end(), offset)
        start = match.end()
    _append(found, text, start, len(text), offset)
    return found


def paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _append(found: list[Span], text: str, start: int, end: int, offset: int) -> None:
    piece = text[start:end]
    trimmed = piece.strip()
    if trimmed:
        begin = start + len(piece) - len(piece.lstrip())
        found.append(Span(offset + begin, offset + begin + len(trimmed), trimmed))
