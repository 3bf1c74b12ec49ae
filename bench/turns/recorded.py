"""Pauses of real audio as written by record.py: JSON lines of the words heard, the acoustic model's answers, "ended".

Reads only. "lasts_s" 0 where the caller went on: the length of the pause is drawn, as people pause.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agent.turns.evidence import Asked
from agent.turns.weights import PAUSE_MEDIAN_S, PAUSE_SIGMA
from bench.turns.cuts import PAUSES_PER_END, Cut
from bench.turns.sound import Pause

RECOGNISING_S, RECOGNISING_SHARE, NOTICED_S = 0.05, 0.03, 0.06  # of silence until all words are there
COUNTS = 2.0  # as much as so many written utterances with drawn sound


def read(path: Path) -> dict[str, list[Pause]]:
    """The pauses in ``path`` by kind; raises ValueError or KeyError for a line that is none."""
    found: dict[str, list[Pause]] = {}
    for text in path.read_text("utf-8").splitlines():
        line = json.loads(text)
        found.setdefault(str(line["kind"]), []).append(_pause(line))
    return found


def for_fitting(path: Path, random: np.random.Generator, draws: int) -> list[Pause]:
    """Each ``draws`` times, with pauses as long as people's and as rare."""
    pauses = [pause for some in read(path).values() for pause in some]
    return [_drawn(pause, random) for pause in _balanced(pauses) for _ in range(draws)]


def _balanced(pauses: Sequence[Pause]) -> list[Pause]:
    ends = sum(pause.cut.is_end for pause in pauses)
    within = COUNTS * PAUSES_PER_END * ends / max(1, len(pauses) - ends)
    return [replace(pause, cut=replace(pause.cut, weight=COUNTS if pause.cut.is_end else within)) for pause in pauses]


def _drawn(pause: Pause, random: np.random.Generator) -> Pause:
    if pause.cut.is_end:
        return pause
    return replace(pause, lasts_s=PAUSE_MEDIAN_S * math.exp(random.normal(0, PAUSE_SIGMA)))


def _pause(line: dict[str, Any]) -> Pause:
    words, ended = str(line["words"]), bool(line["ended"])
    cut = Cut(int(line["saying"]), words, words, Asked(str(line["asked"])), ended, not ended, 1.0)
    return Pause(
        cut=cut,
        lasts_s=math.inf if ended else float(line["lasts_s"]),
        scale=1.0,
        acoustic=float(line["acoustic"]),
        level_db=None,
        pause_s=None,
        late=False,
        heard_at_s=NOTICED_S + RECOGNISING_S + RECOGNISING_SHARE * float(line["seconds"]),
        digits=line["digits"],
    )
