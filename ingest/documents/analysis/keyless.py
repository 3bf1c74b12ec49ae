"""The whole analysis without any service: by words, shapes and the bundled sentence vectors. Pure and deterministic.

In two steps, because the second needs what the database knows and the first says what to ask it for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from ingest.documents.analysis import (
    category,
    contradictions,
    duplicates,
    instructions,
    personal,
    quality,
    relevance,
    summary,
    tags,
    validity,
    verdict,
)
from ingest.documents.analysis.corpus import Corpus
from ingest.documents.analysis.fingerprint import fingerprint, shingles
from ingest.documents.analysis.instructions import Found
from ingest.documents.analysis.model import Analysis, Note, PersonalData
from ingest.documents.analysis.parsed import Parsed, Sentence, parse, without
from ingest.documents.analysis.summary import Gist
from ingest.documents.model import Extracted

Embed = Callable[[Sequence[str]], Any]
RULES: Final = "rules"
JUDGED: Final = ("summary", "key_points", "tags", "category", "language", "contradictions")
_WORDS_PER_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What the document alone says. ``sentences``: those that may be quoted, commands left out."""

    parsed: Parsed
    sentences: tuple[Sentence, ...]
    commands: Found
    gist: Gist
    tags: tuple[str, ...]
    category: str
    fit: float
    quality: tuple[float, tuple[Note, ...]]
    personal: tuple[PersonalData, ...]
    outdated: tuple[Note, ...]
    shingles: frozenset[int]
    fingerprint: str

    @property
    def title(self) -> str:
        return self.parsed.found.title


@dataclass(frozen=True, slots=True)
class Subject:
    """The document's row, as far as comparing needs it."""

    id: UUID
    series_id: UUID
    written_at: datetime


def draft(found: Extracted, today: date, embed: Embed | None = None) -> Draft:
    """Everything that needs no other document. Some seconds of CPU for the longest text that is looked at.

    Every step is linear in the text or looks at a bounded part of it: a thread cannot be stopped.
    """
    parsed = parse(found)
    commands = instructions.look(parsed)
    sentences = without(parsed, commands.places)
    kind, fit = category.category_of(parsed, sentences, embed)
    signature = shingles(found.pages)
    return Draft(
        parsed=parsed,
        sentences=tuple(sentences),
        commands=commands,
        gist=summary.summarise(sentences, parsed.language, found.title, embed),
        tags=tags.tags_of(sentences, parsed.headings, found.title, parsed.language),
        category=kind,
        fit=fit,
        quality=quality.judge(parsed),
        personal=personal.look(found),
        outdated=validity.outdated(sentences, found.title, today),
        shingles=signature,
        fingerprint=fingerprint(signature),
    )


def finish(drawn: Draft, subject: Subject | None, corpus: Corpus, embed: Embed | None = None) -> Analysis:
    """Beside what the assistant knows already."""
    parsed = drawn.parsed
    series = subject.series_id if subject else None
    alike = (
        duplicates.find(drawn.shingles, drawn.title, subject.written_at, corpus.texts, series_id=series)
        if subject
        else ()
    )
    replaced = next((one.document_id for one in alike if one.suggestion == "replaces"), "")
    superseded = {*(one.document_id for one in alike if one.suggestion != "overlaps")}
    others = [
        (known, pages) for known, pages in corpus.texts if known.series_id != series and str(known.id) not in superseded
    ]
    clashes = contradictions.find(drawn.sentences, drawn.title, parsed.language, others)
    notes = [*drawn.commands.notes, *drawn.outdated, *_mixed(parsed)]
    notes += [one for one in drawn.quality[1] if one.severity == "warning"]
    warnings = verdict.all_warnings(parsed.found.findings, notes, drawn.personal, alike, clashes)
    fits = relevance.measure(drawn.sentences, drawn.gist.summary, drawn.category, parsed.language, corpus, embed)
    recommended, reasons = verdict.recommend(drawn.quality, fits, warnings, alike)
    return Analysis(
        summary=drawn.gist.summary,
        key_points=drawn.gist.key_points,
        category=drawn.category,
        tags=drawn.tags,
        language=parsed.language,
        languages=parsed.told.shares,
        confidence_score=_confidence(drawn),
        word_count=parsed.word_count,
        sentence_count=parsed.sentence_count,
        paragraph_count=parsed.paragraph_count,
        page_count=len(parsed.found.pages),
        character_count=parsed.character_count,
        reading_time_s=round(parsed.word_count * 60 / _WORDS_PER_MINUTE),
        quality_score=drawn.quality[0],
        relevance_score=fits[0],
        relevance_reason=fits[1],
        recommended_for_rag=recommended,
        reasons=reasons,
        warnings=warnings,
        personal_data=drawn.personal,
        duplicates=alike,
        contradictions=clashes,
        replaces=replaced,
        fingerprint=drawn.fingerprint,
        analysed_by=dict.fromkeys(JUDGED, RULES),
    )


def _mixed(parsed: Parsed) -> list[Note]:
    if not parsed.told.mixed:
        return []
    shares = ", ".join(f"{code} {round(100 * share)} %" for code, share in parsed.told.shares.items())
    return [Note("mixed_languages", f"It is written in several languages: {shares}.")]


def _confidence(drawn: Draft) -> float:
    """How far this analysis itself can be trusted: language and kind clear, enough text, text readable."""
    enough = min(1.0, drawn.parsed.word_count / 150)
    score = 0.1 + 0.3 * drawn.parsed.told.certainty + 0.25 * drawn.fit + 0.2 * enough + 0.15 * drawn.quality[0]
    return round(min(0.99, score), 2)
