"""Taking documents in and deciding on them: receive, analyse, confirm, reject, cancel, correct, delete. HTTP's rules.

Everything that belongs together is one transaction: document row, job row and queue entry exist all or not at all.
Whoever changes a document and its job takes the document first, so that nobody waits for each other.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation

from ingest.documents.arrival import Arrival, arrive, row_of
from ingest.documents.naming import title_of_name, typed_title
from ingest.documents.statuses import ANALYSE, BEFORE_ANALYSIS, INDEX, INGEST, without_job
from ingest.errors import DuplicateDocument
from ingest.jobs.length import takes_long
from ingest.jobs.queue import DOCUMENTS, LONG, defer
from store import documents, embedded_texts, jobs, quotas
from store.clock import Clock
from store.database import Connection, Database
from store.document_versions import locked_series
from store.documents import Document, Fields, NewDocument, SameBytes
from store.errors import Conflict, Invalid, NotFound
from store.files import Files
from store.identity import Identity
from store.ids import new_id
from store.jobs import Job

_POLL_S = 0.1
_LONG_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Inbox:
    """``limit`` is the size of one file in bytes."""

    database: Database
    files: Files
    clock: Clock
    limit: int

    async def receive(
        self,
        identity: Identity,
        name: str | None,
        chunks: AsyncIterator[bytes],
        *,
        title: str = "",
        replaces: UUID | None = None,
        kind: str = ANALYSE,
    ) -> tuple[Document, UUID]:
        """Keep the file sealed and queue its job; returns the document and the job's id.

        ``replaces``: a version of the document whose next version this is. Raises Invalid (empty, title), TooLarge,
        UnsupportedType, DuplicateDocument, Conflict (storage), NotFound (``replaces``); nothing is left then.
        """
        typed = typed_title(title)
        if replaces is not None:
            await documents.read(self.database, identity, replaces)
        arrival = await arrive(self.files, identity, name, chunks, limit=self.limit)
        new = self._new_document(arrival, typed)
        try:
            async with row_of(arrival, self.files, self.database, identity) as connection:
                if replaces is not None:
                    new = await _next_version(connection, new, replaces)
                document = await documents.insert(connection, identity, new)
                return document, await self._queue(connection, identity, kind, document)
        except SameBytes as error:
            raise await self._duplicate(identity, arrival.sha256) from error
        except ForeignKeyViolation as error:
            raise NotFound("This tenant was removed while the file was sent.", code="tenant_not_found") from error

    def _new_document(self, arrival: Arrival, typed: str) -> NewDocument:
        return NewDocument(
            id=arrival.id,
            fields=Fields(typed or title_of_name(arrival.filename)),
            corrected=("title",) if typed else (),
            filename=arrival.filename,
            content_type=arrival.content_type,
            size_bytes=arrival.size_bytes,
            sha256=arrival.sha256,
            storage_key=arrival.storage_key,
            created_at=self.clock.now(),
        )

    async def require_room(self, identity: Identity, size: int) -> None:
        """Raise Conflict when a file of ``size`` bytes would not fit into the tenant's storage, before it is sent."""
        await quotas.require_storage(self.database, identity, size)

    async def analyse(self, identity: Identity, document_id: UUID) -> tuple[Document, UUID]:
        """Have the document analysed, again if it was; returns it and the job, the one under way if there is one.

        A searchable document stays so meanwhile. Raises Conflict while it is being indexed.
        """
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            job = await jobs.latest(connection, document_id, [ANALYSE, INGEST])
            if job is not None and job.status not in jobs.FINISHED:
                return document, job.id
            if document.status == "indexing":
                text = "The document is being made searchable. Wait for its job, or cancel it."
                raise Conflict(text, code="being_indexed")
            before = document.status
            if before not in {"ready", "replaced"}:
                document = await self._set_status(connection, identity, document, "received")
            return document, await self._queue(connection, identity, ANALYSE, document, before=before)

    async def confirm(self, identity: Identity, document_id: UUID) -> UUID:
        """Let the document be indexed; returns the job. Confirming twice gives the same job. Raises Conflict.

        A version that was replaced becomes the current one again.
        """
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            if document.status in {"indexing", "ready"}:
                job = await jobs.latest(connection, document_id, [INDEX, INGEST])
                if job is not None and (job.status not in jobs.FINISHED or document.status == "ready"):
                    return job.id
            elif document.status not in {"awaiting_confirmation", "replaced"}:
                raise _not_confirmable(document)
            else:
                await self._set_status(connection, identity, document, "indexing")
            return await self._queue(connection, identity, INDEX, document, before=document.status)

    async def reject(self, identity: Identity, document_id: UUID) -> Document:
        """A person does not want it: it stays listed, is never searched, and may be uploaded again. Raises Conflict."""
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            if document.status == "rejected":
                return document
            if document.status != "awaiting_confirmation":
                raise _not_confirmable(document)
            return await documents.set_status(connection, identity, document_id, "rejected")

    async def correct(self, identity: Identity, document_id: UUID, fields: Fields, names: Sequence[str]) -> Document:
        """Set the fields of these ``names``; a new analysis leaves them alone from then on. Raises NotFound."""
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            kept = {
                name: getattr(document.fields, name) for name in ("title", "category", "tags", "language", "source")
            }
            changed = Fields(**{**kept, **{name: getattr(fields, name) for name in names}})
            corrected = {*document.corrected, *names}
            return await documents.set_fields(connection, identity, document, changed, corrected=sorted(corrected))

    async def cancel(self, identity: Identity, job_id: UUID) -> Job:
        """End the job; its document is again what it was, unless it is that for another job.

        Raises NotFound, Conflict when the job is over.
        """
        job = await jobs.read(self.database, identity, job_id)
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, job.document_id) if job.document_id else None
            cancelled = await jobs.cancel(connection, identity, job_id)
            if cancelled is None:
                job = await jobs.find(connection, job_id)
                raise Conflict(f"The job is over already: {job.status}.", code="job_over")
            if document is None:
                return cancelled
            others = await jobs.others_under_way(connection, document.id, job_id)
            status, error = without_job(document, job.status_before, others)
            if (status, error) != (document.status, document.error):
                await documents.set_status(connection, identity, document.id, status, error=error)
            if not others:
                await embedded_texts.forget(connection, document.id)
        return cancelled

    async def delete(self, identity: Identity, document_id: UUID) -> None:
        """Remove document, pages, chunks, jobs and file; a job under way ends by itself. Raises NotFound."""
        await self.files.delete(await documents.delete(self.database, identity, document_id))

    async def wait(self, identity: Identity, job_id: UUID, timeout_s: float) -> Job:
        """The job once it is finished, or as it is when the time is over. A failed job raises its reason as Invalid."""
        deadline = time.monotonic() + timeout_s
        while True:
            job = await jobs.read(self.database, identity, job_id)
            if job.status in jobs.FINISHED or time.monotonic() >= deadline:
                break
            await asyncio.sleep(_POLL_S)
        if job.status == "failed" and job.error:
            raise Invalid(str(job.error.get("detail", "")), code=str(job.error.get("code", "failed")))
        return job

    async def _set_status(
        self, connection: Connection, identity: Identity, document: Document, status: str
    ) -> Document:
        """To a status in which the same bytes may be there only once. Raises Conflict."""
        try:
            return await documents.set_status(connection, identity, document.id, status)
        except UniqueViolation as error:
            text = "The same file was uploaded again meanwhile; use that one."
            raise Conflict(text, code="duplicate_document") from error

    async def _queue(
        self, connection: Connection, identity: Identity, kind: str, document: Document, *, before: str = "received"
    ) -> UUID:
        job_id = new_id()
        await jobs.create(
            connection,
            identity,
            job_id=job_id,
            kind=kind,
            document_id=document.id,
            at=self.clock.now(),
            status_before=before,
        )
        queue = LONG if _takes_long(document, kind) else DOCUMENTS
        lock = f"document:{document.id}"
        await defer(connection, identity, queue, kind, lock=lock, job_id=job_id, document_id=document.id)
        return job_id

    async def _duplicate(self, identity: Identity, sha256: str) -> Conflict:
        same = await documents.find_same(self.database, identity, sha256)
        if same is None:
            return Conflict("The same file was there a moment ago. Try again.")
        text = f"This file is there already, as {same.title!r} ({same.filename}). Delete that one to replace it."
        return DuplicateDocument(
            text, {"document_id": str(same.id), "upload_id": str(same.id), "document_title": same.title}
        )


async def _next_version(connection: Connection, new: NewDocument, replaces: UUID) -> NewDocument:
    """As the next version of the document that ``replaces`` is one of; what people corrected goes with it."""
    former, series = await locked_series(connection, replaces)
    carried = [name for name in former.corrected if name != "language" and name not in new.corrected]
    values = {name: getattr(former.fields, name) for name in carried}
    return dataclasses.replace(
        new,
        series_id=former.series_id,
        version=max(one.version for one in series) + 1,
        fields=dataclasses.replace(new.fields, **values),
        corrected=sorted({*new.corrected, *carried}),
    )


def _takes_long(document: Document, kind: str) -> bool:
    """Whether a job may take minutes: those wait for each other, and nobody's small document waits for them."""
    if kind == INDEX:
        return int((document.analysis or {}).get("word_count") or 0) > _LONG_WORDS
    return takes_long(document.content_type, document.size_bytes)


def _not_confirmable(document: Document) -> Conflict:
    if document.status in BEFORE_ANALYSIS:
        return Conflict("The document has not been analysed yet. Wait for its job.", code="not_analysed")
    return Conflict(f"The document is {document.status}; there is nothing to confirm.", code="not_confirmable")
