"""The phrases of ``phrases.toml`` and the signs of ``signs.toml``, compiled once; ``instructions`` adds them up.

Words only. In a sign %name% stands for one of its file's words; it is looked for only where its ``needs`` stand.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

_WORD = re.compile(r"[^\W_]+")
_MARKS = "<[#:,;-@/_`"
_NOT_LATIN = re.compile("[\u0370-\U0002ffff]")
_STEM = 5


@dataclass(frozen=True, slots=True)
class Row:
    """``worth``: how much it adds for its ``kind``. ``needs``: the bits of the sets of which a sentence needs a word
    each."""

    kind: str
    worth: float
    needs: int
    pattern: re.Pattern[str]


def rows_for(text: str) -> list[Row]:
    """Those that could match here, by words alone; nearly none for ordinary sentences."""
    here = 0
    for word in set(_WORD.findall(text.lower())):
        here |= _BITS.get(word[:_STEM], 0) | (_BOT if word.endswith("bot") else _DIGIT if word[0].isdigit() else 0)
    for mark in _MARKS:
        if mark in text:
            here |= _BITS.get(mark, 0)
    if not text.isascii() and _NOT_LATIN.search(text):
        here |= _BITS["λ"]
    return [row for row in ROWS if row.needs & here == row.needs]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("ingest.documents.analysis") / name).read_text(encoding="utf-8"))


def _pattern(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    while (filled := re.sub(r"%(\w+)%", lambda match: words[match[1]], pattern)) != pattern:
        pattern = filled
    return re.compile(pattern, re.IGNORECASE)


def _openings(pattern: str) -> frozenset[str] | None:
    """The stems one of which a match must begin with, read off the pattern; None where it may begin otherwise."""
    found: set[str] = set()
    for branch in _branches(pattern):
        start = re.sub(r"^(?:\\b|\(\?<!\\w\))+", "", branch)
        group = _group(start)
        if group and start[len(group) : len(group) + 1] not in {"?", "*", "{"}:
            inner = _openings(group[3:-1])
            if inner is None:
                return None
            found |= inner
            continue
        word = re.match(r"[^\W_]*", start)
        letters, after = word[0] if word else "", start[len(word[0]) :] if word else start
        optional = after[:1] in {"?", "*", "{"}
        whole = (after[:1] in {"", " ", "'", "-", ","} and after[1:2] != "?") or after[:2] in {"\\b", "\\s"}
        if not letters or optional or _NOT_LATIN.search(letters) or (len(letters) < _STEM and not whole):
            return None
        found.add(letters[:_STEM].lower())
    return frozenset(found)


def _branches(pattern: str) -> list[str]:
    """Split at the bars outside of all groups and classes."""
    parts, depth, start, place = list[str](), 0, 0, 0
    while place < len(pattern):
        sign = pattern[place]
        place += 1 if sign == "\\" else 0
        if sign == "[":
            place = pattern.index("]", place + 2)
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]


def _group(text: str) -> str:
    """The (?:...) it begins with; empty otherwise."""
    depth, place = 0, 0
    while text.startswith("(?:") and place < len(text):
        sign = text[place]
        place += 1 if sign == "\\" else 0
        if sign == "[":
            place = text.index("]", place + 2)
        depth += (sign == "(") - (sign == ")")
        place += 1
        if not depth:
            return text[:place]
    return ""


def _bits(needs: list[str], sets: dict[str, str]) -> dict[str, int]:
    """Stem or mark -> the bits of the needs it meets."""
    found: dict[str, int] = {}
    for place, need in enumerate(needs):
        for name in need.split():
            for word in sets.get(name, name).split():
                found[word[:_STEM]] = found.get(word[:_STEM], 0) | 1 << place
    return found


_PHRASES: Final = _read("phrases.toml")
_SIGNS: Final = _read("signs.toml")
_WORDS: Final[dict[str, str]] = _SIGNS["words"]
_WANTED: Final[list[tuple[dict[str, Any], list[str]]]] = [
    *((row, row["needs"]) for row in _SIGNS["sign"]),
    *((row, _PHRASES["needs"][row["kind"]]) for row in _PHRASES["phrase"]),
]


def _needed(row: dict[str, Any], needs: list[str]) -> tuple[re.Pattern[str], list[str]]:
    pattern = _pattern(row["pattern"], _WORDS)
    begins = _openings(pattern.pattern)
    return pattern, needs if begins is None else [*needs, " ".join(sorted(begins))]


_READY: Final = [(row, *_needed(row, needs)) for row, needs in _WANTED]
_NEEDS: Final = sorted({need for _, _, needs in _READY for need in needs})
_BITS: Final = _bits(_NEEDS, _SIGNS["sets"])
_BOT, _DIGIT = _BITS["bot"], _BITS["0"]
ROWS: Final = sorted(
    (
        Row(row["kind"], float(row["worth"]), sum(1 << _NEEDS.index(need) for need in set(needs)), pattern)
        for row, pattern, needs in _READY
    ),
    key=lambda row: row.worth,
)  # the strongest of a kind last
REFUSAL: Final = _pattern(_SIGNS["refusal"], _WORDS)
