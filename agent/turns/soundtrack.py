"""How loud a caller was and when, in blocks of 10 ms: where their voice really began and ended.

Pure: audio and times are given. Voice detection says that somebody spoke, and late; the level says until when.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLOCK_S = 0.01
KEPT = 2000  # blocks: 20 s
TOGETHER_S = 0.5  # of sound are worked out at once, or what there is when somebody asks
STALL_S = 1.0  # later than that nothing was queued: the microphone was away
DRIFT = 0.02  # of what a piece is late; clocks differ
QUIETEST_DB, SILENT_DB = -96.0, -60.0
LOUD_BLOCKS = 10  # a loud moment is one that 0.1 s exceeds, so that a click is none
OVER_NOISE_DB, UNDER_LOUD_DB, LEAST_UNDER_DB = 8.0, 25.0, 6.0
NOISE_SHARE, FEW_BLOCKS = 20, 50  # percentile; with fewer blocks beside the speech the noise is looked for in it
GAP_S = 0.15  # within a word


class Soundtrack:
    """Times are seconds of one steady clock, levels dB of full scale."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=KEPT)
        self._levels: deque[float] = deque(maxlen=KEPT)
        self._end: float | None = None
        self._fresh: list[NDArray[np.int16]] = []  # in it, pieces whose levels nobody needed yet
        self._fresh_ends: list[float] = []
        self._fresh_rate = 0

    def add(self, samples: NDArray[np.int16], rate: int, now: float) -> None:
        """A piece of mono sound that was there at ``now``; pieces that come in a burst are placed where they belong."""
        self._end = end = self._placed(len(samples) / rate, now)
        if rate != self._fresh_rate:
            self._work_out()
            self._fresh_rate = rate
        size = round(rate * BLOCK_S)
        blocks = len(samples) // size
        self._fresh.append(samples[: blocks * size].copy())
        self._fresh_ends.extend(end - BLOCK_S * left for left in range(blocks - 1, -1, -1))
        if len(self._fresh_ends) * BLOCK_S >= TOGETHER_S:
            self._work_out()

    def last_voiced(self, since: float, until: float) -> float | None:
        """When the last sound of a voice between the two ended; None when there was none."""
        voiced = self._voiced(since, until)
        return next((end for before, end in reversed(list(pairwise(voiced))) if _follows(before, end)), None)

    def onset(self, since: float, until: float) -> float | None:
        """When the sound that goes on at ``until`` began, at the earliest at ``since``."""
        began: float | None = None
        for end in reversed(self._voiced(since, until)):
            if began is not None and began - end > GAP_S:
                break
            began = end - BLOCK_S
        return began

    def _work_out(self) -> None:
        if self._fresh:
            self._ends.extend(self._fresh_ends)
            self._levels.extend(levels_of(np.concatenate(self._fresh), self._fresh_rate))
            self._fresh.clear()
            self._fresh_ends.clear()

    def _voiced(self, since: float, until: float) -> list[float]:
        """The ends of the blocks that are loud enough for a voice."""
        self._work_out()
        inside = [(end, level) for end, level in zip(self._ends, self._levels, strict=True) if since < end <= until]
        threshold = self._threshold([level for _, level in inside], since, until)
        return [end for end, level in inside if level >= threshold]

    def _threshold(self, speech: Sequence[float], since: float, until: float) -> float:
        if not speech:
            return 0.0
        loud = sorted(speech, reverse=True)[min(LOUD_BLOCKS, len(speech)) - 1]
        if loud < SILENT_DB:
            return 0.0
        beside = [level for end, level in zip(self._ends, self._levels, strict=True) if not since < end <= until]
        noise = float(np.percentile(beside if len(beside) >= FEW_BLOCKS else speech, NOISE_SHARE))
        return min(max(noise + OVER_NOISE_DB, loud - UNDER_LOUD_DB), loud - LEAST_UNDER_DB)

    def _placed(self, duration_s: float, now: float) -> float:
        """When the piece really ended: pieces follow one another, and none comes before its end."""
        due = now if self._end is None else self._end + duration_s
        late_s = now - due
        return now if late_s < 0 or late_s > STALL_S else due + DRIFT * late_s


def levels_of(samples: NDArray[np.int16], rate: int) -> list[float]:
    """Root mean square of each 10 ms; what is left over at the end is not told."""
    size = round(rate * BLOCK_S)
    blocks = samples[: len(samples) // size * size].astype(np.float64).reshape(-1, size)
    power = np.maximum((blocks**2).mean(axis=1) / 32768**2, 10 ** (QUIETEST_DB / 10))
    return (10 * np.log10(power)).tolist()


def _follows(before: float, end: float) -> bool:
    return end - before < 1.5 * BLOCK_S
