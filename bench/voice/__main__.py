"""`python -m bench.voice [--quick] [--only PART ...]`: how callers fare with VoiceLoop and with its peers, in one run.

Prints tables, writes JSON and the frontier as SVG. What each part measures is told in bench/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bench.voice import figures, plot
from bench.voice.bench import Bench
from bench.voice.casting import SETS, Cast, cast
from bench.voice.figures import OURS
from bench.voice.parts import OFFLINE, QUICK, STUBBED, Part
from bench.voice.scene import AGENTS, open_scene
from bench.voice.stub_llm import MODEL, stub_llm
from bench.voice.voices import Booth
from tests.e2e.caller import NotHeard
from tests.e2e.stack import REPOSITORY, Stack

TABLE_WIDTH = 160
OUT = REPOSITORY / "bench" / "out" / "voice.json"
STUB_DELAY_S = 0.5
QUIET_BELOW = 10.0  # per cent of the machine busy before the run


def main() -> None:
    arguments = _arguments()
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # it calls every hang-up an error
    wanted = arguments.only or (QUICK if arguments.quick else [*OFFLINE, *STUBBED])
    began = time.monotonic()
    console.print(f"recordings: {arguments.set}")
    said = cast(arguments.set, Booth())
    machine = _machine(said)
    if not machine["quiet"]:
        console.print(f"The machine is {machine['busy_percent']:.0f} % busy with other work: no figures to report.")
    bench = Bench(said, arguments.agents, arguments.quick)

    def keep() -> figures.Figures:
        return _keep(bench, {**machine, "minutes": round((time.monotonic() - began) / 60, 1)}, arguments.out)

    with _folder() as folder:
        for part in _run(bench, {name: OFFLINE[name] for name in OFFLINE if name in wanted}, folder, None):
            console.print(f"{time.strftime('%H:%M:%S')} {part}")
            keep()
        for part in _run(bench, {name: STUBBED[name] for name in STUBBED if name in wanted}, folder, STUB_DELAY_S):
            console.print(f"{time.strftime('%H:%M:%S')} {part}")
            keep()
    figures.show(console, keep())
    for trouble in bench.troubles:
        console.print(trouble, markup=False)
    console.print(f"{(time.monotonic() - began) / 60:.1f} min; written to {arguments.out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.voice", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of each, about three minutes; says little")
    parts = [*OFFLINE, *STUBBED]
    parser.add_argument("--only", nargs="+", choices=parts, metavar="PART", help=" ".join(parts))
    parser.add_argument("--set", choices=SETS, default="reporting", help="who speaks and what; tune with `tuning` only")
    parser.add_argument("--agents", nargs="+", choices=AGENTS, default=list(AGENTS))
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes, the SVG beside it")
    return parser.parse_args()


def _run(bench: Bench, parts: dict[str, Part], folder: Path, llm_delay_s: float | None) -> Iterator[str]:
    """One start of VoiceLoop and the peers, and the parts in it, each named when it is done; a part that fails is told
    and the others go on."""
    if not parts:
        return
    with ExitStack() as running:
        environment = {"VOICELOOP_MAX_CALLS": "64"}  # measured is what it can hold, not what it admits
        if llm_delay_s is not None:
            url = running.enter_context(stub_llm(llm_delay_s))
            environment |= {"VOICELOOP_LLM": "openai,offline", "OPENAI_BASE_URL": url, "OPENAI_MODEL": MODEL}
        stack = running.enter_context(Stack(folder, environment=environment))
        bench.note("start_s", OURS, stack.started_in_s)
        bench.scene = running.enter_context(open_scene(folder, stack, bench.agents, llm_delay_s or 0.0))
        for name, part in parts.items():
            try:
                asyncio.run(part(bench))
            except NotHeard as reason:
                bench.troubles.append(f"{name}: {reason}")
            yield name


def _machine(said: Cast) -> dict[str, Any]:
    """What the figures depend on; measured before anything of ours runs."""
    busy = psutil.cpu_percent(3.0)
    return {
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "busy_percent": busy,
        "load": os.getloadavg(),
        "quiet": busy < QUIET_BELOW,
        "set": said.name,
        "voices": said.voices,
    }


def _keep(bench: Bench, machine: dict[str, Any], out: Path) -> figures.Figures:
    """The files as far as it has come: a run that is broken off has not been for nothing."""
    for agent, counts in bench.values.get("calls_in_time", {}).items():
        bench.values.setdefault("calls_per_core", {})[agent] = [max(counts) / (os.cpu_count() or 1)]
    if bench.late_ms:
        machine["microphone_late_p99_ms"] = round(figures.percentile(bench.late_ms, 99), 2)
    machine["troubles"] = bench.troubles
    found = figures.summary(bench.records, bench.values)
    figures.write(out, machine, found, bench.records)
    if points := plot.points_of(found):
        title = f"Waiting against interrupting ({machine['set']}, {machine['cpus']} cores)"
        out.with_suffix(".svg").write_text(plot.svg(points, title), "utf-8")
    return found


@contextmanager
def _folder() -> Generator[Path]:
    """A short path, since sockets live in it, that the database's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="vl-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
