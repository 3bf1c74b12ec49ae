"""What search works on and answers with: chunks, scored results, citations. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one page; ``char_start`` and ``char_end`` count in the page's text."""

    id: UUID
    document_id: UUID
    title: str
    page_count: int
    seq: int
    page: int
    heading: str
    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Empty means no restriction. ``created_from`` and ``created_to`` ([from, to)) are the document's."""

    document_ids: tuple[UUID, ...] = ()
    category: str = ""
    tags: tuple[str, ...] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk with what scoring needs: ``cosine`` (None without vectors) and ``frequencies`` of query words."""

    chunk: Chunk
    cosine: float | None
    frequencies: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """Of the searched chunks: how many, their mean length in characters, and in how many each query word occurs."""

    chunks: int
    mean_length: float
    document_frequency: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A chunk, how well it fits, and the sentence of it that answers best.

    ``score`` ranks within one search; ``relevance`` (0-100) compares across searches.
    """

    chunk: Chunk
    score: float
    relevance: int
    quote: str

    def citation(self, number: int) -> Citation:
        return Citation(
            id=str(self.chunk.id),
            number=number,
            document_id=str(self.chunk.document_id),
            title=self.chunk.title,
            page=self.chunk.page,
            heading=self.chunk.heading,
            quote=self.quote,
            relevance=self.relevance,
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from, as shown to people."""

    id: str
    number: int
    document_id: str
    title: str
    page: int
    heading: str
    quote: str
    relevance: int

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """``results`` best first; ``answered`` says whether the first is good enough to be told as an answer.

    ``degraded`` is true when only words were searched because embedding failed.
    """

    results: tuple[SearchResult, ...]
    query_id: UUID
    execution_time_ms: float
    answered: bool
    degraded: bool = False
