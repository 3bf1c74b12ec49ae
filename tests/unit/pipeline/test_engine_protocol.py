"""The socket between calls and engines: order, cancelling, errors, coming back. No models here."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import serve


class Desk:
    """A handler whose work can be held back and looked at."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.started = threading.Event()
        self.order: list[str] = []

    def handle(self, request: Frame) -> Iterator[Frame]:
        name = request.header["op"]
        self.order.append(name)
        self.started.set()
        if name == "fail":
            raise ValueError("no such word")
        if name == "hold":
            self.gate.wait(10)
        for number in range(3):
            yield Frame({"number": number}, request.payload)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.gate.set()


@pytest.fixture
async def client(desk: Desk, tmp_path: Path) -> AsyncIterator[EngineClient]:
    server = await serve(str(tmp_path / "e.sock"), desk.handle, workers=1)
    client = EngineClient(tmp_path / "e.sock")
    yield client
    desk.gate.set()
    await client.aclose()
    server.close()


async def hold(client: EngineClient, desk: Desk) -> "asyncio.Task[Frame]":
    """Keeps the only worker busy until the gate opens."""
    task = asyncio.create_task(client.request("hold"))
    await asyncio.to_thread(desk.started.wait, 5)
    return task


async def test_answers_come_back_in_order_with_their_bytes(client: EngineClient) -> None:
    frames = [frame async for frame in client.stream("speak", b"\x01\x02")]
    assert [(frame.header["number"], frame.payload) for frame in frames] == [(n, b"\x01\x02") for n in range(3)]


async def test_urgent_requests_overtake_waiting_ones(client: EngineClient, desk: Desk) -> None:
    held = await hold(client, desk)
    later = asyncio.create_task(client.request("later", priority=1))
    urgent = asyncio.create_task(client.request("urgent", priority=0))
    await settle(client)
    desk.gate.set()
    await asyncio.gather(held, later, urgent)
    assert desk.order[:3] == ["hold", "urgent", "later"]


async def settle(client: EngineClient) -> None:
    """Everything sent so far has been read by the server once it answered a ping."""
    await asyncio.sleep(0)
    await client.request("ping")


async def test_a_ping_is_answered_while_every_thread_works_and_says_for_how_long(
    client: EngineClient, desk: Desk
) -> None:
    assert (await client.request("ping")).header["silent_s"] == 0
    held = await hold(client, desk)
    assert (await client.request("ping")).header["silent_s"] > 0
    desk.gate.set()
    await held


async def test_a_cancelled_request_is_never_worked_on(client: EngineClient, desk: Desk) -> None:
    held = await hold(client, desk)
    unwanted = asyncio.create_task(client.request("unwanted"))
    await settle(client)
    unwanted.cancel()
    await settle(client)
    desk.gate.set()
    await held
    await client.request("last")
    assert "unwanted" not in desk.order


async def test_an_error_in_the_engine_reaches_only_who_asked(client: EngineClient) -> None:
    with pytest.raises(EngineFailed, match="no such word"):
        await client.request("fail")
    assert (await client.request("speak", b"ok")).payload == b"ok"


async def test_no_engine_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(EngineLost, match="no engine answers"):
        await EngineClient(tmp_path / "none.sock", connect_timeout_s=0.05).request("speak")


async def test_a_broken_connection_is_noticed_and_made_anew(tmp_path: Path) -> None:
    connections: list[asyncio.StreamWriter] = []

    async def drop_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await reader.read(10)
        writer.close()

    path = tmp_path / "e.sock"
    async with await asyncio.start_unix_server(drop_first, path):
        client = EngineClient(path)
        for _ in range(2):
            with pytest.raises(EngineLost, match="went away"):
                await client.request("speak")
        await client.aclose()
    assert len(connections) == 2


async def test_who_is_cancelled_while_closing_a_client_notices(client: EngineClient) -> None:
    await client.request("speak")
    closing = asyncio.create_task(client.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
