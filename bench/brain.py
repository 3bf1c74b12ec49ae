"""How well the offline brain understands: accuracy per intent and slots, held-in and held-out, and ms per turn.

Run ``python -m bench.brain`` (``--show`` lists the held-in mistakes); prints a table and writes bench/out/brain.json.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from agent.brain.dialogue import Setting, decide
from agent.brain.reading import Reader
from agent.brain.state import Item, Said
from tests.evals.brain.scoring import CONTEXTS, NOW, TOOLS, Scored, load, score

OUT = Path(__file__).with_name("out") / "brain.json"


def main() -> None:
    before = memory_mb()
    started = time.perf_counter()
    reader = Reader()
    build_ms = (time.perf_counter() - started) * 1000
    report: dict[str, Any] = {"build_ms": round(build_ms)}
    for name in ("held_in", "held_out"):
        scored = [score(line, reader) for line in load(name)]
        report[name] = summary(scored)
        print_table(name, scored, report[name])
        if name == "held_in" and "--show" in sys.argv:
            for item in scored:
                if not item.right:
                    print(f"  wrong: {item.label:24} {item.text!r}\n         {item.got}")
    report["turn_ms"] = turn_times(reader, list(CONTEXTS["booked"]))
    report["long_turn_ms"] = turn_times(reader, list(CONTEXTS["booked"]) * 10)
    report["memory_mb"] = {name: round(value - before[name]) for name, value in memory_mb().items()}
    print(f"\none turn, unseen sentence: {report['turn_ms']}; after 60 items: {report['long_turn_ms']}")
    print(f"built in {build_ms:.0f} ms; memory added (MB): {report['memory_mb']}")
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


def turn_times(reader: Reader, before: list[Item]) -> dict[str, float]:
    """Wall and CPU milliseconds of one decision on a sentence that was not read before."""
    wall: list[float] = []
    cpu: list[float] = []
    setting = Setting(NOW, TOOLS, "", reader.intent)
    for number, line in enumerate(load("held_in")[::3]):
        items = [*before, Said(f"{line['text']} number {number} of {len(before)}")]
        started, used = time.perf_counter(), time.process_time()
        decide(items, setting)
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    p95 = statistics.quantiles(wall, n=20)[-1]
    return {"median": _ms(wall), "p95": round(p95, 1), "cpu_median": _ms(cpu)}


def _ms(times: list[float]) -> float:
    return round(statistics.median(times), 1)


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


def memory_mb() -> dict[str, float]:
    """This process's own memory and what it shares with others (mapped weights), in MB; Linux only."""
    sizes = {"private": 0.0, "shared": 0.0}
    for line in Path("/proc/self/smaps_rollup").read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name in {"Private_Dirty", "Private_Clean", "Shared_Clean", "Shared_Dirty"}:
            # a lone process maps the weights "privately clean": such pages are shared as soon as a second one runs
            sizes["private" if name == "Private_Dirty" else "shared"] += int(value.split()[0]) / 1024
    return sizes


if __name__ == "__main__":
    main()
