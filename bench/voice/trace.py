"""What the caller heard, frame by frame, and the questions that every measurement asks of it.

Pure: times are `time.monotonic()` seconds, levels the RMS of 10 ms as they arrived. Knows neither room nor agent.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

SOUND = 300.0  # something is said
FAINT = 30.0  # something can still be heard, as an agent that has turned itself down
DUCKED = 0.5  # of the level before: 6 dB down
REFERENCE_S = 1.5
TOO_SOON_S = 0.2  # nobody answers a finished sentence this fast: the answer was to its first half


@dataclass(slots=True)
class Trace:
    """Arrival and level of every frame of the agent's voice, oldest first."""

    at: list[float] = field(default_factory=list)
    level: list[float] = field(default_factory=list)

    def add(self, at: float, level: float) -> None:
        self.at.append(at)
        self.level.append(level)

    def first_sound(self, after: float, above: float = SOUND) -> float | None:
        """When the first frame after ``after`` came that is louder than ``above``."""
        start = bisect_right(self.at, after)
        return next((self.at[number] for number in range(start, len(self.at)) if self.level[number] > above), None)

    def last_sound(self, before: float, above: float = SOUND) -> float | None:
        """When the last such frame up to ``before`` came."""
        for number in range(bisect_right(self.at, before) - 1, -1, -1):
            if self.level[number] > above:
                return self.at[number]
        return None

    def silent_since(self, after: float, quiet_s: float, until: float) -> float | None:
        """When the agent fell silent: its last faint frame after ``after`` that ``quiet_s`` without any follow,
        all of it before ``until``. None while it speaks; ``after`` itself when it was silent already."""
        last = after
        for number in range(bisect_right(self.at, after), len(self.at)):
            if self.at[number] - last > quiet_s or self.at[number] > until:
                break
            if self.level[number] > FAINT:
                last = self.at[number]
        return last if until - last >= quiet_s else None

    def longest_gap(self, start: float, end: float) -> float:
        """Seconds of the longest stretch within start..end in which nothing was heard, not even faintly."""
        sounds = [start, *(at for at, level in self._between(start, end) if level > FAINT), end]
        return max(later - earlier for earlier, later in pairwise(sounds))

    def reference(self, before: float) -> float | None:
        """How loud the agent spoke just before: the level that one in ten frames of its speech exceeds."""
        loud = [level for _, level in self._between(before - REFERENCE_S, before) if level > SOUND]
        return float(np.percentile(loud, 90)) if len(loud) >= 20 else None

    def ducked_at(self, onset: float, until: float) -> float | None:
        """When the agent had turned itself down (or off) by 6 dB or more and stayed so until ``until``.

        Speech rises and falls by itself, so what counts is the last frame that was still near its old peaks; the answer
        can be early by the gap between two syllables, not late. None when it was as loud as ever in the last 0.3 s.
        """
        reference = self.reference(onset)
        if reference is None:
            return None
        last = max((at for at, level in self._between(onset, until) if level > DUCKED * reference), default=onset)
        return last if until - last >= 0.3 else None

    def _between(self, start: float, end: float) -> list[tuple[float, float]]:
        first, last = bisect_right(self.at, start), bisect_right(self.at, end)
        return list(zip(self.at[first:last], self.level[first:last], strict=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """How an utterance was answered: ``latency_s`` after its end, or into it (then None), or not at all (both so)."""

    cut_off: bool
    latency_s: float | None


def answer_to(trace: Trace, started_at: float, ended_at: float, until: float) -> Answer:
    """The agent was silent at the start; ``until`` is how long anybody waited."""
    first = trace.first_sound(started_at)
    if first is None or first > until:
        return Answer(False, None)
    if first < ended_at + TOO_SOON_S:
        return Answer(True, None)
    return Answer(False, first - ended_at)


def went_on(trace: Trace, onset: float, watched_s: float = 2.0, longest_gap_s: float = 0.7) -> bool:
    """Whether the agent kept speaking through something said over it; turning down for a moment is not stopping."""
    return trace.longest_gap(onset, onset + watched_s) <= longest_gap_s
