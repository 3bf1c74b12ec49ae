"""The parts of the spoken benchmark by name: what is said, through what, and which mind answers.

A new part is a function of a `Bench` and a row in OFFLINE or STUBBED; its own figures are a row in ``figures.SHAPES``.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from bench.voice.bench import Bench
from bench.voice.casting import through_telephone
from bench.voice.load import measure_load
from bench.voice.mixing import background
from bench.voice.over import measure_echo, measure_over
from bench.voice.turns import measure_turns

Part = Callable[[Bench], Coroutine[Any, Any, None]]


async def _plain(bench: Bench, part: str = "plain") -> None:
    await measure_turns(bench, part, bench.some(bench.cast.plain, 4))


async def _phone(bench: Bench) -> None:
    said = bench.some(bench.cast.plain, 2) if bench.quick else bench.cast.plain[::2]
    await measure_turns(bench, "phone", [through_telephone(one) for one in said])


async def _babble(bench: Bench, snr_db: float) -> None:
    said = bench.some(bench.cast.plain, 2) if bench.quick else bench.cast.plain[::2]
    await measure_turns(bench, f"babble{snr_db:.0f}", said, background(bench.cast.babble, snr_db))


async def _pauses(bench: Bench) -> None:
    await measure_turns(bench, "pauses", bench.some(bench.cast.pauses, 4))


async def _pauses_babble(bench: Bench) -> None:
    said = bench.some(bench.cast.pauses, 2) if bench.quick else bench.cast.pauses[::2]
    await measure_turns(bench, "pauses_babble10", said, background(bench.cast.babble, 10))


async def _answers(bench: Bench) -> None:
    await measure_turns(bench, "answers", bench.some(bench.cast.answers, 2))


async def _dictation(bench: Bench) -> None:
    await measure_turns(bench, "dictation", bench.some(bench.cast.dictation, 1))


# with the built-in mind (peers: the table, at once); below, for all a model that needs 500 ms
OFFLINE: dict[str, Part] = {
    "plain": _plain,
    "pauses": _pauses,
    "babble10": partial(_babble, snr_db=10),
    "babble15": partial(_babble, snr_db=15),
    "pauses_babble10": _pauses_babble,
    "phone": _phone,
    "calls": measure_load,
}
STUBBED: dict[str, Part] = {
    "over": measure_over,
    "echo": measure_echo,
    "llm500": partial(_plain, part="llm500"),
    "answers": _answers,
    "dictation": _dictation,
}
QUICK = ("plain", "pauses", "over")
