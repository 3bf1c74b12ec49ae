"""The loop inside an engine process: takes requests from a unix socket, runs them in threads, streams answers back.

Urgent requests (a low `priority`) go first; operations that must not wait for the others have a thread of their own.
`ping` is answered at once, with how long a thread has been silent over its request, so that a hanging model shows.
The process ends when its standard input closes: when its parent is gone.
"""

import asyncio
import itertools
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from agent.pipeline.engines.protocol import Frame, ProtocolError, encode, read_frame
from agent.pipeline.engines.waiting import Lanes, QueuedRequest, RequestQueue

logger = logging.getLogger("voiceloop.engine")

Answers = Iterator[Frame]
Handler = Callable[[Frame], Answers]


class Connection:
    """One call's connection: its requests, and the way back to it from worker threads."""

    def __init__(self, writer: asyncio.StreamWriter, lanes: Lanes, numbers: Iterator[int]) -> None:
        self._writer = writer
        self._lanes = lanes
        self._numbers = numbers
        self._loop = asyncio.get_running_loop()
        self._open: dict[int, QueuedRequest] = {}

    def accept(self, request: Frame) -> None:
        """Queues a request; a ping is answered here, a cancel or a hurry is for an earlier one."""
        number = request.header.get("id")
        if not isinstance(number, int):
            raise ProtocolError("a request needs a numeric id")
        match request.header.get("op"):
            case "cancel":
                if queued := self._open.pop(number, None):
                    queued.withdrawn.set()
            case "hurry":
                if queued := self._open.get(number):
                    self._lanes.of(str(queued.request.header.get("op"))).hurry(queued)
            case "ping":
                self._write({"id": number, "silent_s": self._lanes.silent_s, "waited_s": self._lanes.waited_s}, b"")
                self._write({"id": number, "done": True}, b"")
            case _:
                priority = int(request.header.get("priority", 1))
                queued = QueuedRequest(priority, next(self._numbers), request, self._reply_from_thread)
                self._open[number] = queued
                self._lanes.of(str(request.header.get("op"))).put(queued)

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


async def serve(socket_path: str, handler: Handler, workers: int, own_threads: Collection[str] = ()) -> asyncio.Server:
    """Listens on `socket_path` with `workers` inference threads, and one more for each operation in `own_threads`."""
    lanes, numbers = Lanes(own_threads), itertools.count()
    for queue, count in [(lanes.of(""), workers), *((lanes.of(op), 1) for op in own_threads)]:
        for _ in range(count):
            threading.Thread(target=work_off, args=(queue, handler), name="inference", daemon=True).start()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer, lanes, numbers)
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


def run_engine(load: Callable[[], Handler], workers: int, own_threads: Collection[str] = ()) -> None:
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
        server = await serve(sys.argv[1], handler, workers, own_threads)
        sys.stdout.write(json.dumps({"ready": True, "load_s": round(time.perf_counter() - started, 3)}) + "\n")
        sys.stdout.flush()
        await server.serve_forever()

    try:
        asyncio.run(live())
    except KeyboardInterrupt:  # Ctrl-C reaches the whole group; the parent decides what to print
        os._exit(0)
