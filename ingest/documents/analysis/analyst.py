"""The door to the analysis: reads what the tenant knows, computes in a thread, asks a model where there is one.

It writes nothing; whoever calls it keeps the result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from ingest.documents.analysis import corpus
from ingest.documents.analysis.corpus import Corpus
from ingest.documents.analysis.keyless import Draft, Embed, Subject, draft, finish
from ingest.documents.analysis.model import Analysis
from ingest.documents.model import Extracted
from store.database import Database
from store.documents import Document
from store.identity import Identity


class Judge(Protocol):
    """A language model that improves an analysis. Never raises: what fails stays as the rules have it."""

    async def improve(self, drawn: Draft, analysis: Analysis) -> Analysis: ...


@dataclass(frozen=True, slots=True)
class Analyst:
    """``embed``: texts -> unit vectors (blocking, called in a thread) by the model ``model_name``; None: by words."""

    database: Database
    embed: Embed | None = None
    model_name: str = ""
    llm: Judge | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def analyse(self, identity: Identity, document: Document, found: Extracted) -> Analysis:
        """All that can be said about a document's text, beside what the tenant's assistant knows already."""
        found = found if found.title.strip() else replace(found, title=document.title)
        known, kinds = await corpus.known(self.database, identity, document.id)
        drawn = await asyncio.to_thread(draft, found, self.now().date(), self.embed)
        near = corpus.nearest(known, drawn.fingerprint, drawn.title, drawn.tags, drawn.category)
        texts = await corpus.texts(self.database, identity, near) if near else []
        written_at = corpus.instant(found.metadata.get("modified_at")) or document.created_at
        subject = Subject(document.id, document.series_id, written_at)
        beside = Corpus(tuple(near), tuple(texts), tuple(kinds))
        analysis = await asyncio.to_thread(finish, drawn, subject, beside, self.embed)
        return await self.llm.improve(drawn, analysis) if self.llm else analysis
