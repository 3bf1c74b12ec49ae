"""Signs of life of this worker: a row that tells what it can hold, and the closing of calls whose worker died.

Begins when LiveKit has registered the worker, not before, so that readiness means calls can be taken.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

from livekit.agents import AgentServer

from agent.lines import Lines
from agent.pipeline.providers import STAGES, choose
from agent.settings import WorkerSettings
from agent.strain import Strain
from store import conversations, places, workers
from store.database import Database
from store.errors import Unavailable
from store.log import get_logger
from store.workers import Worker

log = get_logger(__name__)
BEAT_S = 3.0
LOST_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a sign of life is made of; ``worker_id`` is ours, LiveKit's changes with every connection."""

    worker_id: str
    server: AgentServer
    settings: WorkerSettings
    lines: Lines
    strain: Strain


async def beat_forever(pulse: Pulse, registered: asyncio.Event) -> None:
    """Run until cancelled, beginning once ``registered``; a database that is away is only noted."""
    await registered.wait()
    async with await _open(pulse.settings) as database:
        try:
            while True:
                await _beat(database, pulse)
                await asyncio.sleep(BEAT_S)
        finally:
            await asyncio.shield(_forget(database, pulse.worker_id))


async def _open(settings: WorkerSettings) -> Database:
    while True:
        try:
            return await Database.open(settings.database_url, max_size=1)
        except Unavailable:
            log.warning("the database does not answer; the worker is not shown as ready")


async def _beat(database: Database, pulse: Pulse) -> None:
    """Show the worker while calls can reach it; a server it lost sight of cannot send it any."""
    worker = _seen(pulse)
    try:
        if is_connected(pulse.server):
            await workers.beat(database, worker)
        else:
            await workers.forget(database, worker.id)
        others = [one for one in await places.read_places(database) if one.worker_id != worker.id]
        pulse.lines.free_elsewhere = sum(one.free for one in others)
        await conversations.close_lost(database, after_s=LOST_AFTER_S)
    except Unavailable:
        log.warning("a heartbeat could not be written")
    except Exception:  # the root of this task: whatever a database answers, the next beat is tried
        log.exception("a heartbeat failed")


def _seen(pulse: Pulse) -> Worker:
    pipeline, strain = pulse.settings.pipeline, pulse.strain
    return Worker(
        id=pulse.worker_id,
        host=socket.gethostname(),
        active_jobs=len(pulse.server.active_jobs),
        capacity=0 if pulse.server.draining else pulse.lines.limit,
        providers={stage: [row.name for row in choose(stage, pipeline)] for stage in STAGES},
        is_strained=strain.is_strained,
        lag_s=strain.lag_s,
        wait_s=strain.wait_s,
    )


def is_connected(server: AgentServer) -> bool:
    """Whether LiveKit's signal connection stands; the framework has no public word for it."""
    return not server._connecting  # pyright: ignore[reportPrivateUsage]


async def _forget(database: Database, worker_id: str) -> None:
    try:
        await workers.forget(database, worker_id)
    except Unavailable:
        log.warning("the worker could not be signed off; its row grows stale by itself")
