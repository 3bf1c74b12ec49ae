"""What was said and when, the protocol of whoever hears it, and sentences with their seconds. Values only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

SAMPLE_RATE = 16_000
BYTES_A_SECOND = 2 * SAMPLE_RATE
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+")
_SHORTEST = 4  # characters: less is no sentence ("1." of a list)


@dataclass(frozen=True, slots=True)
class Said:
    """Words heard between two moments, in seconds from the beginning of what was handed over."""

    text: str
    from_s: float
    to_s: float


class Transcriber(Protocol):
    """Hears 16 kHz mono 16-bit PCM of up to about five minutes; closes whatever it opened.

    Raises Unavailable when it cannot be asked now, or does not take what it is asked with.
    """

    @property
    def name(self) -> str: ...

    async def hear(self, pcm: bytes) -> list[Said]: ...

    async def aclose(self) -> None: ...


def sentences(said: Said) -> Iterator[Said]:
    """One a sentence; their seconds by the share of characters: right to a second or two."""
    text = " ".join(said.text.split())
    if not text:
        return
    starts = [0]
    for match in _SENTENCE_END.finditer(text):
        if match.start() - starts[-1] >= _SHORTEST and len(text) - match.end() >= _SHORTEST:
            starts.append(match.end())
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        pace = (said.to_s - said.from_s) / len(text)
        yield Said(text[start:end].strip(), said.from_s + start * pace, said.from_s + end * pace)


def wav_of(pcm: bytes) -> bytes:
    """The samples as a WAV file."""
    import io
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm)
    return out.getvalue()
