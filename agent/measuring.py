"""Measures this machine for `voiceloop doctor`: how long each step of a turn takes, how many turns it works off.

Uses the local engines and nothing of a call; never runs while calls are held by this process. What the figures mean for
the number of calls is ``store/capacity.py``.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

import psutil
from livekit import rtc

from agent.brain import understand
from agent.pipeline.engines.client import EngineClient
from agent.pipeline.recognition import EARLY, FINAL, PARTIAL, transcribe
from agent.pipeline.smart_turn import acoustic_end
from store.capacity import Machine, Measured, this_machine
from tools.knowledge.embedding import Embedder

QUESTION: Final = "Can I bring my dog to the hotel, and is there a garden?"
ANSWER: Final = (
    "Yes, dogs are welcome in the garden rooms.",
    "They cost fifteen euros a night, and breakfast is included.",
)
TIMES: Final = 5
AT_MOST_S: Final = 1.5  # for one step, on a slow machine
SATURATED_FOR_S: Final = 4.0
PARTIALS_AT_S: Final = (0.6, 1.2, 1.8, 2.4)
LAG_SAMPLES: Final = 20
LAG_EVERY_S: Final = 0.05
# What is heard beside the steps that are measured, in milliseconds: transport and jitter buffers, and how long the turn
# policy waits after a plain sentence (bench/README.md).
TRANSPORT_MS: Final = 120.0
WAIT_MS: Final = 250.0
_RATE: Final = 16_000
_VOICE_RATE: Final = 22_050


@dataclass(frozen=True, slots=True)
class Host:
    """What can be measured here; a stage that a provider does elsewhere has no engine."""

    embedder: Embedder
    recogniser: EngineClient | None
    voice: EngineClient | None
    processes: Sequence[int] = ()  # of the engines


async def measure(host: Host, say: Callable[[str], None]) -> Measured:
    """About ten seconds; ``say`` is told what is being done. Raises what the engines raise."""
    machine, others = this_machine(), os.getloadavg()[0]
    say("Speaking")
    pcm = _at_16khz(await _spoken(host.voice, QUESTION)) if host.voice else bytes(2 * 3 * _RATE)
    speak_ms = await _median_ms(lambda: _first_sound(host, ANSWER[0]))
    say("Listening")
    recognise_ms = await _median_ms(lambda: _recognise(host, pcm, FINAL))
    end_of_turn_ms = await _median_ms(lambda: _end(host, pcm))
    say("Understanding")
    embed_ms = await _median_ms(lambda: _understand(host))
    say("Keeping time")
    lag_ms = await _lag_ms()
    say("Holding many conversations at once")
    turn_core_s = await _turn_core_s(host, pcm, machine)
    return Measured(
        machine,
        turn_core_s=round(turn_core_s, 4),
        answer_ms=round(TRANSPORT_MS + WAIT_MS + recognise_ms + embed_ms + speak_ms),
        lag_ms=round(lag_ms, 1),
        recognise_ms=round(recognise_ms),
        end_of_turn_ms=round(end_of_turn_ms),
        embed_ms=round(embed_ms),
        speak_ms=round(speak_ms),
        others=round(others / machine.cores, 2),
    )


async def _turn_core_s(host: Host, pcm: bytes, machine: Machine) -> float:
    """Seconds of a core for a turn, while every core works on one: they slow each other down.

    Counted in processor time, so that other programs on the machine do not make it look dear.
    """
    finished, until = 0, time.perf_counter() + SATURATED_FOR_S

    async def converse() -> None:
        nonlocal finished
        while time.perf_counter() < until:
            await _turn(host, pcm)
            finished += 1

    used = _cpu_s(host.processes)
    await asyncio.gather(*(converse() for _ in range(max(1, round(machine.cores)))))
    return (_cpu_s(host.processes) - used) / finished


def _cpu_s(processes: Sequence[int]) -> float:
    """Processor seconds of this process and these."""
    times = [psutil.Process(process).cpu_times() for process in (os.getpid(), *processes)]
    return sum(one.user + one.system for one in times)


async def _turn(host: Host, pcm: bytes) -> None:
    """What one exchange asks of the machine: guesses while the caller speaks, the end, the meaning, the answer."""
    for at_s in PARTIALS_AT_S:
        await _recognise(host, pcm[: int(at_s * _RATE) * 2], PARTIAL)
    await asyncio.gather(_end(host, pcm), _recognise(host, pcm, EARLY))
    await _recognise(host, pcm, FINAL)
    await _understand(host)
    if host.voice:
        for clause in ANSWER:
            await _spoken(host.voice, clause)


async def _recognise(host: Host, pcm: bytes, priority: int) -> None:
    if host.recogniser:
        await transcribe(host.recogniser, pcm, priority=priority)


async def _end(host: Host, pcm: bytes) -> None:
    if host.recogniser:
        await acoustic_end(host.recogniser, pcm)


async def _understand(host: Host) -> None:
    await asyncio.to_thread(understand, QUESTION, now=datetime.now(UTC), embedder=host.embedder)


async def _first_sound(host: Host, text: str) -> None:
    if host.voice:
        async for _ in host.voice.stream("synthesize", text=text, speed=1.0, priority=FINAL):
            return


async def _spoken(voice: EngineClient, text: str) -> bytes:
    return b"".join([piece.payload async for piece in voice.stream("synthesize", text=text, speed=1.0, priority=FINAL)])


async def _median_ms(step: Callable[[], Awaitable[None]]) -> float:
    """Of a few, after one that counts for nothing."""
    await step()
    taken: list[float] = []
    while len(taken) < TIMES and sum(taken) < AT_MOST_S * 1000:
        began = time.perf_counter()
        await step()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


async def _lag_ms() -> float:
    """How late a timer comes here, one in twenty: what other programs on the machine take away."""
    late: list[float] = []
    for _ in range(LAG_SAMPLES):
        due = time.perf_counter() + LAG_EVERY_S
        await asyncio.sleep(LAG_EVERY_S)
        late.append((time.perf_counter() - due) * 1000)
    return _high(late)


def _high(values: Sequence[float]) -> float:
    return max(0.0, sorted(values)[int(0.95 * (len(values) - 1))])


def _at_16khz(pcm: bytes) -> bytes:
    frame = rtc.AudioFrame(pcm, _VOICE_RATE, 1, len(pcm) // 2)
    resampler = rtc.AudioResampler(_VOICE_RATE, _RATE)
    return b"".join(bytes(piece.data) for piece in [*resampler.push(frame), *resampler.flush()])
