"""What is said in one go, on its way to the loudspeaker. Data only; who plays it is ``output.py``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

PIECE_S = 0.05  # the framework's loudspeaker takes pieces of this length; shorter ones wait there for a timer


@dataclass
class Segment:
    """``handed_over``: seconds the loudspeaker was given; ``news``: set at every change."""

    pcm: bytearray = field(default_factory=bytearray)
    sample_rate: int = 0
    channels: int = 1
    ended: bool = False
    handed_over: float = 0.0
    flushed: bool = False
    cleared: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def left_s(self) -> float:
        return len(self.pcm) / (2 * self.channels * self.sample_rate) if self.sample_rate else 0.0

    def take(self) -> bytes:
        size = round(PIECE_S * self.sample_rate) * self.channels * 2
        piece = bytes(self.pcm[:size])
        del self.pcm[:size]
        return piece
