"""When the acoustic end-of-turn model is asked about a caller's pause: once, early. (Asked again later it says yes to
ends and to pauses alike: bench/turns/recorded_pauses.)

Its answer goes to the pause watch; what it means for the turn is decided elsewhere (agent/turns).
"""

import asyncio

from livekit.agents import utils

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.pause_watch import PauseWatch
from agent.pipeline.smart_turn import acoustic_end
from agent.turns.detector import OpenWords

ASK_AT_S = 0.1  # of silence


class AcousticOpinion:
    """One per stream."""

    def __init__(self, engine: EngineClient, pause: PauseWatch, words: OpenWords) -> None:
        self._engine, self._pause, self._words = engine, pause, words
        self._asking: asyncio.Task[None] | None = None
        self.was_asked = False

    def consider(self, quiet_s: float) -> None:
        """Asks when it is due after so much quiet."""
        if self._asking is None and not self.was_asked and quiet_s >= ASK_AT_S:
            self.was_asked = True
            self._asking = asyncio.create_task(self._ask())

    def forget(self) -> None:
        """The caller goes on: nothing that was or is being asked counts any more."""
        self.was_asked = False
        self._pause.forget_acoustic()
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
