"""When the acoustic end-of-turn model is asked about a caller's pause: early, and once more when it said no.

Its answer goes to the pause watch; what it means for the turn is decided elsewhere (agent/turns).
"""

import asyncio

from livekit.agents import utils

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.pause_watch import PauseWatch
from agent.pipeline.smart_turn import acoustic_end
from agent.turns.detector import OpenWords

ASK_AT_S = (0.1, 0.4)  # of silence; again only when the first answer was no
SURE = 0.5


class AcousticOpinion:
    """One per stream."""

    def __init__(self, engine: EngineClient, pause: PauseWatch, words: OpenWords) -> None:
        self._engine, self._pause, self._words = engine, pause, words
        self._asking: asyncio.Task[None] | None = None
        self._asked = 0

    @property
    def was_asked(self) -> bool:
        return self._asked > 0

    def consider(self, quiet_s: float) -> None:
        """Asks when it is due after so much quiet."""
        if self._asking is not None or self._asked >= len(ASK_AT_S) or quiet_s < ASK_AT_S[self._asked]:
            return
        if (self._pause.acoustic or 0.0) < SURE:
            self._asked += 1
            self._asking = asyncio.create_task(self._ask())

    def forget(self) -> None:
        """The caller goes on: nothing that was or is being asked counts any more."""
        self._asked = 0
        self._pause.acoustic = None
        if self._asking is not None:
            self._asking.cancel()

    async def aclose(self) -> None:
        if self._asking is not None:
            await utils.aio.cancel_and_wait(self._asking)

    async def _ask(self) -> None:
        try:
            self._pause.acoustic = await acoustic_end(self._engine, self._pause.turn_sound)
            self._words.tell()
        finally:
            if self._asking is asyncio.current_task():
                self._asking = None
