"""Signs of life of this worker: a row that `/ready` reads, and the closing of calls whose worker died.

Begins when LiveKit has registered the worker, not before, so that readiness means calls can be taken.
"""

from __future__ import annotations

import asyncio
import socket

from livekit.agents import AgentServer

from agent.pipeline.providers import STAGES, choose
from agent.settings import WorkerSettings
from store import conversations, workers
from store.database import Database
from store.errors import Unavailable
from store.log import get_logger
from store.workers import Worker

log = get_logger(__name__)
BEAT_S = 3.0
LOST_AFTER_S = 60.0


async def beat_forever(server: AgentServer, settings: WorkerSettings, registered: asyncio.Event) -> None:
    """Run until cancelled, beginning once ``registered``; a database that is away is only noted."""
    await registered.wait()
    async with await _open(settings) as database:
        try:
            while True:
                await _beat(database, server, settings)
                await asyncio.sleep(BEAT_S)
        finally:
            await asyncio.shield(_forget(database, server.id))


async def _open(settings: WorkerSettings) -> Database:
    while True:
        try:
            return await Database.open(settings.database_url, max_size=1)
        except Unavailable:
            log.warning("the database does not answer; the worker is not shown as ready")


async def _beat(database: Database, server: AgentServer, settings: WorkerSettings) -> None:
    """Show the worker while calls can reach it; a server it lost sight of cannot send it any."""
    worker = Worker(
        id=server.id,
        host=socket.gethostname(),
        active_jobs=len(server.active_jobs),
        capacity=0 if server.draining else settings.max_calls,
        providers={stage: [row.name for row in choose(stage, settings.pipeline)] for stage in STAGES},
    )
    try:
        if is_connected(server):
            await workers.beat(database, worker)
        else:
            await workers.forget(database, worker.id)
        await conversations.close_lost(database, after_s=LOST_AFTER_S)
    except Unavailable:
        log.warning("a heartbeat could not be written")
    except Exception:  # the root of this task: whatever a database answers, the next beat is tried
        log.exception("a heartbeat failed")


def is_connected(server: AgentServer) -> bool:
    """Whether LiveKit's signal connection stands; the framework has no public word for it."""
    return not server._connecting  # pyright: ignore[reportPrivateUsage]


async def _forget(database: Database, worker_id: str) -> None:
    try:
        await workers.forget(database, worker_id)
    except Unavailable:
        log.warning("the worker could not be signed off; its row grows stale by itself")
