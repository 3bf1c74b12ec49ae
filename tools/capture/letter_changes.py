"""One letter of a name or an address is written otherwise: "with a k", "with two n's", "without the e". Pure.

A letter takes the place of one that sounds like it. Where that is not one place alone, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

from tools.capture.spelling import read_spelling

_LIKE = {
    "k": ("ck", "c", "q", "ch"), "c": ("ck", "k", "s"), "y": ("ie", "ee", "i", "e", "j"), "i": ("y", "ee", "e"),
    "z": ("s", "c", "ts"), "s": ("z", "c"), "f": ("ph", "v"), "v": ("w", "f", "b"), "w": ("v", "u"), "t": ("d",),
    "d": ("t", "b"), "b": ("p", "d", "v"), "p": ("b", "t"), "m": ("n",), "n": ("m",), "j": ("g", "y"), "g": ("j",),
    "e": ("a", "i"), "a": ("e", "o"), "o": ("a", "u"), "u": ("o", "w", "oo"), "q": ("k", "c"), "x": ("cks", "ks"),
    "ph": ("f", "v"), "ie": ("y", "i"), "ck": ("k", "c"), "th": ("t",), "ee": ("i", "ea"), "ea": ("ee", "i"),
}  # fmt: skip
_LETTER = r"(?:double [a-z]+|[a-z]+ as in [a-z]+|[a-z]+(?: ?(?:and )?[a-z])?)"
_WITH = re.compile(
    rf"(?:(?:it's |it is |that's )?(?P<word>[\w'-]+)\s+)?(?:it's |spelled |spelt |that's )?with\s+"
    rf"(?:an?\s+|the\s+)?(?P<new>{_LETTER})"
    rf"(?P<end>\s+at the end)?(?:,?\s+(?:not|instead of)\s+(?:with\s+)?(?:an?\s+|the\s+)?(?P<old>{_LETTER}))?",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    r"(?:(?:it's |that's )?(?P<word>[\w'-]+)\s+)?(?:it's |there's |there are )?(?:with\s+)?(?:just\s+|only\s+)?"
    r"(?P<count>two|2|double|one|1|a single)\s+(?P<letter>[a-z]{1,4})(?:['’]?s)?(?:['’])?(?:\s+in (?P<word2>[\w'-]+))?",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"(?:(?:it's |that's )?(?P<word>[\w'-]+)\s+)?(?:it's |there's )?(?:without|no|there is no)\s+"
    r"(?:an?\s+|the\s+|any\s+)?(?P<letter>[a-z]{1,4}(?: as in [a-z]+)?)"
    r"(?P<end>\s+at the end)?(?:\s+in (?P<word2>[\w'-]+))?",
    re.IGNORECASE,
)
_ALIKE = 0.5
_NO_WORD = frozenset("it it's its that that's but and just spelled spelt there is written with just only has".split())


def change_letters(value: str, text: str) -> str:
    """The changed value; "" when the sentence says no such thing, or where is not clear."""
    if found := _WITH.fullmatch(text):
        new, old = _pair(found["new"]), _pair(found["old"] or "")
        if new and len(new) <= 2 and not (found["new"].lower().startswith("double")):
            return _in_word(value, found["word"], lambda part: _with(part, new, old, bool(found["end"])))
    if found := _HOW_MANY.fullmatch(text):
        letter = read_spelling(found["letter"]) or read_spelling(found["letter"].removesuffix("s"))
        doubled = found["count"].lower() in {"two", "2", "double"}
        if len(letter) == 1:
            return _in_word(
                value, found["word"] or found["word2"], lambda part: _counted(part, letter, doubled=doubled)
            )
    if found := _WITHOUT.fullmatch(text):
        letter = read_spelling(found["letter"])
        if letter:
            word = found["word"] or found["word2"]
            return _in_word(value, word, lambda part: _without(part, letter, at_end=bool(found["end"])))
    return ""


def _pair(text: str) -> str:
    """A letter, or two that sound as one ("ph")."""
    return text.lower() if text.lower() in _LIKE else read_spelling(text)


def _in_word(value: str, word: str | None, change: Callable[[str], str]) -> str:
    """``change`` in the word that is meant; without a name for it, in the one word where it does something."""
    head, at, tail = value.partition("@")
    words = re.split(r"([ ._+-])", head)
    places = range(0, len(words), 2)
    if word and word.lower() not in _NO_WORD:
        near = {place: SequenceMatcher(None, words[place].lower(), word.lower()).ratio() for place in places}
        best = max(places, key=lambda place: near[place])
        places = [best] if near[best] >= _ALIKE else []
    changed = [(place, new) for place in places if (new := change(words[place])) and new != words[place]]
    if len(changed) != 1:
        return ""
    place, new = changed[0]
    return "".join([*words[:place], new, *words[place + 1 :]]) + at + tail


def _with(word: str, new: str, old: str, at_end: bool) -> str:
    """``new`` where something like it stands, or where it is silent: John, Anne, Sarah."""
    lower = word.lower()
    if old:
        return _put(word, old, new) if lower.count(old) == 1 else ""
    if at_end:
        like = next((one for one in _LIKE.get(new, ()) if lower.endswith(one)), "")
        return word[: len(word) - len(like)] + new
    if new == "e" and lower[-1] not in "aeiouy":
        return word + "e"
    for like in _LIKE.get(new, ()):
        count = lower.count(like)
        if count == 1 or (count and lower.startswith(like)):
            return _put(word, like, new)
        if count:
            return ""
    if new in lower:
        return ""
    return _silent(word, new)


def _silent(word: str, new: str) -> str:
    lower = word.lower()
    if new != "h":
        return ""
    if lower.endswith("a"):
        return word + "h"
    if lower.endswith("on"):
        return word[:-1] + "h" + word[-1]
    return word[0] + "h" + word[1:] if lower[0] in "tcpr" else ""


def _put(word: str, old: str, new: str) -> str:
    at = word.lower().find(old)
    new = new.capitalize() if word[at].isupper() else new
    return word[:at] + new + word[at + len(old) :]


def _counted(word: str, letter: str, *, doubled: bool) -> str:
    """One letter instead of two, or two instead of one."""
    lower = word.lower()
    if doubled:
        if letter * 2 in lower or lower.count(letter) != 1:
            return ""
        at = lower.find(letter)
        return word[: at + 1] + letter + word[at + 1 :]
    return _put(word, letter * 2, letter) if lower.count(letter * 2) == 1 else ""


def _without(word: str, letter: str, *, at_end: bool) -> str:
    lower = word.lower()
    if at_end or (lower.endswith(letter) and lower.count(letter) == 1):
        return word[: -len(letter)] if lower.endswith(letter) else ""
    if lower.count(letter) != 1:
        return ""
    at = lower.find(letter)
    rest = word[:at] + word[at + len(letter) :]
    return rest.capitalize() if word[0].isupper() and at == 0 else rest
