"""The only module that moves a document from stage to stage. Each stage may run twice with the same result.

received → inspecting → extracting → analysing → awaiting_confirmation → (a person confirms) indexing → ready;
rejected by a person, replaced by a newer version, failed with a reason. Nothing is searchable before `ready`. What a
job does between two of its transactions is value to value (``reading``, ``analysis``, ``indexing``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ingest.documents.analysis.analyst import Analyst
from ingest.documents.analysis.model import Analysis
from ingest.documents.indexing import Indexed, Indexer
from ingest.documents.model import BadDocument, Extracted, error_json, reason_of
from ingest.documents.naming import fields_after
from ingest.documents.pulse import JobOver, Pulse, Work
from ingest.documents.reading import Reader, Reading
from ingest.documents.statuses import ANALYSE, BEFORE_ANALYSIS, INDEX, INGEST, MOST_ATTEMPTS, is_of_another
from store import chunks, document_content, documents, embedded_texts, jobs, knowledge_indexes
from store.database import Connection, Database
from store.document_content import Content
from store.document_versions import has_newer_ready, locked_series, make_current
from store.documents import Document
from store.errors import Conflict, NotFound, VoiceLoopError
from store.files import Files
from store.jobs import Job
from store.log import get_logger
from tools.knowledge.remote_embedding import EmbeddingFailed

log = get_logger(__name__)
_INDEXABLE = frozenset({"awaiting_confirmation", "indexing", "ready"})


@dataclass(frozen=True, slots=True)
class Analysed:
    """What a document became between its upload and its confirmation."""

    reading: Reading
    analysis: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stages:
    """How documents are worked on in this installation."""

    database: Database
    files: Files
    reader: Reader
    analyst: Analyst
    indexer: Indexer

    async def run(self, kind: str, work: Work) -> None:
        """Do the job. A document at fault ends as failed with its reason; one deleted or cancelled ends silently.

        Raises whatever is not the document's fault: ask `failed` then.
        """
        async with self.database.transaction(work.identity) as connection:
            job = await jobs.start(connection, work.identity, work.job_id)
        if job is None:
            return
        if job.attempt >= MOST_ATTEMPTS:
            await self.give_up(work, _gave_up(job.reason))
            return
        try:
            async with Pulse(self.database, work).beating() as pulse:
                await self._do(kind, work, pulse)
        except JobOver:
            log.info("job was cancelled", job_id=str(work.job_id))
        except NotFound as error:
            if error.code not in {"document_not_found", "job_not_found"}:
                await self.give_up(work, error)
        except BadDocument as error:
            await self.give_up(work, error)

    async def failed(self, work: Work, error: Exception) -> float | None:
        """Note a try that failed for no fault of the document; seconds until the next, None when there is none."""
        reason = reason_of(error)
        async with self.database.transaction(work.identity) as connection:
            job = await jobs.try_again(connection, work.identity, work.job_id, reason)
        if job is None:
            return None
        if job.attempt >= MOST_ATTEMPTS:
            await self.give_up(work, _gave_up(reason))
            return None
        return 2.0 * 4 ** (job.attempt - 1)

    async def give_up(self, work: Work, error: VoiceLoopError) -> None:
        """Job and document say why. What is searchable or was decided already stays so."""
        reason = error_json(error)
        async with self.database.transaction(work.identity) as connection:
            try:
                document = await documents.locked(connection, work.document_id)
            except NotFound:
                return
            job = await jobs.fail(connection, work.identity, work.job_id, reason)
            if job is None:
                return
            others = await jobs.others_under_way(connection, document.id, job.id)
            if is_of_another(document.status, others):
                return
            if document.status == "indexing" and job.status_before == "replaced":
                await documents.set_status(connection, work.identity, document.id, "replaced")
            elif document.status in BEFORE_ANALYSIS | {"indexing"}:
                await documents.set_status(connection, work.identity, document.id, "failed", error=reason)

    async def _do(self, kind: str, work: Work, pulse: Pulse) -> None:
        document = await documents.read(self.database, work.identity, work.document_id)
        share = 50 if kind == INGEST else 95
        if kind == ANALYSE or (kind == INGEST and document.status in BEFORE_ANALYSIS):
            analysed = await self._analyse(work, document, pulse, share)
            await self._keep_analysis(work, analysed, pulse, is_end=kind == ANALYSE)
        if kind in {INDEX, INGEST}:
            await self._index(work, pulse, 50 if kind == INGEST else 0)

    async def _analyse(self, work: Work, document: Document, pulse: Pulse, share: int) -> Analysed:
        """``share``: how much of the job in percent this is."""
        await self._enter(work, "inspecting", pulse, 0, share // 10)
        content = await self.files.read(document.storage_key)
        content_type, inspection = await self.reader.inspect(content, document.filename)
        await self._enter(work, "extracting", pulse, share // 10, share * 7 // 10)
        reading = await self.reader.extract(content, content_type, inspection, pulse.progress)
        await self._enter(work, "analysing", pulse, share * 7 // 10, share)
        return Analysed(reading, (await self._judge(work, document, reading.found)).as_json())

    async def _judge(self, work: Work, document: Document, found: Extracted) -> Analysis:
        """By meaning too; when the model of vectors does not answer, by words alone, so that nobody waits for it."""
        try:
            return await self.analyst.analyse(work.identity, document, found)
        except EmbeddingFailed as error:
            log.warning("a document is analysed by its words alone", document_id=str(document.id), error=error.message)
            return await replace(self.analyst, embed=None).analyse(work.identity, document, found)

    async def _keep_analysis(self, work: Work, analysed: Analysed, pulse: Pulse, *, is_end: bool) -> None:
        """Pages, analysis and status in one transaction; of a searchable document its chunks too, so that they fit."""
        document = await documents.read(self.database, work.identity, work.document_id)
        indexed = None
        if document.status == "ready":
            indexed = await self.indexer.index(work, analysed.reading.found.pages, pulse)
        if is_end:
            pulse.rest()
        async with self.database.transaction(work.identity) as connection:
            document = await documents.locked(connection, work.document_id)
            await _require_running(connection, work)
            await self._write(connection, work, document, analysed)
            if document.status in BEFORE_ANALYSIS:
                await documents.set_status(connection, work.identity, document.id, "awaiting_confirmation")
            elif document.status == "ready":
                if indexed is None:  # it became searchable a moment ago: its chunks must not go
                    raise Conflict("The document was made searchable meanwhile.", code="ready_meanwhile")
                await self._swap(connection, work, indexed)
            if is_end:
                await jobs.succeed(connection, work.identity, work.job_id)

    async def _write(self, connection: Connection, work: Work, document: Document, analysed: Analysed) -> None:
        reading = analysed.reading
        content = Content(
            content_type=reading.content_type,
            page_kind=reading.found.page_kind,
            pages=reading.found.pages,
            analysis=analysed.analysis,
            metadata=reading.found.metadata,
            inspection=reading.inspection,
        )
        await document_content.set_content(connection, work.identity, document.id, content)
        fields = fields_after(document, reading.found.title, analysed.analysis)
        await documents.set_fields(connection, work.identity, document, fields, corrected=document.corrected)

    async def _index(self, work: Work, pulse: Pulse, start: int) -> None:
        await self._enter(work, "indexing", pulse, start, 99, only_from=_INDEXABLE)
        pages = await document_content.read_pages(self.database, work.identity, work.document_id)
        indexed = await self.indexer.index(work, pages, pulse)
        pulse.rest()
        async with self.database.transaction(work.identity) as connection:
            document, series = await locked_series(connection, work.document_id)
            job = await _require_running(connection, work)
            if document.status not in {"indexing", "ready"}:
                raise BadDocument("The document was decided otherwise meanwhile.", code=document.status)
            if job.status_before != "replaced" and has_newer_ready(document, series):
                # several were confirmed at once and this one ends late; only who asks for it back gets it back
                await documents.set_status(connection, work.identity, document.id, "replaced")
                await embedded_texts.forget(connection, document.id)
            else:
                await self._swap(connection, work, indexed)
                await make_current(connection, work.identity, document, series)
            await jobs.succeed(connection, work.identity, work.job_id)
        await chunks.refresh_statistics(self.database)

    async def _swap(self, connection: Connection, work: Work, indexed: Indexed) -> None:
        await chunks.swap_chunks(connection, work.identity, work.document_id, indexed.pieces)
        await knowledge_indexes.keep_beside(connection, work.identity, work.document_id, indexed.beside)
        await embedded_texts.forget(connection, work.document_id)

    async def _enter(
        self,
        work: Work,
        stage: str,
        pulse: Pulse,
        start: int,
        end: int,
        *,
        only_from: frozenset[str] = BEFORE_ANALYSIS,
    ) -> None:
        """Note the stage on job and document; one that is ready, or replaced, stays so while it is looked at anew."""
        async with self.database.transaction(work.identity) as connection:
            document = await documents.locked(connection, work.document_id)
            if document.status == "rejected" and stage == "indexing":
                raise BadDocument("The document was rejected meanwhile.", code="rejected")
            if document.status in only_from and document.status not in {stage, "ready"}:
                await documents.set_status(connection, work.identity, document.id, stage)
        await pulse.step(stage, start, end)


async def _require_running(connection: Connection, work: Work) -> Job:
    job = await jobs.running(connection, work.job_id)
    if job is None:
        raise JobOver
    return job


def _gave_up(reason: str) -> VoiceLoopError:
    text = f"Working on this document failed {MOST_ATTEMPTS} times; it was given up. {reason}".strip()
    return VoiceLoopError(text, code="gave_up")
