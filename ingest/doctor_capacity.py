"""What `voiceloop doctor` says of this machine's speed: the spoken self-test, its latency, and how many calls it holds.

The worker's program measures (``python -m agent selftest``: JSON lines); this reads it, explains it in plain words and
keeps it in the home, where a worker with VOICELOOP_MAX_CALLS=auto finds it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from store import capacity
from store.capacity import GOAL_S, Machine, Measured
from store.errors import SettingsError

State = tuple[str, str, str]
TIMEOUT_S: Final = 120.0
_SAID_MOST = 300


@dataclass(frozen=True, slots=True)
class SelfTest:
    """``said``: the last JSON line; None with the reason in ``trouble``."""

    said: Mapping[str, Any] | None
    trouble: str = ""


async def self_test(environment: Mapping[str, str], doing: Callable[[str], None]) -> SelfTest:
    """Let the worker's program speak, hear, answer and measure; ``doing`` is told each step."""
    with tempfile.TemporaryDirectory(prefix="voiceloop-", ignore_cleanup_errors=True) as engines:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "agent", "selftest"),
            # it opens no database and nothing sealed, but the worker's settings ask for both
            env={
                "DATABASE_URL": "postgresql:///",
                "VOICELOOP_SECRET_KEY": token_hex(32),
                **environment,
                "VOICELOOP_ENGINE_DIR": engines,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                said, errors = await asyncio.gather(_follow(process, doing), _errors(process))
        except TimeoutError:
            return SelfTest(None, f"gave no answer in {TIMEOUT_S:.0f} s")
        finally:
            if process.returncode is None:  # late, or nobody waits for it any more
                process.kill()
            await process.wait()
    if said is None:
        return SelfTest(None, f"the speech models do not work here: {(errors or ['no output'])[-1][:_SAID_MOST]}")
    return SelfTest(said)


def findings(test: SelfTest, home: Path) -> Iterator[State]:
    """(what, "ok", "note" or "missing", detail), one a line; what was measured is kept in ``home``."""
    if test.said is None:
        yield "Self-test", "missing", test.trouble
        return
    yield "It heard", "ok" if test.said.get("text") else "missing", str(test.said.get("text") or "nothing")
    measured = measured_in(test.said)
    if measured is None:
        return
    yield "Understanding speech", "ok", f"{measured.recognise_ms:.0f} ms for a sentence"
    yield "End of a turn", "ok", f"{measured.end_of_turn_ms:.0f} ms to judge by sound"
    yield "Finding meaning", "ok", f"{measured.embed_ms:.0f} ms"
    yield "Beginning to speak", "ok", f"{measured.speak_ms:.0f} ms to the first clause"
    yield _answer(measured)
    yield _lag(measured)
    yield _calls(measured)
    yield _kept(measured, home)


def measured_in(said: Mapping[str, Any]) -> Measured | None:
    """None from a worker of another version."""
    try:
        values = dict(said["measured"])
        machine = Machine(**values.pop("machine"))
        return Measured(machine, **values)
    except (KeyError, TypeError, ValueError):
        return None


def _answer(measured: Measured) -> State:
    words = f"about {measured.answer_ms / 1000:.2f} s from the last word to the first sound, with one call (estimated)"
    if not _is_late(measured):
        return "Answer heard after", "ok", words
    advice = "use faster cores, or providers by key"
    if _is_busy(measured):
        advice = "other programs are busy here; measure again when they are done"
    return "Answer heard after", "note", f"{words}; the goal is {GOAL_S:g} s: {advice}"


def _lag(measured: Measured) -> State:
    detail = f"timers come {measured.lag_ms:.0f} ms late"
    if measured.lag_ms > 20:
        return "Event loop", "note", f"{detail}: other programs are busy here; measure again when they are done"
    return "Event loop", "ok", detail


def _calls(measured: Measured) -> State:
    calls, machine = capacity.calls_at_goal(measured), measured.machine
    limit = "memory" if capacity.calls_in_memory(machine.memory_mb) <= calls else "processors"
    goal = f"95 of 100 answers heard within {GOAL_S:g} s"
    holds = f"{calls}, even so not with {goal}" if _is_late(measured) else f"{calls} with {goal}"
    detail = (
        f"{holds}, limited by its {limit} ({machine.cores:g} cores, "
        f"{machine.memory_mb / 1000:.0f} GB; a turn costs {measured.turn_core_s * 1000:.0f} ms of a core, "
        f"a call about {capacity.CALL_MB} MB)"
    )
    return "Calls at once", "note" if _is_late(measured) else "ok", detail


def _kept(measured: Measured, home: Path) -> State:
    if _is_busy(measured):
        detail = f"no: other programs are busy here ({measured.others:.1f} a core); measure again when they are done"
        return "Kept", "note", detail
    try:
        path = capacity.keep(home, measured)
    except SettingsError as error:
        return "Kept", "note", error.message
    return (
        "Kept",
        "ok",
        f"in {path}; the next worker that starts takes so many, unless VOICELOOP_MAX_CALLS says a number",
    )


def _is_late(measured: Measured) -> bool:
    """With one call already."""
    return measured.answer_ms > GOAL_S * 1000


def _is_busy(measured: Measured) -> bool:
    return measured.others > capacity.QUIET


async def _follow(process: asyncio.subprocess.Process, doing: Callable[[str], None]) -> Mapping[str, Any] | None:
    """The last line that is no progress."""
    said: Mapping[str, Any] | None = None
    async for value in _json_lines(process):
        if "doing" in value:
            doing(str(value["doing"]))
        else:
            said = value
    return said


async def _json_lines(process: asyncio.subprocess.Process) -> AsyncIterator[Mapping[str, Any]]:
    assert process.stdout is not None
    async for line in process.stdout:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


async def _errors(process: asyncio.subprocess.Process) -> list[str]:
    assert process.stderr is not None
    return (await process.stderr.read()).decode(errors="replace").strip().splitlines()
