"""Signs of listening, noises and side talk do not stop the assistant; who wants to speak does, at the first sign."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from agent.turns.backchannels import Kind, asks_yes_or_no, kind_of
from agent.turns.evidence import Asked
from agent.turns.interruption import Overlap, decide

CASES = tomllib.loads((Path(__file__).parent / "interruptions.toml").read_text())["case"]
OPTIONAL = ("level_db", "swing_db", "spoken", "left_s", "speaking")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_moment_of_what_was_heard_gets_its_verdict(case: dict[str, Any]) -> None:
    known = {name: case[name] for name in OPTIONAL if name in case} | {"asked": Asked(case.get("asked", ""))}
    for at, (voiced_s, silence_s, words, verdict) in enumerate(case["heard"], 1):
        over = case.get("over", False) and at == len(case["heard"])
        overlap = Overlap(voiced_s=voiced_s, silence_s=silence_s, words=words, over=over, **known)
        assert decide(overlap) == verdict, overlap


@pytest.mark.parametrize(
    "words",
    ["Mm-hmm.", "mhm", "Uh huh", "OK", "Alright.", "Yeah.", "Right, right.", "I see", "Got it, thanks.", "Sounds good"],
)
def test_signs_of_listening_are_known_however_they_are_written(words: str) -> None:
    assert kind_of(words) is Kind.LISTENING


@pytest.mark.parametrize(
    "words",
    ["Hold on", "sorry?", "No, no.", "Excuse me", "one second", "Hang on a minute", "can you", "Let me", "Yes, wait"],
)
def test_who_asks_for_the_floor_gets_it(words: str) -> None:
    assert kind_of(words) is Kind.HALT


@pytest.mark.parametrize(
    ("spoken", "asks"),
    [
        ("Thursday at three for two people. Shall I book", True),
        ("That is Thursday at three, correct?", True),
        ("Great. Is that right", True),
        ("Shall I book it? I have Thursday at three", False),
        ("We are open from nine", False),
        ("", False),
    ],
)
def test_whether_the_sentence_being_said_wants_a_yes(spoken: str, asks: bool) -> None:
    assert asks_yes_or_no(spoken) is asks
