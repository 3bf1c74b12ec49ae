"""The policy's waits against drawn or recorded pauses: how long after an end, how often into a pause.

Beside it two plain rules on the same pauses: a fixed silence, and the acoustic model alone with a time-out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unittest import mock

import numpy as np

from agent.turns import policy
from bench.turns.sound import Pause

ASKED_AT_S = (0.12, 0.2, 0.32, 0.5, 0.8, 1.2)
COSTS_S = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
Rule = Callable[[Pause], float]


def policy_wait(cut_off_costs_s: float) -> Rule:
    """Seconds of silence after which the policy answers, asked again as the pause goes on."""
    dictation_s = policy.DICTATION_COSTS_S * cut_off_costs_s / policy.CUT_OFF_COSTS_S

    def rule(pause: Pause) -> float:
        wait = policy.LONGEST_WAIT_S
        for silence in sorted({*ASKED_AT_S, round(pause.heard_at_s, 2)}):
            if silence < pause.heard_at_s:
                continue
            if silence > wait:
                break
            evidence = pause.seen(silence)
            with (
                mock.patch.object(policy, "CUT_OFF_COSTS_S", cut_off_costs_s),
                mock.patch.object(policy, "DICTATION_COSTS_S", dictation_s),
            ):
                wait = max(silence, policy.wait_s(policy.p_end(evidence), evidence))
        return min(wait, policy.LONGEST_WAIT_S)

    return rule


def fixed(silence_s: float) -> Rule:
    return lambda _: silence_s


def acoustic(sure_s: float, unsure_s: float) -> Rule:
    return lambda pause: sure_s if (pause.acoustic or 0.0) >= 0.5 else unsure_s


def show(pauses: Sequence[Pause], weights: dict[str, float]) -> None:
    rules: dict[str, Rule] = {f"policy, a cut-off costs {costs} s": policy_wait(costs) for costs in COSTS_S}
    rules |= {f"silence {silence} s": fixed(silence) for silence in (0.3, 0.6, 1.0, 1.5)}
    if any(pause.acoustic is not None for pause in pauses):
        rules["smart-turn 0.2 / 1.5 s"] = acoustic(0.2, 1.5)
    print("    rule                     wait after an end: mean  median  p95   cut off: pauses  of 0.4-1.3 s")
    with mock.patch.object(policy, "FEATURES", weights):
        for name, rule in rules.items():
            _show_rule(name, rule, pauses)


def _show_rule(name: str, rule: Rule, pauses: Sequence[Pause]) -> None:
    waited = np.array([rule(pause) for pause in pauses])
    weight = np.array([pause.weight for pause in pauses])
    lasts = np.array([pause.lasts_s for pause in pauses])
    ended, held = np.isinf(lasts), np.isfinite(lasts)
    middle = held & (lasts >= 0.4) & (lasts <= 1.3)
    cut, cut_middle = (
        np.average(lasts[some] > waited[some], weights=weight[some]) if some.any() else np.nan
        for some in (held, middle)
    )
    after = waited[ended] if ended.any() else np.array([np.nan])
    figures = (after.mean(), np.median(after), np.percentile(after, 95), cut, cut_middle)
    print("    {:36} {:12.2f} {:7.2f} {:5.2f} {:14.1%} {:12.1%}".format(name, *figures))
