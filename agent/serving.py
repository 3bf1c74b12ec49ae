"""Running the worker: engines and server side by side, then the heartbeat; a signal drains and closes in reverse.

Exits 0 only after a clean stop, so that whoever supervises it can tell a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

from livekit.agents import AgentServer

from agent.guard import guard_forever
from agent.heartbeat import Pulse, beat_forever
from agent.lines import Lines
from agent.pipeline.engines.supervisor import EngineSupervisor
from agent.pipeline.providers import engines_for
from agent.server import build_server
from agent.settings import WorkerSettings
from agent.strain import Strain
from store.database import Database
from store.errors import Unavailable
from store.installation import check_key
from store.log import get_logger

log = get_logger(__name__)


async def serve(settings: WorkerSettings) -> int:
    """Take calls until SIGINT or SIGTERM; a second signal ends at once.

    Raises Unavailable when no engine starts, SettingsError when VOICELOOP_SECRET_KEY is not this installation's.
    """
    await require_right_key(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    engines = EngineSupervisor(settings.engine_dir, engines_for(settings.pipeline))
    registered = asyncio.Event()
    worker_id, lines, strain = f"worker-{uuid4().hex}", Lines(settings.max_calls), Strain()
    server = build_server(settings, lines, worker_id)
    server.on("worker_registered", lambda *_: registered.set())
    warming = asyncio.create_task(_warm(engines), name="engines")
    running = asyncio.create_task(server.run(), name="server")
    pulse = Pulse(worker_id, server, settings, lines, strain)
    heartbeat = asyncio.create_task(beat_forever(pulse, registered), name="heartbeat")
    guarded = _guard(lines, strain, server, engines, registered) if settings.strain_guard else stop.wait()
    guard = asyncio.create_task(guarded, name="guard")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await _first_end(running, warming, stopping)
        if not running.done() and not _failed(warming):
            stop.clear()
            if settings.drain_s:
                await _drain(server.drain(timeout=settings.drain_s), stop)
    finally:
        beside = (heartbeat, guard, stopping, warming)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await server.aclose()
        await engines.stop()
    return 1 if _failed(running) or _failed(warming) else 0


async def require_right_key(settings: WorkerSettings) -> None:
    """With another key every signed call would be refused; a database that is away says nothing about it."""
    try:
        async with await Database.open(settings.database_url, max_size=1, timeout_s=3.0) as database:
            await check_key(database, settings.keyring)
    except Unavailable:
        log.warning("the database does not answer; whether VOICELOOP_SECRET_KEY is the right one is not known")


async def _warm(engines: EngineSupervisor) -> None:
    """Load the engines beside the server's own start; its processes wait for them before it registers."""
    seconds = await engines.start()
    log.info("speech engines are warm", **{f"{name}_s": round(took, 2) for name, took in seconds.items()})


async def _guard(
    lines: Lines, strain: Strain, server: AgentServer, engines: EngineSupervisor, registered: asyncio.Event
) -> None:
    """Once everything is loaded: the start itself is busy, and no call waits for it."""
    await registered.wait()
    await guard_forever(lines, strain, lambda: len(server.active_jobs), lambda: engines.waited_s)


async def _first_end(running: asyncio.Task[None], warming: asyncio.Task[None], stopping: asyncio.Task[Any]) -> None:
    """Return when the server ended, the engines failed, or somebody asked to stop."""
    waiting: set[asyncio.Task[Any]] = {running, warming, stopping}
    while not running.done() and not stopping.done() and not _failed(warming):
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


async def _drain(draining: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Wait for the calls in progress, until they end, the time is up, or a second signal comes."""
    drain = asyncio.create_task(draining)
    second = asyncio.create_task(stop.wait())
    await asyncio.wait({drain, second}, return_when=asyncio.FIRST_COMPLETED)
    for task in (drain, second):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await task


def _failed(task: asyncio.Task[None]) -> bool:
    if not task.done() or task.cancelled() or (error := task.exception()) is None:
        return False
    log.error("the worker could not go on", part=task.get_name(), reason=str(error))
    return True
