"""Keeps the job process running beside the web process: starts it again when it dies, ends it with the sidecar."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from ingest.metrics import Metrics
from store.log import get_logger

log = get_logger(__name__)
_SHORT_LIFE_S = 10.0
_LONGEST_WAIT_S = 15.0
_GRACE_S = 6.0


async def keep_running(metrics: Metrics, environment: dict[str, str], count: int) -> None:
    """Supervise ``count`` job processes until cancelled; then they stop side by side, within one grace."""
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(JobProcess(metrics, environment).run())


class JobProcess:
    """One child process. ``command`` is what to run; it must end when its standard input does."""

    def __init__(self, metrics: Metrics, environment: dict[str, str], command: tuple[str, ...] = ()) -> None:
        self._metrics = metrics
        self._environment = environment
        self._command = command or (sys.executable, "-m", "ingest.jobs")
        self.process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Supervise until cancelled."""
        wait_s = 0.5
        try:
            while True:
                started, code = time.monotonic(), None
                try:
                    self.process = await self._start()
                    code = await self.process.wait()
                except OSError as error:
                    log.warning("job process cannot be started", error=str(error))
                lived_s = time.monotonic() - started
                wait_s = 0.5 if lived_s > _SHORT_LIFE_S else min(wait_s * 2, _LONGEST_WAIT_S)
                log.warning("job process ended; it is started again", exit_code=code, lived_s=round(lived_s, 1))
                self._metrics.job_restarts.inc()
                await asyncio.sleep(wait_s)
        finally:
            await self._stop()

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, env={**os.environ, **self._environment}
        )

    async def _stop(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_GRACE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
