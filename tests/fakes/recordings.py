"""Sound files of every kind that is taken, made by PyAV from speech that Piper or espeak-ng speaks."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame

from tests.e2e.speech import SAMPLE_RATE, Sound

# name -> container, codec, sample rate
KINDS = {
    "wav": ("wav", "pcm_s16le", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "m4a": ("ipod", "aac", 44_100),
    "webm": ("webm", "libopus", 48_000),
    "flac": ("flac", "flac", 22_050),
    "ogg": ("ogg", "libopus", 24_000),
}


def encoded(sound: Sound, kind: str, *, title: str = "", channels: int = 1, rate: int = 0) -> bytes:
    """A file of that kind."""
    container, codec, usual = KINDS[kind]
    rate, out = rate or usual, io.BytesIO()
    with av.open(out, "w", format=container) as file:
        if title:
            file.metadata["title"] = title
        layout = "stereo" if channels == 2 else "mono"
        stream = file.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.codec_context.format, layout, rate)
        position = 0
        for frame in _frames(sound):
            for made in resampler.resample(frame):
                made.pts, made.time_base = position, Fraction(1, rate)
                position += made.samples
                file.mux(stream.encode(made))
        file.mux(stream.encode(None))
    return out.getvalue()


def _frames(sound: Sound) -> list[AudioFrame | None]:
    made: list[AudioFrame | None] = []
    for start in range(0, len(sound), SAMPLE_RATE):
        frame = AudioFrame.from_ndarray(sound[start : start + SAMPLE_RATE].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        made.append(frame)
    return [*made, None]


def video(seconds: int = 1) -> bytes:
    """A moving picture without sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(10 * seconds):
            picture = np.full((64, 64, 3), number * 20 % 255, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
    return out.getvalue()
