"""A sentence as plain lower-case words with numbers as digits, each word knowing where it came from. Pure.

"Half past three p.m. on the twenty-third" becomes "half past 3 pm on the 23rd". The patterns of the other modules run
on that text; `Words.source` leads back to the caller's own words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from tools.calendars.language.english import ENGLISH
from tools.calendars.language.table import Language
from tools.spoken import ordinal

_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\d\d(?!\d))?(?!\d)"
    r"|\d{1,2}[:.]\d\d(?!\d)"
    r"|\d{1,2}\.5(?=\s?h)"
    r"|(?<=[\dmM])\s?[-–—]\s?(?=\d)|(?<=\d)\s[-–—]\s(?=[A-Z])"
    r"|\d+(?:st|nd|rd|th)?(?![^\W_])|\d+"
    r"|[ap]\.\s?m\b\.?"
    r"|o['’ ]?clock"
    r"|to-(?:day|morrow|night)\b"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2,4})?")
# "the first one" is a thing, not a number
_BEFORE_THING = frozenset(
    "this that the which last first second third fourth next other every no any each another any later earlier".split()
)
_AFTER_CLOCK = frozenset("oclock o'clock am pm a.m. p.m. thirty fifteen forty ten twenty fifty".split())
_Token: TypeAlias = tuple[str, int, int]


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


def read_words(text: str, language: Language = ENGLISH) -> Words:
    """Normalise ``text``."""
    raw = [(_plain(match.group(), language), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    tokens = _with_numbers(raw, language)
    for pattern, instead in _phrases(language.code, language.phrases):
        tokens = _said_plainly(tokens, pattern, instead)
    words: list[Word] = []
    place = 0
    for normal, start, end in tokens:
        words.append(Word(normal, place, place + len(normal), start, end))
        place += len(normal) + 1
    return Words(text, " ".join(word.text for word in words), tuple(words))


@lru_cache(maxsize=8)
def _phrases(_: str, phrases: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), instead) for pattern, instead in phrases)


def _said_plainly(tokens: list[_Token], pattern: re.Pattern[str], instead: str) -> list[_Token]:
    """The tokens with each match said in other words; those come from where the match came from."""
    text = " ".join(token[0] for token in tokens)
    matches = list(pattern.finditer(text))
    if not matches:
        return tokens
    starts: list[int] = []
    place = 0
    for token in tokens:
        starts.append(place)
        place += len(token[0]) + 1
    done, made = 0, list[_Token]()
    for match in matches:
        first = bisect_right(starts, match.start()) - 1
        last = bisect_right(starts, max(match.start(), match.end() - 1)) - 1
        made += tokens[done:first]
        span = (tokens[first][1], tokens[last][2])
        made += [(word, *span) for word in match.expand(instead).split()]
        done = last + 1
    return made + tokens[done:]


def _plain(token: str, language: Language) -> str:
    token = token.lower().replace("’", "'").replace("to-", "to")
    if token in language.same:
        return language.same[token]
    if re.fullmatch(r"[ap]\.?\s?m\.?", token):
        return token[0] + "m"
    if re.fullmatch(r"o['’ ]?clock", token):
        return "oclock"
    if token.strip() in {"-", "–", "—"}:
        return "through"  # not "to": "10-11" is no time before eleven
    if dotted := _DOTTED.fullmatch(token):
        return ".".join(part for part in dotted.groups() if part)
    if re.fullmatch(r"\d{1,2}\.\d\d", token):
        return token.replace(".", ":")
    if token.endswith("'s") and (token[:-2] in {"today", "tomorrow", "tonight"} or token[:-2].endswith("day")):
        return token[:-2]
    token = token.replace("'", "")
    return language.same.get(token, token)


def _with_numbers(raw: list[_Token], language: Language) -> list[_Token]:
    """Number words merged into digits: "twenty", "third" becomes "23rd"."""
    units, tens, ordinals = language.units, language.tens, language.ordinals
    merged: list[_Token] = []
    at = 0
    while at < len(raw):
        word, start, end = raw[at]
        following = raw[at + 1] if at + 1 < len(raw) else ("", 0, 0)
        if word in tens and 0 < units.get(following[0], 0) < 10:
            merged.append((str(tens[word] + units[following[0]]), start, following[2]))
            at += 2
        elif word in tens and 0 < ordinals.get(following[0], 0) < 10:
            merged.append((ordinal(tens[word] + ordinals[following[0]]), start, following[2]))
            at += 2
        elif word == "oh" and merged and merged[-1][0].isdigit() and 0 < units.get(following[0], 0) < 10:
            merged.append((f"0{units[following[0]]}", start, following[2]))
            at += 2
        else:
            merged.append((_number(word, merged[-1][0] if merged else "", following[0], language), start, end))
            at += 1
    return merged


def _number(word: str, before: str, following: str, language: Language) -> str:
    if word == "one" and following not in _AFTER_CLOCK and (before in _BEFORE_THING or re.match(r"\d+[snrt]", before)):
        return word
    if word in language.units:
        return str(language.units[word])
    if word in language.tens:
        return str(language.tens[word])
    if word in language.numbers:
        return str(language.numbers[word])
    return ordinal(language.ordinals[word]) if word in language.ordinals else word
