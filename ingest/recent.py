"""Answers that are the same for everybody, made once and given for a moment: a flood of questions costs nothing.

Whoever asks while one is being made waits for it. Failures are answers too. Names are few and fixed, never a client's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from store.clock import Clock

T = TypeVar("T")


@dataclass(slots=True)
class _Made:
    """An answer under way, or made ``at`` this instant."""

    task: asyncio.Task[Any]
    at: datetime | None = None


class RecentAnswers:
    """The answers of one sidecar, by name. The instants are the injected clock's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[str, _Made] = {}

    async def get(self, name: str, seconds: float, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What ``make`` gave at most ``seconds`` ago, or gives now; raises what it raised."""
        made = self._made.get(name)
        if made is None or self._is_over(made, timedelta(seconds=seconds)):
            made = self._made[name] = _Made(asyncio.create_task(make()))
            made.task.add_done_callback(lambda _task, made=made: self._finish(made))
        return await asyncio.shield(made.task)  # one who leaves does not take it from the others

    def _is_over(self, made: _Made, lasts: timedelta) -> bool:
        if made.at is None:
            return False
        return made.task.cancelled() or not timedelta(0) <= self._clock.now() - made.at < lasts

    def _finish(self, made: _Made) -> None:
        made.at = self._clock.now()
        if not made.task.cancelled():
            made.task.exception()  # somebody has to look at it, also when everybody left
