"""How likely a pause is the end of the turn, and how long to wait for being sure. Pure; asked anew at every evidence.

The wait is the one whose expected cost is least: waiting costs its seconds when the turn is over, answering too early
costs ``cut_off_s`` seconds when it is not. Both figures, and the weights, stand in weights.toml.
"""

from __future__ import annotations

import math

from agent.turns.evidence import Asked, Evidence
from agent.turns.features import DICTATED, bare_answer, features_of, pause_scale, quiet_s
from agent.turns.weights import CUT_OFF_COSTS_S, DICTATION_COSTS_S, FEATURES, pause_lasts

SHORTEST_WAIT_S = 0.12
# A word that answers yes or no is often only the first, "Yes, please", "No, make it five", and acted upon at once
ASSENTED_WAIT_S, DENIED_WAIT_S = 0.45, 0.6
LONGEST_WAIT_S = 1.5
_STEP_S = 0.02
_WAITS_S = tuple(SHORTEST_WAIT_S + _STEP_S * step for step in range(1 + round((1.5 - SHORTEST_WAIT_S) / _STEP_S)))


def p_end(evidence: Evidence) -> float:
    """Probability (0 to 1) that the caller has finished; never falls as the silence grows or the sound is surer."""
    return _chance(sum(FEATURES.get(name, 0.0) * value for name, value in features_of(evidence).items()))


def wait_s(p: float, evidence: Evidence, patience: float = 1.0) -> float:
    """Seconds of quiet (``features.quiet_s``), from the last speech on, after which to answer: 0.12 to 1.5.
    An answer of no more than a yes or a no is waited for longer, whatever the sum says.

    ``p`` is ``p_end(evidence)``. ``patience``: the persona's factor. The same whenever in the pause it is asked,
    as long as nothing but the silence has changed: the silence's own share of ``p`` is taken out again.
    """
    scale, power = pause_scale(evidence), FEATURES.get("silence", 1.0)
    p = min(max(p, 1e-9), 1 - 1e-9)
    at_once = _chance(math.log(p / (1 - p)) + power * math.log(max(pause_lasts(quiet_s(evidence), scale), 1e-6)))
    cut_off = DICTATION_COSTS_S if evidence.asked in DICTATED else CUT_OFF_COSTS_S
    best = min(_WAITS_S, key=lambda wait: at_once * wait + (1 - at_once) * cut_off * pause_lasts(wait, scale) ** power)
    return min(LONGEST_WAIT_S, max(_shortest_s(evidence), best * max(0.0, patience)))


def _shortest_s(evidence: Evidence) -> float:
    answer = bare_answer(evidence.words) if evidence.asked is Asked.YES_NO else ""
    return {"yes": ASSENTED_WAIT_S, "no": DENIED_WAIT_S}.get(answer, SHORTEST_WAIT_S)


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(40.0, max(-40.0, log_odds))))
