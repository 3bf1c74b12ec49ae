"""The framework's text turn detector, answered by finished.py. Runs in microseconds, dials nowhere.

The framework asks at every pause, but with final transcripts only, and after a yes it commits without waiting for
words still open in a recogniser that is flushed on demand. So the detector has those finalised first; the new final
transcript makes the framework ask again, with all the words.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from livekit.agents import LanguageCode, llm

from agent.turns.finished import THRESHOLD, finished_probability, thinking_time_s

FINAL_TIMEOUT_S = 2.0


@dataclass
class OpenWords:
    """What the recogniser of a call and its turn detector tell each other. One per call."""

    heard: bool = False  # speech was heard that is in no final transcript yet
    finalise: Callable[[], None] | None = None  # asks the recogniser for that final transcript


class WordTurnDetector:
    """Passed as `turn_detection`: finished turns are answered after min_delay, unfinished ones after max_delay."""

    model = "words"
    provider = "voiceloop"

    def __init__(self, words: OpenWords | None = None) -> None:
        self._words = words or OpenWords()

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """Only English is judged; in other languages every pause counts as the end."""
        return language is None or str(language).lower().startswith("en")

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        return THRESHOLD

    async def predict_end_of_turn(self, chat_ctx: llm.ChatContext, *, timeout: float | None = None) -> float:
        """Probability that the last user message is a whole turn.

        Cancelled when the caller goes on or a final transcript comes, which is how waiting here ends early.
        """
        if self._words.heard and self._words.finalise is not None:
            self._words.finalise()
            await asyncio.sleep(FINAL_TIMEOUT_S if timeout is None else timeout)
        said = ""
        if chat_ctx.items and (last := chat_ctx.items[-1]).type == "message" and last.role == "user":
            said = last.text_content or ""
        await asyncio.sleep(thinking_time_s(said))
        return finished_probability(said)
