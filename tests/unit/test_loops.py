"""A recogniser that got stuck: the loop is found, the sound is heard again in halves, what loops still is cut off.

In calls and in recordings alike, which have a process each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from agent.pipeline.moonshine_engine import transcribe
from ingest.documents.sound.moonshine_process import hear
from tools.loops import heard_without_loops, without_loops
from tools.quiet import SAMPLE_RATE, Samples

LOOP = "It's for families." + "4" * 60


def noise(seconds: float, *, quiet_at_s: float | None = None) -> Samples:
    samples = np.random.default_rng(1).normal(0, 3000, int(seconds * SAMPLE_RATE)).astype(np.int16)
    if quiet_at_s is not None:
        samples[int((quiet_at_s - 0.15) * SAMPLE_RATE) : int((quiet_at_s + 0.15) * SAMPLE_RATE)] = 0
    return samples


class StuckRecogniser:
    """Writes one text after the other; keeps the sound it was given."""

    def __init__(self, *texts: str) -> None:
        self.given: list[Samples] = []
        self._texts = list(texts)

    def __call__(self, samples: Samples) -> str:
        self.given.append(samples)
        return self._texts.pop(0)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (LOOP, "It's for families."),
        ("Yes, please" + ". . " * 20, "Yes, please"),
        ("I want to go to the " * 9, "I want to go to the"),
        ("Is there " + "a room with " * 12 + "a ro", "Is there a room with"),
        ("No" + "o" * 40, "No"),
        ("ha " * 30 + "what a day", "ha what a day"),
        ("the " * 10 + "then we go", "the then we go"),
        ("Well " + "it is the first of the rooms that I " * 8, "Well it is the first of the rooms that I"),
        ("one " * 9, "one"),
        ("4" * 50, ""),
    ],
)
def test_a_loop_is_cut_off(text: str, rest: str) -> None:
    assert without_loops(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Do you have a swimming pool?",
        "My number is four four four four four four",
        "It is 444444 and then 0000.",
        "four two four two four two four two four two four two four two four two",
        "4242 4242 4242 4242",
        "4242424242424242",
        "no, no, no, no, no, no",
        "very very very very good",
        "one million is 1,000,000",
        "Mm-hm. Mm-hm. Mm-hm.",
    ],
)
def test_what_people_do_say_again_and_again_is_no_loop(text: str) -> None:
    assert without_loops(text) == text


def test_sound_without_a_loop_is_heard_once() -> None:
    recogniser = StuckRecogniser("It's for families.")
    assert heard_without_loops(noise(3.0), recogniser) == "It's for families."
    assert len(recogniser.given) == 1


def test_a_loop_is_heard_again_in_halves_cut_where_it_is_quiet() -> None:
    recogniser = StuckRecogniser(LOOP, "It's for families", "with two children.")
    sound = noise(4.0, quiet_at_s=1.7)
    assert heard_without_loops(sound, recogniser) == "It's for families with two children."
    whole, first, second = recogniser.given
    assert np.array_equal(np.concatenate([first, second]), whole)
    assert 1.55 <= len(first) / SAMPLE_RATE <= 1.85


def test_a_half_that_loops_still_loses_its_loop() -> None:
    recogniser = StuckRecogniser(LOOP, LOOP, "4" * 40)
    assert heard_without_loops(noise(2.0), recogniser) == "It's for families."


def test_sound_too_short_for_halves_only_loses_the_loop() -> None:
    recogniser = StuckRecogniser(LOOP)
    assert heard_without_loops(noise(0.8), recogniser) == "It's for families."


@dataclass
class Line:
    """A line of a transcript as the library gives it."""

    text: str


@dataclass
class FakeTranscriber:
    """Stuck on the whole, not on the halves."""

    texts: list[str]
    given: list[list[float]] = field(default_factory=list)

    def transcribe_without_streaming(self, samples: list[float], sample_rate: int) -> Any:
        assert sample_rate == SAMPLE_RATE
        self.given.append(samples)
        return type("Transcript", (), {"lines": [Line(f" {self.texts.pop(0)} "), Line(" ")]})


@pytest.mark.parametrize("heard", [transcribe, hear], ids=["call", "recording"])
def test_both_processes_hear_a_loop_again_in_halves(heard: Callable[[Any, bytes], str]) -> None:
    transcriber = FakeTranscriber([LOOP, "Is it", "for families?"])
    assert heard(transcriber, noise(3.0, quiet_at_s=1.5).tobytes()) == "Is it for families?"
    whole, first, second = transcriber.given
    assert first + second == whole
    assert max(map(abs, whole)) <= 1.0
