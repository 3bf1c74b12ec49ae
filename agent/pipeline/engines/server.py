"""The loop inside an engine process: takes requests from a unix socket, runs them in threads, streams answers back.

Urgent requests (a low `priority`) go first. `ping` is answered at once, with how long a thread has been silent over its
request, so that a hanging model shows. The process ends when its standard input closes: when its parent is gone.
"""

import asyncio
import heapq
import itertools
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.pipeline.engines.protocol import Frame, ProtocolError, encode, read_frame

logger = logging.getLogger("voiceloop.engine")

Answers = Iterator[Frame]
Handler = Callable[[Frame], Answers]


@dataclass(order=True)
class QueuedRequest:
    """One request waiting for or holding a thread. Ordered by priority, then arrival."""

    priority: int
    number: int
    request: Frame = field(compare=False)
    reply: Callable[[dict[str, Any], bytes], None] = field(compare=False)
    withdrawn: threading.Event = field(compare=False, default_factory=threading.Event)

    def finish(self, **header: Any) -> None:
        self.reply({"id": self.request.header["id"], "done": True, **header}, b"")


class RequestQueue:
    """A thread-safe priority queue whose waiting requests can be withdrawn. Knows since when each thread is silent."""

    def __init__(self) -> None:
        self._waiting: list[QueuedRequest] = []
        self._changed = threading.Condition()
        self._silent_since: dict[int, float] = {}

    def put(self, queued: QueuedRequest) -> None:
        with self._changed:
            heapq.heappush(self._waiting, queued)
            self._changed.notify()

    def get(self) -> QueuedRequest:
        """Waits for the most urgent request that has not been withdrawn."""
        with self._changed:
            self._silent_since.pop(threading.get_ident(), None)
            while True:
                while self._waiting:
                    queued = heapq.heappop(self._waiting)
                    if not queued.withdrawn.is_set():
                        self._silent_since[threading.get_ident()] = time.monotonic()
                        return queued
                self._changed.wait()

    def note_answer(self) -> None:
        """The calling thread's model gave something: it does not hang."""
        with self._changed:
            self._silent_since[threading.get_ident()] = time.monotonic()

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life of the thread that has worked longest without one; 0 when all rest."""
        with self._changed:
            return max((time.monotonic() - since for since in self._silent_since.values()), default=0.0)


class Connection:
    """One call's connection: its requests, and the way back to it from worker threads."""

    def __init__(self, writer: asyncio.StreamWriter, queue: RequestQueue, numbers: Iterator[int]) -> None:
        self._writer = writer
        self._queue = queue
        self._numbers = numbers
        self._loop = asyncio.get_running_loop()
        self._open: dict[int, QueuedRequest] = {}

    def accept(self, request: Frame) -> None:
        """Queues a request; a ping is answered here, a cancel withdraws an earlier request."""
        number = request.header.get("id")
        if not isinstance(number, int):
            raise ProtocolError("a request needs a numeric id")
        match request.header.get("op"):
            case "cancel":
                if queued := self._open.pop(number, None):
                    queued.withdrawn.set()
            case "ping":
                self._write({"id": number, "silent_s": self._queue.silent_s}, b"")
                self._write({"id": number, "done": True}, b"")
            case _:
                priority = int(request.header.get("priority", 1))
                queued = QueuedRequest(priority, next(self._numbers), request, self._reply_from_thread)
                self._open[number] = queued
                self._queue.put(queued)

    def close(self) -> None:
        for queued in self._open.values():
            queued.withdrawn.set()
        self._writer.close()

    def _reply_from_thread(self, header: dict[str, Any], payload: bytes) -> None:
        self._loop.call_soon_threadsafe(self._reply, header, payload)

    def _reply(self, header: dict[str, Any], payload: bytes) -> None:
        if header["id"] not in self._open:  # withdrawn meanwhile
            return
        if header.get("done"):
            del self._open[header["id"]]
        self._write(header, payload)

    def _write(self, header: dict[str, Any], payload: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(encode(header, payload))


def work_off(queue: RequestQueue, handler: Handler) -> None:
    """A worker thread: one request after the other, for ever."""
    while True:
        queued = queue.get()
        number = queued.request.header["id"]
        try:
            for answer in handler(queued.request):
                queue.note_answer()
                if queued.withdrawn.is_set():
                    break
                queued.reply({**answer.header, "id": number}, answer.payload)
            else:
                queued.finish()
        except Exception as problem:
            logger.exception("a request failed")
            queued.finish(error=f"{type(problem).__name__}: {problem}")


async def serve(socket_path: str, handler: Handler, workers: int) -> asyncio.Server:
    """Listens on `socket_path` with `workers` inference threads."""
    queue, numbers = RequestQueue(), itertools.count()
    for index in range(workers):
        threading.Thread(target=work_off, args=(queue, handler), name=f"inference-{index}", daemon=True).start()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer, queue, numbers)
        try:
            while (request := await read_frame(reader)) is not None:
                connection.accept(request)
        except (ProtocolError, ConnectionError) as problem:
            logger.warning("a connection ended: %s", problem)
        finally:
            connection.close()

    return await asyncio.start_unix_server(attend, socket_path)


def leave_with_parent() -> None:
    """Ends this process as soon as standard input closes: an engine never outlives the program that started it."""

    def watch() -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock, held here, makes an ordinary exit a crash
            pass
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def run_engine(load: Callable[[], Handler], workers: int) -> None:
    """The whole life of an engine process: load the model, listen on the path in argv, say so on standard output."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {Path(sys.argv[0]).stem} SOCKET")
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    leave_with_parent()
    os.umask(0o077)
    Path(sys.argv[1]).unlink(missing_ok=True)
    started = time.perf_counter()
    handler = load()

    async def live() -> None:
        server = await serve(sys.argv[1], handler, workers)
        sys.stdout.write(json.dumps({"ready": True, "load_s": round(time.perf_counter() - started, 3)}) + "\n")
        sys.stdout.flush()
        await server.serve_forever()

    try:
        asyncio.run(live())
    except KeyboardInterrupt:  # Ctrl-C reaches the whole group; the parent decides what to print
        os._exit(0)
