"""Speaking while the agent speaks: how fast it stops for an interruption, and whether it goes on for anything else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bench.voice.bench import Bench, Record, heard_of, quiet
from bench.voice.casting import Said
from bench.voice.clock import ClockedCaller
from bench.voice.trace import went_on
from bench.voice.turns import SILENT_AFTER_S
from tests.e2e.caller import NotHeard
from tests.e2e.speech import silence

INTO_THE_STORY_S = 1.6
WATCHED_S = 2.5
QUIET_S = 0.5
BETWEEN_S = 1.0
ECHO_DB = 20.0
PER_STORY = 3  # what does not stop the agent can be tried again in the same story


async def measure_over(bench: Bench, part: str = "over") -> None:
    """Interruptions, one for each story; backchannels, noises and side talk, several in one."""
    cast = bench.cast
    interruptions = bench.some(cast.interruptions, 1)
    asides = [*bench.some(cast.backchannels, 2), *bench.some(cast.side_talk, 1)]
    for agent in bench.by_turns(0):
        async with bench.caller(agent) as caller:
            for said in interruptions:
                bench.records += await _over_story(bench, caller, agent, part, [said])
        async with bench.caller(agent) as caller:
            for number in range(0, len(asides), PER_STORY):
                left = asides[number : number + PER_STORY]
                while left:
                    tried = await _over_story(bench, caller, agent, part, left)
                    bench.records += tried
                    left = left[max(1, len(tried)) :]


async def measure_echo(bench: Bench, part: str = "echo") -> None:
    """The agent's own voice in the microphone: it must not stop for itself, and must still stop for the caller."""
    nothing = Said("echo", "(only the echo)", "made", silence(WATCHED_S))
    for agent in bench.by_turns(0):
        async with bench.caller(agent) as caller:
            caller.echo_db = ECHO_DB
            for said in bench.some(bench.cast.interruptions, 1):
                bench.records += await _over_story(bench, caller, agent, part, [nothing, said])


async def _over_story(
    bench: Bench, caller: ClockedCaller, agent: str, part: str, sounds: Sequence[Said]
) -> list[Record]:
    """Ask for the story and say the sounds over it until the agent stops; a story that is not told is a trouble."""
    await quiet(caller)
    story = next(iter(bench.cast.stories.values()))
    asked = await caller.say(story.sound)
    try:
        first = await caller.wait_for_agent_speech(asked.ended_at, within_s=SILENT_AFTER_S)
        await caller.until(lambda: time.monotonic() > first + INTO_THE_STORY_S, 5, "story")
    except NotHeard as reason:
        bench.troubles.append(f"{part} {agent}: {reason}")
        return []
    records: list[Record] = []
    for said in sounds:
        if caller.trace.reference(time.monotonic()) is None:
            bench.troubles.append(f"{part} {agent}: silent before {said.text!r}")
            break
        records.append(await _say_over(caller, agent, part, said))
        if not records[-1].went_on:
            break
        await asyncio.sleep(BETWEEN_S)
    return records


async def _say_over(caller: ClockedCaller, agent: str, part: str, said: Said) -> Record:
    segment = _segment(caller)
    spoken = await caller.say(said.sound)
    onset = spoken.started_at
    end = onset + WATCHED_S
    await asyncio.sleep(max(0.0, end - time.monotonic()))
    stopped_at = caller.trace.silent_since(onset, QUIET_S, end)
    ducked_at = caller.trace.ducked_at(onset, min(end, max(spoken.ended_at, onset + 0.8)))
    return Record(
        part,
        agent,
        said.kind,
        said.text,
        said.voice,
        stopped_s=None if stopped_at is None else stopped_at - onset,
        ducked_s=None if ducked_at is None else ducked_at - onset,
        went_on=went_on(caller.trace, onset, WATCHED_S - 0.5),
        began_anew=_segment(caller) != segment,
        **heard_of(caller, onset),
    )


def _segment(caller: ClockedCaller) -> str:
    """Which of its sentences the agent is at: a new one means that it has given up the old."""
    return next((line.segment for line in reversed(caller.lines) if line.by_agent), "")
