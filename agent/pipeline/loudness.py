"""How loud the caller speaks and how loud it is now, so that steady noise is told from the caller. Pure; levels in dB.

Voice detection calls babble speech; only its level tells that the caller has stopped. What stays MARGIN_DB below the
caller for a while is hush, whatever the detector says.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from agent.pipeline.utterance import SAMPLE_RATE

BLOCK_S = 0.02
BLOCK = int(BLOCK_S * SAMPLE_RATE)
SMOOTHED = 5  # blocks: a consonant's closing is no hush
MARGIN_DB = 8.0
STAYS_DB, STAYS_AFTER_S = 2.0, 0.16  # babble wavers: a hush is not over at once
RISE_DB = 6.0  # over the hush's own level: somebody nearer speaks
ENOUGH = 15  # blocks of speech from which the caller's level is known
LOUD_SHARE, FLOOR_SHARE = 85, 5  # percentiles: syllables, and the gaps between them
NOISY_DB = -30.0  # gaps quieter than that are silence, in which voice detection needs no help
LOUD_NOISE_LASTS_S = 3.0  # noise as loud as the caller may be the caller after all


class Loudness:
    """Takes all audio in order; is told which of it was speech."""

    def __init__(self) -> None:
        self._rest = b""
        self._levels: deque[float] = deque(maxlen=500)
        self._speech: deque[float] = deque(maxlen=400)
        self._blocks = self._voiced_to = 0
        self._hush_blocks = 0
        self._hush_power = 0.0
        self.caller_db: float | None = None

    def add(self, pcm: bytes) -> None:
        """16 kHz mono 16-bit PCM, in pieces of any size."""
        self._rest += pcm
        count = len(self._rest) // (2 * BLOCK)
        if not count:
            return
        blocks = np.frombuffer(self._rest[: count * 2 * BLOCK], np.int16).astype(np.float64).reshape(count, BLOCK)
        self._rest = self._rest[count * 2 * BLOCK :]
        for power in (blocks**2).mean(axis=1):
            self._take(float(power))

    def mark_speech(self, position: int) -> None:
        """The detector heard speech up to this sample of all audio added."""
        upto = min(position // BLOCK, self._blocks)
        fresh = min(upto - self._voiced_to, len(self._levels), SMOOTHED)
        self._voiced_to = upto
        if fresh <= 0:
            return
        floor = -1.0 if self.caller_db is None else self.caller_db - MARGIN_DB
        first = len(self._levels) - (self._blocks - upto) - fresh
        levels = [self._levels[index] for index in range(max(0, first), max(0, first) + fresh)]
        self._speech.extend(level for level in levels if level >= floor)
        if len(self._speech) >= ENOUGH:
            self.caller_db = _percentile(self._speech, LOUD_SHARE)

    @property
    def hush_s(self) -> float:
        """For how long it has been clearly quieter than the caller though not silent; 0 while that is unknown."""
        return self._hush_blocks * BLOCK_S if self._hush_blocks and self.is_noisy else 0.0

    @property
    def is_noisy(self) -> bool:
        """Whether something sounds all the time: the quietest of the last 10 s is not far below the caller."""
        if self.caller_db is None:
            return False
        return _percentile(self._levels, FLOOR_SHARE) - self.caller_db > NOISY_DB

    @property
    def level_db(self) -> float | None:
        """The hush's level, or that of the last tenth of a second, relative to the caller's speech."""
        if self.caller_db is None or not self._levels:
            return None
        return (_db(self._hush_power) if self._hush_blocks else self._now_db()) - self.caller_db

    @property
    def now_db(self) -> float | None:
        """The level of the last tenth of a second, relative to the caller's speech."""
        return None if self.caller_db is None or not self._levels else self._now_db() - self.caller_db

    def _take(self, power: float) -> None:
        self._levels.append(_db(power))
        self._blocks += 1
        margin_db = MARGIN_DB - STAYS_DB if self._hush_blocks * BLOCK_S >= STAYS_AFTER_S else MARGIN_DB
        if self.caller_db is None or self._now_db() >= self.caller_db - margin_db:
            self._hush_blocks, self._hush_power = 0, 0.0
            return
        self._hush_blocks += 1
        self._hush_power += (power - self._hush_power) / min(self._hush_blocks, 50)

    def _now_db(self) -> float:
        recent = [10 ** (self._levels[-index] / 10) for index in range(1, min(SMOOTHED, len(self._levels)) + 1)]
        return _db(sum(recent) / len(recent))


@dataclass(frozen=True)
class Noise:
    """What voice detection takes for speech although the caller has finished: its level, and where that was decided."""

    level_db: float
    since: int

    def is_over(self, position: int, loudness: Loudness) -> bool:
        """Whether somebody nearer speaks now."""
        now_db = loudness.now_db
        if now_db is None:
            return True
        if self.level_db > -MARGIN_DB:
            return now_db >= self.level_db + RISE_DB or position - self.since > LOUD_NOISE_LASTS_S * SAMPLE_RATE
        return now_db >= min(-MARGIN_DB, self.level_db + RISE_DB)


def _db(power: float) -> float:
    return 10 * math.log10(power + 1.0)


def _percentile(values: Iterable[float], share: float) -> float:
    """As numpy's, which takes several times as long for so few values; this is asked thirty times a second a call."""
    ordered = sorted(values)
    below, between = divmod((len(ordered) - 1) * share / 100, 1)
    low, high = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
    return low + (high - low) * between
