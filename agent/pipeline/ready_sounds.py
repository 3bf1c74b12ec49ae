"""Which voice the ready sentences of a worker are in, and when they are made: the local voice's before any call, by one
process while those that start beside it wait.

Those of another voice, and a persona's greeting, are made beside the first call that misses them and kept on disk.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from livekit.agents import tts

from agent.pipeline.cached_audio import SoundCache, make_now, voice_name
from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.supervisor import socket_path
from agent.pipeline.piper import PiperTTS
from agent.pipeline.providers import engines_for
from agent.pipeline.settings import PipelineSettings
from store.log import get_logger

log = get_logger(__name__)
FOLDER: Final = "sounds"
LIMIT_S: Final = 10.0  # of a worker's start; what is missing then is made beside the first call
BESIDE_S: Final = 5.0  # after the greeting
_ASK_AGAIN_S: Final = 0.05


def make_local_sounds(engine_dir: Path, settings: PipelineSettings, texts: Sequence[str]) -> None:
    """For prewarm, with the engines there; nothing to do for a machine without the local voice."""
    if "piper" in engines_for(settings):
        voice = PiperTTS(EngineClient(socket_path(engine_dir, "piper")))
        with alone(engine_dir / f"{FOLDER}.lock", LIMIT_S) as left_s:
            make_now(SoundCache(engine_dir / FOLDER, voice_name(voice)), voice, texts, limit_s=left_s)


@contextmanager
def alone(path: Path, limit_s: float) -> Generator[float]:
    """Only one process of this machine at a time; gives what is left of the limit (s), 0 for who has waited in vain.

    Who comes later finds on disk what the one before has made. A process that dies gives way by itself.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:  # a disk that is not ours costs everybody the same work, nothing else
        log.warning("ready sentences are made beside other processes", reason=str(error))
        yield limit_s
        return
    until = time.monotonic() + limit_s
    try:
        while not (is_alone := _take(file)) and time.monotonic() < until:
            time.sleep(_ASK_AGAIN_S)
        yield max(0.0, until - time.monotonic()) if is_alone else 0.0
    finally:
        os.close(file)


def _take(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sounds_of(engine_dir: Path, voice: tts.TTS[Any], said: Callable[[str], str] = str) -> SoundCache:
    """The ready sentences in this voice; ``said`` is how the call reads a text aloud."""
    return SoundCache(engine_dir / FOLDER, voice_name(voice), said)


def make_more_sounds(stack: AsyncExitStack, cache: SoundCache, voice: tts.TTS[Any], texts: Sequence[str]) -> None:
    """What is missing, once the call is under way; given up when its stack closes."""

    async def make() -> None:
        if await asyncio.to_thread(_is_any_missing, cache, texts):  # which reads the others, off the event loop
            await asyncio.sleep(BESIDE_S)
            await cache.make(voice, texts)

    task = asyncio.create_task(make(), name="ready_sounds")
    stack.callback(task.cancel)


def _is_any_missing(cache: SoundCache, texts: Sequence[str]) -> bool:
    return None in [cache.find(text) for text in texts if text]
