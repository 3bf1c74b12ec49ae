"""One caller's own habit: how long they pause within a turn, how fast they speak. Pure; each sample makes a new value.

Starts as the ordinary caller and moves with what is heard: few samples move it little, one odd sample never much. The
ordinary caller's figures stand in weights.toml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from agent.turns.weights import PAUSE_MEDIAN_S, PAUSE_SIGMA

ORDINARY_WORDS_PER_S = 2.7
SHORTEST_S = 0.1  # below that it is a consonant, not a pause
_PRIOR_PAUSES = 4.0  # the ordinary caller counts as so many pauses
_CUT_COUNTS = 2  # a pause we talked into is as many: seldom is a caller told from others so clearly
_PRIOR_SPEECH_S = 6.0  # and as so many seconds of speech
_MEMORY = 0.95  # each older observation counts so much less than the next
_ODD_SIGMAS = 2.0
_Z90 = 1.2816
ORDINARY_PAUSE_S = PAUSE_MEDIAN_S * math.exp(_Z90 * PAUSE_SIGMA)  # nine of ten pauses of all callers are shorter
_SLOWEST, _FASTEST = 0.7, 6.0


@dataclass(frozen=True, slots=True)
class Habit:
    """What was heard of one caller so far. Sums are of ln(pause in s) and its square, with weights that fade."""

    pauses: float = 0.0
    logs: float = 0.0
    squares: float = 0.0
    words: float = 0.0
    speech_s: float = 0.0

    def after_pause(self, pause_s: float) -> Habit:
        """With one more pause after which the caller went on, ``pause_s`` long; what is no pause changes nothing."""
        if not math.isfinite(pause_s) or pause_s < SHORTEST_S:
            return self
        middle, reach = math.log(PAUSE_MEDIAN_S), _ODD_SIGMAS * PAUSE_SIGMA
        log = min(max(math.log(pause_s), middle - reach), middle + reach)
        return replace(
            self,
            pauses=self.pauses * _MEMORY + 1.0,
            logs=self.logs * _MEMORY + log,
            squares=self.squares * _MEMORY + log * log,
        )

    def after_cut(self, pause_s: float) -> Habit:
        """With one more pause that we took for an end, ``pause_s`` long: it counts more, and never shortens the habit.

        A short one tells of bad luck with the words, not of a hasty caller.
        """
        if not math.isfinite(pause_s) or pause_s < SHORTEST_S:
            return self
        habit, pause_s = self, max(pause_s, self.pause_s or ORDINARY_PAUSE_S)
        for _ in range(_CUT_COUNTS):
            habit = habit.after_pause(pause_s)
        return habit

    def after_speech(self, words: int, speech_s: float) -> Habit:
        """With ``words`` more, said in ``speech_s`` seconds without the pauses; too short to tell: as before."""
        if words < 2 or not math.isfinite(speech_s) or speech_s < 0.3 or not _SLOWEST <= words / speech_s <= _FASTEST:
            return self
        return replace(self, words=self.words * _MEMORY + words, speech_s=self.speech_s * _MEMORY + speech_s)

    @property
    def pause_s(self) -> float | None:
        """The length nine of ten of this caller's pauses stay below, seconds; None before the first."""
        if self.pauses <= 0:
            return None
        middle, count = math.log(PAUSE_MEDIAN_S), self.pauses + _PRIOR_PAUSES
        mean = (self.logs + middle * _PRIOR_PAUSES) / count
        square = (self.squares + (middle**2 + PAUSE_SIGMA**2) * _PRIOR_PAUSES) / count
        return math.exp(mean + _Z90 * math.sqrt(max(square - mean * mean, 0.01)))

    @property
    def words_per_s(self) -> float | None:
        """This caller's speed while speaking, words a second; None before anything was heard."""
        if self.speech_s <= 0:
            return None
        return (self.words + ORDINARY_WORDS_PER_S * _PRIOR_SPEECH_S) / (self.speech_s + _PRIOR_SPEECH_S)
