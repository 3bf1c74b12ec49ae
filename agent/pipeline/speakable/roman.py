"""Roman numbers up to 39, as they follow names; letters beyond I, V and X are mostly initials. Pure."""

import re

ROMAN = r"X{0,3}(?:IX|IV|V?I{0,3})"
_VALUES = {"I": 1, "V": 5, "X": 10}


def roman(text: str) -> int | None:
    """ "VIII" -> 8; None for "I" alone (it is mostly "I"), for nothing, and for what is no number."""
    if text in {"", "I"} or not re.fullmatch(ROMAN, text):
        return None
    values = [_VALUES[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
