"""Samples by measurement and agent; their median and spread; the table and the JSON file."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.voice.scene import OURS, STOCK
from tests.e2e.caller import NotHeard


@dataclass
class Figures:
    """``samples[measurement][agent]`` in the unit that the measurement's name ends with."""

    samples: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, measurement: str, agent: str, value: float) -> None:
        self.samples[measurement][agent].append(round(value, 4))

    @contextmanager
    def missing(self, measurement: str, agent: str) -> Iterator[None]:
        """Count it when what should be measured inside is not heard at all, and go on."""
        try:
            yield
        except NotHeard as reason:
            self.missed[f"{measurement} {agent}"].append(str(reason))

    def median(self, measurement: str, agent: str) -> float:
        return statistics.median(self.samples[measurement][agent])

    def summary(self) -> dict[str, Any]:
        """Everything measured, with n, median and spread, and whether the aims were reached."""
        return {
            "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
            "figures": {
                name: {agent: describe(values) for agent, values in by_agent.items()}
                for name, by_agent in self.samples.items()
            },
            "not_heard": dict(self.missed),
            "aims": self.aims(),
        }

    def aims(self) -> dict[str, dict[str, Any]]:
        """The figures that VoiceLoop has set itself, as measured here."""
        ratio = self.median("heard_latency_s", OURS) / self.median("heard_latency_s", STOCK)
        found = {
            "heard latency, median, share of the stock agent's": (ratio, 0.75),
            "greeting after the caller's track, median s": (self.median("greeting_s", OURS), 1.0),
        }
        for name, title, limit in (
            ("memory_per_call_mb", "memory per extra call, median MB", 250.0),
            ("warm_start_s", "`up` to ready over existing data, s", 10.0),
        ):
            if name in self.samples:
                found[title] = (self.median(name, OURS), limit)
        return {
            title: {"value": round(value, 3), "at_most": limit, "reached": value <= limit}
            for title, (value, limit) in found.items()
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.summary(), indent=1) + "\n", "utf-8")

    def show(self, console: Console) -> None:
        """The table a person reads."""
        table = Table(title="VoiceLoop beside a stock LiveKit agent, same models, same run")
        table.add_column("", no_wrap=True)
        for agent in (OURS, STOCK):
            for title in (f"{agent}: median", "p95", "range", "n"):
                table.add_column(title, justify="right", no_wrap=True)
        for name, by_agent in self.samples.items():
            cells = [cell for agent in (OURS, STOCK) for cell in _cells(name, by_agent.get(agent, []))]
            table.add_row(name, *cells)
        console.print(table)
        for name, reasons in self.missed.items():
            console.print(f"not heard: {name}: {len(reasons)} times", markup=False)
        for title, aim in self.aims().items():
            mark = "reached" if aim["reached"] else "missed"
            console.print(f"{title}: {aim['value']:g} (at most {aim['at_most']:g}): {mark}")


def describe(values: list[float]) -> dict[str, Any]:
    """n, median, 95th percentile (nearest rank), least and most, and the samples themselves."""
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "median": round(statistics.median(ordered), 3),
        "mean": round(statistics.fmean(ordered), 3),
        "p95": ordered[max(0, -(-len(ordered) * 95 // 100) - 1)],
        "min": ordered[0],
        "max": ordered[-1],
        "samples": values,
    }


def _cells(name: str, values: list[float]) -> list[str]:
    if not values:
        return ["", "", "", ""]
    found = describe(values)
    if name.startswith("cut_off"):
        return [f"{sum(values):.0f} of {len(values)}", "", "", str(len(values))]
    digits = 0 if name.endswith("_mb") else 2
    return [
        f"{found['median']:.{digits}f}",
        f"{found['p95']:.{digits}f}",
        f"{found['min']:.{digits}f} to {found['max']:.{digits}f}",
        str(found["n"]),
    ]
