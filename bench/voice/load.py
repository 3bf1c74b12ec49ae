"""Many calls at once: heard latency, memory and processor time, one call more each time until answers come late.

All of it shares the machine with the media server and the callers themselves, so "calls per core" is what a whole
machine of this size carries, not what a core of a worker does. A number of calls counts as held when 95 of 100 of at
least ANSWERS answers are heard in time; one that never comes, or comes into the caller's words, is late. It ends after
two numbers in a row that were not held: one may be bad luck.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from bench.voice.bench import Bench, Record, quiet
from bench.voice.clock import ClockedCaller
from bench.voice.figures import percentile
from bench.voice.turns import SILENT_AFTER_S, exchange
from tests.e2e.caller import NotHeard

STEPS = (1, 2, 3, 4, 6, 8, 10, 12, 16)
QUICK_STEPS = (1, 2)
LIMIT_S = 1.2  # 95 of 100 answers must be heard by then
QUESTIONS = 4  # of each caller, at each number of calls, at least
ANSWERS = 20  # at each number of calls, at least: of fewer, the p95 is the worst one
LATE_STEPS = 2
EVERY_S = 8.0  # a caller asks this often; the callers' questions lie evenly between


async def measure_load(bench: Bench, part: str = "calls") -> None:
    """Each agent alone, with more and more calls that all talk."""
    for agent in bench.agents:
        async with AsyncExitStack() as calls:
            callers: list[ClockedCaller] = []
            before_mb, held, late = 0.0, 0, 0
            for count in QUICK_STEPS if bench.quick else STEPS:
                while len(callers) < count:
                    try:
                        callers.append(await _one_more(bench, agent, calls))
                    except NotHeard as reason:
                        bench.troubles.append(f"{part} {agent}: no call {len(callers) + 1}: {reason}")
                        break
                if len(callers) < count:
                    break
                late = 0 if await _hold(bench, agent, part, callers) else late + 1
                now_mb = await settled_mb(bench, agent)
                if held:  # the first call warms the engines too: what one more takes is asked, when all have talked
                    bench.note("pss_per_call_mb", agent, (now_mb - before_mb) / (count - held))
                before_mb, held = now_mb, count
                if late == LATE_STEPS:
                    break


async def _one_more(bench: Bench, agent: str, calls: AsyncExitStack) -> ClockedCaller:
    caller = await calls.enter_async_context(bench.scene.call(agent))
    await caller.wait_for_agent_speech(within_s=30)
    await quiet(caller)
    if caller.agent is None:  # our worker's guard: it is overloaded already
        raise NotHeard("it was told that all lines are busy")
    return caller


async def _hold(bench: Bench, agent: str, part: str, callers: list[ClockedCaller]) -> bool:
    """All of them ask for a while; True while they are answered in time."""
    began, used = time.monotonic(), cpu_s(bench.scene.processes(agent))
    rows = await asyncio.gather(*(_ask(bench, agent, part, caller, n, callers) for n, caller in enumerate(callers)))
    elapsed = time.monotonic() - began
    records = [record for row in rows for record in row]
    bench.records += records
    bench.note("cores_per_call", agent, (cpu_s(bench.scene.processes(agent)) - used) / elapsed / len(callers))
    waits = [SILENT_AFTER_S if record.latency_s is None else record.latency_s for record in records]
    kept = percentile(waits, 95) <= LIMIT_S
    bench.note("calls_in_time", agent, len(callers) if kept else 0)
    for name, value in bench.scene.strain(agent).items():
        bench.note(f"{name}_at_{len(callers)}", agent, value)
    return kept


async def _ask(
    bench: Bench, agent: str, part: str, caller: ClockedCaller, number: int, callers: list[ClockedCaller]
) -> list[Record]:
    utterances, records = bench.cast.plain, list[Record]()
    began = time.monotonic() + EVERY_S * number / len(callers)
    for turn in range(2 if bench.quick else max(QUESTIONS, -(-ANSWERS // len(callers)))):
        await asyncio.sleep(max(0.0, began + turn * EVERY_S - time.monotonic()))
        said = utterances[(number * 7 + turn) % len(utterances)]
        record = await exchange(caller, agent, part, said)
        record.calls = len(callers)
        records.append(record)
    return records


async def settled_mb(bench: Bench, agent: str) -> float:
    """Memory once it changed by less than 3 MB within a second (a spare process is started for every call taken)."""
    last = pss_mb(bench.scene.processes(agent))
    for _ in range(20):
        await asyncio.sleep(1.0)
        now = pss_mb(bench.scene.processes(agent))
        if abs(now - last) < 3.0:
            return now
        last = now
    return last


def pss_mb(processes: Iterable[psutil.Process]) -> float:
    """Proportional set size: shared pages counted once over all processes."""
    total_kb = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kb / 1000


def cpu_s(processes: Iterable[psutil.Process]) -> float:
    """Processor seconds used so far by what still runs."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
