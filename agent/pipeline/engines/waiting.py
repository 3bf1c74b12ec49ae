"""Requests inside an engine that wait for a thread: the most urgent first, withdrawn ones never. Thread-safe.

Knows since when each thread is silent over its request; knows nothing of sockets.
"""

import heapq
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from agent.pipeline.engines.protocol import Frame


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


class Lanes:
    """One queue for each operation that has a thread of its own, one more for all others."""

    def __init__(self, own_threads: Collection[str]) -> None:
        self._others = RequestQueue()
        self._own = {op: RequestQueue() for op in own_threads}

    def of(self, op: str) -> RequestQueue:
        """Where requests for `op` wait."""
        return self._own.get(op, self._others)

    @property
    def silent_s(self) -> float:
        """Of the thread that has worked longest without a sign of life, in seconds; 0 when all rest."""
        return max(queue.silent_s for queue in (self._others, *self._own.values()))
