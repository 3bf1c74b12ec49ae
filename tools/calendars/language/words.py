"""A sentence as plain lower-case words with numbers as digits, each word knowing where it came from. Pure.

"Half past three p.m. on the twenty-third" becomes "half past 3 pm on the 23rd". The patterns of the other modules run
on that text; `Words.source` leads back to the caller's own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.spoken import ordinal

_UNITS: dict[str, int] = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS: dict[str, int] = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_ORDINALS: dict[str, int] = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        range(1, 21),
        strict=True,
    )
) | {"thirtieth": 30}
_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|\d{1,2}[:.]\d\d(?!\d)"
    r"|\d+(?:st|nd|rd|th)?(?![^\W\d_])|\d+"
    r"|[ap]\.\s?m\b\.?"
    r"|o['’ ]?clock"
    r"|to-(?:day|morrow|night)\b"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*",
    re.IGNORECASE,
)
# "the first one" is a thing, not a number
_BEFORE_THING = frozenset(
    "this that the which last first second third fourth next other every no any each another any later earlier".split()
)
_AFTER_CLOCK = frozenset("oclock o'clock am pm a.m. p.m. thirty fifteen forty ten twenty fifty".split())
_SAME = {
    "tues": "tuesday", "tue": "tuesday", "weds": "wednesday", "wed": "wednesday", "thurs": "thursday",
    "thur": "thursday", "thu": "thursday", "fri": "friday", "jan": "january", "feb": "february", "apr": "april",
    "aug": "august", "sept": "september", "sep": "september", "oct": "october", "nov": "november", "dec": "december",
    "hrs": "hours", "hr": "hour", "mins": "minutes", "min": "minute", "tmrw": "tomorrow", "tomorow": "tomorrow",
    "til": "until", "till": "until", "midday": "noon", "oh": "oh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One normal word: ``text``, its place in the normal text, and its place in the source."""

    text: str
    start: int
    end: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` is the normal text, single spaces, no punctuation."""

    original: str
    text: str
    words: tuple[Word, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that became ``text[start:end]``."""
        inside = [word for word in self.words if word.start < end and word.end > start]
        return (inside[0].source_start, inside[-1].source_end) if inside else (0, 0)


def read_words(text: str) -> Words:
    """Normalise ``text``."""
    raw = [(_plain(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    words: list[Word] = []
    place = 0
    for normal, start, end in _with_numbers(raw):
        words.append(Word(normal, place, place + len(normal), start, end))
        place += len(normal) + 1
    return Words(text, " ".join(word.text for word in words), tuple(words))


def _plain(token: str) -> str:
    token = token.lower().replace("’", "'").replace("to-", "to")
    if re.fullmatch(r"[ap]\.?\s?m\.?", token):
        return token[0] + "m"
    if re.fullmatch(r"o['’ ]?clock", token):
        return "oclock"
    if re.fullmatch(r"\d{1,2}\.\d\d", token):
        return token.replace(".", ":")
    if token.endswith("'s") and (token[:-2] in {"today", "tomorrow", "tonight"} or token[:-2].endswith("day")):
        return token[:-2]
    token = token.replace("'", "")
    return _SAME.get(token, token)


def _with_numbers(raw: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Number words merged into digits: "twenty", "third" becomes "23rd"."""
    merged: list[tuple[str, int, int]] = []
    at = 0
    while at < len(raw):
        word, start, end = raw[at]
        following = raw[at + 1] if at + 1 < len(raw) else ("", 0, 0)
        if word in _TENS and 0 < _UNITS.get(following[0], 0) < 10:
            merged.append((str(_TENS[word] + _UNITS[following[0]]), start, following[2]))
            at += 2
        elif word in _TENS and 0 < _ORDINALS.get(following[0], 0) < 10:
            merged.append((ordinal(_TENS[word] + _ORDINALS[following[0]]), start, following[2]))
            at += 2
        elif word == "oh" and merged and merged[-1][0].isdigit() and 0 < _UNITS.get(following[0], 0) < 10:
            merged.append((f"0{_UNITS[following[0]]}", start, following[2]))
            at += 2
        else:
            merged.append((_number(word, merged[-1][0] if merged else "", following[0]), start, end))
            at += 1
    return merged


def _number(word: str, before: str, following: str) -> str:
    if word == "one" and following not in _AFTER_CLOCK and (before in _BEFORE_THING or re.match(r"\d+[snrt]", before)):
        return word
    if word in _UNITS:
        return str(_UNITS[word])
    if word in _TENS:
        return str(_TENS[word])
    return ordinal(_ORDINALS[word]) if word in _ORDINALS else word
