"""Two agents on one media server: VoiceLoop as `voiceloop up` starts it, and the stock agent beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

from bench.voice.stock_agent import AGENT_NAME as STOCK
from bench.voice.stock_agent import READY_LINE
from tests.e2e.caller import Caller
from tests.e2e.stack import AGENT_NAME as OURS
from tests.e2e.stack import REPOSITORY, Stack

AGENTS = (OURS, STOCK)


class Scene:
    """Calls to either agent, and the processes each of them consists of."""

    def __init__(self, stack: Stack, stock: subprocess.Popen[str]) -> None:
        self._stack = stack
        self._stock = stock

    @asynccontextmanager
    async def call(self, agent: str) -> AsyncIterator[Caller]:
        """A caller in a new room of that agent; the greeting may still be running."""
        token = self._stack.bare_token(f"bench-{uuid4().hex[:10]}", dispatch="{}", agent=agent)
        async with Caller(*token) as caller:
            yield caller

    def processes(self, agent: str) -> list[psutil.Process]:
        """The agent's main process, its speech engines and its call processes."""
        main = self._stack.worker() if agent == OURS else psutil.Process(self._stock.pid)
        return [main, *main.children(recursive=True)]

    def clear_calendar(self) -> None:
        self._stack.clear_calendar()


@contextmanager
def open_scene(folder: Path, stack: Stack) -> Iterator[Scene]:
    """The stock agent beside a running stack."""
    log = (folder / "stock.log").open("w+", encoding="utf-8")
    environment = {
        **os.environ,
        "LIVEKIT_URL": stack.livekit_url,
        "LIVEKIT_API_KEY": stack.livekit_key,
        "LIVEKIT_API_SECRET": stack.livekit_secret,
    }
    command = [sys.executable, "-m", "bench.voice.stock_agent", str(folder / "stock-engines")]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        if READY_LINE not in process.stdout.readline():
            raise RuntimeError(f"The stock agent did not start: {(folder / 'stock.log').read_text('utf-8')[-2000:]}")
        yield Scene(stack, process)
    finally:
        _end(process)
        log.close()


def _end(process: subprocess.Popen[str]) -> None:
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
