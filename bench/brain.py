"""How well the offline brain understands: accuracy per intent and slots, held-in and held-out, and ms per turn.

Run ``python -m bench.brain`` (``--show`` lists the held-in mistakes); prints a table and writes bench/out/brain.json.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from agent.brain.dialogue import Setting, decide
from agent.brain.reading import Reader
from agent.brain.state import Said
from tests.evals.brain.scoring import CONTEXTS, NOW, TOOLS, Scored, load, score

OUT = Path(__file__).with_name("out") / "brain.json"


def main() -> None:
    before_mb = _memory_mb()
    started = time.perf_counter()
    reader = Reader()
    build_ms = (time.perf_counter() - started) * 1000
    report: dict[str, Any] = {"build_ms": round(build_ms), "memory_mb": round(_memory_mb() - before_mb)}
    for name in ("held_in", "held_out"):
        scored = [score(line, reader) for line in load(name)]
        report[name] = summary(scored)
        print_table(name, scored, report[name])
        if name == "held_in" and "--show" in sys.argv:
            for item in scored:
                if not item.right:
                    print(f"  wrong: {item.label:24} {item.text!r}\n         {item.got}")
    report["turn_ms"] = turn_times(reader)
    print(f"\nper turn in a conversation of 7 items, unseen sentence: {report['turn_ms']}")
    print(f"built in {build_ms:.0f} ms, {report['memory_mb']} MB more")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def summary(scored: list[Scored]) -> dict[str, Any]:
    """Shares of right lines, overall and per label."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for item in scored:
        groups[item.label.split(":")[0]].append(item)
    return {
        "lines": len(scored),
        "intents": _share([item.intent_right for item in scored]),
        "slots": _share([item.slots_right for item in scored]),
        "both": _share([item.right for item in scored]),
        "per_intent": {label: _share([item.right for item in items]) for label, items in sorted(groups.items())},
        "ms_median": round(statistics.median(item.ms for item in scored), 1),
    }


def turn_times(reader: Reader) -> dict[str, float]:
    """Milliseconds of one decision on a sentence that was not read before."""
    times: list[float] = []
    setting = Setting(NOW, TOOLS, "", reader.intent)
    for number, line in enumerate(load("held_in") + load("held_out")):
        items = [*CONTEXTS["booked"], Said(f"{line['text']} number {number}")]
        started = time.perf_counter()
        decide(items, setting)
        times.append((time.perf_counter() - started) * 1000)
    return {"median": round(statistics.median(times), 1), "p95": round(statistics.quantiles(times, n=20)[-1], 1)}


def print_table(name: str, scored: list[Scored], result: dict[str, Any]) -> None:
    print(
        f"\n{name}: {result['lines']} lines, intents {result['intents']:.1%}, slots {result['slots']:.1%}, "
        f"both {result['both']:.1%}, median {result['ms_median']} ms"
    )
    for label, share in result["per_intent"].items():
        count = sum(item.label.split(":")[0] == label for item in scored)
        print(f"  {label:14} {count:4} {share:7.1%}")


def _share(values: list[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
