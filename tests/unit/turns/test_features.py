"""What speaks for or against an end is found in the words, the answer and the sound; each has a weight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.turns.evidence import Asked, Evidence
from agent.turns.features import features_of, quiet_s, word_features
from agent.turns.questions import verb_missing
from agent.turns.weights import FEATURES, pause_lasts


def test_every_feature_that_is_found_has_a_weight() -> None:
    block = "yes | why | okay | on the | book a table | from Monday | hello | five | well | I am... | if it rains"
    said = [
        *block.split(" | "),
        "my number is 5",
        "a at b dot com",
        "move it",
        "my name is Anna Lee",
        "is there",
        "is there parking",
        "um",
    ]
    found = {name for words in said for asked in Asked for name in word_features(words, asked)}
    found |= set(features_of(Evidence(silence_s=1, words="", acoustic=0.5, language="de")))
    assert found <= set(FEATURES)


def test_silence_and_sound_weigh_nothing_against_an_end() -> None:
    assert FEATURES["silence"] > 0
    assert FEATURES["acoustic"] > 0
    assert FEATURES.get("acoustic_alone", 0.0) >= 0


@pytest.mark.parametrize(
    ("words", "is_missing"),
    [
        ("how much does parking", True),
        ("how much does parking cost", False),
        ("what time does the pool", True),
        ("is breakfast", True),
        ("when is breakfast", False),
        ("can you tell me when the kitchen", True),
        ("can you tell me when the kitchen closes", False),
        ("how does this work", False),
        ("I don't know", False),
        ("could you check if my room", True),
    ],
)
def test_a_question_without_its_verb_goes_on(words: str, is_missing: bool) -> None:
    assert verb_missing(words.lower().split()) is is_missing


def test_pauses_last_as_long_as_they_were_measured() -> None:
    for silence_s, share in ((0.3, 0.556), (0.6, 0.217), (1.0, 0.10), (1.6, 0.05)):
        assert pause_lasts(silence_s) == pytest.approx(share, abs=0.04)
    assert pause_lasts(0.0) == 1.0


def test_quiet_is_silence_or_in_noise_the_time_without_a_new_word() -> None:
    evidence = Evidence(silence_s=0.1, words="yes", unchanged_s=1.5)
    assert quiet_s(evidence) == 0.1
    assert quiet_s(replace(evidence, level_db=-10.0)) == pytest.approx(1.0)
    assert quiet_s(replace(evidence, level_db=-1.0)) == 0.1
