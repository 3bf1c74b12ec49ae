"""What a caller who waits hears, and by when. Pure; ``watchdog.py`` keeps the time.

Another sentence: ``agent/errors.py``, and in its READY_SENTENCES, so that it sounds without a voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from agent import errors


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds from the end of a caller's words to what they hear at the latest."""

    filler_s: float = 2.5
    status_s: float = 8.0
    apology_s: float = 15.0


class Stage(IntEnum):
    FILLER = 0
    STATUS = 1
    APOLOGY = 2
    OVER = 3


LINES: Final = {
    Stage.FILLER: errors.ONE_MOMENT,
    Stage.STATUS: errors.TAKING_LONGER,
    Stage.APOLOGY: errors.GIVEN_UP,
}


class Unheard:
    """Counts speech that no words came of, one after another: noise is not answered again and again."""

    _AGAIN_S: Final = 3.0  # a failed recogniser and its missing words are one thing to tell
    _EVERY_S: Final = 15.0  # noise is not answered more often than this

    def __init__(self) -> None:
        self.in_a_row = 0
        self._at = float("-inf")

    def understood(self) -> None:
        self.in_a_row = 0

    def line(self, now: float) -> str:
        """What to say of speech that was not understood just now; empty: nothing."""
        if now - self._at < (self._EVERY_S if self.in_a_row >= 2 else self._AGAIN_S):
            return ""
        self.in_a_row += 1
        self._at = now
        return errors.NOT_CAUGHT if self.in_a_row == 1 else errors.CANNOT_HEAR
