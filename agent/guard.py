"""The runtime guard: samples how late the worker's event loop is and how long requests wait, and tells its lines.

Runs in the worker's own process beside its server, never in a call. The decision is ``agent/strain.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agent.lines import Lines
from agent.strain import Strain
from store.log import get_logger

log = get_logger(__name__)
EVERY_S = 0.25


async def guard_forever(lines: Lines, strain: Strain, jobs: Callable[[], int], waited_s: Callable[[], float]) -> None:
    """Run until cancelled. ``jobs``: how many it runs now; ``waited_s``: of urgent requests, lately, for a model."""
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + EVERY_S
        await asyncio.sleep(EVERY_S)
        was = strain.is_strained
        strained = strain.note(clock(), max(0.0, clock() - due), waited_s())
        lines.note_strain(strained=strained, jobs=jobs())
        if strained != was:
            figures = {"lag_ms": round(strain.lag_s * 1000), "wait_ms": round(strain.wait_s * 1000)}
            words = "the worker is overloaded and takes no further call" if strained else "the worker takes calls again"
            log.warning(words, limit=lines.limit, **figures)
