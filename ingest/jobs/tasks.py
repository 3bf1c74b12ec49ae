"""What the job process can do: one function a kind of job, from a job's arguments to the one who does the work.

To add a kind: a function here, its queue in ``queue.py``.
"""

from __future__ import annotations

from uuid import UUID

import procrastinate
from procrastinate.jobs import Job

from ingest.documents.stages import ANALYSE, INDEX, INGEST, Stages, Work
from ingest.jobs.queue import DOCUMENTS, KEYS, MAILS
from ingest.mails.outbox import SEND
from ingest.mails.sender import Sender, TryAgain
from ingest.rotation import ROTATE, Rotation
from store.errors import VoiceLoopError
from store.identity import Identity, Origin
from store.log import get_logger

log = get_logger(__name__)
MOST_ATTEMPTS = 3
_RETRY_WAIT_S = 2
_ROTATION_WAIT_S = 10


def register(app: procrastinate.App, stages: Stages, sender: Sender, rotation: Rotation) -> None:
    """Make every kind of job known to ``app``."""
    for kind in (ANALYSE, INDEX, INGEST):
        _register_document_work(app, stages, kind)

    @app.task(name=SEND, queue=MAILS, retry=_BackOff())
    async def send_mail(*, tenant_id: str, user_id: str | None, mail_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await sender.send(_identity(tenant_id, user_id, mail_id), UUID(mail_id))

    @app.task(name=ROTATE, queue=KEYS, retry=procrastinate.RetryStrategy(max_attempts=100, wait=_ROTATION_WAIT_S))
    async def rotate_key(*, key_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await rotation.run(bytes.fromhex(key_id))


def _register_document_work(app: procrastinate.App, stages: Stages, kind: str) -> None:
    retry = procrastinate.RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=_RETRY_WAIT_S)

    @app.task(name=kind, queue=DOCUMENTS, pass_context=True, retry=retry)
    async def run(  # pyright: ignore[reportUnusedFunction]
        context: procrastinate.JobContext, *, tenant_id: str, user_id: str | None, job_id: str, document_id: str
    ) -> None:
        work = Work(_identity(tenant_id, user_id, job_id), UUID(job_id), UUID(document_id))
        log.info("job starts", kind=kind, job_id=job_id, document_id=document_id, attempt=context.job.attempts)
        if context.job.attempts >= MOST_ATTEMPTS:
            text = "Working on this document failed again and again; it was given up."
            await stages.give_up(work, VoiceLoopError(text, code="gave_up"))
            return
        await stages.run(kind, work)
        log.info("job ends", kind=kind, job_id=job_id, document_id=document_id)


def _identity(tenant_id: str, user_id: str | None, job_id: str) -> Identity:
    user = UUID(user_id) if user_id else None
    return Identity(UUID(tenant_id), user, "worker", name="job worker", origin=Origin("job", request_id=job_id))


class _BackOff(procrastinate.BaseRetryStrategy):
    """When the mail says so; how often is the mail's own business."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        wait_s = exception.wait_s if isinstance(exception, TryAgain) else _RETRY_WAIT_S * 2 ** min(job.attempts, 10)
        return procrastinate.RetryDecision(retry_in={"seconds": wait_s})
