"""Starts the speech engines this machine needs, waits until they are warm, and starts them again when they die or hang.

One supervisor per directory: the worker's main process, the console, the doctor and the tests each make one and give
the calls the directory with the sockets. Engines end with the process that started them.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.engines.process import EngineProcess
from store.errors import Unavailable

logger = logging.getLogger("voiceloop.engines")

ENGINE_MODULES: Mapping[str, str] = {
    "moonshine": "agent.pipeline.moonshine_engine",
    "piper": "agent.pipeline.piper_engine",
}
RETRY_FIRST_S, RETRY_MOST_S = 0.1, 10.0
STEADY_AFTER_S = 30.0


@dataclass(frozen=True)
class Patience:
    """Seconds: for an engine to load, between pings, for a ping's answer, and for a model to give something."""

    start_s: float = 60.0
    ping_every_s: float = 2.0
    ping_s: float = 10.0
    silent_s: float = 12.0


def socket_path(engine_dir: Path, name: str) -> Path:
    """Where the engine `name` listens."""
    return engine_dir / f"{name}.sock"


class EngineSupervisor:
    """Keeps the engines `names` (keys of `modules`) running with sockets in `engine_dir` (made with mode 700)."""

    def __init__(
        self,
        engine_dir: Path,
        names: tuple[str, ...] = ("moonshine", "piper"),
        *,
        modules: Mapping[str, str] = ENGINE_MODULES,
        patience: Patience | None = None,
    ) -> None:
        self.engine_dir = engine_dir
        self._names = names
        self._modules = modules
        self._patience = patience or Patience()
        self._engines: dict[str, EngineProcess] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._lock: int | None = None
        self._waited_s: dict[str, float] = {}

    async def __aenter__(self) -> "EngineSupervisor":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the engines that run now."""
        return {name: engine.pid for name, engine in self._engines.items() if engine.code is None}

    @property
    def waited_s(self) -> float:
        """What urgent requests waited lately for a thread of the busiest engine, as of the last ping; in seconds."""
        return max(self._waited_s.values(), default=0.0)

    async def start(self) -> dict[str, float]:
        """Starts all engines side by side; returns seconds each took to load. Raises Unavailable with the reason."""
        self.engine_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine_dir.chmod(0o700)
        self._lock = _locked(self.engine_dir)
        launches = [asyncio.create_task(self._launch(name)) for name in self._names]
        try:
            seconds = await asyncio.gather(*launches)
        except BaseException:
            for launch in launches:
                launch.cancel()
            await asyncio.gather(*launches, return_exceptions=True)
            await self.stop()
            raise
        self._keepers = [asyncio.create_task(self._keep(name)) for name in self._names]
        return dict(zip(self._names, seconds, strict=True))

    async def stop(self) -> None:
        """Ends all engines and waits until they are gone. Safe to call twice, and without a start."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        await asyncio.gather(*(engine.end() for engine in self._engines.values()))
        self._engines.clear()
        if self._lock is not None:  # without it, the sockets are another supervisor's
            for name in self._names:
                socket_path(self.engine_dir, name).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    async def _launch(self, name: str) -> float:
        self._engines[name], seconds = await EngineProcess.start(
            name, self._modules[name], socket_path(self.engine_dir, name), timeout_s=self._patience.start_s
        )
        return seconds

    async def _keep(self, name: str) -> None:
        """Starts the engine again whenever it ends, at once the first time, then ever more slowly."""
        delay_s = 0.0
        while True:
            engine, started = self._engines[name], time.monotonic()
            watching = asyncio.create_task(self._end_when_hanging(engine))
            try:
                last_words = await engine.ended()
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            if time.monotonic() - started > STEADY_AFTER_S:
                delay_s = 0.0
            logger.error("a speech engine ended", extra={"engine": name, "code": engine.code, "said": last_words})
            while self._engines[name] is engine:
                await asyncio.sleep(delay_s)
                delay_s = min(max(delay_s * 2, RETRY_FIRST_S), RETRY_MOST_S)
                try:
                    await self._launch(name)
                except Unavailable as problem:
                    logger.error("a speech engine does not start again", extra={"engine": name, "why": str(problem)})

    async def _end_when_hanging(self, engine: EngineProcess) -> None:
        """Kills an engine that answers no ping, or whose model works on a request and gives nothing."""
        client = EngineClient(socket_path(self.engine_dir, engine.name))
        try:
            while True:
                await asyncio.sleep(self._patience.ping_every_s)
                if why := await self._hangs(engine.name, client):
                    logger.error("a speech engine hangs and is ended", extra={"engine": engine.name, "why": why})
                    await engine.end()
                    return
        finally:
            await client.aclose()

    async def _hangs(self, name: str, client: EngineClient) -> str:
        """Why the engine must go; empty when it need not. One that has just ended is not hanging."""
        try:
            async with asyncio.timeout(self._patience.ping_s):
                told = (await client.request("ping")).header
        except TimeoutError:
            return f"no answer to a ping in {self._patience.ping_s:.0f} s"
        except (EngineLost, EngineFailed):
            return ""
        silent_s, self._waited_s[name] = float(told.get("silent_s", 0.0)), float(told.get("waited_s", 0.0))
        return f"no result for {silent_s:.0f} s" if silent_s > self._patience.silent_s else ""


def _locked(engine_dir: Path) -> int:
    """A descriptor that holds the directory until it is closed or this process ends in whatever way.

    Raises Unavailable when another supervisor holds it. Children do not inherit it.
    """
    descriptor = os.open(engine_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return descriptor
    os.close(descriptor)
    raise Unavailable(f"Another worker uses {engine_dir}. Stop it, or set VOICELOOP_ENGINE_DIR to another directory.")
