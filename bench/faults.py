"""Calls through the whole product while one of its parts fails: how long is a caller left in silence?

`python -m bench.faults [--calls 50] [--seed 1] [--only NAME]` starts VoiceLoop with a language model on loopback that
fails on command, and stops or kills real processes: recogniser, voice, database, room server. Each call asks a question
with all well, one with a fault, and one after it. Prints a row a turn and exits 1 when a turn was silent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.e2e import phrases
from tests.e2e.caller import Caller, NotHeard
from tests.e2e.speech import Sound, SpeechStudio
from tests.e2e.stack import Stack
from tests.fakes.openai import Call, FakeOpenAI

FIRST_S, TOLERANCE_S = 2.5, 0.25  # what sound takes through the room, both ways, is in every number
LISTEN_S = 17.0
ANSWER = "You are free the whole afternoon, and nothing is planned for the evening."
QUESTIONS = (phrases.BREAKFAST, phrases.PARKING, phrases.WIFI)
AGENDA = Call("list_events", {"start_date": "2026-11-23", "end_date": "2026-11-24"})


@dataclass
class Turn:
    """What one turn sounded like: seconds from the end of the caller's words to each stretch of the agent's sound."""

    fault: str
    part: str
    sounds: list[float] = field(default_factory=list[float])

    @property
    def is_silent(self) -> bool:
        return not self.sounds or self.sounds[0] > FIRST_S + TOLERANCE_S

    def __str__(self) -> str:
        begins = " ".join(f"{at:5.2f}" for at in self.sounds) or "nothing"
        return f"{self.fault:22} {self.part:7} {begins}{'   SILENT' if self.is_silent else ''}"


class Faults:
    """Makes a part fail for as long as a block lasts."""

    def __init__(self, stack: Stack, mind: FakeOpenAI) -> None:
        self._stack, self._mind = stack, mind
        self.all: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
            "mind hangs": self._mind_hangs,
            "mind slow, 4 s": lambda: self._mind_slow(4.0),
            "mind slow, 9 s": lambda: self._mind_slow(9.0),
            "mind answers 500": self._mind_fails,
            "mind is empty": lambda: self._mind_says(""),
            "mind writes JSON": lambda: self._mind_says('{"name": "book_event", "arguments": {}}'),
            "mind calls for ever": lambda: self._mind_says(AGENDA),
            "recogniser stopped": lambda: self._stopped("agent.pipeline.moonshine_engine"),
            "recogniser killed": lambda: self._killed("agent.pipeline.moonshine_engine"),
            "voice stopped": lambda: self._stopped("agent.pipeline.piper_engine"),
            "voice killed": lambda: self._killed("agent.pipeline.piper_engine"),
            "database stopped": self._database_stopped,
        }

    @contextlib.contextmanager
    def _mind_hangs(self) -> Iterator[None]:
        self._mind.silent = asyncio.Event()
        yield
        self._mind.silent.set()
        self._mind.silent = None

    @contextlib.contextmanager
    def _mind_slow(self, seconds: float) -> Iterator[None]:
        """Answers that long after it was asked; measured from here, so a second or two less from the caller's end."""
        event = self._mind.silent = asyncio.Event()
        handle = asyncio.get_running_loop().call_later(seconds + 2.0, event.set)
        yield
        handle.cancel()
        event.set()
        self._mind.silent = None

    @contextlib.contextmanager
    def _mind_fails(self) -> Iterator[None]:
        self._mind.fail_with = 500
        yield
        self._mind.fail_with = None

    @contextlib.contextmanager
    def _mind_says(self, reply: str | Call) -> Iterator[None]:
        self._mind.replies = [reply]
        yield
        self._mind.replies = [ANSWER]

    @contextlib.contextmanager
    def _stopped(self, module: str) -> Iterator[None]:
        processes = self._stack.processes(module)
        with _paused(processes):
            yield

    @contextlib.contextmanager
    def _killed(self, module: str) -> Iterator[None]:
        for process in self._stack.processes(module):
            process.kill()
        yield

    @contextlib.contextmanager
    def _database_stopped(self) -> Iterator[None]:
        servers = [one for one in self._stack.processes() if "postgres" in one.name()]
        with self._mind_says(AGENDA), _paused(servers):
            yield


@contextlib.contextmanager
def _paused(processes: list[psutil.Process]) -> Iterator[None]:
    if not processes:
        raise RuntimeError("the process that is to fail was not found")
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)


async def _ask(caller: Caller, sound: Sound, fault: str, part: str, listen_s: float) -> Turn:
    said = await caller.say(sound)
    await asyncio.sleep(listen_s)
    turn, last = Turn(fault, part), 0.0
    for at in caller.loud:
        if at > said.ended_at:
            if at - last > 0.4:
                turn.sounds.append(round(at - said.ended_at, 2))
            last = at
    return turn


async def _call(stack: Stack, faults: Faults, fault: str, questions: list[Sound]) -> list[Turn]:
    """A call of three turns, the middle one with the fault."""
    async with Caller(*stack.token()) as caller:
        await caller.wait_until_listening(within_s=60)
        turns = [await _ask(caller, questions[0], fault, "before", 6.0)]
        with faults.all[fault]():
            turns.append(await _ask(caller, questions[1], fault, "during", LISTEN_S))
        await asyncio.sleep(8.0)  # what failed comes back
        turns.append(await _ask(caller, questions[2], fault, "after", 6.0))
    return turns


async def _run(folder: Path, calls: int, seed: int, only: str) -> list[Turn]:
    studio = SpeechStudio(folder / "speech")
    studio.prepare(list(QUESTIONS))
    questions = [studio.speak(text) for text in QUESTIONS]
    chance, turns = random.Random(seed), list[Turn]()
    async with FakeOpenAI(replies=[ANSWER]).running() as mind:
        environment = {"VOICELOOP_LLM": "openai", "OPENAI_BASE_URL": mind.url}
        stack = Stack(folder, environment=environment)
        await asyncio.to_thread(stack.__enter__)
        try:
            faults = Faults(stack, mind)
            names = [name for name in faults.all if only in name]
            for _ in range(calls):
                fault = chance.choice(names)
                try:
                    heard = await _call(stack, faults, fault, questions)
                except NotHeard as error:
                    sys.stdout.write(f"{fault}: {error}\n")
                    heard = [Turn(fault, "none")]
                turns += heard
                sys.stdout.write("".join(f"{turn}\n" for turn in heard))
                sys.stdout.flush()
        finally:
            await asyncio.to_thread(stack.stop)
    return turns


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="faults whose name holds this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vl-faults-") as folder:
        Path(folder).chmod(0o755)  # Postgres does not run as root
        turns = asyncio.run(_run(Path(folder), options.calls, options.seed, options.only))
    silent = [turn for turn in turns if turn.is_silent]
    during = sorted(turn.sounds[0] for turn in turns if turn.part == "during" and turn.sounds)
    median = during[len(during) // 2] if during else float("nan")
    sys.stdout.write(f"{len(turns)} turns, {len(silent)} silent; first sound during a fault: median {median:.2f} s\n")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
