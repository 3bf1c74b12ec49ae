"""What the recogniser wrote, as English."""

import pytest

from agent.pipeline.recognition import as_english


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("See you to-morrow at the café.", "See you tomorrow at the café."),
        ("啊啊啊啊啊啊?", ""),
        ("Мм, what time is it?", "what time is it?"),
        ("It costs £12, naïve as that is.", "It costs £12, naïve as that is."),
        ("Book a meeting with Anna \u8fd9\u79cd\u53eb", "Book a meeting with Anna"),
        ("A café for Zoë, €15 – “please”", "A café for Zoë, €15 – “please”"),
        ("", ""),
    ],
)
def test_only_what_has_latin_letters_was_said(written: str, text: str) -> None:
    assert as_english(written) == text
