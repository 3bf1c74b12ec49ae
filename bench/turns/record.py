"""Speaks written utterances with real voices and keeps what the real models make of each pause and each end.

`python -m bench.turns.record sayings|tuning|reporting` writes recorded_pauses/NAME.jsonl, one line for each pause or
end: the words Moonshine heard up to there, what Smart Turn said after 0.1 and 0.4 s of silence, whether it was the end.
`sayings` is fitted on, `tuning` chooses the cost of a cut-off, `reporting` is only measured on. Minutes on two cores.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from livekit import rtc

from agent.pipeline.engines.protocol import Frame
from agent.pipeline.hypotheses import without_echo
from agent.pipeline.moonshine import as_16khz_mono
from agent.pipeline.utterance import SAMPLE_RATE, TAIL_S
from agent.turns.asked import asked_of, digits_asked_for
from agent.turns.endings import ASSENTS, DENIALS, GREETINGS
from agent.turns.evidence import Asked
from agent.turns.finished import words_in
from agent.turns.questions import is_question
from bench.turns.cuts import HERE, written
from bench.voice import casting, mixing
from bench.voice.answers import answer_to
from bench.voice.voices import Booth, Voice, cache_folder, voices_of
from tests.e2e.speech import SAMPLE_RATE as SPOKEN_RATE
from tests.e2e.speech import Sound

FOLDER = HERE / "recorded_pauses"
BEFORE_S = 0.2
NOTICED_S = 0.05  # voice detection says so much later that it is silent
OPINIONS_AT_S = (0.1, 0.4)
PAUSE_S = 0.9  # silence recorded after each part: only its beginning is ever heard
SOME = (4, 12)  # four sayings, one for each voice, of each dozen
RUN_ON = ASSENTS | DENIALS | GREETINGS


@dataclass(frozen=True)
class Spoken:
    """An utterance up to a pause or its end, 16 kHz. `lasts_s`: 0 where the length of the pause is left open."""

    saying: int
    text: str
    voice: str
    asked: Asked
    digits: int | None
    sound: Sound
    ended: bool
    lasts_s: float
    kind: str


@dataclass(frozen=True)
class Line:
    """One line of a recorded set: what `recorded.read` takes."""

    saying: int
    kind: str
    voice: str
    asked: str
    digits: int | None
    ended: bool
    lasts_s: float
    seconds: float
    words: str
    acoustic: float
    acoustic_later: float


class Models:
    """The real recogniser and the real acoustic model, in this process."""

    def __init__(self) -> None:
        from agent.pipeline import moonshine_engine

        moonshine_engine.WORKERS = 1
        self._handle = moonshine_engine.load()

    def words(self, pcm: bytes) -> str:
        (answer,) = self._handle(Frame({"op": "transcribe"}, pcm))
        return without_echo(str(answer.header["text"])).strip(" ,")

    def acoustic(self, pcm: bytes) -> float:
        (answer,) = self._handle(Frame({"op": "end_of_turn"}, pcm))
        return float(answer.header["probability"])


def line_of(said: Spoken, models: Models) -> Line:
    def heard(silence_s: float) -> bytes:
        before, after = (np.zeros(int(s * SAMPLE_RATE), np.int16) for s in (BEFORE_S, silence_s + NOTICED_S))
        return np.concatenate([before, said.sound, after]).tobytes()

    first, later = (models.acoustic(heard(silence_s)) for silence_s in OPINIONS_AT_S)
    return Line(
        saying=said.saying,
        kind=said.kind,
        voice=said.voice,
        asked=said.asked.value,
        digits=said.digits,
        ended=said.ended,
        lasts_s=round(said.lasts_s, 3),
        seconds=round(len(said.sound) / SAMPLE_RATE, 2),
        words=models.words(heard(TAIL_S)),
        acoustic=round(first, 4),
        acoustic_later=round(later, 4),
    )


def sayings() -> Iterator[Spoken]:
    """sayings.toml, spoken by the voices of the tuning set by turns; every other hesitation in a sentence that is
    spoken as one and cut, the rest spoken in parts with the intonation of a comma."""
    booth, voices = Booth(cache_folder().parent / "sayings"), voices_of("tuning")
    lines = [(number, asked, parts) for number, asked, text in _once() if (parts := _parts(text))]
    wanted: dict[Voice, list[str]] = {voice: [] for voice in voices}
    for number, _, parts in lines:
        wanted[voices[number % len(voices)]] += _texts(parts, whole=number // len(voices) % 2 == 0)
    for voice, texts in wanted.items():
        booth.record(voice, texts)
    for number, asked, parts in lines:
        voice = voices[number % len(voices)]
        yield from _spoken(number, asked, parts, voice, booth.play, whole=number // len(voices) % 2 == 0)


def _once() -> Iterator[tuple[int, Asked, str]]:
    seen = set[tuple[Asked, str]]()
    for number, row in enumerate(written(HERE / "sayings.toml")):
        if row not in seen and number % SOME[1] < SOME[0]:
            seen.add(row)
            yield number, *row


def _parts(text: str) -> list[str]:
    """Where the caller pauses: at "...", and at commas that are no "yes, please"."""
    parts = [""]
    for piece in text.replace("...", " ... ").replace(",", " , ").split():
        if piece == "..." or (piece == "," and words_in(parts[-1]) and words_in(parts[-1])[-1] not in RUN_ON):
            parts.append("")
        elif piece != ",":
            parts[-1] = f"{parts[-1]} {piece}".strip()
    return [part for part in parts if words_in(part)]


def _texts(parts: list[str], *, whole: bool) -> list[str]:
    end = "?" if is_question(words_in(" ".join(parts))) else "."
    one = " ".join(parts).rstrip("?.!") + end
    return [one] if whole or len(parts) == 1 else [*(f"{part}," for part in parts[:-1]), parts[-1].rstrip("?.!") + end]


def _spoken(
    number: int, asked: Asked, parts: list[str], voice: Voice, play: Callable[[Voice, str], Sound], *, whole: bool
) -> Iterator[Spoken]:
    sounds = [play(voice, text) for text in _texts(parts, whole=whole)]
    text, kind = " ".join(parts), "parts"
    if whole and len(parts) > 1:
        kind, sounds = "cut", mixing.parted(sounds[0], len(parts[0]) / len(text))
    so_far = list[Sound]()
    for place, sound in enumerate(sounds):
        so_far.append(sound)
        ended = place == len(sounds) - 1
        together, _ = mixing.joined(so_far, [0.5] * (len(so_far) - 1))
        yield Spoken(number, text, voice.name, asked, None, at_16khz(together), ended, 0.0, "end" if ended else kind)


def bench_set(name: str) -> Iterator[Spoken]:
    """The spoken benchmark's own utterances."""
    cast = casting.cast(name, Booth())
    for number, said in enumerate([*cast.plain, *cast.pauses, *cast.answers, *cast.dictation]):
        question = answer_to(said.ask.text) if said.ask else ""
        asked, digits = asked_of(question), digits_asked_for(question)
        for begins, ends in said.pauses:
            before = at_16khz(said.sound[: int(begins * SPOKEN_RATE)])
            yield Spoken(number, said.text, said.voice, asked, digits, before, False, ends - begins, said.kind)
        yield Spoken(number, said.text, said.voice, asked, digits, at_16khz(said.sound), True, 0.0, said.kind)


def at_16khz(sound: Sound) -> Sound:
    return as_16khz_mono(rtc.AudioFrame(sound.tobytes(), SPOKEN_RATE, 1, len(sound)))


def main(name: str) -> None:
    models, path = Models(), Path(FOLDER / f"{name}.jsonl")
    with path.open("w", encoding="utf-8") as file:
        for count, said in enumerate(sayings() if name == "sayings" else bench_set(name), 1):
            file.write(json.dumps(asdict(line_of(said, models)), ensure_ascii=False) + "\n")
            if count % 100 == 0:
                print(count, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
