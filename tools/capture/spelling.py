"""Spelling and digits as they are said, as text: "s m y t h", "b as in bravo", "double five oh". Pure."""

from __future__ import annotations

import re

from tools.capture.alphabet import (
    AS_IN,
    BETWEEN_DIGITS,
    FILLERS,
    LETTERS,
    ONES,
    REPEATED,
    SIGNS,
    TENS,
)

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[@_+.]")
_ZERO = ("oh", "o")


def tokens_of(text: str) -> list[str]:
    """Words, digits and signs as they stand, "s-m-i-t-h" as its letters; full stops that end something are gone."""
    text = re.sub(r"(?<=\w)[.,!?;:]+(?=\s|$)|[,!?;:()\"]", " ", re.sub("(?i)x-ray", "xray", text.replace("’", "'")))
    return [token for token in _TOKEN.findall(text) if token != "."]


def read_spelling(text: str) -> str:
    """What was spelled, in small letters ("smyth", "anna-99"); "" when ``text`` holds a word that is no letter."""
    spelled = letters_of(tokens_of(text))
    return spelled if spelled is not None else ""


def letters_of(tokens: list[str]) -> str | None:
    """The letters, digits and signs that ``tokens`` say; None when one of them says something else."""
    words, out, at = [token.lower() for token in tokens], "", 0
    while at < len(words):
        step = _one(tokens, words, at, out)
        if step is None:
            if words[at] not in FILLERS:
                return None
            step = ("", 1)
        out, at = out + step[0], at + step[1]
    return out


def _one(tokens: list[str], words: list[str], at: int, before: str) -> tuple[str, int] | None:
    """What is said at ``at``, and how many tokens that took."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    named = _as_in(words, at)
    if named:
        return named
    if word == "double" and following in {"u", "you", "yu"}:
        return "w", 2
    if word in REPEATED and following:
        step = _one(tokens, words, at + 1, before)
        return (step[0] * REPEATED[word], step[1] + 1) if step and len(step[0]) == 1 else None
    if word in FILLERS - {"okay"} and word not in LETTERS:
        return "", 1
    if digits := _number(words, at):
        return digits
    if word in _ZERO and (before[-1:].isdigit() or (_is_digit(following) and following not in _ZERO)):
        return "0", 1
    if len(word) == 1 and (word.isalnum() or word in "@_+"):
        return word, 1
    if word in LETTERS:
        return LETTERS[word], 1
    if word in SIGNS:
        return SIGNS[word], 1
    token = tokens[at]
    return (word, 1) if token.isdigit() or (token.isupper() and token.isalpha()) else None


def _as_in(words: list[str], at: int) -> tuple[str, int] | None:
    """ "d as in bravo" is b: the word is heard better than the letter."""
    joint = words[at + 1] if at + 1 < len(words) else ""
    if joint not in AS_IN or not (len(words[at]) == 1 or words[at] in LETTERS):
        return None
    length = 3 if joint in {"as"} and words[at + 2 : at + 3] == ["in"] else 2
    name = words[at + length] if at + length < len(words) else ""
    if not name or (joint == "for" and len(name) == 1):
        return None
    return name[0], length + 1


def _number(words: list[str], at: int) -> tuple[str, int] | None:
    """ "five", "23", "twenty three", "eight hundred": as digits."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word.isdigit():
        digits, used = word, 1
    elif word in TENS:
        ones = ONES.get(following, 0)
        return (str(TENS[word] + ones), 2) if 0 < ones < 10 else (str(TENS[word]), 1)
    elif word in ONES:
        digits, used = str(ONES[word]), 1
    else:
        return None
    if following in {"hundred", "thousand"} and digits != "0":
        return digits + ("00" if following == "hundred" else "000"), used + 1
    return digits, used


def _is_digit(word: str) -> bool:
    return word.isdigit() or word in ONES or word in TENS or word in REPEATED or word in _ZERO


def read_digits(text: str) -> str:
    """All digits that are said, other words left out; a plus in front stays. "" without any."""
    text = re.sub(r"(?<=\d)[\s().\-–/]+(?=\d)", " ", text)
    words = [token.lower() for token in tokens_of(text)]
    out, at = "", 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in {"plus", "+"} and not out:
            out, at = "+", at + 1
        elif word in REPEATED and following and (one := _number(words, at + 1) or _zero(following)):
            out, at = out + one[0][0] * REPEATED[word] + one[0][1:], at + 1 + one[1]
        elif step := _number(words, at):
            out, at = out + step[0], at + step[1]
        elif word in _ZERO and (out[-1:].isdigit() or _is_digit(following)):
            out, at = out + "0", at + 1
        elif word in BETWEEN_DIGITS and out[-1:].isdigit() and _is_digit(following):
            out, at = out + BETWEEN_DIGITS[word], at + 1
        else:
            at += 1
    return "" if out == "+" else out


def _zero(word: str) -> tuple[str, int] | None:
    return ("0", 1) if word in _ZERO else None
