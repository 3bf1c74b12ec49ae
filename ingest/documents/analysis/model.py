"""What the analysis hands over. Values only; JSON keys are stable."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Note:
    """A reason or a warning: ``code`` is stable, ``text`` a plain sentence. ``page`` 0: the whole document.

    ``quote``: the stretch of the document it is about; never personal data in the clear.
    """

    code: str
    text: str
    severity: Severity = "info"
    page: int = 0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How often one ``kind`` occurs, on which pages (at most 20), and up to three samples with all but the ends"
    " masked."""

    kind: str
    count: int
    pages: tuple[int, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another document that is largely the same. Shares 0-1: ``similarity`` of both, ``contained`` of the new
    in the other.

    ``suggestion``: "replaces" (looks like a newer version of it), "same" (nothing new in it) or "overlaps".
    ``newer``: which of the two is, "this" or "other", by the dates the files carry.
    """

    document_id: str
    title: str
    similarity: float
    contained: float
    suggestion: Literal["replaces", "same", "overlaps"]
    newer: Literal["this", "other"]
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that says a value. ``document_id`` is empty for the document being analysed."""

    document_id: str
    title: str
    page: int
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements about one thing with different values. ``kind``: price, time, phone, email, date, percent, amount,
    permission. ``judged``: whether a language model agreed; None when none was asked."""

    kind: str
    here: Statement
    there: Statement
    text: str
    judged: bool | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was understood. Scores 0-1. ``analysed_by``: field -> "rules" or the model's name.

    ``fingerprint``: what later documents are compared with (`duplicates`); of no use to people.
    """

    summary: str
    key_points: tuple[str, ...]
    category: str
    tags: tuple[str, ...]
    language: str
    languages: dict[str, float]
    confidence_score: float
    word_count: int
    sentence_count: int
    paragraph_count: int
    page_count: int
    character_count: int
    reading_time_s: int
    quality_score: float
    relevance_score: float
    relevance_reason: str
    recommended_for_rag: bool
    reasons: tuple[Note, ...]
    warnings: tuple[Note, ...]
    personal_data: tuple[PersonalData, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    replaces: str = ""
    fingerprint: str = ""
    analysed_by: dict[str, str] = field(default_factory=dict[str, str])

    def as_json(self) -> dict[str, Any]:
        return _plain(asdict(self))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value
