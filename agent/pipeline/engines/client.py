"""A call's side of a speech engine: one connection, many requests at a time, reconnects when the engine came back.

Raises EngineLost when the engine is away or died under a request (trying again is right) and EngineFailed when the
engine answered with an error (trying the same again is not).
"""

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from agent.pipeline.engines.protocol import Frame, ProtocolError, encode, read_frame
from store.errors import Unavailable


class EngineLost(Exception):
    """The engine process is not there, or went away while it worked."""


class EngineFailed(Exception):
    """The engine is there and could not do what it was asked."""


class EngineClient:
    """One engine, reached through its socket. Belongs to one event loop; connects on first use."""

    def __init__(self, socket_path: Path, *, connect_timeout_s: float = 5.0) -> None:
        self._path = socket_path
        self._connect_timeout_s = connect_timeout_s
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Queue[Frame | None]] = {}
        self._numbers = itertools.count(1)
        self._connecting = asyncio.Lock()

    async def request(self, op: str, payload: bytes = b"", **parameters: Any) -> Frame:
        """The single answer to a request. Raises EngineFailed when the engine had nothing to say."""
        answer: Frame | None = None
        async for frame in self.stream(op, payload, **parameters):
            answer = frame
        if answer is None:
            raise EngineFailed(f"no answer to {op}")
        return answer

    async def stream(
        self, op: str, payload: bytes = b"", *, on_sent: Callable[[int], None] | None = None, **parameters: Any
    ) -> AsyncGenerator[Frame]:
        """Answers as they come. Leaving the loop early (or being cancelled) withdraws the request.

        ``on_sent`` is told the request's number, for ``hurry``.
        """
        writer = await self._connected()
        number, inbox = next(self._numbers), asyncio.Queue[Frame | None]()
        self._waiting[number] = inbox
        finished = False
        try:
            self._send(writer, {"id": number, "op": op, **parameters}, payload)
            if on_sent is not None:
                on_sent(number)
            while True:
                frame = await inbox.get()
                if frame is None:
                    finished = True
                    raise EngineLost(f"the engine at {self._path.name} went away")
                if error := frame.header.get("error"):
                    finished = True
                    raise EngineFailed(str(error))
                if frame.header.get("done"):
                    finished = True
                    return
                yield frame
        finally:
            self._waiting.pop(number, None)
            if not finished:
                self._send(writer, {"id": number, "op": "cancel"})

    def hurry(self, number: int) -> None:
        """A request that was sent ahead of its need is needed now: it goes before all that nobody waits for."""
        if self._writer is not None and number in self._waiting:
            self._send(self._writer, {"id": number, "op": "hurry"})

    async def aclose(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])  # not awaited itself: who is cancelled here must notice
        self._drop_connection()

    def _send(self, writer: asyncio.StreamWriter, header: dict[str, Any], payload: bytes = b"") -> None:
        if not writer.is_closing():
            writer.write(encode(header, payload))

    async def _connected(self) -> asyncio.StreamWriter:
        """The live connection; waits up to the connect timeout for an engine that is just starting again."""
        async with self._connecting:
            if self._writer is not None and not self._writer.is_closing():
                return self._writer
            self._drop_connection()
            reader, self._writer = await self._connect()
            self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                while True:
                    try:
                        return await asyncio.open_unix_connection(self._path)
                    except (FileNotFoundError, ConnectionError):
                        await asyncio.sleep(0.02)
        except (TimeoutError, OSError) as problem:
            raise EngineLost(f"no engine answers at {self._path}") from problem

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (frame := await read_frame(reader)) is not None:
                if inbox := self._waiting.get(frame.header.get("id", 0)):
                    inbox.put_nowait(frame)
        except (ProtocolError, ConnectionError):
            pass
        finally:
            writer.close()
            if self._writer is writer:  # not when a new connection has already taken its place
                self._drop_connection()

    def _drop_connection(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = self._reading = None
        for inbox in self._waiting.values():
            inbox.put_nowait(None)


def wait_for_engines(engine_dir: Path, names: Sequence[str], *, timeout_s: float) -> None:
    """Block until every engine listens, which it does once its model is loaded; for processes that start beside it.

    Raises Unavailable naming the engine that did not come.
    """
    deadline = time.monotonic() + timeout_s
    for name in names:
        while not _listens(engine_dir / f"{name}.sock"):
            if time.monotonic() > deadline:
                raise Unavailable(f"The {name} speech engine did not start within {timeout_s:.0f} s.")
            time.sleep(0.05)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
