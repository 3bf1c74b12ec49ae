"""The built-in offline mind: an `llm.LLM` without network, and the reading of single sentences.

Importing this costs nothing; the model and the framework are loaded when something is built.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from store.clock import Clock
from tools.knowledge.embedding import Embedder

if TYPE_CHECKING:
    from livekit.agents import llm

    from agent.brain.reading import Reader, Understanding


def build_offline_llm(
    *,
    clock: Clock,
    timezone: ZoneInfo | None,
    embedder: Embedder | None = None,
    persona_name: str = "",
    language: str = "en",
) -> llm.LLM[str]:
    """The offline LLM of one call. ``timezone``: the caller's wall clock (UTC when None). It understands English;
    another ``language`` is answered in English too."""
    from agent.brain.llm import OfflineLLM

    del language
    return OfflineLLM(clock=clock, timezone=timezone, reader=_reader(embedder), persona_name=persona_name)


def understand(
    text: str, *, now: datetime, timezone: ZoneInfo | None = None, embedder: Embedder | None = None
) -> Understanding:
    """Intent, confidence (0 to 1) and entities of one sentence said without context. ``now``: aware."""
    return _reader(embedder).understand(text, now.astimezone(timezone) if timezone else now)


@lru_cache(maxsize=4)
def _reader(embedder: Embedder | None) -> Reader:
    """One per embedder and process: building one reads the examples."""
    from agent.brain.reading import Reader

    return Reader(embedder)


__all__ = ["build_offline_llm", "understand"]
