"""`python -m bench.voice [--quick] [--only PART ...]`: how callers fare with VoiceLoop and with its peers, in one run.

Prints tables, writes JSON and the frontier as SVG. What each part measures is told in bench/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bench.voice import figures, plot
from bench.voice.bench import Bench
from bench.voice.casting import SETS, Cast, cast, through_telephone
from bench.voice.figures import OURS
from bench.voice.load import measure_load
from bench.voice.mixing import background
from bench.voice.over import measure_over
from bench.voice.scene import AGENTS, open_scene
from bench.voice.stub_llm import MODEL, stub_llm
from bench.voice.turns import measure_turns
from bench.voice.voices import Booth
from tests.e2e.caller import NotHeard
from tests.e2e.stack import REPOSITORY, Stack

TABLE_WIDTH = 160
OUT = REPOSITORY / "bench" / "out" / "voice.json"
STUB_DELAY_S = 0.5
QUIET_BELOW = 10.0  # per cent of the machine busy before the run
Part = Callable[[Bench], Awaitable[None]]


async def _plain(bench: Bench, part: str = "plain") -> None:
    await measure_turns(bench, part, bench.some(bench.cast.plain, 4))


async def _phone(bench: Bench) -> None:
    said = bench.some(bench.cast.plain, 2) if bench.quick else bench.cast.plain[::2]
    await measure_turns(bench, "phone", [through_telephone(one) for one in said])


async def _babble(bench: Bench, snr_db: float) -> None:
    said = bench.some(bench.cast.plain, 2) if bench.quick else bench.cast.plain[::2]
    await measure_turns(bench, f"babble{snr_db:.0f}", said, background(bench.cast.babble, snr_db))


async def _pauses(bench: Bench) -> None:
    await measure_turns(bench, "pauses", bench.some(bench.cast.pauses, 4))


async def _pauses_babble(bench: Bench) -> None:
    said = bench.some(bench.cast.pauses, 2) if bench.quick else bench.cast.pauses[::2]
    await measure_turns(bench, "pauses_babble10", said, background(bench.cast.babble, 10))


async def _answers(bench: Bench) -> None:
    await measure_turns(bench, "answers", bench.some(bench.cast.answers, 2))


async def _dictation(bench: Bench) -> None:
    await measure_turns(bench, "dictation", bench.some(bench.cast.dictation, 1))


# with the built-in mind (peers: the table, at once); below, for all a model that needs 500 ms
OFFLINE: dict[str, Part] = {
    "plain": _plain,
    "pauses": _pauses,
    "babble10": partial(_babble, snr_db=10),
    "babble15": partial(_babble, snr_db=15),
    "pauses_babble10": _pauses_babble,
    "phone": _phone,
    "calls": measure_load,
}
STUBBED: dict[str, Part] = {
    "over": measure_over,
    "llm500": partial(_plain, part="llm500"),
    "answers": _answers,
    "dictation": _dictation,
}
QUICK = ("plain", "pauses", "over")


def main() -> None:
    arguments = _arguments()
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    wanted = arguments.only or (QUICK if arguments.quick else [*OFFLINE, *STUBBED])
    began = time.monotonic()
    console.print(f"recordings: {arguments.set}")
    said = cast(arguments.set, Booth())
    machine = _machine(said)
    if not machine["quiet"]:
        console.print(f"The machine is {machine['busy_percent']:.0f} % busy with other work: no figures to report.")
    bench = Bench(None, said, arguments.agents, arguments.quick)  # type: ignore[arg-type]
    try:
        with _folder() as folder:
            _run(bench, {name: OFFLINE[name] for name in wanted if name in OFFLINE}, folder, None, console)
            _run(bench, {name: STUBBED[name] for name in wanted if name in STUBBED}, folder, STUB_DELAY_S, console)
    finally:
        machine["minutes"] = round((time.monotonic() - began) / 60, 1)
        _report(bench, machine, arguments.out, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.voice", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of each, about three minutes; says little")
    parts = [*OFFLINE, *STUBBED]
    parser.add_argument("--only", nargs="+", choices=parts, metavar="PART", help=" ".join(parts))
    parser.add_argument("--set", choices=SETS, default="reporting", help="who speaks and what; tune with `tuning` only")
    parser.add_argument("--agents", nargs="+", choices=AGENTS, default=list(AGENTS))
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes, the SVG beside it")
    return parser.parse_args()


def _run(bench: Bench, parts: dict[str, Part], folder: Path, llm_delay_s: float | None, console: Console) -> None:
    """One start of VoiceLoop and the peers, and the parts in it; a part that fails is told and the others go on."""
    if not parts:
        return
    with ExitStack() as running:
        environment: dict[str, str] = {}
        if llm_delay_s is not None:
            url = running.enter_context(stub_llm(llm_delay_s))
            environment = {"VOICELOOP_LLM": "openai,offline", "OPENAI_BASE_URL": url, "OPENAI_MODEL": MODEL}
        stack = running.enter_context(Stack(folder, environment=environment))
        bench.note("start_s", OURS, stack.started_in_s)
        bench.scene = running.enter_context(open_scene(folder, stack, bench.agents, llm_delay_s or 0.0))
        for name, part in parts.items():
            console.print(f"{time.strftime('%H:%M:%S')} {name}")
            try:
                asyncio.run(part(bench))  # type: ignore[arg-type]
            except NotHeard as reason:
                bench.troubles.append(f"{name}: {reason}")


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


def _report(bench: Bench, machine: dict[str, Any], out: Path, console: Console) -> None:
    for agent, counts in bench.values.get("calls_in_time", {}).items():
        bench.values.setdefault("calls_per_core", {})[agent] = [max(counts) / (os.cpu_count() or 1)]
    if bench.late_ms:
        machine["microphone_late_p99_ms"] = round(figures.percentile(bench.late_ms, 99), 2)
    machine["troubles"] = bench.troubles
    found = figures.summary(bench.records, bench.values)
    figures.write(out, machine, found, bench.records)
    figures.show(console, found)
    if points := plot.points_of(found):
        title = f"Waiting against interrupting ({machine['set']}, {machine['cpus']} cores)"
        out.with_suffix(".svg").write_text(plot.svg(points, title), "utf-8")
    for trouble in bench.troubles:
        console.print(trouble, markup=False)
    late, busy = machine.get("microphone_late_p99_ms"), machine["busy_percent"]
    console.print(f"{machine['minutes']} min; busy before: {busy} %; microphone late, p99: {late} ms; written to {out}")


@contextmanager
def _folder() -> Iterator[Path]:
    """A short path, since sockets live in it, that the database's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="vl-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
