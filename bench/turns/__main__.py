"""Fits the weights of the end-of-turn policy, tells how good they are, and with --write puts them into weights.toml.

`python -m bench.turns [--write] [--recorded FILE] [--measured FILE ...]`. The pauses of record.py: those of --recorded
are fitted on, those of --measured only measured on. The same numbers every time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.turns.features import features_of
from bench.turns import cuts, recorded, waits
from bench.turns.cuts import Cut
from bench.turns.fit import Numbers, auc, brier, calibration_error, chances, logistic, reliability
from bench.turns.sound import SEEN_AT_S, Pause, draw
from bench.turns.tables import show_reliability, show_weights, write_weights

SEED, DRAWS, FOLDS, DAMPING = 7, 4, 5, 0.7
NEVER_NEGATIVE = ("silence", "acoustic", "acoustic_alone")
FOREIGN = 0.15  # of what is fitted on: there the weights learn to do without words


@dataclass(frozen=True, slots=True)
class Rows:
    """Evidence as numbers: one row for each pause and silence it is seen at."""

    table: list[dict[str, float]]
    ended: Numbers
    weights: Numbers
    sayings: Numbers

    def matrix(self, names: Sequence[str]) -> Numbers:
        return np.array([[row.get(name, 0.0) for name in names] for row in self.table])


def rows_of(pauses: Sequence[Pause]) -> Rows:
    seen = [
        (pause, silence) for pause in pauses for silence in SEEN_AT_S if pause.heard_at_s <= silence < pause.lasts_s
    ]
    return Rows(
        [features_of(pause.seen(silence)) for pause, silence in seen],
        np.array([float(pause.cut.is_end) for pause, _ in seen]),
        np.array([pause.weight for pause, _ in seen]) / (DRAWS * len(SEEN_AT_S)),
        np.array([pause.cut.saying for pause, _ in seen], dtype=float),
    )


def drawn(some: Sequence[Cut], seed: int, *, heard: bool | None = None, foreign: float = 0.0) -> list[Pause]:
    random = np.random.default_rng(seed)
    return [draw(cut, random, heard=heard, foreign=foreign) for cut in some for _ in range(DRAWS)]


def cross_validated(rows: Rows, matrix: Numbers, never_negative: list[int]) -> Numbers:
    """p of each row from weights that did not see its utterance."""
    chance = np.zeros(len(rows.table))
    for fold in range(FOLDS):
        out = rows.sayings % FOLDS == fold
        found = logistic(matrix[~out], rows.ended[~out], rows.weights[~out], never_negative, damping=DAMPING)
        chance[out] = chances(matrix[out], found)
    return chance


def quality(chance: Numbers, rows: Rows) -> str:
    figures = (measure(chance, rows.ended, rows.weights) for measure in (auc, brier, calibration_error))
    return "AUC {:.3f}  Brier {:.3f}  calibration error {:.3f}".format(*figures)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.turns")
    parser.add_argument("--write", action="store_true", help="put the weights into agent/turns/weights.toml")
    parser.add_argument("--recorded", type=Path, help="JSON lines of recorded pauses, fitted on")
    parser.add_argument("--measured", type=Path, nargs="*", default=[], help="others, only measured on")
    wanted = parser.parse_args()
    known = cuts.fitted()
    pauses = drawn(known, SEED, foreign=FOREIGN)
    if wanted.recorded:
        pauses += recorded.for_fitting(wanted.recorded, np.random.default_rng(SEED), DRAWS)
    rows = rows_of(pauses)
    names = ["constant", *sorted({name for row in rows.table for name in row} - {"constant"})]
    matrix, positive = rows.matrix(names), [names.index(name) for name in NEVER_NEGATIVE]
    unseen = cross_validated(rows, matrix, positive)
    found = logistic(matrix, rows.ended, rows.weights, positive, damping=DAMPING)
    ends = sum(cut.is_end for cut in known)
    print(f"{ends} utterances, {len(known)} cuts, {len(rows.table)} rows\ncross-validated: {quality(unseen, rows)}")
    show_reliability(reliability(unseen, rows.ended, rows.weights))
    show_weights(names, found)
    fresh = dict(zip(names, found.tolist(), strict=True))
    if wanted.write:
        write_weights(fresh, f"{ends} utterances, {len(known)} cuts; cross-validated {quality(unseen, rows)}")
    _measure_unseen(names, found, wanted.measured)


def _measure_unseen(names: Sequence[str], found: Numbers, real: Sequence[Path]) -> None:
    """What the weights are worth on utterances they were not fitted on, as probabilities and as waits."""
    apart, plain = cuts.held_out(), cuts.held_out_elsewhere()
    weights = dict(zip(names, found.tolist(), strict=True))
    for told, some, heard, foreign in (
        ("held out, words and sound", apart, True, 0.0),
        ("held out, words alone", apart, False, 0.0),
        ("held out, sound alone (an unknown language)", apart, True, 1.0),
        ("held out elsewhere, words and sound", plain, True, 0.0),
        ("held out elsewhere, words alone", plain, False, 0.0),
    ):
        rows = rows_of(drawn(some, SEED + 1, heard=heard, foreign=foreign))
        chance = chances(rows.matrix(names), found)
        print(f"\n{told}: {sum(cut.is_end for cut in some)} utterances, {quality(chance, rows)}")
        show_reliability(reliability(chance, rows.ended, rows.weights))
        waits.show(drawn(some, SEED + 2, heard=heard, foreign=foreign), weights)
    for path in real:
        kinds = recorded.read(path)
        paused = [pause for kind, some in kinds.items() if kind.startswith("pause_") for pause in some]
        for kind, some in {**kinds, "all with a pause": paused, "plain, and all pauses": _frontier(kinds)}.items():
            print(f"\n{path.stem}: {kind}, {len(some)} recorded")
            waits.show(some, weights)


def _frontier(kinds: dict[str, list[Pause]]) -> list[Pause]:
    """How long plain utterances wait, against how many pauses of the others are cut."""
    paused = [pause for kind, some in kinds.items() if kind.startswith("pause_") for pause in some]
    return [*kinds.get("plain", []), *(pause for pause in paused if not pause.cut.is_end)]


if __name__ == "__main__":
    main()
