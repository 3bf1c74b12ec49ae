"""Pauses of real audio, as JSON lines: the fields of Evidence, "ended" (bool), "lasts_s" where the caller went on."""

from __future__ import annotations

import json
import math
from pathlib import Path

from agent.turns.evidence import Asked
from bench.turns.cuts import Cut
from bench.turns.sound import Pause


def read(path: Path, first_saying: int = 0) -> list[Pause]:
    """The pauses in ``path``; raises ValueError or KeyError for a line that is none."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [_pause(first_saying + number, line) for number, line in enumerate(lines)]


def _pause(saying: int, line: dict[str, object]) -> Pause:
    words, ended = str(line["words"]), bool(line["ended"])
    cut = Cut(saying, words, words, Asked(str(line.get("asked", ""))), ended, not ended, 1.0)
    lasts = math.inf if ended else float(str(line["lasts_s"]))
    return Pause(cut, lasts, 1.0, _number(line, "acoustic"), _number(line, "level_db"), _number(line, "pause_s"), False)


def _number(line: dict[str, object], name: str) -> float | None:
    value = line.get(name)
    return None if value is None else float(str(value))
