"""The framework's text turn detector, answered by finished.py. Runs in microseconds, dials nowhere.

The framework asks at every pause, with the final transcripts only. A recogniser that is flushed on demand may hold
newer words than that; it keeps them in LiveWords so that the answer is about what was really said.
"""

import asyncio
from dataclasses import dataclass, field

from livekit.agents import LanguageCode, llm

from agent.turns.finished import THRESHOLD, finished_probability

SETTLE_TIMEOUT_S = 0.25


@dataclass
class LiveWords:
    """What the recogniser hears in the caller's open segment, kept by the STT of a call, read by its turn detector."""

    text: str = ""
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.settled.set()

    def open(self) -> None:
        """Speech goes on: `text` is behind."""
        self.settled.clear()

    def update(self, text: str) -> None:
        """`text` is up to date with all speech heard."""
        self.text = text
        self.settled.set()

    def clear(self) -> None:
        """The segment was handed over as a final transcript."""
        self.update("")


class WordTurnDetector:
    """Passed as `turn_detection`: finished turns are answered after min_delay, unfinished ones after max_delay."""

    model = "words"
    provider = "voiceloop"

    def __init__(self, live: LiveWords | None = None) -> None:
        self._live = live or LiveWords()

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """Only English is judged; in other languages every pause counts as the end."""
        return language is None or str(language).lower().startswith("en")

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        return THRESHOLD

    async def predict_end_of_turn(self, chat_ctx: llm.ChatContext, *, timeout: float | None = None) -> float:
        """Probability that the last user message plus the words still open is a whole turn."""
        try:
            await asyncio.wait_for(self._live.settled.wait(), timeout or SETTLE_TIMEOUT_S)
        except TimeoutError:
            pass  # a busy machine: judge by what is known
        said = ""
        if chat_ctx.items and (last := chat_ctx.items[-1]).type == "message" and last.role == "user":
            said = last.text_content or ""
        return finished_probability(f"{said} {self._live.text}".strip())
