"""One engine process: started until it says that it is ready, read from so that it never blocks, and ended.

Whatever else it or a library in it prints goes to the log.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from store.errors import Unavailable

logger = logging.getLogger("voiceloop.engines")

HERE = str(Path(__file__).resolve().parents[3])  # where `agent` is imported from, whatever the current directory
LONGEST_LINE = 4096
LAST_WORDS_S = 1.0


class EngineProcess:
    """A running engine. It ends with this process, because its standard input closes then."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._ready: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._last_line = ""
        self._reading = [asyncio.create_task(self._read_output()), asyncio.create_task(self._read_errors())]

    @classmethod
    async def start(cls, name: str, module: str, socket: Path, *, timeout_s: float) -> tuple["EngineProcess", float]:
        """The engine, ready, and the seconds it took to load. Raises Unavailable with its last words, or late."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                str(socket),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [HERE, os.environ.get("PYTHONPATH")]))},
            )
        except OSError as problem:
            raise Unavailable(f"The {name} speech engine did not start. {problem}") from problem
        engine = cls(name, process)
        try:
            async with asyncio.timeout(timeout_s):
                return engine, await engine._ready
        except TimeoutError as late:
            await engine.end()
            raise Unavailable(f"The {name} speech engine did not start in {timeout_s:.0f} s.") from late
        except BaseException:
            await engine.end()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.returncode

    async def ended(self) -> str:
        """Waits for the process to end; returns the last line it wrote to standard error."""
        await self._process.wait()
        await asyncio.wait(self._reading, timeout=LAST_WORDS_S)
        return self._last_line

    async def end(self) -> None:
        """Kills the process and waits until it is gone. Safe to call twice."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self.ended()
        for task in self._reading:
            task.cancel()

    async def _read_output(self) -> None:
        assert self._process.stdout is not None
        async for line in _lines(self._process.stdout):
            load_s = _ready_in(line)
            if load_s is None or self._ready.done():
                logger.info("engine %s: %s", self.name, line)
            else:
                self._ready.set_result(load_s)
        if not self._ready.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await asyncio.wait([self._reading[1]])
            if not self._ready.done():
                text = f"The {self.name} speech engine did not start. {self._last_line}".strip()
                self._ready.set_exception(Unavailable(text))

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        async for line in _lines(self._process.stderr):
            self._last_line = line
            logger.info("engine %s: %s", self.name, line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines without blank ones; of one without end only pieces, because a line may be longer than any buffer."""
    rest = b""
    while piece := await stream.read(LONGEST_LINE):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        for raw in whole:
            if line := raw.decode(errors="replace").strip():
                yield line
    if line := rest.decode(errors="replace").strip():
        yield line


def _ready_in(line: str) -> float | None:
    """Seconds an engine took to load when this is the line that says it is ready."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        said: Any = json.loads(line)
        if isinstance(said, dict) and said.get("ready") is True:
            return float(said["load_s"])
    return None
