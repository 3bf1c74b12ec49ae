"""Fits the weights of ``tools/knowledge/ranking.py`` on the half of the questions that is not held out and prints them.

`python -m bench.retrieval.fit`. A person copies them there, rounded. Runs a Postgres of its own; the same every time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.retrieval.gather import Gathered
from bench.retrieval.quality import doubt_of, gathered_by_corpus
from bench.retrieval.server import database_server

Numbers = NDArray[np.float64]
_REFUSED = 0.05  # of what the corpus holds may be refused, on the fitted half
_FOLDS = 10


def fit_order(gathered: Sequence[Gathered], *, steps: int = 800, damping: float = 0.03) -> Numbers:
    """Weights under which the right candidate's softmax among its rivals is likeliest."""
    sets = [
        (np.array([evidence.numbers() for evidence in one.evidence]), one.passages.index(one.question.passage))
        for one in gathered
        if one.question.passage is not None and one.question.passage in one.passages
    ]
    spread = np.std(np.concatenate([numbers for numbers, _ in sets]), axis=0) + 1e-6
    weights = np.zeros(len(spread))
    for _ in range(steps):
        slope = damping * weights
        for numbers, right in sets:
            points = numbers / spread @ weights
            chance = np.exp(points - points.max())
            slope += (chance / chance.sum() @ numbers - numbers[right]) / spread / len(sets)
        weights -= 0.5 * slope
    return weights / spread


def fit_doubt(gathered: Sequence[Gathered]) -> tuple[Numbers, float]:
    """Weights and the constant of a logistic regression, shifted so that ``_REFUSED`` of what is held is refused.

    Where that is, is told by fits that did not see the question: those that did are surer than they should be.
    """
    numbers = np.array([doubt_of(one).numbers() for one in gathered])
    held = np.array([one.question.passage is not None for one in gathered])
    unseen = np.zeros(len(held))
    for number in range(_FOLDS):
        out = np.arange(len(held)) % _FOLDS == number
        weights, constant = logistic(numbers[~out], held[~out])
        unseen[out] = numbers[out] @ weights + constant
    weights, constant = logistic(numbers, held)
    return weights, constant - float(np.quantile(unseen[held], _REFUSED))


def logistic(numbers: Numbers, held: NDArray[np.bool_], *, damping: float = 4.0) -> tuple[Numbers, float]:
    """Both kinds weigh the same; Newton's steps."""
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    scaled = np.c_[(numbers - mean) / spread, np.ones(len(numbers))]
    balance = np.where(held, 0.5 / held.mean(), 0.5 / (1 - held.mean()))
    damped = np.r_[np.full(scaled.shape[1] - 1, damping), 1e-9]
    weights = np.zeros(scaled.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ ((chance - held) * balance) + damped * weights
        bend = (scaled * (balance * chance * (1 - chance))[:, None]).T @ scaled + np.diag(damped)
        weights -= np.linalg.solve(bend, slope)
    plain: Numbers = weights[:-1] / spread
    return plain, float(weights[-1] - plain @ mean)


def main() -> None:
    with database_server() as url:
        gathered = [one for part in asyncio.run(gathered_by_corpus(url)).values() for one in part]
    fitted = [one for one in gathered if not one.question.held_out]
    order = fit_order(fitted)
    weights, constant = fit_doubt([one for one in fitted if one.candidates])
    print("order (first is 1):", np.round(order / order[0], 2).tolist())
    print("sure:", np.round(weights, 1).tolist(), "from:", round(-constant, 1))


if __name__ == "__main__":
    main()
