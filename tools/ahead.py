"""What tools that only read look up before it is sure that the caller has finished: kept for exactly that call.

A tool says itself that it is safe (``reads_only``; without that it never runs ahead), and parts its work in two: what
it found, and ``tell``, which is all that anybody could notice of it (cards, notes, logs): only the real call tells.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 3  # calls of one draft
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Looked:
    """``result`` is what the tool returns; ``tell`` makes its visible effects, once, and neither blocks nor raises."""

    result: str
    tell: Callable[[], None] = lambda: None

    def told(self) -> str:
        self.tell()
        return self.result


Look = Callable[..., Awaitable[Looked]]


class Ahead:
    """Of one call. A draft is an answer to a turn that may not be over, by the id of its speech."""

    def __init__(self) -> None:
        self._safe: dict[str, Look] = {}
        self._kept: dict[_Key, asyncio.Task[Looked]] = {}

    def reads_only(self, tool: str, look: Look) -> None:
        """``look`` takes the tool's arguments by name, changes nothing anybody sees, and may be given up."""
        self._safe[tool] = look

    def begin(self, draft: str, tool: str, arguments: Mapping[str, Any]) -> asyncio.Task[Looked] | None:
        """Look in the background. None for a tool that may not, for arguments it does not take, and for too many."""
        look, key = self._safe.get(tool), self._key(draft, tool, arguments)
        if look is None or key is None:
            return None
        if key not in self._kept:
            if sum(kept[0] == draft for kept in self._kept) >= MOST:
                return None
            self._kept[key] = asyncio.create_task(_looking(look, dict(arguments)), name=f"ahead {tool}")
            self._kept[key].add_done_callback(_read)
        return self._kept[key]

    async def take(self, draft: str, tool: str, **arguments: Any) -> Looked | None:
        """What was found for this very call, once; None when nothing was, or looking failed: the tool looks itself."""
        key = self._key(draft, tool, arguments)
        if key is None or (task := self._kept.pop(key, None)) is None:
            return None
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        return None if task.cancelled() or task.exception() else task.result()

    def discard(self, draft: str) -> None:
        """The draft is not said, or was: what was found for it and not taken is forgotten."""
        for key in [key for key in self._kept if key[0] == draft]:
            self._kept.pop(key).cancel()

    def _key(self, draft: str, tool: str, arguments: Mapping[str, Any]) -> _Key | None:
        """Arguments left out count as their defaults."""
        if tool not in self._safe:
            return None
        try:
            bound = inspect.signature(self._safe[tool]).bind(**arguments)
            bound.apply_defaults()
            return draft, tool, json.dumps(bound.arguments, sort_keys=True)
        except (TypeError, ValueError):
            return None


async def _looking(look: Look, arguments: dict[str, Any]) -> Looked:
    return await look(**arguments)


def _read(task: asyncio.Task[Looked]) -> None:
    """What failed ahead is told by the real call, if it fails then."""
    if not task.cancelled():
        task.exception()
