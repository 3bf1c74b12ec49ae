"""The only module that moves a document from stage to stage. Each stage may run twice with the same result.

received → inspecting → extracting → analysing → awaiting_confirmation → (a person confirms) indexing → ready;
rejected by a person, failed with a reason. Nothing is searchable before `ready`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ingest.documents.analyse import analyse
from ingest.documents.chunk import ChunkSize, chunk
from ingest.documents.inspect import HEAD_BYTES, check_zip, decode_text, type_of_head
from ingest.documents.model import DOCX, MARKDOWN, PLAIN, BadDocument, Extracted, Limits, error_json
from ingest.documents.naming import title_of_name
from ingest.documents.sandbox import extract
from store import chunks, documents, jobs
from store.chunks import NewChunk
from store.database import Database
from store.documents import Document
from store.errors import NotFound, VoiceLoopError
from store.files import SealedFiles
from store.identity import Identity

ANALYSE, INDEX, INGEST = "analyse_document", "index_document", "ingest_document"
BEFORE_ANALYSIS = frozenset({"received", "inspecting", "extracting", "analysing"})
_EMBED_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Work:
    """One job: who asked, which job row, which document."""

    identity: Identity
    job_id: UUID
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Stages:
    """``embed`` turns texts into vectors (blocking; called in a thread); ``model`` names it beside the vectors."""

    database: Database
    files: SealedFiles
    embed: Callable[[Sequence[str]], Any]
    model: str
    limits: Limits = field(default_factory=Limits)
    size: ChunkSize = field(default_factory=ChunkSize)

    async def run(self, kind: str, work: Work) -> None:
        """Do the job. A document at fault ends as failed with its reason; a deleted one ends the job silently.

        Raises whatever is not the document's fault, so that the queue tries again.
        """
        try:
            if kind in {ANALYSE, INGEST}:
                await self._analyse(work)
            if kind in {INDEX, INGEST}:
                await self._index(work)
            async with self.database.transaction(work.identity) as connection:
                await jobs.succeed(connection, work.identity, work.job_id)
        except NotFound as error:
            if error.code != "document_not_found":
                await self.give_up(work, error)
        except BadDocument as error:
            await self.give_up(work, error)

    async def give_up(self, work: Work, error: VoiceLoopError) -> None:
        """Both rows say why. A document that is searchable already stays so."""
        reason = error_json(error)
        async with self.database.transaction(work.identity) as connection:
            await jobs.fail(connection, work.identity, work.job_id, reason)
            try:
                document = await documents.locked(connection, work.document_id)
            except NotFound:
                return
            if document.status not in {"ready", "rejected"}:
                await documents.set_status(connection, work.identity, document.id, "failed", error=reason)

    async def _analyse(self, work: Work) -> None:
        document = await documents.read(self.database, work.identity, work.document_id)
        if document.status not in BEFORE_ANALYSIS | {"failed"}:
            return  # done by an earlier try
        await self._enter(work, "inspecting", 10)
        content = await self.files.read(document.storage_key)
        content_type = await asyncio.to_thread(inspect, content, document.filename, self.limits)
        await self._enter(work, "extracting", 30)
        found = await extract(content, content_type, self.limits)
        found = replace(found, title=_title(document, found))
        await self._enter(work, "analysing", 70)
        analysis = await asyncio.to_thread(analyse, found)
        await self._keep_analysis(work, content_type, found, analysis)

    async def _keep_analysis(self, work: Work, content_type: str, found: Extracted, analysis: dict[str, Any]) -> None:
        async with self.database.transaction(work.identity) as connection:
            document = await documents.locked(connection, work.document_id)
            if document.status not in BEFORE_ANALYSIS:
                return  # another worker was faster
            await documents.set_content(
                connection,
                work.identity,
                document.id,
                title=found.title,
                content_type=content_type,
                page_count=len(found.pages) if found.paginated else 0,
                pages=found.pages,
            )
            await documents.set_analysis(connection, document.id, analysis)
            await documents.set_status(connection, work.identity, document.id, "awaiting_confirmation")

    async def _index(self, work: Work) -> None:
        document = await documents.read(self.database, work.identity, work.document_id)
        if document.status == "rejected":
            raise BadDocument("The document was rejected meanwhile.", code="rejected")
        await self._enter(work, "indexing", 75, only_from=frozenset({"awaiting_confirmation", "indexing", "ready"}))
        pages = await documents.read_pages(self.database, work.identity, work.document_id)
        pieces = await asyncio.to_thread(chunk, pages, self.size)
        embedded = await self._embed(work, pieces)
        async with self.database.transaction(work.identity) as connection:
            current = await documents.locked(connection, work.document_id)
            if current.status not in {"indexing", "ready"}:
                return
            await chunks.swap_chunks(connection, work.identity, work.document_id, embedded)
            await documents.set_status(connection, work.identity, work.document_id, "ready")
        await chunks.refresh_statistics(self.database)

    async def _embed(self, work: Work, pieces: Sequence[NewChunk]) -> list[NewChunk]:
        done: list[NewChunk] = []
        for start in range(0, len(pieces), _EMBED_AT_ONCE):
            batch = pieces[start : start + _EMBED_AT_ONCE]
            texts = [f"{one.heading}. {one.text}" if one.heading else one.text for one in batch]
            vectors = await asyncio.to_thread(self.embed, texts)
            done += [
                replace(one, embedding=vector, embedding_model=self.model)
                for one, vector in zip(batch, vectors, strict=True)
            ]
            async with self.database.transaction(work.identity) as connection:
                progress = 75 + round(20 * len(done) / len(pieces))
                await jobs.advance(connection, work.identity, work.job_id, stage="indexing", progress=progress)
        return done

    async def _enter(self, work: Work, stage: str, progress: int, *, only_from: frozenset[str] | None = None) -> None:
        """Note the stage on job and document; a document that is ready stays ready while it is indexed anew."""
        async with self.database.transaction(work.identity) as connection:
            document = await documents.locked(connection, work.document_id)
            allowed = only_from or (BEFORE_ANALYSIS | {"failed"})
            if document.status in allowed and document.status not in {stage, "ready"}:
                await documents.set_status(connection, work.identity, document.id, stage)
            await jobs.advance(connection, work.identity, work.job_id, stage=stage, progress=progress)


def inspect(content: bytes, filename: str, limits: Limits) -> str:
    """The content type of the whole file. Raises BadDocument."""
    if not content:
        raise BadDocument("The file is empty.", code="empty_file")
    content_type = type_of_head(content[:HEAD_BYTES], filename)
    if content_type == DOCX:
        check_zip(content, limits)
    if content_type in {PLAIN, MARKDOWN}:
        decode_text(content)
    return content_type


def _title(document: Document, found: Extracted) -> str:
    """What a person typed, else what the document calls itself, else its name."""
    if document.title != title_of_name(document.filename):
        return document.title
    return found.title.strip()[:200] or document.title
