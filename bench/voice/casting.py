"""The sets of utterances: which sentence is said by whom, where and how long the caller pauses, all from a fixed seed.

`cast(name, booth)` gives a set's utterances as sound with what a measurement must know of them. Sentences are in
``sets/*.toml``, voices in ``voices.py``; a new kind of utterance is a list in both files and a line in `cast`.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.voice import mixing
from bench.voice.answers import TELL_A_STORY
from bench.voice.voices import Booth, Voice, voices_of
from tests.e2e.speech import SAMPLE_RATE, Sound, silence

SETS = ("tuning", "reporting")
SEEDS = {"tuning": 11, "reporting": 23}
PAUSES_S = (0.4, 1.3)  # the shortest and the longest
DICTATION_PAUSES_S = (0.4, 1.0)
SIDE_TALK_DB = 15.0
BABBLE_S = 40.0
AFTER_UM, BETWEEN_CLAUSES, IN_PHRASE = "pause_after_um", "pause_between_clauses", "pause_in_phrase"


@dataclass(frozen=True)
class Said:
    """An utterance: ``pauses`` are spans in seconds from its start; ``ask`` is what the caller says first, if anything,
    so that the assistant asks for it."""

    kind: str
    text: str
    voice: str
    sound: Sound
    pauses: tuple[tuple[float, float], ...] = ()
    ask: Said | None = None

    @property
    def seconds(self) -> float:
        return len(self.sound) / SAMPLE_RATE


@dataclass(frozen=True)
class Cast:
    """A whole set. ``babble`` loops, at the level of speech."""

    name: str
    voices: tuple[str, ...]
    plain: list[Said]
    pauses: list[Said]
    answers: list[Said]
    dictation: list[Said]
    interruptions: list[Said]
    backchannels: list[Said]
    side_talk: list[Said]
    stories: dict[str, Said]  # by voice: the question that makes the assistant speak for a while
    babble: Sound = field(default_factory=lambda: silence(1.0))


def script(name: str) -> dict[str, Any]:
    """The sentences of a set as written."""
    return tomllib.loads((Path(__file__).parent / "sets" / f"{name}.toml").read_text("utf-8"))


def cast(name: str, booth: Booth) -> Cast:
    """Record what is missing and put the set together."""
    wanted: dict[Voice, list[str]] = {voice: [] for voice in voices_of(name)}

    def rehearse(voice: Voice, text: str) -> Sound:
        wanted[voice].append(text)
        return silence(0.5)

    _put_together(name, rehearse)  # who says what is known before anybody speaks
    for voice, texts in wanted.items():
        booth.record(voice, texts)
    together = _put_together(name, booth.play)
    babble = mixing.babble([said.sound for said in together.plain], BABBLE_S, SEEDS[name])
    return dataclasses.replace(together, babble=babble)


def _put_together(name: str, play: Callable[[Voice, str], Sound]) -> Cast:
    written, voices = script(name), voices_of(name)
    speakers = _Speakers(play, voices, np.random.default_rng(SEEDS[name]))
    over = written["talking_over"]
    return Cast(
        name=name,
        voices=tuple(voice.name for voice in voices),
        plain=[speakers.say("plain", text) for text in written["plain"]],
        pauses=speakers.hesitate(written),
        answers=speakers.answer("answer", written["answers"]),
        dictation=speakers.answer("dictation", written["dictation"]),
        interruptions=[speakers.say("interruption", text) for text in over["interruptions"]],
        backchannels=[*(speakers.say("backchannel", text) for text in over["backchannels"]), *_noises(SEEDS[name])],
        side_talk=[_aside(speakers.say("side_talk", text)) for text in over["side_talk"]],
        stories={voice.name: Said("ask", TELL_A_STORY, voice.name, play(voice, TELL_A_STORY)) for voice in voices},
    )


def through_telephone(said: Said) -> Said:
    return Said(said.kind, said.text, said.voice, mixing.telephone(said.sound), said.pauses, said.ask)


def parts_of(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def spread(count: int, limits: tuple[float, float], random: np.random.Generator) -> list[float]:
    """``count`` lengths (s), evenly from the one limit to the other, in random order."""
    return [round(float(length), 3) for length in random.permutation(np.linspace(*limits, count))]


class _Speakers:
    """The voices by turns, one after another through each list."""

    def __init__(self, play: Callable[[Voice, str], Sound], voices: list[Voice], random: np.random.Generator) -> None:
        self._play, self._voices, self._random, self._turn = play, voices, random, 0

    def say(self, kind: str, text: str) -> Said:
        voice = self._next()
        return Said(kind, text, voice.name, self._play(voice, text))

    def hesitate(self, written: dict[str, Any]) -> list[Said]:
        """Sentences with one pause. After "um" and between clauses the parts are spoken as they are written, with the
        comma's intonation that says more will come; within a phrase the whole sentence is spoken and cut."""
        rows = [(kind, text) for kind in (AFTER_UM, BETWEEN_CLAUSES, IN_PHRASE) for text in written[kind]]
        lengths = spread(len(rows), PAUSES_S, self._random)
        return [self._hesitate(kind, text, length) for (kind, text), length in zip(rows, lengths, strict=True)]

    def _hesitate(self, kind: str, text: str, pause_s: float) -> Said:
        voice, written = self._next(), parts_of(text)
        if kind == IN_PHRASE:
            whole = " ".join(written)
            spoken = mixing.parted(self._play(voice, whole), len(written[0]) / len(whole))
        else:
            spoken = [self._play(voice, part) for part in written]
        sound, spans = mixing.joined(spoken, [pause_s])
        return Said(kind, text, voice.name, sound, tuple(spans))

    def answer(self, kind: str, dialogues: list[dict[str, Any]]) -> list[Said]:
        """Answers to what the assistant asks; dictated ones pause at each "|"."""
        made: list[Said] = []
        for dialogue in dialogues:
            for text in dialogue["says"]:
                voice, parts = self._next(), parts_of(text)
                pauses = [float(self._random.uniform(*DICTATION_PAUSES_S)) for _ in parts[1:]]
                sound, spans = mixing.joined([self._play(voice, part) for part in parts], pauses)
                ask = Said("ask", dialogue["ask"], voice.name, self._play(voice, dialogue["ask"]))
                made.append(Said(kind, text, voice.name, sound, tuple(spans), ask))
        return made

    def _next(self) -> Voice:
        self._turn += 1
        return self._voices[self._turn % len(self._voices)]


def _noises(seed: int) -> list[Said]:
    makers = {"cough": mixing.cough, "laughter": mixing.laughter, "hum": mixing.hum}
    return [Said("backchannel", name, "made", make(seed + turn)) for turn in range(2) for name, make in makers.items()]


def _aside(said: Said) -> Said:
    """Said to somebody else, away from the microphone."""
    return Said(said.kind, said.text, said.voice, mixing.softer(said.sound, SIDE_TALK_DB))
