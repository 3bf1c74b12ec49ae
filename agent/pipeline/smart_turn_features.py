"""What the acoustic end-of-turn model sees of a caller's sound: 8 s as a log-mel picture. Pure numpy.

The picture is Whisper's: 25 ms windows every 10 ms, 80 bands on Slaney's scale (linear below 1 kHz, logarithmic above),
each of equal area. A test holds it to what the model's publisher computes.
"""

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from agent.pipeline.utterance import SAMPLE_RATE

Floats = NDArray[np.float32]

WINDOW, HOP, BANDS = 400, 160, 80
SAMPLES = 8 * SAMPLE_RATE
FRAMES = SAMPLES // HOP
KINK_HZ, KINK_MEL = 1000.0, 15.0  # where Slaney's scale turns from linear to logarithmic
MELS_PER_E = 27.0 / np.log(6.4)  # mels for each factor of e above it
FAINTEST = 1e-10
RANGE = 8.0  # decades below the loudest point that are told apart


def log_mel(pcm: bytes) -> Floats:
    """(80, 800) picture of the last 8 s of 16 kHz mono 16-bit PCM; what is missing is silence before it."""
    sound = np.zeros(SAMPLES, np.float32)
    if samples := min(len(pcm) // 2, SAMPLES):
        sound[-samples:] = np.frombuffer(pcm, np.int16)[-samples:]
    sound /= 32768.0
    sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    windows = sliding_window_view(np.pad(sound, WINDOW // 2, mode="reflect"), WINDOW)[::HOP][:FRAMES]
    alike = max(0, (SAMPLES - samples - WINDOW) // HOP)  # windows in the silence before: one stands for all
    power = np.abs(np.fft.rfft(windows[alike:] * _hann(), axis=1)) ** 2
    decades = np.log10(np.maximum(power @ _bands(), FAINTEST))
    decades = np.concatenate([np.repeat(decades[:1], alike, axis=0), decades])
    decades = np.maximum(decades, decades.max() - RANGE)
    return np.ascontiguousarray(decades.T / 4.0 + 1.0, np.float32)


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@cache
def _bands() -> Floats:
    """(201, 80) triangles: how much each frequency of the transform counts for each band."""
    highest = KINK_MEL + MELS_PER_E * np.log(SAMPLE_RATE / 2 / KINK_HZ)
    mels = np.linspace(0.0, highest, BANDS + 2)
    linear, logarithmic = mels * KINK_HZ / KINK_MEL, KINK_HZ * np.exp((mels - KINK_MEL) / MELS_PER_E)
    corners = np.where(mels < KINK_MEL, linear, logarithmic)
    left, top, right = corners[:-2], corners[1:-1], corners[2:]
    frequencies = np.linspace(0.0, SAMPLE_RATE / 2, WINDOW // 2 + 1)[:, None]
    triangles = np.minimum((frequencies - left) / (top - left), (right - frequencies) / (right - top))
    return (np.maximum(triangles, 0.0) * 2.0 / (right - left)).astype(np.float32)
