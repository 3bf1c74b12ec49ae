"""Engine processes are kept alive whatever they do, by one supervisor per directory. The engines here have no model."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.pipeline.engines.client import EngineClient, EngineLost
from agent.pipeline.engines.supervisor import EngineSupervisor, Patience, socket_path
from store.errors import Unavailable

NAME = "fake"
MODULES = {NAME: "tests.unit.pipeline.fake_engine"}
SOON = Patience(start_s=20.0, ping_every_s=0.02, ping_s=1.0, silent_s=0.2)
PARENT = """
import asyncio, sys
from pathlib import Path
from agent.pipeline.engines.supervisor import EngineSupervisor

async def live():
    async with EngineSupervisor(Path(sys.argv[1]), ("fake",), modules={"fake": sys.argv[2]}) as supervisor:
        print(supervisor.pids["fake"], flush=True)
        await asyncio.sleep(60)

asyncio.run(live())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vl-") as folder:  # short: a socket's path has a small limit
        yield Path(folder)


@pytest.fixture
async def supervisor(folder: Path) -> AsyncIterator[EngineSupervisor]:
    async with EngineSupervisor(folder, (NAME,), modules=MODULES) as supervisor:
        yield supervisor


@pytest.fixture
async def impatient(folder: Path) -> AsyncIterator[EngineSupervisor]:
    """Ends an engine soon; on a slow machine sometimes one that was only slow."""
    async with EngineSupervisor(folder, (NAME,), modules=MODULES, patience=SOON) as supervisor:
        yield supervisor


@pytest.fixture
async def client(supervisor: EngineSupervisor) -> AsyncIterator[EngineClient]:
    client = EngineClient(socket_path(supervisor.engine_dir, NAME))
    yield client
    await client.aclose()


async def answering_pid(client: EngineClient) -> int:
    """Who answers, once somebody does: a dying engine takes connections for a moment longer."""
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(EngineLost):
                return (await client.request("hello")).header["pid"]


async def gone(pid: int) -> None:
    async with asyncio.timeout(5):
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                await asyncio.sleep(0.02)


async def test_an_engine_that_chatters_is_ready_and_never_blocks(client: EngineClient) -> None:
    async with asyncio.timeout(10):
        assert await client.request("chatter")


@pytest.mark.parametrize("way", ["hang", "freeze"])
async def test_an_engine_that_hangs_is_replaced(impatient: EngineSupervisor, way: str) -> None:
    client, first = EngineClient(socket_path(impatient.engine_dir, NAME)), impatient.pids[NAME]
    async with asyncio.timeout(20):
        with pytest.raises(EngineLost):
            await client.request(way)
    assert await answering_pid(client) != first
    await gone(first)
    await client.aclose()


async def test_an_engine_comes_back_although_its_first_restart_fails(
    supervisor: EngineSupervisor, client: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = sys.executable
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    first = supervisor.pids[NAME]
    os.kill(first, signal.SIGKILL)
    await gone(first)
    with pytest.raises(EngineLost):
        await EngineClient(socket_path(supervisor.engine_dir, NAME), connect_timeout_s=0.1).request("hello")
    monkeypatch.setattr(sys, "executable", executable)
    assert await answering_pid(client) != first


async def test_an_engine_that_cannot_be_run_is_said_clearly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Unavailable, match="fake speech engine did not start"):
        await EngineSupervisor(folder, (NAME,), modules=MODULES).start()


async def test_a_second_supervisor_leaves_the_directory_to_the_first(
    supervisor: EngineSupervisor, client: EngineClient
) -> None:
    second = EngineSupervisor(supervisor.engine_dir, (NAME,), modules=MODULES)
    with pytest.raises(Unavailable, match="VOICELOOP_ENGINE_DIR"):
        await second.start()
    await second.stop()
    assert await answering_pid(client) == supervisor.pids[NAME]


async def test_a_parent_killed_outright_leaves_neither_engine_nor_lock(folder: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(folder), MODULES[NAME], stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    try:
        pid = int(await asyncio.wait_for(parent.stdout.readline(), 20))
        os.kill(pid, 0)
    finally:
        parent.kill()
        await parent.wait()
    await gone(pid)
    async with EngineSupervisor(folder, (NAME,), modules=MODULES) as supervisor:
        assert supervisor.pids[NAME] != pid
