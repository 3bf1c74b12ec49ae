"""The references of one message in a style, from what it quoted. Pure, blocking for some milliseconds a reference."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from store.sources import CitingMessage
from tools.citations.csl import csl_item
from tools.citations.exports import bibtex, ris
from tools.citations.model import Source, source_of
from tools.citations.numbering import Quoted, numbered, numbers_of
from tools.citations.styles import STYLES, Reference, references

EXPORTS: Final = ("bibtex", "ris", "csl")
_DEFAULT_STYLE = STYLES[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered source of a message: how it is written, and what was quoted from it, best first."""

    number: int
    source: Source
    reference: Reference
    citations: tuple[Mapping[str, Any], ...]

    @property
    def is_attached(self) -> bool:
        """Whether it is a file of the conversation, and no document of the house."""
        return any(one.get("source_type") == "attachment" for one in self.citations)


@dataclass(frozen=True, slots=True)
class References:
    """``text``: the message with [1] in it; ``bibliography``: numbered lines, or a file for another program."""

    text: str
    entries: tuple[Entry, ...]
    bibliography: str


def references_of(message: CitingMessage, style: str) -> References:
    """``style``: one of ``styles.STYLES`` or ``EXPORTS``; in an export the entries are written as APA has them."""
    quoted = [Quoted(_source_id(one), str(one.get("quote") or "")) for one in message.citations]
    numbers = numbers_of(quoted)
    sources = [_source(message, source_id) for source_id in numbers]
    written = references(sources, style if style in STYLES else _DEFAULT_STYLE)
    entries = tuple(
        Entry(numbers[source.id], source, reference, _quoted_from(message.citations, source.id))
        for source, reference in zip(sources, written, strict=True)
    )
    return References(numbered(message.text, quoted), entries, _bibliography(entries, style))


def _bibliography(entries: Sequence[Entry], style: str) -> str:
    sources = [entry.source for entry in entries]
    if style == "bibtex":
        return bibtex(sources)
    if style == "ris":
        return ris(sources)
    if style == "csl":
        return json.dumps([csl_item(source) for source in sources], ensure_ascii=False, indent=2)
    return "\n".join(f"[{entry.number}] {entry.reference.text}" for entry in entries)


def _source(message: CitingMessage, source_id: str) -> Source:
    document = message.documents.get(source_id)
    if document is not None:
        return source_of(source_id, document.title, document.source, document.metadata)
    shown = next(one for one in message.citations if _source_id(one) == source_id)
    return source_of(source_id, str(shown.get("title") or "A document that was deleted"), {}, {})


def _source_id(citation: Mapping[str, Any]) -> str:
    return str(citation.get("document_id") or citation.get("id") or "")


def _quoted_from(citations: Sequence[Mapping[str, Any]], source_id: str) -> tuple[Mapping[str, Any], ...]:
    own = [one for one in citations if _source_id(one) == source_id]
    return tuple(sorted(own, key=lambda one: -float(one.get("relevance") or 0)))
