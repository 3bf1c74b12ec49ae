"""How many calls a machine can hold: from what `voiceloop doctor` measured on it, else from its cores and memory.

The arithmetic and the file that keeps the figures (HOME/capacity.json). Measuring is `agent/measuring.py`; nothing here
looks at a call.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from store.errors import SettingsError

FILE: Final = "capacity.json"
QUIET: Final = 0.5  # with more programs a core, what was measured is theirs too
GOAL_S: Final = 1.2  # 95 of 100 answers are to be heard by then
TURN_EVERY_S: Final = 8.0  # in a lively conversation the caller says something this often
BUSY_AT_GOAL: Final = 0.6  # share of the processors in use up to which requests hardly wait for each other
CORES_PER_CALL: Final = 0.15  # sound in and out, voice detection: what a call takes beside its turns, measured
CALL_MB: Final = 120  # an idle one 70, one that has talked for a while 100
BASE_MB: Final = 1400  # the worker, its speech models, the sidecar, the database
CALLS_PER_CORE: Final = 2  # of a machine that nobody has measured
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores and memory that this program may use, a container's limits counted in."""

    cores: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a machine showed: ``turn_core_s``, seconds of a core that one turn costs; the others in milliseconds.

    ``answer_ms``: from the caller's last word to the first sound heard, estimated for a machine that holds one call.
    """

    machine: Machine
    turn_core_s: float
    answer_ms: float
    lag_ms: float
    recognise_ms: float
    end_of_turn_ms: float
    embed_ms: float
    speak_ms: float
    others: float  # programs that wanted each core when it began: 0 on a quiet machine


def calls_at_goal(measured: Measured) -> int:
    """At least one, whatever the machine."""
    each = measured.turn_core_s / TURN_EVERY_S + CORES_PER_CALL
    by_time = math.floor(measured.machine.cores * BUSY_AT_GOAL / each)
    if measured.answer_ms > GOAL_S * 1000:  # too slow even alone: more calls only make it worse
        by_time = 1
    return max(1, min(by_time, calls_in_memory(measured.machine.memory_mb), MOST))


def calls_unmeasured(machine: Machine) -> int:
    by_cores = math.floor(CALLS_PER_CORE * machine.cores)
    return max(1, min(by_cores, calls_in_memory(machine.memory_mb), MOST))


def calls_in_memory(memory_mb: int) -> int:
    return max(1, (memory_mb - BASE_MB) // CALL_MB)


def calls_of_this_machine(folder: Path | None) -> int:
    """By the figures kept in the home ``folder``, if they are of a machine like this one."""
    machine = this_machine()
    measured = read(folder) if folder else None
    return calls_at_goal(measured) if measured and is_like(measured.machine, machine) else calls_unmeasured(machine)


def is_like(one: Machine, other: Machine) -> bool:
    """The same cores, and nearly the same memory (kernels keep a different part of it for themselves)."""
    return abs(one.cores - other.cores) < 0.05 and abs(one.memory_mb - other.memory_mb) <= 0.1 * other.memory_mb


def read(folder: Path) -> Measured | None:
    """None when nothing was measured, by a version that kept other figures, or when somebody's hand was in it."""
    try:
        value = json.loads((folder / FILE).read_text("utf-8"))
        figures = {name: float(number) for name, number in value.items() if name != "machine"}
        machine = Machine(float(value["machine"]["cores"]), int(value["machine"]["memory_mb"]))
        numbers = (machine.cores, *figures.values())
        return Measured(machine, **figures) if all(0 <= one < math.inf for one in numbers) else None
    except (OSError, ValueError, OverflowError, TypeError, KeyError, AttributeError):
        return None


def keep(folder: Path, measured: Measured) -> Path:
    """Write the figures in one step. Raises SettingsError when the folder takes none."""
    path = folder / FILE
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(json.dumps(asdict(measured), indent=1), "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise SettingsError(f"The figures could not be kept in {folder}: {error.strerror}.") from error
    return path


def this_machine() -> Machine:
    """What the kernel and, in a container, its control group allow."""
    cores = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else float(os.cpu_count() or 1)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        quota, period = _cgroup("cpu.max").split()
        cores = min(cores, int(quota) / int(period))
    with contextlib.suppress(OSError, ValueError):
        memory = min(memory, int(_cgroup("memory.max")))
    return Machine(round(cores, 2), memory // 1_000_000)


def _cgroup(name: str) -> str:
    """Raises OSError without control groups; a limit that is not set reads "max", which is no number."""
    return Path("/sys/fs/cgroup", name).read_text("ascii")
