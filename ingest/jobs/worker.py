"""The job process: takes documents from the queue, one at a time, and brings back the jobs of workers that died.

A killed worker stops giving signs of life; after a few seconds its job is put back and starts again. A job that has
killed its worker three times is given up with a reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection, sql

from ingest.documents.stages import ANALYSE, INDEX, INGEST, Stages, Work
from ingest.jobs.queue import DOCUMENTS
from store.database import APP_ROLE
from store.errors import Unavailable, VoiceLoopError
from store.identity import Identity
from store.log import get_logger

log = get_logger(__name__)
MOST_ATTEMPTS = 3
HEARTBEAT_S = 1.0
STALLED_S = 6.0
_RETRY_WAIT_S = 2


def connector(url: str) -> procrastinate.PsycopgConnector:
    """The queue's own small pool, as the plain role like every other connection."""
    return procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=3, configure=_become_plain_role)


async def _become_plain_role(connection: AsyncConnection[Any]) -> None:
    before = connection.autocommit  # the connection that listens must stay in autocommit
    await connection.set_autocommit(True)
    await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APP_ROLE)))
    await connection.set_autocommit(before)


def build_app(url: str, stages: Stages) -> procrastinate.App:
    """The queue with the three kinds of document work."""
    app = procrastinate.App(connector=connector(url))
    for kind in (ANALYSE, INDEX, INGEST):
        _register(app, stages, kind)
    return app


def _register(app: procrastinate.App, stages: Stages, kind: str) -> None:
    retry = procrastinate.RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=_RETRY_WAIT_S)

    @app.task(name=kind, queue=DOCUMENTS, pass_context=True, retry=retry)
    async def run(  # pyright: ignore[reportUnusedFunction]
        context: procrastinate.JobContext, *, tenant_id: str, user_id: str | None, job_id: str, document_id: str
    ) -> None:
        identity = Identity(UUID(tenant_id), UUID(user_id) if user_id else None, "worker", name="job worker")
        work = Work(identity, UUID(job_id), UUID(document_id))
        log.info("job starts", kind=kind, job_id=job_id, document_id=document_id, attempt=context.job.attempts)
        if context.job.attempts >= MOST_ATTEMPTS:
            text = "Working on this document failed again and again; it was given up."
            await stages.give_up(work, VoiceLoopError(text, code="gave_up"))
            return
        await stages.run(kind, work)
        log.info("job ends", kind=kind, job_id=job_id, document_id=document_id)


async def work_off(app: procrastinate.App) -> None:
    """Work until cancelled. Raises Unavailable when the database goes away; the supervisor starts again."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    try:
        async with app.open_async():
            rescue = asyncio.create_task(_rescue_stalled(app))
            try:
                await app.run_worker_async(
                    queues=[DOCUMENTS],
                    name=name,
                    concurrency=1,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                    shutdown_graceful_timeout=5.0,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            finally:
                rescue.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await rescue
    except ConnectorException as error:
        raise Unavailable("The job queue's database does not answer.", code="database_unavailable") from error


async def _rescue_stalled(app: procrastinate.App) -> None:
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs(queue=DOCUMENTS, seconds_since_heartbeat=STALLED_S):
                log.warning("job of a dead worker is put back", job=job.id, task=job.task_name)
                await app.job_manager.retry_job(job)
        except ConnectorException as error:
            log.warning("stalled jobs not looked for", error=str(error))
        await asyncio.sleep(HEARTBEAT_S)
