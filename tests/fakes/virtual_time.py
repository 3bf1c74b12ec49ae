"""An event loop whose clock jumps: waiting takes no time, and a deadline of 15 seconds passes in a millisecond.

`run(work)` runs a coroutine on it. Threads are waited for in real time before the clock jumps;
sockets are not, so nothing that talks to a server belongs on it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time moves to the next timer as soon as there is nothing to do."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._in_threads = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    @property
    def waits_for_threads(self) -> bool:
        return self._in_threads > 0

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._in_threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: object) -> None:
        self._in_threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0 or self._loop.waits_for_threads:
            return super().select(timeout if timeout is None or timeout <= 0 else min(timeout, 0.01))
        ready = super().select(0)
        if not ready:
            self._loop.jump(timeout)
        return ready


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The coroutine's result. Stamps of the wall clock stand still in it, near enough."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work())
