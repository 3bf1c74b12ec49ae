"""The figures of weights.toml, read once. No judgement here: what they mean is said there."""

from __future__ import annotations

import math
import tomllib
from importlib.resources import files
from typing import cast

_TABLES = cast(
    "dict[str, dict[str, float]]", tomllib.loads(files("agent.turns").joinpath("weights.toml").read_text("utf-8"))
)

FEATURES: dict[str, float] = {name: float(weight) for name, weight in _TABLES["features"].items()}
PAUSE_MEDIAN_S = float(_TABLES["pauses"]["median_s"])
PAUSE_SIGMA = float(_TABLES["pauses"]["sigma"])
CUT_OFF_COSTS_S = float(_TABLES["cost"]["cut_off_s"])
DICTATION_COSTS_S = float(_TABLES["cost"]["dictation_s"])


def pause_lasts(silence_s: float, scale: float = 1.0) -> float:
    """Share of the pauses within a turn that last longer than ``silence_s`` seconds, for a caller ``scale`` as slow."""
    if silence_s <= 0:
        return 1.0
    return 0.5 * math.erfc(math.log(silence_s / (PAUSE_MEDIAN_S * scale)) / (PAUSE_SIGMA * math.sqrt(2)))
