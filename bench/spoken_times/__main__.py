"""Exactly right, rightly asked, asked without need, silently wrong, nothing: of the phrases of tests/evals/language.

Run ``python -m bench.spoken_times`` (``--show`` lists the held-in mistakes). ``--python PATH`` also scores the
libraries that interpreter has (see ``libraries``). Prints a table and writes bench/out/spoken_times.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.evals.language.ours import listen
from tests.evals.language.scoring import OUTCOMES, Scored, load, score

OUT = Path(__file__).parents[1] / "out" / "spoken_times.json"
ROOT = Path(__file__).parents[2]
SETS = ("held_in", "held_out", "tuned_after_first_run")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.spoken_times")
    parser.add_argument("--show", action="store_true", help="list the held-in mistakes")
    parser.add_argument("--python", default="", help="an interpreter that has libraries to compare with")
    wanted = parser.parse_args()
    report: dict[str, Any] = {}
    for name in SETS:
        scored, times = _ours(name)
        report.setdefault("voiceloop", {})[name] = dict(Counter(one.outcome for one in scored))
        report["voiceloop"][f"{name}_ms"] = {
            "median": round(statistics.median(times), 2),
            "worst": round(max(times), 2),
        }
        if wanted.show and name != "held_out":
            _show(scored)
    if wanted.python:
        report |= _libraries(wanted.python)
    for name in SETS:
        _table(name, report)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def _ours(name: str) -> tuple[list[Scored], list[float]]:
    scored: list[Scored] = []
    times: list[float] = []
    for line in load(name):
        started = time.perf_counter()
        scored.append(score(line, listen))
        times.append((time.perf_counter() - started) * 1000)
    return scored, times


def _libraries(python: str) -> dict[str, Any]:
    command = [python, "-m", "bench.spoken_times.libraries"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=True)
    return json.loads(told.stdout.splitlines()[-1])


def _show(scored: list[Scored]) -> None:
    for one in scored:
        if not one.right:
            print(f"  {one.outcome}: {one.said!r}\n    wanted {dict(one.wanted)}\n    got {one.got}")


def _table(name: str, report: dict[str, Any]) -> None:
    lines = sum(report["voiceloop"][name].values())
    print(f"\n{name}: {lines} phrases\n{'':28}" + "".join(f"{outcome:>18}" for outcome in OUTCOMES) + f"{'right':>9}")
    for reader, figures in report.items():
        counts = figures[name]
        right = (counts.get("exact", 0) + counts.get("asked", 0)) / lines
        shown = "".join(f"{counts.get(outcome, 0):>18}" for outcome in OUTCOMES)
        print(f"{reader:28}{shown}{right:>9.1%}")


if __name__ == "__main__":
    main()
