"""The job process itself: killed in the middle of a document, the next one finishes it; it ends with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import aiohttp

from ingest.jobs.supervisor import JobProcess
from ingest.keys import METRICS, OUTBOX
from ingest.mails.outbox import Mail
from ingest.settings import Settings, environment_of
from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar, Upload

_ROOT = Path(__file__).resolve().parents[3]


def long_text(sections: int) -> bytes:
    """Markdown that takes the model some seconds."""
    parts = [
        f"## Part {number}\n\n" + f"Sentence of part {number} about boats, towels and the quay in week {number}. " * 9
        for number in range(sections)
    ]
    return "\n\n".join(parts).encode()


@contextlib.asynccontextmanager
async def supervised(sidecar: Sidecar, settings: Settings) -> AsyncIterator[JobProcess]:
    environment = {**environment_of(settings), "PYTHONPATH": str(_ROOT)}
    jobs = JobProcess(sidecar.app[METRICS], environment)
    task = asyncio.create_task(jobs.run())
    try:
        yield jobs
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _status(client: aiohttp.ClientSession, upload_id: str) -> str:
    async with client.get(f"/api/files/{upload_id}") as response:
        return (await response.json())["status"]


async def _until(client: aiohttp.ClientSession, upload_id: str, *wanted: str) -> None:
    async with asyncio.timeout(90):
        while await _status(client, upload_id) not in wanted:  # noqa: ASYNC110  # another process gets there
            await asyncio.sleep(0.05)


async def test_a_killed_job_process_is_replaced_and_its_document_finished(
    sidecar: Sidecar, settings: Settings, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    async with supervised(sidecar, settings) as jobs:
        _, uploaded = await upload(long_text(30), "long.md", "/api/knowledge/upload")
        await _until(client, uploaded["upload_id"], "indexing")
        assert jobs.process is not None
        first = jobs.process.pid
        os.kill(first, signal.SIGKILL)
        async with database.transaction(sidecar.identity) as connection:
            row = await (await connection.execute("SELECT count(*) AS n FROM chunks")).fetchone()
        assert row == {"n": 0}
        await _until(client, uploaded["upload_id"], "ready")
        assert jobs.process.pid != first
    async with database.transaction(sidecar.identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT seq, NOT EXISTS (SELECT FROM chunk_vectors v WHERE v.chunk_id = c.id) AS bare "
                "FROM chunks c ORDER BY seq"
            )
        ).fetchall()
    assert [row["seq"] for row in rows] == list(range(len(rows)))
    assert len(rows) >= 30
    assert not any(row["bare"] for row in rows)


async def test_a_mail_does_not_wait_for_a_long_document(
    sidecar: Sidecar, settings: Settings, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    async with supervised(sidecar, settings):
        _, uploaded = await upload(long_text(60), "long.md", "/api/knowledge/upload")
        await _until(client, uploaded["upload_id"], "indexing")
        async with database.transaction(sidecar.identity) as connection:
            mail = Mail("ada@example.org", "Hello", "Hello.")
            mail_id = await sidecar.app[OUTBOX].post(connection, sidecar.identity, mail)
        async with asyncio.timeout(30):
            while await _mail_status(database, sidecar.identity, mail_id) == "queued":  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.05)
        assert await _mail_status(database, sidecar.identity, mail_id) == "logged"
        assert await _status(client, uploaded["upload_id"]) == "indexing"


async def _mail_status(database: Database, identity: Identity, mail_id: UUID) -> str:
    async with database.transaction(identity) as connection:
        row = await (await connection.execute("SELECT status FROM mails WHERE id = %s", (mail_id,))).fetchone()
    assert row is not None
    return row["status"]


async def test_the_job_process_ends_with_its_parent(settings: Settings) -> None:
    environment = {**os.environ, **environment_of(settings), "PYTHONPATH": str(_ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingest.jobs", stdin=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(45):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
