"""Where a recording is cut: long pieces at their quietest place, phrases between silences. Pure; numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.documents.sound.said import SAMPLE_RATE

PIECE_S = 240.0
_SEARCH_S = 40.0  # before a piece's end, for the quietest place
_FRAME = SAMPLE_RATE // 50  # 20 ms
_PAUSE_FRAMES = 22  # a silence of 0.44 s ends a phrase
_LONGEST_PHRASE_S = 18.0
_SHORTEST_PHRASE_S = 0.3
_MARGIN_FRAMES = 8  # of silence kept on both sides: models like to hear a beginning
_LEAST_RMS = 40.0  # of 32768: quieter than any voice
_Levels = NDArray[np.float64]


def levels(pcm: bytes) -> _Levels:
    """RMS of every 20 ms."""
    samples = np.frombuffer(pcm, np.int16)
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
    return np.sqrt((frames**2).mean(axis=1)) if len(frames) else np.zeros(0)


def piece_end(pcm: bytes) -> int:
    """Where to end the first piece of ``pcm``, in bytes: at PIECE_S, or at the quietest half second before it."""
    end = int(PIECE_S * SAMPLE_RATE) * 2
    first = end - int(_SEARCH_S * SAMPLE_RATE) * 2
    quiet = levels(pcm[first:end])
    if len(quiet) < 25:
        return min(end, len(pcm))
    windows = np.convolve(quiet, np.ones(25), "valid")
    return first + (int(windows.argmin()) + 12) * _FRAME * 2


def phrases(pcm: bytes) -> list[tuple[int, int]]:
    """Where somebody seems to speak, in bytes [from, to): no phrase longer than the local model hears well."""
    level = levels(pcm)
    loud = _loud(level)
    found: list[tuple[int, int]] = []
    start = last = -1
    for frame in np.flatnonzero(loud):
        if start >= 0 and frame - last > _PAUSE_FRAMES:
            found.append((start, last + 1))
            start = -1
        if start < 0:
            start = int(frame)
        last = int(frame)
    if start >= 0:
        found.append((start, last + 1))
    least = int(_SHORTEST_PHRASE_S * 50)
    parts = [part for one in found if one[1] - one[0] >= least for part in _halved(one, level)]
    return [_in_bytes(part, len(level)) for part in parts]


def _loud(level: _Levels) -> NDArray[np.bool_]:
    """Clearly above the steady noise of the recording, which is what its quieter fifth sounds like."""
    if not len(level):
        return np.zeros(0, dtype=np.bool_)
    floor, peak = float(np.percentile(level, 15)), float(np.percentile(level, 98))
    steady = peak < 2.5 * floor  # never silent: speech without a pause, or noise; the transcriber has to tell
    return level > (max(_LEAST_RMS, 0.5 * floor) if steady else max(_LEAST_RMS, 2.0 * floor, 0.04 * peak))


def _halved(part: tuple[int, int], level: _Levels) -> list[tuple[int, int]]:
    """Cut at the quietest places until no part is too long."""
    start, end = part
    length = end - start
    if length <= _LONGEST_PHRASE_S * 50:
        return [part]
    third = length // 3
    windows = np.convolve(level[start + third : end - third], np.ones(5), "valid")
    cut = start + third + int(windows.argmin()) + 2
    return [*_halved((start, cut), level), *_halved((cut, end), level)]


def _in_bytes(part: tuple[int, int], frames: int) -> tuple[int, int]:
    start, end = max(0, part[0] - _MARGIN_FRAMES), min(frames, part[1] + _MARGIN_FRAMES)
    return start * _FRAME * 2, end * _FRAME * 2
