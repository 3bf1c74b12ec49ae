"""Requests inside an engine that wait for a thread: the most urgent first, withdrawn ones never. Thread-safe.

Knows since when each thread is silent over its request; knows nothing of sockets.
"""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from agent.pipeline.engines.protocol import Frame

URGENT = 0  # somebody waits for the answer now
LATELY_S = 10.0


@dataclass(order=True)
class QueuedRequest:
    """One request waiting for or holding a thread. Ordered by priority, then arrival."""

    priority: int
    number: int
    request: Frame = field(compare=False)
    reply: Callable[[dict[str, Any], bytes], None] = field(compare=False)
    withdrawn: threading.Event = field(compare=False, default_factory=threading.Event)
    came: float = field(compare=False, default_factory=time.monotonic)

    def finish(self, **header: Any) -> None:
        self.reply({"id": self.request.header["id"], "done": True, **header}, b"")


class RequestQueue:
    """A thread-safe priority queue whose waiting requests can be withdrawn. Knows since when each thread is silent."""

    def __init__(self) -> None:
        self._waiting: list[QueuedRequest] = []
        self._changed = threading.Condition()
        self._silent_since: dict[int, float] = {}
        self._urgent: dict[int, float] = {}  # when what a thread works on came, until its first answer
        self._waited: deque[tuple[float, float]] = deque(maxlen=64)  # when an urgent one was answered, after how long

    def put(self, queued: QueuedRequest) -> None:
        with self._changed:
            heapq.heappush(self._waiting, queued)
            self._changed.notify()

    def get(self) -> QueuedRequest:
        """Waits for the most urgent request that has not been withdrawn."""
        with self._changed:
            self._silent_since.pop(threading.get_ident(), None)
            self._urgent.pop(threading.get_ident(), None)
            while True:
                while self._waiting:
                    queued = heapq.heappop(self._waiting)
                    if not queued.withdrawn.is_set():
                        self._silent_since[threading.get_ident()] = time.monotonic()
                        if queued.priority <= URGENT:
                            self._urgent[threading.get_ident()] = queued.came
                        return queued
                self._changed.wait()

    def hurry(self, queued: QueuedRequest) -> None:
        """Somebody waits for it now; nothing changes for a request that a thread already works on."""
        with self._changed:
            if any(waiting is queued for waiting in self._waiting):
                queued.priority, queued.came = URGENT, time.monotonic()
                heapq.heapify(self._waiting)

    def note_answer(self) -> None:
        """The calling thread's model gave something: it does not hang."""
        with self._changed:
            now = self._silent_since[threading.get_ident()] = time.monotonic()
            if (came := self._urgent.pop(threading.get_ident(), None)) is not None:
                self._waited.append((now, now - came))

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life of the thread that has worked longest without one; 0 when all rest."""
        with self._changed:
            return max((time.monotonic() - since for since in self._silent_since.values()), default=0.0)

    @property
    def waited_s(self) -> float:
        """What urgent requests of the last seconds took, queue and model, to their first answer: the median, else 0."""
        with self._changed:
            since = time.monotonic() - LATELY_S
            return median([waited for taken, waited in self._waited if taken >= since] or [0.0])


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

    @property
    def waited_s(self) -> float:
        """Of the lane whose urgent requests waited longest lately, in seconds."""
        return max(queue.waited_s for queue in (self._others, *self._own.values()))
