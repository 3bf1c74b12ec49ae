"""Taking documents in and answering for them: receive, ask for analysis, confirm, delete. Rules of the HTTP interface.

Everything that belongs together is one transaction: document row, job row and queue entry exist all or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import UniqueViolation

from ingest.documents.inspect import HEAD_BYTES, looks_like_text, type_of_head
from ingest.documents.model import DOCX, PDF, BadDocument
from ingest.documents.naming import safe_name, title_of_name
from ingest.documents.stages import ANALYSE, BEFORE_ANALYSIS, INDEX, INGEST
from ingest.errors import DuplicateDocument, UnsupportedType
from ingest.jobs.queue import DOCUMENTS, defer
from store import documents, jobs, quotas
from store.clock import Clock
from store.database import Connection, Database
from store.documents import Document, NewDocument, SameBytes
from store.errors import Conflict, Invalid, TooLarge
from store.files import SealedFiles
from store.identity import Identity
from store.ids import new_id
from store.jobs import Job

_POLL_S = 0.1
_UNSUPPORTED = {"unsupported_type", "mislabelled", "binary_content"}


@dataclass(frozen=True, slots=True)
class Inbox:
    """``limit`` is the size of one file in bytes."""

    database: Database
    files: SealedFiles
    clock: Clock
    limit: int

    async def receive(
        self,
        identity: Identity,
        name: str | None,
        chunks: AsyncIterator[bytes],
        *,
        title: str = "",
        kind: str = ANALYSE,
    ) -> tuple[Document, UUID]:
        """Keep the file sealed and queue its job; returns the document and the job's id.

        Raises Invalid (empty), TooLarge, UnsupportedType, DuplicateDocument, Conflict (storage); nothing is left then.
        """
        filename, document_id = safe_name(name), new_id()
        intake = _Intake(filename, self.limit)
        size = await self.files.write(identity.tenant_id, document_id, intake.checked(chunks))
        storage_key = self.files.key(identity.tenant_id, document_id)
        new = NewDocument(
            id=document_id,
            title=title.strip()[:200] or title_of_name(filename),
            filename=filename,
            content_type=intake.content_type,
            size_bytes=size,
            sha256=intake.sha256,
            storage_key=storage_key,
            created_at=self.clock.now(),
        )
        is_written = False
        try:
            async with self.database.transaction(identity) as connection:
                await quotas.reserve_storage(connection, identity, size)
                document = await documents.insert(connection, identity, new)
                job_id = await self._queue(connection, identity, kind, document_id)
                is_written = True
        except SameBytes as error:
            await self.files.delete(storage_key)
            raise await self._duplicate(identity, intake.sha256) from error
        except BaseException:
            if (
                not is_written
            ):  # cut off at the COMMIT nobody knows whether there is a row: the sweep of lost files does
                await self.files.delete(storage_key)
            raise
        return document, job_id

    async def require_room(self, identity: Identity, size: int) -> None:
        """Raise Conflict when a file of ``size`` bytes would not fit into the tenant's storage, before it is sent."""
        await quotas.require_storage(self.database, identity, size)

    async def analyse(self, identity: Identity, document_id: UUID) -> tuple[Document, UUID]:
        """The document and the job that analyses it: the one under way or done, a new one after a failure."""
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            job = await jobs.latest(connection, document_id, [ANALYSE, INGEST])
            if document.status == "rejected":
                raise Conflict("This document was rejected. Upload it again to take it after all.", code="rejected")
            if job is not None and job.status != "failed":
                return document, job.id
            if document.status == "failed":
                document = await self._revive(connection, identity, document_id)
            return document, await self._queue(connection, identity, ANALYSE, document_id)

    async def _revive(self, connection: Connection, identity: Identity, document_id: UUID) -> Document:
        try:
            return await documents.set_status(connection, identity, document_id, "received")
        except UniqueViolation as error:
            text = "The same file was uploaded again meanwhile; use that one."
            raise Conflict(text, code="duplicate_document") from error

    async def confirm(self, identity: Identity, document_id: UUID) -> UUID:
        """Let the document be indexed; returns the job. Confirming twice gives the same job. Raises Conflict."""
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            if document.status in {"indexing", "ready"}:
                job = await jobs.latest(connection, document_id, [INDEX, INGEST])
                if job is not None and job.status != "failed":
                    return job.id
            elif document.status != "awaiting_confirmation":
                raise _not_confirmable(document)
            else:
                await documents.set_status(connection, identity, document_id, "indexing")
            return await self._queue(connection, identity, INDEX, document_id)

    async def reject(self, identity: Identity, document_id: UUID) -> Document:
        """A person does not want it: it stays listed, is never searched, and may be uploaded again. Raises Conflict."""
        async with self.database.transaction(identity) as connection:
            document = await documents.locked(connection, document_id)
            if document.status == "rejected":
                return document
            if document.status != "awaiting_confirmation":
                raise _not_confirmable(document)
            return await documents.set_status(connection, identity, document_id, "rejected")

    async def delete(self, identity: Identity, document_id: UUID) -> None:
        """Remove document, pages, chunks, jobs and file. Raises NotFound."""
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

    async def _queue(self, connection: Connection, identity: Identity, kind: str, document_id: UUID) -> UUID:
        job_id = new_id()
        await jobs.create(connection, identity, job_id=job_id, kind=kind, document_id=document_id, at=self.clock.now())
        lock = f"document:{document_id}"
        await defer(connection, identity, DOCUMENTS, kind, lock=lock, job_id=job_id, document_id=document_id)
        return job_id

    async def _duplicate(self, identity: Identity, sha256: str) -> Conflict:
        same = await documents.find_same(self.database, identity, sha256)
        if same is None:
            return Conflict("The same file was there a moment ago. Try again.")
        text = f"This file is there already, as {same.title!r} ({same.filename}). Delete that one to replace it."
        return DuplicateDocument(
            text, {"document_id": str(same.id), "upload_id": str(same.id), "document_title": same.title}
        )


def _not_confirmable(document: Document) -> Conflict:
    if document.status in BEFORE_ANALYSIS:
        return Conflict("The document has not been analysed yet. Wait for its job.", code="not_analysed")
    return Conflict(f"The document is {document.status}; there is nothing to confirm.", code="not_confirmable")


class _Intake:
    """Looks at the bytes while they pass: size, hash, kind; stops at the first that must not be kept."""

    def __init__(self, filename: str, limit: int) -> None:
        self.content_type = ""
        self._filename = filename
        self._limit = limit
        self._hash = hashlib.sha256()
        self._is_utf16 = False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def checked(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size, head = 0, b""
        async for chunk in chunks:
            size += len(chunk)
            if size > self._limit:
                raise TooLarge(f"The file is larger than {self._limit // (1024 * 1024)} MB.", code="file_too_large")
            self._hash.update(chunk)
            if self.content_type:
                self._check_text(chunk)
                yield chunk
                continue
            head += chunk
            if len(head) >= HEAD_BYTES:
                self._take(head)
                self._check_text(head)
                yield head
        if not size:
            raise Invalid("The file is empty.", code="empty_file")
        if not self.content_type:
            self._take(head)
            yield head

    def _take(self, head: bytes) -> None:
        self._is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        try:
            self.content_type = type_of_head(head[:HEAD_BYTES], self._filename)
        except BadDocument as error:
            kind = UnsupportedType if error.code in _UNSUPPORTED else Invalid
            raise kind(error.message, code=error.code) from error

    def _check_text(self, chunk: bytes) -> None:
        if self.content_type in {PDF, DOCX} or self._is_utf16 or looks_like_text(chunk):
            return
        raise UnsupportedType("This is no text: it holds binary data.", code="binary_content")
