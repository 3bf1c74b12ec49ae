"""The spoken conversation in a terminal, through this machine's microphone and loudspeaker: the framework's console.

It wants the main thread, for signals; the engines' supervisor gets a thread with a loop of its own beside it. The call
is one of the worker's, without a room: nothing of it is decided here.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from importlib import import_module

from livekit.agents import JobProcess, cli

from agent.forkserver import PRELOAD
from agent.lines import Lines
from agent.pipeline.engines.supervisor import EngineSupervisor
from agent.pipeline.providers import engines_for
from agent.server import build_server, prewarm
from agent.settings import WorkerSettings
from store.errors import Unavailable


def speak(settings: WorkerSettings, *, persona: str) -> int:
    """Talk until Ctrl-C; returns the exit code. Main thread only. Raises Unavailable without PortAudio or engines."""
    _require_sound()
    for module in PRELOAD:  # plugins register on the main thread only, and the call has another one
        import_module(module)
    server = build_server(settings, Lines(max_calls=1), worker_id="")
    server.setup_fnc = partial(_prepare, persona=persona)
    with _engines(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the built-in Python CLI is deprecated", DeprecationWarning)
        sys.argv[1:] = ["console", "--log-level", "ERROR"]
        try:
            cli.run_app(server)
        except SystemExit as end:  # how its command line returns
            return end.code if isinstance(end.code, int) else 0
    return 0


def _require_sound() -> None:
    try:
        import_module("sounddevice")
    except OSError as missing:  # the package is there, the system's library is not
        raise Unavailable(
            "The spoken console needs PortAudio (on Debian: apt install libportaudio2); "
            "`voiceloop console --text` needs nothing.",
            code="no_portaudio",
        ) from missing


def _prepare(process: JobProcess, *, persona: str) -> None:
    process.userdata["persona"] = persona
    prewarm(process, worker_id="")


@contextmanager
def _engines(settings: WorkerSettings) -> Generator[None]:
    """Keep the speech engines running beside the block, started again when they die."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="engines", daemon=True)
    thread.start()
    supervisor = EngineSupervisor(settings.engine_dir, engines_for(settings.pipeline))
    try:
        asyncio.run_coroutine_threadsafe(supervisor.start(), loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(supervisor.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
