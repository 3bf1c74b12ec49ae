"""The caller's audio that is not yet final, with where speech began and last was heard. Pure; all positions in samples.

Keeps a short pre-roll while nobody speaks. Positions count from the start of the stream, so they stay valid when old
audio is dropped.
"""

from dataclasses import dataclass

import numpy as np

from tools.quiet import SAMPLE_RATE, quietest_place

PRE_ROLL_S = 0.45
TAIL_S = 0.06  # audio after the last speech that a recognition needs so as not to lose the last sound


@dataclass(frozen=True)
class Slice:
    """16 kHz mono PCM and the stream position one past its last sample."""

    pcm: bytes
    end: int

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / 2 / SAMPLE_RATE


class Utterance:
    """Collects audio; `mark_speech` moves the point up to which speech was heard."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._start = 0
        self.speech_end: int | None = None

    @property
    def start(self) -> int:
        """Stream position of the oldest sample kept."""
        return self._start

    @property
    def end(self) -> int:
        """Stream position one past the newest sample."""
        return self._start + len(self._pcm) // 2

    @property
    def duration_s(self) -> float:
        return len(self._pcm) / 2 / SAMPLE_RATE

    def add(self, pcm: bytes) -> None:
        """Appends audio."""
        self._pcm += pcm

    def forget_silence(self, listened_to: int) -> None:
        """Nobody spoke up to `listened_to`: of the audio before it only the pre-roll is kept."""
        if self.speech_end is None:
            self._drop_before(listened_to - int(PRE_ROLL_S * SAMPLE_RATE))

    def mark_speech(self, position: int) -> None:
        """Speech was heard up to `position`."""
        self.speech_end = min(max(position, self.speech_end or 0), self.end)

    def unmark_speech(self, position: int) -> None:
        """What was heard after `position` was not the caller."""
        if self.speech_end is not None:
            self.speech_end = min(self.speech_end, position)

    def audio(self) -> Slice:
        """Everything kept."""
        return Slice(bytes(self._pcm), self.end)

    def finish(self, until: int) -> None:
        """The words up to `until` are final: forget them. What was said after it stays, with the silence before it as
        pre-roll; it is open speech if speech was heard there."""
        spoken = min(self.speech_end or 0, until)
        if self.speech_end is not None and self.speech_end <= until:
            self.speech_end = None
        self._drop_before(max(until - int(PRE_ROLL_S * SAMPLE_RATE), min(spoken + int(TAIL_S * SAMPLE_RATE), until)))

    def peek_until(self, position: int) -> Slice:
        """The audio before `position`."""
        count = max(0, min(position, self.end) - self._start) * 2
        return Slice(bytes(self._pcm[:count]), self._start + count // 2)

    def take_until(self, position: int) -> Slice:
        """Removes and returns the audio before `position`; the rest stays."""
        head = self.peek_until(position)
        self._drop_before(head.end)
        return head

    def quietest(self, from_s: float, to_s: float) -> int:
        """The stream position of the quietest place between two times after the first kept sample."""
        return self._start + quietest_place(np.frombuffer(bytes(self._pcm), np.int16), from_s, to_s)

    def _drop_before(self, position: int) -> None:
        count = max(0, position - self._start)
        del self._pcm[: count * 2]
        self._start += count
