"""The printed tables, and weights.toml as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from bench.turns.fit import Numbers

WEIGHTS = Path(str(files("agent.turns"))) / "weights.toml"


def show_reliability(table: Sequence[tuple[float, float, float]]) -> None:
    print("    p said  ended  share")
    for said, came, share in table:
        print(f"    {said:6.2f} {came:6.2f} {share:6.2f}")


def show_weights(names: Sequence[str], found: Numbers) -> None:
    for name, weight in zip(names, found, strict=True):
        print(f"    {name:22} {weight:6.2f}")


def write_weights(weights: dict[str, float], how: str) -> None:
    """Replaces the table of features and the line that tells how they came about; all else stays."""
    head = WEIGHTS.read_text("utf-8").split("\n[features]\n")[0].rstrip("\n").splitlines()
    head = [line for line in head if not line.startswith("# Last fit:")]
    lines = [f"{name} = {weight:.3f}" for name, weight in weights.items()]
    WEIGHTS.write_text("\n".join([*head, f"# Last fit: {how}.", "[features]", *lines, ""]), "utf-8")
