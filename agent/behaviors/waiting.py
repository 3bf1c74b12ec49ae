"""The turn whose caller waits for an answer: since when, what they heard by now, and when they must hear more.

Pure: times are given, in seconds of one steady clock. ``watchdog.py`` asks it and does what is due.
"""

from __future__ import annotations

from typing import Final

from agent.behaviors.deadlines import Deadlines, Stage

# an end of speech is noticed 0.3 s after it, sound takes as long to the caller, a busy machine more
HEARING_S: Final = 0.9
PRESSED_S: Final = 0.5  # before its first deadline a turn is ended that has not ended by itself, which takes this long


class Waiting:
    """No turn is open at first. ``stage`` is the next one; ``committed``: the turn is in the conversation."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._limits = (deadlines.filler_s, deadlines.status_s, deadlines.apology_s)
        self._since: float | None = None  # when the open turn's words ended
        self._earlier: tuple[float, Stage] | None = None  # the turn that waited when words came that are in none yet
        self.stage = Stage.FILLER
        self.words = False  # the caller said something that is in no turn yet
        self.committed = False
        self.pressed = False  # the turn was told to end

    @property
    def is_open(self) -> bool:
        """Whether a caller waits."""
        return self._since is not None

    @property
    def due_at(self) -> float | None:
        """When the next stage is due; None: no turn is open, or nothing more will be said of it."""
        return None if self._since is None or self.stage > Stage.APOLOGY else self._due(self.stage)

    def begin(self, now: float) -> None:
        """The words of a turn have ended, or more of them came: their time begins anew."""
        if self._since is not None and self.committed:
            self._earlier = self._since, self.stage
        self._since, self.stage = now, Stage.FILLER
        self.committed = self.pressed = False

    def commit(self) -> None:
        """What was said is in the conversation; a turn before it is not answered any more."""
        self.words, self._earlier, self.committed = False, None, True

    def forget_words(self) -> bool:
        """What was said last is in no turn and never will be. Returns whether the turn before it goes on waiting."""
        self.words = False
        if self._since is None or self.committed:
            return False
        if self._earlier is None:
            self.close()
            return False
        (self._since, self.stage), self._earlier, self.committed = self._earlier, None, True
        return True

    def answer(self) -> bool:
        """An answer sounds. Returns whether it is the open turn's; it may be the one's before it."""
        self._earlier = None
        if self._since is None or not self.committed:
            return False
        self.close()
        return True

    def close(self) -> None:
        """Nobody waits any more."""
        self._since, self._earlier, self.words, self.committed = None, None, False, False

    def advance(self, now: float, *, sounded: bool) -> None:
        """To the next stage, when this one was heard, or is overtaken by it."""
        if sounded or (self.stage < Stage.APOLOGY and now >= self._due(Stage(self.stage + 1))):
            self.stage = Stage(self.stage + 1)

    def _due(self, stage: Stage) -> float:
        at = (self._since or 0.0) + self._limits[stage] - HEARING_S
        return at if self.committed or self.pressed or stage > Stage.FILLER else at - PRESSED_S
