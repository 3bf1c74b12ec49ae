"""The job process: takes jobs from the queues and brings back those of workers that died.

Documents come two at a time, long ones and long files of conversations beside them, mails and a change of keys too:
none waits for a long other. A killed worker stops giving signs of life; after a few seconds its job is put back and
starts again.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection, sql

from ingest.jobs.crew import Crew
from ingest.jobs.queue import DOCUMENTS, KEYS, LONG, LONG_ATTACHMENTS, MAILS, REINDEXING
from ingest.jobs.tasks import register
from store.database import APP_ROLE
from store.errors import Unavailable
from store.log import get_logger

log = get_logger(__name__)
HEARTBEAT_S = 1.0
STALLED_S = 6.0
_DOCUMENTS_AT_ONCE = 2  # one is computed on while the other's child or the database is waited for
_SMALL_JOBS = 4


def connector(url: str) -> procrastinate.PsycopgConnector:
    """The queue's own small pool, as the plain role like every other connection."""
    return procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4, configure=_become_plain_role)


async def _become_plain_role(connection: AsyncConnection[Any]) -> None:
    before = connection.autocommit  # the connection that listens must stay in autocommit
    await connection.set_autocommit(True)
    await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APP_ROLE)))
    await connection.set_autocommit(before)


def build_app(url: str, crew: Crew) -> procrastinate.App:
    """The queues with every kind of job."""
    app = procrastinate.App(connector=connector(url))
    register(app, crew)
    return app


async def work_off(app: procrastinate.App) -> None:
    """Work until cancelled. Raises Unavailable when the database goes away; the supervisor starts again."""
    try:
        async with app.open_async():
            await side_by_side(
                _worker(app, [DOCUMENTS], _DOCUMENTS_AT_ONCE),
                _worker(app, [LONG], 1),
                _worker(app, [LONG_ATTACHMENTS], 1),
                _worker(app, [REINDEXING], 1),
                _worker(app, [MAILS, KEYS], _SMALL_JOBS),
                _rescue_stalled(app),
            )
    except ConnectorException as error:
        raise Unavailable("The job queue's database does not answer.", code="database_unavailable") from error


async def side_by_side(*works: Coroutine[Any, Any, None]) -> None:
    """Run endless works; the first that ends all the same ends the others, and what it raised is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _worker(app: procrastinate.App, queues: list[str], concurrency: int) -> None:
    await app.run_worker_async(
        queues=queues,
        name=f"{socket.gethostname()}:{os.getpid()}",
        concurrency=concurrency,
        fetch_job_polling_interval=1.0,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_S,
        shutdown_graceful_timeout=5.0,
        install_signal_handlers=False,
        listen_notify=DOCUMENTS in queues,  # holds a connection; a mail may wait a second
        delete_jobs="successful",
    )


async def _rescue_stalled(app: procrastinate.App) -> None:
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
                log.warning("job of a dead worker is put back", job=job.id, task=job.task_name)
                await app.job_manager.retry_job(job)
        except ConnectorException as error:
            log.warning("stalled jobs not looked for", error=str(error))
        await asyncio.sleep(HEARTBEAT_S)
