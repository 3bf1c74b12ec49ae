"""What the job process can do: one function a kind of job, from a job's arguments to the one who does the work.

To add a kind: a function here, its queue in ``queue.py``.
"""

from __future__ import annotations

from uuid import UUID

import procrastinate
from procrastinate.jobs import Job

from ingest.attachments.reading import READ, AttachmentReader
from ingest.documents.pulse import Work
from ingest.documents.stages import Stages
from ingest.documents.statuses import ANALYSE, INDEX, INGEST
from ingest.jobs.crew import Crew
from ingest.jobs.queue import DOCUMENTS, KEYS, MAILS, REINDEXING
from ingest.mails.outbox import SEND
from ingest.mails.sender import TryAgain
from ingest.reindexing import REINDEX, Reindexer
from ingest.rotation import ROTATE
from store.identity import Identity, Origin
from store.log import get_logger

log = get_logger(__name__)
_RETRY_WAIT_S = 2
_ROTATION_WAIT_S = 10


def register(app: procrastinate.App, crew: Crew) -> None:
    """Make every kind of job known to ``app``."""
    for kind in (ANALYSE, INDEX, INGEST):
        _register_document_work(app, crew.stages, kind)
    _register_attachments(app, crew.attachments)
    _register_reindexing(app, crew.reindexer)

    @app.task(name=SEND, queue=MAILS, retry=_BackOff())
    async def send_mail(*, tenant_id: str, user_id: str | None, mail_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await crew.sender.send(_identity(tenant_id, user_id, mail_id), UUID(mail_id))

    @app.task(name=ROTATE, queue=KEYS, retry=procrastinate.RetryStrategy(max_attempts=100, wait=_ROTATION_WAIT_S))
    async def rotate_key(*, key_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await crew.rotation.run(bytes.fromhex(key_id))


def _register_document_work(app: procrastinate.App, stages: Stages, kind: str) -> None:
    @app.task(name=kind, queue=DOCUMENTS, retry=_Again())
    async def run(*, tenant_id: str, user_id: str | None, job_id: str, document_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        work = Work(_identity(tenant_id, user_id, job_id), UUID(job_id), UUID(document_id))
        log.info("job starts", kind=kind, job_id=job_id, document_id=document_id)
        try:
            await stages.run(kind, work)
        except Exception as error:  # a root: whatever it is, the job's row says why it is tried again
            wait_s = await stages.failed(work, error)
            log.warning("job failed", kind=kind, job_id=job_id, next_try_in_s=wait_s, exc_info=True)
            if wait_s is not None:
                raise _TryAgain(wait_s) from error
        log.info("job ends", kind=kind, job_id=job_id, document_id=document_id)


def _register_attachments(app: procrastinate.App, reader: AttachmentReader) -> None:
    @app.task(name=READ, queue=DOCUMENTS, pass_context=True, retry=_Again())
    async def read_attachment(  # pyright: ignore[reportUnusedFunction]
        context: procrastinate.JobContext, *, tenant_id: str, user_id: str | None, attachment_id: str
    ) -> None:
        identity, tries = _identity(tenant_id, user_id, attachment_id), context.job.attempts
        try:
            await reader.run(identity, UUID(attachment_id), tries=tries)
        except Exception as error:  # a root: whatever it is, after the last try somebody has to be told
            wait_s = await reader.failed(identity, UUID(attachment_id), tries=tries + 1)
            log.warning("job failed", kind=READ, attachment_id=attachment_id, next_try_in_s=wait_s, exc_info=True)
            if wait_s is not None:
                raise _TryAgain(wait_s) from error


def _register_reindexing(app: procrastinate.App, reindexer: Reindexer) -> None:
    @app.task(name=REINDEX, queue=REINDEXING, retry=_Again())
    async def reindex_knowledge(*, tenant_id: str, user_id: str | None, job_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        identity = _identity(tenant_id, user_id, job_id)
        try:
            await reindexer.run(identity, UUID(job_id))
        except Exception as error:  # a root, as above: a row that stays "running" could never be asked for again
            wait_s = await reindexer.failed(identity, UUID(job_id), error)
            log.warning("job failed", kind=REINDEX, job_id=job_id, next_try_in_s=wait_s, exc_info=True)
            if wait_s is not None:
                raise _TryAgain(wait_s) from error


class _TryAgain(Exception):
    """A try failed; the next may begin after ``wait_s`` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s:g} s")
        self.wait_s = wait_s


class _Again(procrastinate.BaseRetryStrategy):
    """As long as the job's row says; when the row itself could not be written, in a moment."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        wait_s = exception.wait_s if isinstance(exception, _TryAgain) else _RETRY_WAIT_S
        return procrastinate.RetryDecision(retry_in={"seconds": round(wait_s)})


def _identity(tenant_id: str, user_id: str | None, job_id: str) -> Identity:
    user = UUID(user_id) if user_id else None
    return Identity(UUID(tenant_id), user, "worker", name="job worker", origin=Origin("job", request_id=job_id))


class _BackOff(procrastinate.BaseRetryStrategy):
    """When the mail says so; how often is the mail's own business."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        wait_s = exception.wait_s if isinstance(exception, TryAgain) else _RETRY_WAIT_S * 2 ** min(job.attempts, 10)
        return procrastinate.RetryDecision(retry_in={"seconds": wait_s})
