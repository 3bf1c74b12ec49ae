"""A caller's sentence as a value of one kind, or "" when it holds none. Pure; ``now`` is the call's wall time.

To add a kind: a function from (text, now) to its written form, and a row in READERS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import SequenceMatcher

from tools.capture.alphabet import NATO
from tools.capture.amounts import read_amount
from tools.capture.days import read_day
from tools.capture.emails import read_email
from tools.capture.model import Kind
from tools.capture.spelling import letters_of, read_digits, read_spelling, tokens_of

_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_LEAD = re.compile(
    r"^(?:(?:uh|um|er|well|so|yes|yeah|sure|no|nope|sorry|hi|hello|okay|ok|actually|oh|of course|not quite)\b[\s,.!]*)*"
    r"(?:(?:(?:my|the|her|his|last|first|full|sur)\s*)*name(?:'s| is|s)\s+|it is\s+|it's\s+|its\s+|this is\s+|i am\s+"
    r"|i'm\s+|call me\s+|under\s+|that's\s+|that would be\s+|i said\s+|i meant\s+|put it under\s+)*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s,]+(?:please|thanks|thank you|speaking|here)\W*$", re.IGNORECASE)
_SPELLED_OUT = re.compile(
    r"[,.;]?\s+(?:that(?:'s| is)\s+|it(?:'s| is)\s+)?(?:spelled|spelt|spelling is|that's|with)\s+", re.IGNORECASE
)
_NAMES_IT = re.compile(r"\bname(?:'s| is)\b|\bcall me\b", re.IGNORECASE)
_INTRODUCES = re.compile(r"\b(?:it is|it's|this is|i am|i'm|that's|under)\b", re.IGNORECASE)
_PARTICLES = frozenset("de da del della di la le van von der den zu zur bin al el y".split())
_MOST_NAMES, LONGEST_NAME, _ALIKE = 5, 80, 0.4
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*\.?")
_NO_NAME = frozenset(
    "yes no yeah nope what sorry pardon hello help nothing none right wrong correct again not what's why when "
    "where how i you we they it the that's my your is are was can could do don't wait".split()
)


def read_name(text: str, now: datetime | None = None) -> str:
    """ "my name is anna smith, that's s m y t h" -> "Anna Smyth"."""
    said = _TAIL.sub("", _LEAD.sub("", text.strip().replace("’", "'"), count=1)).strip(" .,!?")
    if not said:
        return ""
    tokens = tokens_of(said)
    spelled = letters_of(tokens)
    if spelled and len(spelled) > 1 and not _is_name_of_code_words(tokens):
        return _cased(spelled)
    words, letters = _with_spelling(said)
    if not _is_name(words):
        return ""
    return respelled(_cased(words), letters) if letters else _cased(words)


def volunteers(kind: Kind, text: str) -> bool:
    """Whether a sentence nobody asked for plainly holds a value: "Book a table" is no name, "for two" no amount."""
    if kind is not Kind.NAME:
        return kind in {Kind.EMAIL, Kind.PHONE}
    text = text.strip().replace("’", "'")
    said = _LEAD.sub("", text, count=1)
    lead = text[: len(text) - len(said)]
    if _NAMES_IT.search(lead) or len(read_spelling(said)) > 2:
        return True
    words = [word for word in _TAIL.sub("", said).split() if word.lower() not in _PARTICLES]
    return len(words) > (0 if _INTRODUCES.search(lead) else 1) and all(word[0].isupper() for word in words)


def _with_spelling(said: str) -> tuple[str, str]:
    """ "Anna Smith s m i t h" -> ("Anna Smith", "smith")."""
    if cut := _SPELLED_OUT.search(said):
        letters = read_spelling(said[cut.end() :])
        if len(letters) > 1:
            return said[: cut.start()], letters
    tokens = tokens_of(said)
    for start in range(1, len(tokens) - 1):
        single = [token for token in tokens[start:] if len(token) == 1 or token.lower() in {"double", "as", "in"}]
        letters = letters_of(tokens[start:]) if len(tokens[start]) == 1 and len(single) > 1 else None
        if letters and len(letters) > 1:
            return " ".join(tokens[:start]), letters
    return said, ""


def respelled(name: str, letters: str) -> str:
    """The word of ``name`` that was spelled, as it was spelled; letters like no word of it are a word more."""
    words = name.split(" ")
    near = [SequenceMatcher(None, word.lower(), letters).ratio() for word in words]
    best = max(range(len(words)), key=lambda at: (near[at], at))
    if near[best] < _ALIKE:
        return name
    words[best] = _cased(letters)
    return " ".join(words)


def _is_name(text: str) -> bool:
    words = text.lower().split()
    return (
        bool(_NAME.fullmatch(text))
        and len(words) <= _MOST_NAMES
        and len(text) <= LONGEST_NAME
        and not _NO_NAME & set(words)
    )


def _is_name_of_code_words(tokens: list[str]) -> bool:
    """ "Victor" and "Charlie Papa" may be people: one or two code words are no spelling."""
    return len(tokens) <= 2 and all(token.lower() in NATO for token in tokens)


def _cased(text: str) -> str:
    """Capitals where there are none; "McDonald" stays."""
    return re.sub(
        r"[^\W\d_]+(?:'[^\W\d_]+)?",
        lambda match: (
            match[0] if any(c.isupper() for c in match[0][1:]) and not match[0].isupper() else _title(match[0])
        ),
        " ".join(text.split()),
    )


def _title(word: str) -> str:
    head, quote, tail = word.partition("'")
    tail = tail.capitalize() if len(head) == 1 else tail.lower()
    return head.capitalize() + quote + tail


def read_phone(text: str, now: datetime | None = None) -> str:
    """ "plus four nine, three oh, double five …" -> "+493055…"; "" for fewer than 7 or more than 15 digits."""
    digits = read_digits(text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if _FEWEST_DIGITS <= len(digits.lstrip("+")) <= _MOST_DIGITS else ""


def read_date(text: str, now: datetime | None = None) -> str:
    """The day said, as "2026-11-28"."""
    return read_day(text, now) if now else ""


def _email(text: str, now: datetime | None = None) -> str:
    return read_email(text)


def _amount(text: str, now: datetime | None = None) -> str:
    return read_amount(text)


READERS: Mapping[Kind, Callable[[str, datetime | None], str]] = {
    Kind.NAME: read_name,
    Kind.EMAIL: _email,
    Kind.PHONE: read_phone,
    Kind.DATE: read_date,
    Kind.AMOUNT: _amount,
}


def read_value(kind: Kind, text: str, now: datetime | None) -> str:
    """The value of ``kind`` in ``text``; "" when there is none."""
    return READERS[kind](text, now)
