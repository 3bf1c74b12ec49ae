"""What search works on and answers with: chunks, scored results, citations. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

Box = tuple[float, float, float, float]
NO_PLACES: Mapping[str, Sequence[int]] = {}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one page; ``char_start`` and ``char_end`` count in the page's text.

    ``page_kind``: page, slide, sheet, recording or none; ``label``: what people call the page when not by number.
    ``source``: where the document was published. ``is_attached``: of a file of one conversation, whose id is then the
    ``document_id``.
    """

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
    page_kind: str = "page"
    label: str = ""
    version: int = 1
    source: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_attached: bool = False


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Empty means no restriction. ``created_from`` and ``created_to`` ([from, to)) are the document's.

    ``series_ids``: whatever version of these documents is the current one.
    """

    document_ids: tuple[UUID, ...] = ()
    category: str = ""
    tags: tuple[str, ...] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    series_ids: tuple[UUID, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word of a question: its stems (one a language), where it stands, in how many chunks, how rare it is."""

    stems: tuple[str, ...]
    place: int
    found: int
    rarity: float


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """Of the tenant's chunks: how many, their mean length in characters, and the words of the question among them."""

    chunks: int = 0
    mean_length: float = 0.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk with what scoring needs: ``cosine`` (None without vectors), ``places`` of the question's stems in it
    (counted in words, the heading first) and the vectors of its sentences as they are kept."""

    chunk: Chunk
    cosine: float | None
    places: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    sentence_vectors: bytes = b""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a quotation stands: ``boxes`` as shares (0-1) of the page, ``seconds`` [from, to) of a recording."""

    boxes: tuple[Box, ...] = ()
    seconds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A chunk, how well it fits, and the sentence of it that answers best.

    ``score`` ranks within one search; ``relevance`` (0-100) compares across searches. ``quote_span`` and
    ``highlights`` ([start, end) of words that were asked for) count in the chunk's text.
    """

    chunk: Chunk
    score: float
    relevance: int
    quote: str
    quote_span: tuple[int, int] = (0, 0)
    highlights: tuple[tuple[int, int], ...] = ()
    location: Location = Location()

    def citation(self, number: int) -> Citation:
        chunk = self.chunk
        owner = f"/api/{'attachments' if chunk.is_attached else 'files'}/{chunk.document_id}"
        return Citation(
            id=str(chunk.id),
            number=number,
            document_id=str(chunk.document_id),
            title=chunk.title,
            version=chunk.version,
            page=chunk.page,
            page_kind=chunk.page_kind,
            place=place_of(chunk, self.location),
            heading=chunk.heading,
            quote=self.quote,
            relevance=self.relevance,
            boxes=[list(box) for box in self.location.boxes],
            seconds=list(self.location.seconds) if self.location.seconds else None,
            image_url=f"{owner}/pages/{chunk.page}/image" if chunk.page_kind == "page" else "",
            author=_author(chunk.source),
            published=str(chunk.source.get("published") or ""),
            source_type="attachment" if chunk.is_attached else "document",
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from, as shown to people.

    ``place`` is what is shown and said: "page 4", "slide 3", "sheet Prices", "minute 1:23", or nothing.
    """

    id: str
    number: int
    document_id: str
    title: str
    page: int
    heading: str
    quote: str
    relevance: int
    version: int = 1
    page_kind: str = "page"
    place: str = ""
    boxes: list[list[float]] = field(default_factory=list[list[float]])
    seconds: list[float] | None = None
    image_url: str = ""
    author: str = ""
    published: str = ""
    source_type: str = "document"  # or "attachment", of this conversation

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Looked:
    """What one search found, before it is told or logged. ``stems``: of the question's telling words."""

    results: tuple[SearchResult, ...]
    degraded: bool
    stems: tuple[str, ...] = ()


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

    @property
    def refused(self) -> bool:
        """Whether the honest answer is that nothing was found, whatever the results are."""
        return not self.answered


def place_of(chunk: Chunk, location: Location) -> str:
    """The words for where a chunk's quotation stands."""
    match chunk.page_kind:
        case "recording" if location.seconds:
            minutes, seconds = divmod(int(location.seconds[0]), 60)
            return f"minute {minutes}:{seconds:02}"
        case "sheet":
            return f"sheet {chunk.label or chunk.page}"
        case "page" | "slide":
            return f"{chunk.page_kind} {chunk.label or chunk.page}"
        case _:
            return ""


def _author(source: Mapping[str, Any]) -> str:
    """ "Ada Lovelace", "Ada Lovelace and Alan Turing", "Ada Lovelace et al."."""
    named: Any = source.get("authors") or source.get("author") or []
    names = [_name(one) for one in ([named] if isinstance(named, (str, Mapping)) else named)]
    names = [name for name in names if name]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def _name(author: Any) -> str:
    if isinstance(author, Mapping):
        return " ".join(str(author[key]) for key in ("given", "family", "name", "literal") if author.get(key))
    return str(author).strip()
