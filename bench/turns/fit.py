"""Weighted logistic regression in plain numpy, and how well probabilities fit what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def logistic(rows: Numbers, ended: Numbers, weights: Numbers, never_negative: list[int], *, damping: float) -> Numbers:
    """Coefficients of the columns (the first is the constant, undamped) by Newton's steps; ``damping`` pulls to 0.

    Columns of ``never_negative`` that would get a negative coefficient are left out, so that p stays monotone in them.
    """
    used = np.ones(rows.shape[1], dtype=bool)
    while True:
        found = np.zeros(rows.shape[1])
        found[used] = _newton(rows[:, used], ended, weights, damping)
        against = [column for column in never_negative if found[column] < 0]
        if not against:
            return found
        used[against] = False


def _newton(rows: Numbers, ended: Numbers, weights: Numbers, damping: float) -> Numbers:
    found = np.zeros(rows.shape[1])
    pull = np.full(rows.shape[1], damping)
    pull[0] = 1e-6
    for _ in range(25):
        chance = chances(rows, found)
        slope = rows.T @ ((chance - ended) * weights) + pull * found
        bend = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    return found


def chances(rows: Numbers, weights: Numbers) -> Numbers:
    answer: Numbers = 1 / (1 + np.exp(-np.clip(rows @ weights, -40, 40)))
    return answer


def auc(chance: Numbers, ended: Numbers, weights: Numbers) -> float:
    """Weighted share of pairs (end, not end) in which the end is surer; ties count half."""
    order = np.argsort(chance, kind="stable")
    values, ends = chance[order], ended[order].astype(bool)
    weight = weights[order]
    _, group = np.unique(values, return_inverse=True)
    within = np.bincount(group, weight * ~ends)
    above = np.bincount(group, weight * ends)
    below = np.concatenate(([0.0], np.cumsum(within)[:-1]))
    return float(np.sum(above * (below + within / 2)) / (above.sum() * within.sum()))


def brier(chance: Numbers, ended: Numbers, weights: Numbers) -> float:
    return float(np.average((chance - ended) ** 2, weights=weights))


def reliability(chance: Numbers, ended: Numbers, weights: Numbers, bins: int = 10) -> list[tuple[float, float, float]]:
    """(mean p, share that ended, share of the weight) for each tenth of p."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    table: list[tuple[float, float, float]] = []
    for number in range(bins):
        here = place == number
        if weights[here].sum() > 0:
            said = float(np.average(chance[here], weights=weights[here]))
            came = float(np.average(ended[here], weights=weights[here]))
            table.append((said, came, float(weights[here].sum() / weights.sum())))
    return table


def calibration_error(chance: Numbers, ended: Numbers, weights: Numbers) -> float:
    """Mean distance between what was said and what came, by tenths."""
    return sum(abs(said - came) * share for said, came, share in reliability(chance, ended, weights))
