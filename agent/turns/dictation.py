"""How far somebody has come who dictates: digits of a number, an e-mail address, letters. Pure and English.

People pause between groups, so the pauses tell little and the count much. Numbers of other languages are not counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.turns.evidence import Asked
from agent.turns.finished import words_in

PHONE_COUNTS = frozenset((7, 10, 11, 12))
SHORTEST_PHONE = 7
PREFIXED = {"+": 10, "0": 9}  # digits, the prefix among them
_UNITS = frozenset("zero oh o one two three four five six seven eight nine".split())
_TEENS = frozenset("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
_TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
_TIMES = {"double": 2, "triple": 3}
_WRITTEN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\W*$", re.IGNORECASE)
_LETTER = re.compile(r"^[a-z](?:'s)?$")


@dataclass(frozen=True, slots=True)
class Dictated:
    """``started``: anything of it was said. ``missing``: the share still to come, 0 (all there) to 1."""

    started: bool
    missing: float


def dictated(asked: Asked, words: str, digits: int | None = None) -> Dictated | None:
    """What came of the number, address or spelling that was asked for; None when nothing of the kind was."""
    if asked is Asked.DIGITS:
        return _number(digit_count(words), digits, prefix=_prefix(words))
    if asked is Asked.EMAIL:
        return _address(words)
    if asked is Asked.SPELLING:
        letters = sum(1 for word in words_in(words) if _LETTER.match(word))
        return Dictated(letters > 0, max(0.0, 1.0 - letters / 6))
    return None


def digit_count(text: str) -> int:
    """Digits said or written in ``text``: 4 for "double five twenty", 7 for "555-0199"."""
    count, times, after_tens = 0, 1, False
    for word in words_in(text):
        if word.isdigit():
            count += len(word) * times
        elif word in _UNITS:
            count += 0 if after_tens and word not in ("zero", "oh", "o") else times
        elif word in _TEENS or word in _TENS:
            count += 2 * times
        after_tens = word in _TENS
        times = _TIMES.get(word, 1)
    return count


def _prefix(words: str) -> str:
    """ "+" before a country's code, "0" before an area's: such a number is longer. "" otherwise."""
    first = next((word for word in words_in(words) if digit_count(word)), "")
    if "+" in words or "plus" in words_in(words) or first.startswith("00"):
        return "+"
    return "0" if first.startswith("0") or first in ("zero", "oh") else ""


def _number(count: int, expected: int | None, *, prefix: str) -> Dictated:
    if expected is not None:
        return Dictated(count > 0, max(0.0, 1.0 - count / expected))
    if prefix and 0 < count < PREFIXED[prefix]:
        return Dictated(True, max(0.2, 1.0 - count / (PREFIXED[prefix] + 1)))
    if count in PHONE_COUNTS or count > max(PHONE_COUNTS):
        return Dictated(True, 0.0)
    if count > SHORTEST_PHONE:  # eight or nine: some numbers are so long, most go on
        return Dictated(True, 0.2)
    return Dictated(count > 0, 1.0 - count / (SHORTEST_PHONE + 1))


def _address(text: str) -> Dictated:
    """ "anna dot lee at example dot com": local part, at, name, dot, ending."""
    if _WRITTEN.search(text):
        return Dictated(True, 0.0)
    words = words_in(text)
    if "at" not in words:
        return Dictated(_spells_address(words), 0.8 if words else 1.0)
    host = words[len(words) - 1 - words[::-1].index("at") + 1 :]
    if "dot" not in host:
        return Dictated(True, 0.6 if not host else 0.4)
    ending = host[len(host) - 1 - host[::-1].index("dot") + 1 :]
    if not ending:
        return Dictated(True, 0.3)
    return Dictated(True, 0.1 if ending == ["co"] else 0.0)


def _spells_address(words: list[str]) -> bool:
    """ "you already have it" is no beginning of an address, though any word might be one."""
    return len(words) <= 3 or any(_is_letter(word) or word in _ADDRESS for word in words)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word not in ("a", "i")


_ADDRESS = frozenset("dot underscore minus dash hyphen address".split())
