"""Sentences that are known beforehand, as sound: in memory, and on disk by voice and text. No voice needed any more.

Made at prewarm or beside a call, never while a caller waits. To have one more sentence ready, pass it to `make`.
`agent/behaviors/watchdog.py` says them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from math import pi, sin
from pathlib import Path
from typing import Any, Final

from livekit import rtc
from livekit.agents import APIError, tts

from agent.pipeline.clauses import ClauseCutter
from store.log import get_logger

log = get_logger(__name__)
FRAME_S: Final = 0.05
MOST_KEPT: Final = 1000  # files: standard sentences and greetings of some hundred personas, 100 kB each
_BYTES: Final = 2  # of one sample: 16 bits, one channel
_RATES: Final = range(8_000, 96_001)
_TONE_HZ, _TONE_S, _TONE_RATE = 440.0, 0.4, 24_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A sentence as 16-bit mono PCM, clause by clause, so that it can be ended where a person would end."""

    text: str
    rate: int  # samples a second
    clauses: tuple[bytes, ...]

    @property
    def seconds(self) -> float:
        return sum(map(len, self.clauses)) / (_BYTES * self.rate)

    def frames(self, clause: bytes) -> list[rtc.AudioFrame]:
        """One of the clauses as frames of 50 ms."""
        step = int(self.rate * FRAME_S) * _BYTES
        return [
            rtc.AudioFrame(piece, self.rate, 1, len(piece) // _BYTES)
            for start in range(0, len(clause), step)
            if (piece := clause[start : start + step])
        ]

    async def stream(self) -> AsyncIterator[rtc.AudioFrame]:
        """All of it, for ``session.say(text, audio=…)``."""
        for clause in self.clauses:
            for frame in self.frames(clause):
                yield frame


def tone() -> Sound:
    """Two short beeps: what is left to give a sign of life when there is neither a voice nor a cached sentence."""
    count = int(_TONE_RATE * _TONE_S)
    pcm = bytearray()
    for n in range(count):
        gap = 0.4 < n / count < 0.6
        edge = min(1.0, (n % (count // 2)) / 400)
        value = 0 if gap else int(6000 * edge * sin(2 * pi * _TONE_HZ * n / _TONE_RATE))
        pcm += value.to_bytes(_BYTES, "little", signed=True)
    return Sound("", _TONE_RATE, (bytes(pcm),))


class SoundCache:
    """Sounds of one voice. ``folder`` may be shared by processes: files appear whole or not at all.

    ``said``: how a text is read aloud; one that is read otherwise than it is written has no sound here.
    """

    def __init__(self, folder: Path, voice: str, said: Callable[[str], str] = str) -> None:
        self._folder = folder
        self._voice = voice
        self._said = said
        self._sounds: dict[str, Sound] = {}

    def find(self, text: str) -> Sound | None:
        """From memory or disk; None when it was never made with this voice, or cannot be read."""
        if self._said(text) != text:
            return None
        if (sound := self._sounds.get(text)) is None and (sound := _read(self._path(text), text)) is not None:
            self._sounds[text] = sound
        return sound

    async def make(self, voice: tts.TTS[Any], texts: Iterable[str]) -> int:
        """Synthesise what is missing, in order; returns how many sentences the voice could not make."""
        missing = 0
        for text in texts:
            if not text or self._said(text) != text or self.find(text) is not None:
                continue
            try:
                sound = await _synthesise(voice, text)
            except (APIError, OSError, ValueError) as error:
                log.warning("a sentence could not be made ready", voice=self._voice, reason=str(error))
                missing += 1
                continue
            self._sounds[text] = sound
            if voice_name(voice) == self._voice:  # else another one stepped in: for this call, not for later ones
                _write(self._path(text), sound)
        return missing

    def _path(self, text: str) -> Path:
        key = hashlib.sha256(f"{self._voice}\n{text}".encode()).hexdigest()[:32]
        return self._folder / f"{key}.pcm"


def voice_name(voice: tts.TTS[Any]) -> str:
    """What tells one voice from another: cached sentences of the one never answer for the other."""
    return f"{voice.provider}/{voice.model}/{getattr(voice, 'speed', 1.0)}"


async def _synthesise(voice: tts.TTS[Any], text: str) -> Sound:
    cutter = ClauseCutter()
    pieces = [*cutter.push(text), *cutter.flush()]
    frames = [await voice.synthesize(piece).collect() for piece in pieces]
    if not frames:
        raise ValueError("there is nothing to say")
    return Sound(text, frames[0].sample_rate, tuple(bytes(frame.data) for frame in frames))


def _read(path: Path, text: str) -> Sound | None:
    try:
        head, body = path.read_bytes().split(b"\n", 1)
        found = json.loads(head)
        lengths: list[int] = found["lengths"]
        if found["text"] != text or sum(lengths) != len(body) or not _can_be_heard(found["rate"], lengths):
            return None
        starts = [sum(lengths[:n]) for n in range(len(lengths))]
        pieces = tuple(body[start : start + length] for start, length in zip(starts, lengths, strict=True))
        return Sound(text, found["rate"], pieces)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _can_be_heard(rate: object, lengths: list[int]) -> bool:
    """Else a file that was damaged on disk would be silence, or break the call in the middle of its sentence."""
    return rate in _RATES and bool(lengths) and all(length > 0 and length % _BYTES == 0 for length in lengths)


def _write(path: Path, sound: Sound) -> None:
    """A disk that is full or not ours costs the next process the same work, nothing else."""
    head = json.dumps({"text": sound.text, "rate": sound.rate, "lengths": [len(clause) for clause in sound.clauses]})
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(os.listdir(path.parent)) >= MOST_KEPT:
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(head.encode() + b"\n" + b"".join(sound.clauses))
                file.flush()
                os.replace(file.name, path)
            except OSError:
                os.unlink(file.name)  # or half files would fill the disk still more
                raise
    except OSError as error:
        log.warning("a ready sentence was not kept on disk", reason=str(error))


def make_now(cache: SoundCache, voice: tts.TTS[Any], texts: Iterable[str], *, limit_s: float) -> None:
    """``make`` for code without an event loop (prewarm); gives up after the limit, what is made stays."""

    async def work() -> None:
        try:
            async with asyncio.timeout(limit_s):
                await cache.make(voice, texts)
        except TimeoutError:
            log.warning("making sentences ready took too long", limit_s=limit_s)
        finally:
            await voice.aclose()

    asyncio.run(work())
