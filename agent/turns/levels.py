"""How loud a caller is: usually, and while they speak over the assistant. Pure; levels in dB of full scale."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from statistics import quantiles
from typing import Literal

import numpy as np

ENOUGH_S = 0.6  # of a caller's speech, to know how loud they usually are
OVER_NOISE_DB, UNDER_PEAK_DB = 8.0, 22.0
_KEPT = 640  # levels: 20 s of speech
SILENT_DB = -70.0
_FIRST_S, _SWING_S = 0.6, 0.3  # of voice
ONSET_OVER_NOISE_DB, ONSET_UNDER_USUAL_DB, ONSET_DB = 15.0, 10.0, -40.0
UNCONFIRMED_S = 0.3  # voice detection is slower than the ear, but not by more
NOT_AGAIN_S, NOT_AGAIN_MOST_S = 2.0, 30.0


class Onset:
    """Sound that may be the caller's first syllable, told by its level alone, before voice detection is sure.

    After one that came to nothing the next counts only a while later, longer each time: a dog barks more than once.
    """

    def __init__(self, caller: CallerLevel) -> None:
        self._caller = caller
        self._unsure_s: float | None = None  # since then; None: nothing was heard that awaits voice detection
        self._deaf_s, self._penalty_s = 0.0, NOT_AGAIN_S

    def heard(self, level_db: float, duration_s: float) -> Literal["began", "nothing", ""]:
        """Of one piece of sound while voice detection hears no voice: it began here, or what began was nothing."""
        self._deaf_s = max(0.0, self._deaf_s - duration_s)
        if self._unsure_s is None:
            if self._deaf_s or level_db < self._least_db:
                return ""
            self._unsure_s = 0.0
            return "began"
        self._unsure_s += duration_s
        if self._unsure_s < UNCONFIRMED_S:
            return ""
        self._unsure_s, self._deaf_s = None, self._penalty_s
        self._penalty_s = min(NOT_AGAIN_MOST_S, 2 * self._penalty_s)
        return "nothing"

    def confirmed(self) -> None:
        """It is a voice."""
        self._unsure_s, self._deaf_s, self._penalty_s = None, 0.0, NOT_AGAIN_S

    @property
    def _least_db(self) -> float:
        usual = self._caller.usual
        near = ONSET_DB if usual is None else usual - ONSET_UNDER_USUAL_DB
        return max(near, self._caller.noise + ONSET_OVER_NOISE_DB)


class CallerLevel:
    """Fed with one level per piece of sound; ``usual``: a loud moment of this caller's speech, None: not known yet."""

    def __init__(self) -> None:
        self._speech: deque[float] = deque(maxlen=_KEPT)
        self._rest: deque[float] = deque(maxlen=_KEPT)
        self._speech_s = 0.0

    def heard(self, level_db: float, duration_s: float, *, speech: bool) -> None:
        (self._speech if speech else self._rest).append(level_db)
        self._speech_s += duration_s if speech else 0.0

    @property
    def usual(self) -> float | None:
        return _loud(self._speech) if self._speech_s >= ENOUGH_S else None

    @property
    def noise(self) -> float:
        """The background, between the caller's words."""
        return sorted(self._rest)[len(self._rest) // 3] if self._rest else SILENT_DB


class OverlapSound:
    """The sound of one overlap, piece by piece: what is voice in it, and how it goes."""

    def __init__(self, noise_db: float) -> None:
        self._noise = max(SILENT_DB, noise_db)
        self._pieces: list[tuple[float, float]] = []
        self._peak = SILENT_DB

    def heard(self, level_db: float, duration_s: float) -> None:
        self._pieces.append((level_db, duration_s))
        self._peak = max(self._peak, level_db)

    @property
    def voiced_s(self) -> float:
        threshold = self._threshold
        return sum(duration for level, duration in self._pieces if level >= threshold)

    @property
    def silence_s(self) -> float:
        threshold, silence = self._threshold, 0.0
        for level, duration in reversed(self._pieces):
            if level >= threshold:
                break
            silence += duration
        return silence

    @property
    def level(self) -> float | None:
        """Of its first moments: gain control soon makes anybody as loud as the caller."""
        first, so_far_s = list[float](), 0.0
        for level, duration in self._voiced():
            if so_far_s >= _FIRST_S:
                break
            first.append(level)
            so_far_s += duration
        return _loud(first) if first else None

    @property
    def swing_db(self) -> float | None:
        voiced = list(self._voiced())
        enough = sum(duration for _, duration in voiced) >= _SWING_S
        return float(np.std([level for level, _ in voiced])) if enough else None

    @property
    def _threshold(self) -> float:
        return max(self._noise + OVER_NOISE_DB, self._peak - UNDER_PEAK_DB)

    def _voiced(self) -> Iterator[tuple[float, float]]:
        threshold = self._threshold
        return (piece for piece in self._pieces if piece[0] >= threshold)


def _loud(levels: Iterable[float]) -> float:
    known = list(levels)
    return quantiles(known, n=4)[2] if len(known) > 1 else known[0]
