"""An engine that takes a request and never answers becomes the framework's timeout: it retries or falls back."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from livekit.agents import APIConnectOptions, APITimeoutError

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import serve
from agent.pipeline.piper import PiperTTS
from agent.pipeline.recognition import transcribe

SOON = APIConnectOptions(max_retry=0, timeout=0.1)
SOUND = b"\x01\x00" * 22_050


class Hanging:
    """Gives as many pieces of sound as it is told, then nothing more."""

    def __init__(self) -> None:
        self.pieces = 0
        self.gate = threading.Event()

    def handle(self, request: Frame) -> Iterator[Frame]:
        for _ in range(self.pieces):
            yield Frame({}, SOUND)
        self.gate.wait(10)
        yield Frame({}, SOUND)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.gate.set()


@pytest.fixture
async def client(hanging: Hanging, tmp_path: Path) -> AsyncIterator[EngineClient]:
    server = await serve(str(tmp_path / "e.sock"), hanging.handle, workers=1)
    client = EngineClient(tmp_path / "e.sock")
    yield client
    hanging.gate.set()
    await client.request("anything")  # the only thread is free again: nothing of it outlives this loop
    await client.aclose()
    server.close()


async def test_a_recogniser_that_hangs_times_out(client: EngineClient) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(APITimeoutError, match="did not answer"):
            await transcribe(client, b"", timeout_s=0.1)


async def test_waiting_for_an_engine_that_is_away_counts_too(tmp_path: Path) -> None:
    async with asyncio.timeout(4):
        with pytest.raises(APITimeoutError):
            await transcribe(EngineClient(tmp_path / "none.sock", connect_timeout_s=5.0), b"", timeout_s=0.1)


@pytest.mark.parametrize("pieces", [0, 2])
async def test_a_voice_that_hangs_times_out(client: EngineClient, hanging: Hanging, pieces: int) -> None:
    hanging.pieces = pieces
    async with asyncio.timeout(5), PiperTTS(client).synthesize("Good evening.", conn_options=SOON) as stream:
        with pytest.raises(APITimeoutError, match="no sound"):
            await stream.collect()
