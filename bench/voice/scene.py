"""The agents on one media server: VoiceLoop as `voiceloop up` starts it, and its peers beside it.

A peer is a program that registers under its own name and says READY_LINE; a new one is a row in PEERS.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

from bench.voice.clock import ClockedCaller
from bench.voice.stock_agent import READY_LINE, SIMPLE, STOCK
from tests.e2e.stack import AGENT_NAME as OURS
from tests.e2e.stack import REPOSITORY, Stack

PEERS = {name: ("-m", "bench.voice.stock_agent", name) for name in (STOCK, SIMPLE)}
AGENTS = (OURS, *PEERS)


class Scene:
    """Calls to any agent, and the processes each of them consists of."""

    def __init__(self, stack: Stack, peers: dict[str, subprocess.Popen[str]]) -> None:
        self._stack, self._peers = stack, peers

    @asynccontextmanager
    async def call(self, agent: str) -> AsyncGenerator[ClockedCaller]:
        """A caller in a new room of that agent; the greeting may still be running."""
        token = self._stack.bare_token(f"bench-{uuid4().hex[:10]}", dispatch="{}", agent=agent)
        caller = ClockedCaller(*token)
        async with caller:
            yield caller

    def strain(self, agent: str) -> dict[str, float]:
        """Seconds our worker says its event loop is late and requests wait; of peers nothing."""
        if agent != OURS:
            return {}
        (row,) = self._stack.rows("SELECT lag_s, wait_s FROM workers ORDER BY seen_at DESC LIMIT 1")
        return {"lag_s": float(row["lag_s"]), "wait_s": float(row["wait_s"])}

    def processes(self, agent: str) -> list[psutil.Process]:
        """The agent's main process, its speech engines and its call processes."""
        main = self._stack.worker() if agent == OURS else psutil.Process(self._peers[agent].pid)
        return [main, *main.children(recursive=True)]


@contextmanager
def open_scene(folder: Path, stack: Stack, agents: Sequence[str], llm_delay_s: float = 0.0) -> Generator[Scene]:
    """The chosen agents' peers beside a running stack, their mind as slow as asked."""
    environment = {
        **os.environ,
        "LIVEKIT_URL": stack.livekit_url,
        "LIVEKIT_API_KEY": stack.livekit_key,
        "LIVEKIT_API_SECRET": stack.livekit_secret,
        "BENCH_LLM_DELAY_S": str(llm_delay_s),
    }
    with ExitStack() as running:
        peers = {name: running.enter_context(_peer(name, folder, environment)) for name in agents if name in PEERS}
        yield Scene(stack, peers)


@contextmanager
def _peer(name: str, folder: Path, environment: dict[str, str]) -> Generator[subprocess.Popen[str]]:
    told = folder / f"{name}.log"
    command = [sys.executable, *PEERS[name], str(folder / f"{name}-engines")]
    with told.open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            if READY_LINE not in process.stdout.readline():
                raise RuntimeError(f"The agent {name} did not start: {told.read_text('utf-8')[-2000:]}")
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
