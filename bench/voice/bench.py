"""What every measurement is given, and what it leaves behind: one record for each thing said.

Records are facts of one moment (times in seconds); medians and shares are made of them in ``figures.py``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.voice.casting import Cast, Said
from bench.voice.clock import ClockedCaller
from bench.voice.scene import Scene
from tests.e2e.caller import NotHeard
from tests.e2e.speech import Sound

QUIET_S = 0.8
QUIET_WITHIN_S = 30.0


@dataclass(slots=True)
class Record:
    """Something said to an agent and what came of it; fields that a part does not measure stay None."""

    part: str
    agent: str
    kind: str
    text: str
    voice: str
    latency_s: float | None = None
    cut_off: bool = False
    silent: bool = False
    stopped_s: float | None = None
    ducked_s: float | None = None
    went_on: bool | None = None
    began_anew: bool | None = None
    calls: int | None = None
    asked: str = ""
    heard: str = ""
    said: str = ""


@dataclass
class Bench:
    """One run: who is measured, what is said, and the records so far. ``values[name][agent]`` are single numbers."""

    cast: Cast
    agents: Sequence[str]
    quick: bool = False
    scene: Scene = field(init=False)  # set while agents run
    records: list[Record] = field(default_factory=list)
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    late_ms: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def some(self, said: Sequence[Said], quick: int) -> list[Said]:
        """All of it, or a few that lie evenly apart when it has to be quick."""
        if not self.quick or len(said) <= quick:
            return list(said)
        # one further each time: voices take turns too, and an even stride would always meet the same one
        return [said[(number * len(said) // quick + number) % len(said)] for number in range(quick)]

    def by_turns(self, number: int) -> list[str]:
        """The agents, another one first each time: none always meets the machine another has just warmed."""
        turn = number % len(self.agents)
        return [*self.agents[turn:], *self.agents[:turn]]

    def note(self, name: str, agent: str, value: float) -> None:
        self.values.setdefault(name, {}).setdefault(agent, []).append(round(value, 4))

    @asynccontextmanager
    async def caller(self, agent: str, noise: Sound | None = None) -> AsyncIterator[ClockedCaller]:
        """A greeted caller with this agent, noise in the microphone from the end of the greeting.

        One at a time, unless many are what is measured: calls weigh on each other, and the others' with them.
        """
        async with self.scene.call(agent) as caller:
            greeted_at = await caller.wait_for_agent_speech(within_s=30)
            self.note("greeting_s", agent, greeted_at - caller.microphone_at)
            await quiet(caller)
            caller.noise = noise
            yield caller
            self.late_ms += caller.late_ms


async def quiet(caller: ClockedCaller) -> None:
    """Until the agent has finished and listens. One that never does is measured as it is."""

    def settled() -> bool:
        last = caller.trace.last_sound(time.monotonic())
        listening = bool(caller.states) and caller.states[-1][1] == "listening"
        return listening and (last is None or time.monotonic() - last > QUIET_S)

    try:
        await caller.until(settled, QUIET_WITHIN_S, "end of the agent's turn")
    except NotHeard:
        await asyncio.sleep(0)


def heard_of(caller: ClockedCaller, since: float) -> dict[str, Any]:
    """The words of both sides since, for whoever reads the records."""
    latest = {line.segment: line.text for line in caller.lines if line.at > since and not line.by_agent}
    return {"heard": " ".join(latest.values()), "said": caller.agent_text(since)[:120]}
