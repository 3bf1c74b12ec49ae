"""What the ear has, drawn for each cut: no recordings are read here, so its figures are as good as the published ones.

smart-turn v3.2 is two-valued: right on 92.6 % of its own (mostly synthetic) test set, on about two thirds of finished
sentences of our synthetic voices, and it ends on 42 % of pauses within turns of real meetings (AMI). Pauses: the
VAD-only points of LiveKit's eot-bench (55.6, 21.7, 10, 5 % longer than 0.3, 0.6, 1.0, 1.6 s) as one log-normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from agent.turns.evidence import Evidence
from agent.turns.features import DICTATED
from agent.turns.weights import PAUSE_MEDIAN_S, PAUSE_SIGMA
from bench.turns.cuts import Cut

SEEN_AT_S = (0.12, 0.3, 0.6, 1.0, 1.4)
_ENDS_HEARD, _HESITATIONS_TAKEN, _BREATHS_TAKEN = 0.8, 0.3, 0.55
_UNKNOWN, _NOISY, _LATE, _NEW_CALLER = 0.3, 0.2, 0.15, 0.4
_TRAILS_OFF, _TRAILS_OFF_AT_END = 0.08, 0.01  # the recogniser writes "..."
_STOPPED_AT_END, _STOPPED_WITHIN = 0.86, 0.72  # the recogniser writes a full stop or a question mark
_DICTATION_SCALE = 1.4


@dataclass(frozen=True, slots=True)
class Pause:
    """One drawn pause: how long it lasts (infinite at an end), and the evidence as it stands at any silence in it."""

    cut: Cut
    lasts_s: float
    scale: float
    acoustic: float | None
    level_db: float | None
    pause_s: float | None
    late: bool
    language: str = "en"
    heard_at_s: float = 0.0  # of silence, from which on all words are known
    digits: int | None = None

    def seen(self, silence_s: float) -> Evidence:
        late = self.late and silence_s <= 0.3
        return Evidence(
            silence_s=silence_s,
            words=self.cut.previous if late else self.cut.words,
            whole=not late,
            unchanged_s=0.0 if late else silence_s,
            asked=self.cut.asked,
            acoustic=self.acoustic,
            level_db=self.level_db,
            pause_s=self.pause_s,
            language=self.language,
            digits=self.digits,
        )

    @property
    def weight(self) -> float:
        """Who pauses long also pauses often."""
        return self.cut.weight * (1.0 if self.cut.is_end else self.scale)


def draw(cut: Cut, random: np.random.Generator, *, heard: bool | None = None, foreign: float = 0.0) -> Pause:
    """One pause at ``cut``. ``heard``: whether the acoustic model answered (None: sometimes).

    ``foreign``: how often the words are taken as of a language nobody here knows.
    """
    habit = float(np.clip(math.exp(random.normal(0, 0.3)), 0.6, 1.8))
    scale = habit * (_DICTATION_SCALE if cut.asked in DICTATED else 1.0)
    lasts = math.inf if cut.is_end else PAUSE_MEDIAN_S * scale * math.exp(random.normal(0, PAUSE_SIGMA))
    level = float(random.uniform(-20, -5)) if random.random() < _NOISY else None
    known = random.random() >= _UNKNOWN if heard is None else heard
    ordinary = PAUSE_MEDIAN_S * math.exp(1.2816 * PAUSE_SIGMA)
    trails_off = random.random() < (_TRAILS_OFF if cut.hesitates else _TRAILS_OFF_AT_END)
    stopped = random.random() < (_STOPPED_AT_END if cut.is_end else _STOPPED_WITHIN)
    return Pause(
        cut=replace(cut, words=cut.words + ("..." if trails_off else "." if stopped else "")),
        lasts_s=lasts,
        scale=habit,
        acoustic=_acoustic(cut, level, random) if known else None,
        level_db=level,
        pause_s=None if random.random() < _NEW_CALLER else ordinary * habit,
        late=random.random() < _LATE,
        language="xx" if random.random() < foreign else "en",
    )


def _acoustic(cut: Cut, level_db: float | None, random: np.random.Generator) -> float:
    says_end = _ENDS_HEARD if cut.is_end else _HESITATIONS_TAKEN if cut.hesitates else _BREATHS_TAKEN
    noise = 0.0 if level_db is None else (level_db + 20) / 15
    says_end += (0.5 - says_end) * 0.6 * noise
    log_odds = abs(random.normal(3.0, 1.2)) * (1 if random.random() < says_end else -1)
    return 1 / (1 + math.exp(-log_odds))
