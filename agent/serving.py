"""Running the worker: engines first, then the server, then the heartbeat; a signal drains and closes in reverse.

Exits 0 only after a clean stop, so that whoever supervises it can tell a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any

from agent.heartbeat import beat_forever
from agent.pipeline.engines.supervisor import EngineSupervisor
from agent.pipeline.providers import engines_for
from agent.settings import WorkerSettings
from agent.worker import build_server
from store.log import get_logger

log = get_logger(__name__)


async def serve(settings: WorkerSettings) -> int:
    """Take calls until SIGINT or SIGTERM; a second signal ends at once. Raises SettingsError without LiveKit values."""
    settings.require_livekit()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with EngineSupervisor(settings.engine_dir, engines_for(settings.pipeline)):
        server = build_server(settings)
        registered = asyncio.Event()
        server.on("worker_registered", lambda *_: registered.set())
        running = asyncio.create_task(server.run(), name="server")
        heartbeat = asyncio.create_task(beat_forever(server, settings, registered), name="heartbeat")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not running.done():
            stop.clear()
            await _drain(server.drain(timeout=settings.drain_s or None), stop)
        heartbeat.cancel()
        await asyncio.gather(heartbeat, return_exceptions=True)
        await server.aclose()
        return _exit_code(running)


async def _drain(draining: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Wait for the calls in progress, until they end, the time is up, or a second signal comes."""
    drain = asyncio.create_task(draining)
    second = asyncio.create_task(stop.wait())
    await asyncio.wait({drain, second}, return_when=asyncio.FIRST_COMPLETED)
    for task in (drain, second):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await task


def _exit_code(running: asyncio.Task[None]) -> int:
    if running.done() and not running.cancelled() and (error := running.exception()) is not None:
        log.error("the worker could not go on", reason=str(error))
        return 1
    return 0
