"""The loop inside an engine process: takes requests from a unix socket, runs them in threads, streams answers back.

Urgent requests (a low `priority`) go first. A request with a `supersede` key drops waiting ones with the same key on
the same connection. The process ends when its standard input closes, that is when its parent is gone.
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
class Job:
    """One request waiting for or holding a thread. Ordered by priority, then arrival."""

    priority: int
    number: int
    request: Frame = field(compare=False)
    reply: Callable[[dict[str, Any], bytes], None] = field(compare=False)
    stopped: threading.Event = field(compare=False, default_factory=threading.Event)

    def finish(self, **header: Any) -> None:
        self.reply({"id": self.request.header["id"], "done": True, **header}, b"")


class JobQueue:
    """A thread-safe priority queue whose waiting jobs can be withdrawn."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._changed = threading.Condition()

    def put(self, job: Job) -> None:
        with self._changed:
            heapq.heappush(self._jobs, job)
            self._changed.notify()

    def get(self) -> Job:
        """Waits for the most urgent job that has not been stopped."""
        with self._changed:
            while True:
                while self._jobs:
                    job = heapq.heappop(self._jobs)
                    if not job.stopped.is_set():
                        return job
                self._changed.wait()


class Connection:
    """One call's connection: its jobs, and the way back to it from worker threads."""

    def __init__(self, writer: asyncio.StreamWriter, queue: JobQueue, numbers: Iterator[int]) -> None:
        self._writer = writer
        self._queue = queue
        self._numbers = numbers
        self._loop = asyncio.get_running_loop()
        self._jobs: dict[int, Job] = {}

    def accept(self, request: Frame) -> None:
        """Queues a request, or stops an earlier one when it is a cancel."""
        number = request.header.get("id")
        if not isinstance(number, int):
            raise ProtocolError("a request needs a numeric id")
        if request.header.get("op") == "cancel":
            if job := self._jobs.pop(number, None):
                job.stopped.set()
            return
        if key := request.header.get("supersede"):
            self._drop_waiting(str(key))
        job = Job(int(request.header.get("priority", 1)), next(self._numbers), request, self._reply_from_thread)
        self._jobs[number] = job
        self._queue.put(job)

    def close(self) -> None:
        for job in self._jobs.values():
            job.stopped.set()
        self._writer.close()

    def _drop_waiting(self, key: str) -> None:
        for number, job in list(self._jobs.items()):
            if job.request.header.get("supersede") == key:
                job.stopped.set()
                self._jobs.pop(number)
                self._write({"id": number, "done": True, "superseded": True}, b"")

    def _reply_from_thread(self, header: dict[str, Any], payload: bytes) -> None:
        self._loop.call_soon_threadsafe(self._reply, header, payload)

    def _reply(self, header: dict[str, Any], payload: bytes) -> None:
        if header["id"] not in self._jobs:  # cancelled or superseded meanwhile: its answer was already given
            return
        if header.get("done"):
            del self._jobs[header["id"]]
        self._write(header, payload)

    def _write(self, header: dict[str, Any], payload: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(encode(header, payload))


def run_jobs(queue: JobQueue, handler: Handler) -> None:
    """A worker thread: one job after the other, for ever."""
    while True:
        job = queue.get()
        number = job.request.header["id"]
        try:
            for answer in handler(job.request):
                if job.stopped.is_set():
                    break
                job.reply({**answer.header, "id": number}, answer.payload)
            else:
                job.finish()
        except Exception as problem:
            logger.exception("a request failed")
            job.finish(error=f"{type(problem).__name__}: {problem}")


async def serve(socket_path: str, handler: Handler, workers: int) -> asyncio.Server:
    """Listens on `socket_path` with `workers` inference threads."""
    queue, numbers = JobQueue(), itertools.count()
    for index in range(workers):
        threading.Thread(target=run_jobs, args=(queue, handler), name=f"inference-{index}", daemon=True).start()

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
