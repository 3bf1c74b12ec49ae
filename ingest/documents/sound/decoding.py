"""`python -m ingest.documents.sound.decoding SIZE LIMITS`: a sound file on stdin, 16 kHz mono 16-bit PCM on stdout.

Packets of a letter, four bytes of length and content: A what it says of itself (JSON), P samples, then E the end or X
an error (JSON). It limits itself before it touches the file, and ends when stdin does.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from ingest.documents.child import receive
from ingest.documents.confine import confine
from ingest.documents.model import BadDocument, Limits
from ingest.documents.sound.said import BYTES_A_SECOND, SAMPLE_RATE

_BROKEN = "This recording is damaged or not complete and cannot be played. Save it again and upload that."
_VIDEO = "This is a video. Upload its sound alone, as MP3, M4A, WAV, FLAC, OGG or WebM."
_RATES = range(4000, 400_001)
_PIECE = 64 * 1024
_MOST_DAMAGED = 500
# Left to guess, FFmpeg would take play lists too, which name other files and addresses to read.
_ONLY = {"format_whitelist": "wav,mp3,mov,matroska,flac,ogg", "protocol_whitelist": "none"}


def main(arguments: list[str]) -> int:
    size, numbers = arguments
    limits = Limits(**json.loads(numbers))
    out = os.dup(1)
    os.dup2(2, 1)
    confine(memory_bytes=limits.memory_bytes, cpu_s=limits.time_s + limits.audio_s / 20)

    def say(kind: bytes, content: bytes) -> None:
        data = memoryview(kind + len(content).to_bytes(4, "big") + content)
        while data:
            data = data[os.write(out, data) :]

    try:
        decoder = Decoder(receive(int(size)), limits)
        say(b"A", json.dumps(decoder.about()).encode())
        for pcm in decoder.samples():
            say(b"P", pcm)
        say(b"E", json.dumps({"damaged": decoder.damaged}).encode())
    except BadDocument as error:
        say(b"X", json.dumps({"code": error.code, "detail": error.message}).encode())
    except MemoryError:
        text = "This recording needs more memory than allowed; it was given up."
        say(b"X", json.dumps({"code": "too_much_memory", "detail": text}).encode())
    return 0


class Decoder:
    """``damaged`` counts the packets that could not be decoded."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content = content
        self._limits = limits
        self.damaged = 0

    def about(self) -> dict[str, Any]:
        """title, duration_s (of the packets really there), claimed_s, channels, sample_rate, codec, format.

        Raises BadDocument: broken_file, video, no_sound, odd_rate, too_long.
        """
        with self._open() as container:
            stream = _sound_of(container)
            claimed = container.duration / 1_000_000 if container.duration else 0.0
            if stream.rate not in _RATES:
                text = f"This recording claims {stream.rate} samples a second. Save it again at 16,000 to 48,000."
                raise BadDocument(text, code="odd_rate")
            length = self._length(container, stream)
            found: dict[str, Any] = {
                "title": _tag(container, stream, "title"),
                "author": _tag(container, stream, "artist"),
                "created_at": _tag(container, stream, "date"),
                "claimed_s": round(min(claimed * self._missing(), 1e9), 3),
                "channels": int(stream.channels),
                "sample_rate": int(stream.rate),
                "codec": str(stream.codec_context.name),
                "duration_s": round(length, 3),
            }
        if length > self._limits.audio_s + 1:
            raise self._too_long()
        return found

    def _missing(self) -> float:
        """How much larger a WAV file says it is than it is; 1 for others and for those that do not know."""
        if self._content[:4] != b"RIFF":
            return 1.0
        said = int.from_bytes(self._content[4:8], "little") + 8
        return max(1.0, said / len(self._content)) if said < 0xFFFF_0000 else 1.0

    def samples(self) -> Iterator[bytes]:
        """Bounded pieces of PCM. Raises BadDocument: too_long, broken_file when nothing could be decoded."""
        import av
        from av.error import FFmpegError

        decoded = 0
        most = int(self._limits.audio_s + 5) * BYTES_A_SECOND
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        with self._open() as container:
            for frame in self._frames(container, _sound_of(container)):
                try:
                    made = resampler.resample(frame)
                except (FFmpegError, ValueError):  # it changes its layout in the middle
                    self.damaged += 1
                    continue
                for one in made:
                    pcm = one.to_ndarray().tobytes()
                    decoded += len(pcm)
                    if decoded > most:
                        raise self._too_long()
                    yield from (pcm[at : at + _PIECE] for at in range(0, len(pcm), _PIECE))
        if not decoded:
            raise BadDocument(_BROKEN, code="broken_file")

    def _frames(self, container: Any, stream: Any) -> Iterator[Any]:
        from av.error import FFmpegError

        for packet in _packets(container, stream):
            try:
                yield from packet.decode()
            except (FFmpegError, ValueError):
                self.damaged += 1
                if self.damaged > _MOST_DAMAGED:
                    return
        yield None  # the resampler keeps a little back

    def _length(self, container: Any, stream: Any) -> float:
        """Seconds of sound by its packets: what a header claims may be anything."""
        total, most = 0.0, self._limits.audio_s + 2
        base = float(stream.time_base or 0)
        for packet in _packets(container, stream):
            total += float(packet.duration or 0) * base
            if total > most:
                break
        return total

    def _open(self) -> Any:
        import av
        from av.error import FFmpegError

        try:
            container = av.open(
                io.BytesIO(self._content), metadata_errors="replace", options=_ONLY, io_open=_nothing_else
            )
            _sound_of(container).thread_count = 1
        except (FFmpegError, ValueError, UnicodeError, OSError) as error:
            raise BadDocument(_BROKEN, code="broken_file") from error
        return container

    def _too_long(self) -> BadDocument:
        minutes = round(self._limits.audio_s / 60)
        return BadDocument(f"This recording is longer than {minutes} minutes. Split it.", code="too_long")


def _nothing_else(_url: str, _flags: int, _options: dict[str, str]) -> Any:
    raise PermissionError("A recording names no other file.")


def _sound_of(container: Any) -> Any:
    """The first sound in it; a picture of the cover is no video."""
    from av.stream import Disposition

    pictures = Disposition.attached_pic | Disposition.still_image
    if any(not one.disposition & pictures for one in container.streams.video):
        raise BadDocument(_VIDEO, code="video")
    if not container.streams.audio:
        raise BadDocument("There is no sound in this file.", code="no_sound")
    return container.streams.audio[0]


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    """As many as there are before the file breaks off."""
    from av.error import FFmpegError

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        if packet.size:
            yield packet


def _tag(container: Any, stream: Any, name: str) -> str:
    for tags in (container.metadata, stream.metadata):
        for key, value in tags.items():
            if key.lower() == name:
                return "".join(one for one in str(value) if one.isprintable()).strip()[:200]
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
