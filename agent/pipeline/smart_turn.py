"""Asks the acoustic end-of-turn model in the speech recognition process. A silent model is no error: others decide."""

import asyncio

from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost
from agent.pipeline.utterance import SAMPLE_RATE

OPERATION = "end_of_turn"
HEARS_S = 8.0
TIMEOUT_S = 1.0  # later than that nobody waits for it any more


async def acoustic_end(engine: EngineClient, pcm: bytes, *, timeout_s: float = TIMEOUT_S) -> float | None:
    """Probability, by its sound alone, that the turn at the end of 16 kHz mono 16-bit PCM is over; None: no answer."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await engine.request(OPERATION, pcm[-int(HEARS_S * SAMPLE_RATE) * 2 :])
        return float(answer.header["probability"])
    except (TimeoutError, EngineLost, EngineFailed, KeyError, ValueError):
        return None
