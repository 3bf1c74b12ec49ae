"""First clauses whose sound is made before it is sure that they are said: taken by the real synthesis, or withdrawn.

One draft at a time. The engine makes them after everything somebody waits for; a clause that is needed before it is
done is hurried. Knows neither what is said nor when a turn ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.engines.protocol import Frame

AHEAD: Final = 2  # the engine's priority; PiperStream speaks with 0 and 1
_Piece = Frame | EngineLost | EngineFailed | None


@dataclass(slots=True)
class _Clause:
    draft: str
    text: str
    speed: float
    pieces: asyncio.Queue[_Piece] = field(default_factory=asyncio.Queue[_Piece])
    number: int = 0
    task: asyncio.Task[None] | None = None


class ClauseSounds:
    """Of one call's voice."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._kept: _Clause | None = None

    def begin(self, draft: str, text: str, speed: float) -> None:
        """Have the clause made in the background. Another draft's is forgotten, unless it is the same."""
        kept = self._kept
        if kept is not None and (kept.text, kept.speed) == (text, speed):
            kept.draft = draft
            return
        self.close()
        clause = self._kept = _Clause(draft, text, speed)
        clause.task = asyncio.create_task(self._make(clause), name="clause ahead")

    def take(self, text: str, speed: float) -> AsyncGenerator[Frame] | None:
        """The clause's pieces as they come, once; None when it was not made ahead. Raises what the engine raises."""
        clause = self._kept
        if clause is None or (clause.text, clause.speed) != (text, speed):
            return None
        self._kept = None
        if clause.number:
            self._engine.hurry(clause.number)
        return _pieces(clause)

    def discard(self, draft: str) -> None:
        """The draft is not said, or was said otherwise."""
        if self._kept is not None and self._kept.draft == draft:
            self.close()

    def close(self) -> None:
        """Withdraw what is being made."""
        if self._kept is not None and self._kept.task is not None:
            self._kept.task.cancel()
        self._kept = None

    async def _make(self, clause: _Clause) -> None:
        def note(number: int) -> None:
            clause.number = number
            if self._kept is not clause:  # it was taken before the engine was even asked
                self._engine.hurry(number)

        try:
            async for piece in self._engine.stream(
                "synthesize", text=clause.text, speed=clause.speed, priority=AHEAD, on_sent=note
            ):
                clause.pieces.put_nowait(piece)
            clause.pieces.put_nowait(None)
        except (EngineLost, EngineFailed) as error:
            clause.pieces.put_nowait(error)


async def _pieces(clause: _Clause) -> AsyncGenerator[Frame]:
    try:
        while (piece := await clause.pieces.get()) is not None:
            if not isinstance(piece, Frame):
                raise piece
            yield piece
    finally:
        if clause.task is not None:
            clause.task.cancel()
