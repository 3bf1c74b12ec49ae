"""Starts the speech engines this machine needs, waits until they are warm, and starts them again when they die.

One supervisor per machine: the worker's main process, the console, the doctor and the tests each make one and give
the calls the directory with the sockets. Engines end with the process that started them.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from store.errors import Unavailable

logger = logging.getLogger("voiceloop.engines")

ENGINE_MODULES: Mapping[str, str] = {
    "moonshine": "agent.pipeline.moonshine_engine",
    "piper": "agent.pipeline.piper_engine",
}
HERE = str(Path(__file__).resolve().parents[3])  # where `agent` is imported from, whatever the current directory
RETRY_FIRST_S, RETRY_MOST_S = 0.1, 10.0
STEADY_AFTER_S = 30.0


def socket_path(engine_dir: Path, name: str) -> Path:
    """Where the engine `name` listens."""
    return engine_dir / f"{name}.sock"


class EngineSupervisor:
    """Keeps the engines `names` (keys of ENGINE_MODULES) running with sockets in `engine_dir` (made with mode 700)."""

    def __init__(
        self, engine_dir: Path, names: tuple[str, ...] = ("moonshine", "piper"), *, start_timeout_s: float = 60.0
    ) -> None:
        self.engine_dir = engine_dir
        self._names = names
        self._start_timeout_s = start_timeout_s
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "EngineSupervisor":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the engines that run now."""
        return {name: process.pid for name, process in self._processes.items() if process.returncode is None}

    async def start(self) -> dict[str, float]:
        """Starts all engines side by side; returns seconds each took to load. Raises Unavailable with the reason."""
        self.engine_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine_dir.chmod(0o700)
        try:
            seconds = await asyncio.gather(*(self._launch(name) for name in self._names))
        except BaseException:
            await self.stop()
            raise
        self._keepers = [asyncio.create_task(self._keep(name)) for name in self._names]
        return dict(zip(self._names, seconds, strict=True))

    async def stop(self) -> None:
        """Ends all engines and waits until they are gone. Safe to call twice."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        await asyncio.gather(*(self._end(process) for process in self._processes.values()))
        self._processes.clear()
        for name in self._names:
            socket_path(self.engine_dir, name).unlink(missing_ok=True)

    async def _launch(self, name: str) -> float:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            ENGINE_MODULES[name],
            str(socket_path(self.engine_dir, name)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [HERE, os.environ.get("PYTHONPATH")]))},
        )
        self._processes[name] = process
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), self._start_timeout_s)
        except TimeoutError as late:
            await self._end(process)
            raise Unavailable(f"The {name} speech engine did not start in {self._start_timeout_s:.0f} s.") from late
        if not line:
            raise Unavailable(f"The {name} speech engine did not start. {await self._last_words(process)}".strip())
        return float(json.loads(line)["load_s"])

    async def _keep(self, name: str) -> None:
        """Starts the engine again whenever it ends, at once the first time, then ever more slowly."""
        delay_s = 0.0
        while True:
            process = self._processes[name]
            started = time.monotonic()
            last_words = await self._last_words(process)
            if time.monotonic() - started > STEADY_AFTER_S:
                delay_s = 0.0
            logger.error(
                "a speech engine ended", extra={"engine": name, "code": process.returncode, "said": last_words}
            )
            await asyncio.sleep(delay_s)
            delay_s = min(max(delay_s * 2, RETRY_FIRST_S), RETRY_MOST_S)
            with contextlib.suppress(Unavailable):
                await self._launch(name)

    @staticmethod
    async def _last_words(process: asyncio.subprocess.Process) -> str:
        """Waits for the process to end; returns the last line it wrote to standard error."""
        assert process.stderr is not None
        last = ""
        async for raw in process.stderr:
            if line := raw.decode(errors="replace").strip():
                last = line
                logger.info("engine: %s", line)
        await process.wait()
        return last

    @staticmethod
    async def _end(process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
