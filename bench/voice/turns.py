"""How long a caller waits, and how often the agent talks into a pause: utterances, each to every agent by turns."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.voice.bench import Bench, Record, heard_of, quiet
from bench.voice.casting import Said
from bench.voice.clock import ClockedCaller
from bench.voice.trace import answer_to
from tests.e2e.caller import NotHeard
from tests.e2e.speech import Sound

UTTERANCES_A_CALL = 8
SILENT_AFTER_S = 8.0  # an answer later than this is none
SPEAKING_S = 0.8


async def measure_turns(bench: Bench, part: str, utterances: Sequence[Said], noise: Sound | None = None) -> None:
    """Every utterance to every agent; a new call after a few, so that all meet the same machine in the same minutes."""
    for number in range(0, len(utterances), UTTERANCES_A_CALL):
        for agent in bench.by_turns(number // UTTERANCES_A_CALL):
            async with bench.caller(agent, noise) as caller:
                for said in utterances[number : number + UTTERANCES_A_CALL]:
                    bench.records.append(await exchange(caller, agent, part, said))


async def exchange(caller: ClockedCaller, agent: str, part: str, said: Said) -> Record:
    """Say it and wait until the answer is under way. What must be asked first is asked and answered first."""
    asked = (await exchange(caller, agent, part, said.ask)).said if said.ask is not None else ""
    await quiet(caller)
    spoken = await caller.say(said.sound)
    until = spoken.ended_at + SILENT_AFTER_S
    try:
        first = await caller.until(
            lambda: caller.trace.first_sound(spoken.started_at), until - time.monotonic(), "answer"
        )
        await _under_way(caller, max(first, spoken.ended_at))
    except NotHeard:
        first = None
    answer = answer_to(caller.trace, spoken.started_at, spoken.ended_at, until)
    return Record(
        part,
        agent,
        said.kind,
        said.text,
        said.voice,
        latency_s=answer.latency_s,
        cut_off=answer.cut_off,
        silent=first is None,
        asked=asked,
        **heard_of(caller, spoken.started_at),
    )


async def _under_way(caller: ClockedCaller, since: float) -> None:
    """Until the answer is well under way: its first clause is made, the machine is quiet again."""
    try:
        await caller.until(lambda: (caller.trace.last_sound(time.monotonic()) or 0.0) - since > SPEAKING_S, 3, "answer")
    except NotHeard:
        return
