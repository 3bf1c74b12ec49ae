"""What is a question already, and what lacks its verb or noun."""

import pytest

from agent.turns.evidence import Asked
from agent.turns.features import word_features


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        ("Which of the rooms has a kitchen?", "verb_missing"),
        ("Please tell me, um, where the spare key hangs.", "verb_missing"),
        ("Can you tell me where the nearest pharmacy is?", "dangling"),
        ("So, um, what does that taxi cost?", "statement"),
        ("Is the internet free?", "modifier"),
        ("What's the weather going to be like?", "wants_object"),
    ],
)
def test_nothing_is_missing(words: str, absent: str) -> None:
    assert absent not in word_features(words, Asked.NOTHING)


@pytest.mark.parametrize(
    ("words", "present"),
    [
        ("Could you tell me what the opening hours", "verb_missing"),
        ("Is there a free", "modifier"),
        ("I need to push my four o'clock", "move_without_target"),
    ],
)
def test_something_is_missing(words: str, present: str) -> None:
    assert present in word_features(words, Asked.NOTHING)
