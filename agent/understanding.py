"""Intent, confidence and entities of a caller's sentence, as stored with it: the offline brain's reading of it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from agent.behaviors.transcript import Understood
from agent.brain import understand
from store.clock import Clock
from tools.knowledge.embedding import Embedder


def understanding_of(clock: Clock, timezone: ZoneInfo, embedder: Embedder) -> Callable[[str], Understood]:
    """A function that reads a sentence in the call's own zone and time."""

    def read(text: str) -> Understood:
        found = understand(text, now=clock.now(), timezone=timezone, embedder=embedder)
        return Understood(found.intent, found.confidence, found.entities)

    return read
