"""The measurements, all from the audio that the caller receives. Both agents take turns within one run.

Times are seconds, memory is proportional set size in MB (shared pages counted once over all processes).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from bench.voice import questions
from bench.voice.figures import Figures
from bench.voice.scene import AGENTS, Scene
from tests.e2e.caller import Caller, NotHeard, Utterance
from tests.e2e.speech import SpeechStudio, with_pause

TOO_SOON_S = 0.2  # nobody answers a finished sentence this fast: the answer was to its first half


async def measure_turns(scene: Scene, studio: SpeechStudio, figures: Figures, calls: int) -> None:
    """Greeting, heard latency by length of question, and how fast the agent stops when spoken over."""
    for number in range(calls):
        for agent in _in_turn(number):
            async with scene.call(agent) as caller:
                await _greeting(caller, agent, figures)
                for question in questions.round_of(number):
                    asked = await caller.say(studio.speak(question))
                    await _latency(caller, asked, agent, questions.LENGTHS[question], figures)
                    await caller.wait_until_listening(asked.ended_at)
                await _barge_in(caller, studio, agent, figures)


async def measure_hesitations(
    scene: Scene, studio: SpeechStudio, figures: Figures, sentences: Iterable[str], pauses_ms: Iterable[int]
) -> None:
    """How often the agent talks into a pause in the middle of a sentence (1 = it did)."""
    for number, sentence in enumerate(sentences):
        for agent in _in_turn(number):
            async with scene.call(agent) as caller:
                await _greeting(caller, agent, figures)
                for pause_ms in pauses_ms:
                    said = await caller.say(with_pause(studio.speak(sentence), pause_ms))
                    await _cut_off(caller, said, agent, pause_ms, figures)
                    await caller.wait_until_listening(said.started_at)


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


def _in_turn(number: int) -> tuple[str, ...]:
    return AGENTS if number % 2 == 0 else AGENTS[::-1]


async def _greeting(caller: Caller, agent: str, figures: Figures) -> None:
    try:
        heard_at = await caller.wait_for_agent_speech(within_s=20)
    except NotHeard:
        figures.miss("greeting_s", agent)
        raise
    figures.add("greeting_s", agent, heard_at - caller.microphone_at)
    await caller.wait_until_listening(within_s=20)


async def _latency(caller: Caller, asked: Utterance, agent: str, length: str, figures: Figures) -> None:
    try:
        await caller.wait_for_agent_speech(asked.ended_at, within_s=10)
    except NotHeard:
        figures.miss("heard_latency_s", agent)
        return
    latency = caller.heard_latency(asked)
    assert latency is not None
    figures.add("heard_latency_s", agent, latency)
    figures.add(f"heard_latency_{length}_s", agent, latency)


async def _barge_in(caller: Caller, studio: SpeechStudio, agent: str, figures: Figures) -> None:
    asked = await caller.say(studio.speak(questions.MEDIUM[0]))
    heard_at = await caller.wait_for_agent_speech(asked.ended_at)
    await caller.until(lambda: caller.loud[-1] - heard_at > 0.7, 5, "answer in progress")
    over = await caller.say(studio.speak(questions.INTERRUPTION))
    silent_at = await caller.wait_for_silence(over.started_at)
    figures.add("barge_in_stop_s", agent, silent_at - over.started_at)


async def _cut_off(caller: Caller, said: Utterance, agent: str, pause_ms: int, figures: Figures) -> None:
    first = await caller.wait_for_agent_speech(said.started_at, within_s=12)
    cut = first < said.ended_at + TOO_SOON_S
    figures.add(f"cut_off_at_{pause_ms}_ms", agent, float(cut))
    if not cut:
        figures.add("heard_latency_after_pause_s", agent, first - said.ended_at)


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
