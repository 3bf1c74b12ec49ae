"""The measurements, all from the audio that the caller receives. Both agents take turns within one run.

Times are seconds, memory is proportional set size in MB (shared pages counted once over all processes).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil

from bench.voice import questions
from bench.voice.figures import Figures
from bench.voice.scene import AGENTS, Scene
from tests.e2e.caller import Caller
from tests.e2e.speech import Sound, SpeechStudio, with_pause

TOO_SOON_S = 0.2  # nobody answers a finished sentence this fast: the answer was to its first half


async def measure_turns(scene: Scene, studio: SpeechStudio, figures: Figures, calls: int) -> None:
    """Greeting, heard latency by length of question, and how fast the agent stops when spoken over."""
    for number in range(calls):
        async with _both(scene, figures, number) as callers:
            asked = questions.round_of(number)
            for question in asked:
                for agent, caller in callers.items():
                    with figures.missing("heard_latency_s", agent):
                        await _latency(caller, studio.speak(question), agent, questions.LENGTHS[question], figures)
                        if question == asked[-1]:
                            await _barge_in(caller, studio.speak(questions.INTERRUPTION), agent, figures)


async def measure_hesitations(
    scene: Scene, studio: SpeechStudio, figures: Figures, sentences: Iterable[str], pauses_ms: Iterable[int]
) -> None:
    """How often the agent talks into a pause in the middle of a sentence (1 = it did)."""
    for number, sentence in enumerate(sentences):
        async with _both(scene, figures, number) as callers:
            for pause_ms in pauses_ms:
                for agent, caller in callers.items():
                    with figures.missing(f"cut_off_at_{pause_ms}_ms", agent):
                        await _cut_off(caller, with_pause(studio.speak(sentence), pause_ms), agent, pause_ms, figures)


async def measure_memory(scene: Scene, studio: SpeechStudio, figures: Figures, calls: int) -> None:
    """Memory of the agent's processes for each call that is added to the ones in progress."""
    question = studio.speak(questions.MEDIUM[0])
    for agent in AGENTS:
        async with AsyncExitStack() as open_calls:
            before = await _settled_mb(scene, agent)
            figures.add("memory_idle_mb", agent, before)
            for _ in range(calls):
                caller = await open_calls.enter_async_context(scene.call(agent))
                await caller.wait_until_listening(within_s=20)
                asked = await caller.say(question)
                await caller.wait_until_listening(asked.ended_at)
                now = await _settled_mb(scene, agent)
                figures.add("memory_per_call_mb", agent, now - before)
                before = now


@asynccontextmanager
async def _both(scene: Scene, figures: Figures, number: int) -> AsyncIterator[dict[str, Caller]]:
    """A greeted caller with each agent. They speak in turns: one asks while the other listens to its answer."""
    order = AGENTS if number % 2 == 0 else AGENTS[::-1]
    async with AsyncExitStack() as open_calls:
        callers: dict[str, Caller] = {}
        for agent in order:
            callers[agent] = caller = await open_calls.enter_async_context(scene.call(agent))
            heard_at = await caller.wait_for_agent_speech(within_s=20)
            figures.add("greeting_s", agent, heard_at - caller.microphone_at)
            await caller.wait_until_listening(within_s=20)
        yield callers


async def _latency(caller: Caller, question: Sound, agent: str, length: str, figures: Figures) -> None:
    await _quiet(caller)
    asked = await caller.say(question)
    heard_at = await caller.wait_for_agent_speech(asked.ended_at, within_s=8)
    figures.add("heard_latency_s", agent, heard_at - asked.ended_at)
    figures.add(f"heard_latency_{length}_s", agent, heard_at - asked.ended_at)
    await _answering(caller, heard_at)


async def _barge_in(caller: Caller, interruption: Sound, agent: str, figures: Figures) -> None:
    """Speak over the answer that is being given."""
    over = await caller.say(interruption)
    silent_at = await caller.wait_for_silence(over.started_at)
    figures.add("barge_in_stop_s", agent, silent_at - over.started_at)


async def _cut_off(caller: Caller, sentence: Sound, agent: str, pause_ms: int, figures: Figures) -> None:
    await _quiet(caller)
    said = await caller.say(sentence)
    first = await caller.wait_for_agent_speech(said.started_at, within_s=8)
    cut = first < said.ended_at + TOO_SOON_S
    figures.add(f"cut_off_at_{pause_ms}_ms", agent, float(cut))
    if not cut:
        figures.add("heard_latency_after_pause_s", agent, first - said.ended_at)
    await _answering(caller, first)


async def _answering(caller: Caller, since: float) -> None:
    """Until the answer is well under way: its first clause is made, the machine is quiet again."""
    await caller.until(lambda: caller.loud[-1] - since > 0.8, 3, "answer in progress")


async def _quiet(caller: Caller) -> None:
    """Until the agent has finished and listens."""

    def settled() -> bool:
        return caller.states[-1][1] == "listening" and time.monotonic() - caller.loud[-1] > 0.5

    await caller.until(settled, 20, "end of the agent's turn")


async def _settled_mb(scene: Scene, agent: str) -> float:
    """Memory once it changed by less than 3 MB within a second (a spare process is started for every call taken)."""
    last = _pss_mb(scene.processes(agent))
    for _ in range(15):
        await asyncio.sleep(1.0)
        now = _pss_mb(scene.processes(agent))
        if abs(now - last) < 3.0:
            return now
        last = now
    return last


def _pss_mb(processes: Iterable[psutil.Process]) -> float:
    total_kb = 0
    for process in processes:
        try:
            for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines():
                if line.startswith("Pss:"):
                    total_kb += int(line.split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total_kb / 1000
