"""Sealing while bytes come in and opening while they go out, frame by frame: never a whole file in memory.

Knows how a sealed stream is laid out (``store/seal.py``), and nothing of where it lies.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from store.seal import FRAME_BYTES, HEADER_BYTES, SEALED_FRAME_BYTES, Keyring, Opener, SealBroken, Sealer

_AROUND_A_FRAME = SEALED_FRAME_BYTES - FRAME_BYTES


class Sealing:
    """Seals one stream; ``size`` is how many plain bytes have gone in."""

    def __init__(self, keyring: Keyring, binding: str) -> None:
        self._sealer = Sealer(keyring, binding)
        self.size = 0

    async def pieces(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The header and then the frames, the last one marked as such."""
        pending = bytearray()
        yield self._sealer.header
        async for chunk in chunks:
            self.size += len(chunk)
            pending += chunk
            while len(pending) > FRAME_BYTES:  # one byte at least stays, so that the last frame is known as such
                yield self._sealer.seal(bytes(pending[:FRAME_BYTES]), last=False)
                del pending[:FRAME_BYTES]
        yield self._sealer.seal(bytes(pending), last=True)


def seal_frames(keyring: Keyring, binding: str, plain: Iterable[bytes]) -> bytes:
    """A whole sealed stream of these frames."""
    sealer = Sealer(keyring, binding)
    return b"".join([sealer.header, *seal_each(sealer, plain)])


def seal_each(sealer: Sealer, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The frames sealed, the last one (an empty one when there are none) marked as such."""
    frames = iter(plain)
    frame = next(frames, b"")
    for following in frames:
        yield sealer.seal(frame, last=False)
        frame = following
    yield sealer.seal(frame, last=True)


def frames_of(data: bytes) -> Iterator[bytes]:
    """Cut into frames; nothing for no bytes."""
    return (data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Plain bytes ``start`` to ``end`` of a sealed stream of ``sealed_bytes``: which sealed bytes hold them."""

    sealed_bytes: int
    start: int
    end: int

    @classmethod
    def of(cls, sealed_bytes: int, start: int, end: int | None) -> Stretch:
        """Raises SealBroken for what is too short to be a sealed stream."""
        frames = -(-(sealed_bytes - HEADER_BYTES) // SEALED_FRAME_BYTES)
        plain = sealed_bytes - HEADER_BYTES - frames * _AROUND_A_FRAME
        if frames < 1 or plain < 0:
            raise SealBroken("The stored file was cut short; upload it again.")
        start = min(max(start, 0), plain)
        return cls(sealed_bytes, start, max(start, plain if end is None else min(end, plain)))

    @property
    def first(self) -> int:
        return min(self.start // FRAME_BYTES, self.last_of_all)

    @property
    def last(self) -> int:
        return max(self.first, (self.end - 1) // FRAME_BYTES)

    @property
    def last_of_all(self) -> int:
        return (self.sealed_bytes - HEADER_BYTES - 1) // SEALED_FRAME_BYTES

    @property
    def sealed(self) -> tuple[int, int]:
        """Offset of the first sealed byte that is needed, and of the one after the last."""
        begin = HEADER_BYTES + self.first * SEALED_FRAME_BYTES
        return begin, min(self.sealed_bytes, HEADER_BYTES + (self.last + 1) * SEALED_FRAME_BYTES)

    async def opened(
        self, keyring: Keyring, binding: str, header: bytes, sealed: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """The plain bytes out of the sealed ones of ``self.sealed``. Raises SealBroken."""
        opener = Opener(keyring, binding, header, at=self.first)
        number, pending = self.first, bytearray()
        async for piece in sealed:
            pending += piece
            while number <= self.last and len(pending) >= self._length(number):
                length = self._length(number)
                if int.from_bytes(pending[:4], "big") != length - 4:
                    raise SealBroken("The stored file was cut short; upload it again.")
                plain = opener.open(bytes(pending[4:length]), last=number == self.last_of_all)
                del pending[:length]
                begin = number * FRAME_BYTES
                yield plain[max(0, self.start - begin) : self.end - begin]
                number += 1
        if number <= self.last:
            raise SealBroken("The stored file was cut short; upload it again.")

    def _length(self, number: int) -> int:
        if number < self.last_of_all:
            return SEALED_FRAME_BYTES
        return self.sealed_bytes - HEADER_BYTES - number * SEALED_FRAME_BYTES
