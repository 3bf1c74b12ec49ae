"""Asks the Moonshine engine for words, again if it dies meanwhile. Errors leave as the framework's APIConnectionError,
or its APITimeoutError when the engine hangs.

A plain exception from a speech plugin leaves a session deaf for good, so nothing else may get out of here.
"""

import asyncio
import re

from livekit.agents import APIConnectionError, APITimeoutError

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.utterance import SAMPLE_RATE, Utterance
from tools.quiet import Samples

FINAL, EARLY, PARTIAL = 0, 1, 2  # an engine takes the lower ones first
ATTEMPTS, PAUSE_S = 4, 0.05  # a dying engine still takes connections for a moment
LONGEST_S = 20.0
# the model writes like an old book
OLD_SPELLING = re.compile(r"\b(to)-(morrow|night|day)\b", re.IGNORECASE)
# and a hum, which is no English, in whatever letters
NO_LATIN_LETTER = re.compile(r"\S*[^\W\d_a-zA-Z\u00c0-\u024f]\S*")


async def transcribe(engine: EngineClient, pcm: bytes, *, priority: int = FINAL, timeout_s: float = 10.0) -> str:
    """The words in at most LONGEST_S of 16 kHz mono 16-bit PCM. A crash of the engine costs a retry, not the words.

    `timeout_s` is for everything together: waiting for the engine, its work and the retries.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await _transcribe(engine, pcm, priority)
    except TimeoutError as late:
        raise APITimeoutError(f"the local speech recogniser did not answer in {timeout_s:.0f} s") from late


async def _transcribe(engine: EngineClient, pcm: bytes, priority: int) -> str:
    for attempt in range(ATTEMPTS):
        try:
            answer = await engine.request("transcribe", pcm, priority=priority)
            return as_english(str(answer.header.get("text", "")))
        except EngineLost as lost:
            if priority != FINAL or attempt + 1 == ATTEMPTS:
                raise APIConnectionError("the local speech recogniser is away") from lost
            await asyncio.sleep(PAUSE_S)
        except EngineFailed as failed:
            raise APIConnectionError(f"the local speech recogniser failed: {failed}") from failed
    raise APIConnectionError("the local speech recogniser is away")


def as_english(text: str) -> str:
    """What the model wrote as one writes today, without what has other letters than a Latin script's."""
    return OLD_SPELLING.sub(r"\1\2", NO_LATIN_LETTER.sub("", text)).strip()


async def transcribe_long(engine: EngineClient, samples: Samples, *, timeout_s: float) -> str:
    """Audio of any length: cut at its quietest places into pieces the model can hear."""
    rest, texts = Utterance(), list[str]()
    rest.mark_speech(0)
    step = int(LONGEST_S * SAMPLE_RATE) - SAMPLE_RATE
    for start in range(0, len(samples), step):
        rest.add(samples[start : start + step].tobytes())
        while rest.duration_s > LONGEST_S:
            head = rest.take_until(rest.quietest(LONGEST_S / 2, LONGEST_S))
            texts.append(await transcribe(engine, head.pcm, timeout_s=timeout_s))
    if rest.duration_s > 0:
        texts.append(await transcribe(engine, rest.audio().pcm, timeout_s=timeout_s))
    return " ".join(text for text in texts if text)
