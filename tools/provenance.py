"""Where words of a call come from: the caller, the assistant, or outside (documents, calendars, mails).

A write tool acts only on what came from the caller: once a text was read, an address or link nobody said is refused
(a model can put it together from pieces or decode it), and so is a number or name that only the text holds; a change
needs a yes the caller gave after hearing what it is for. Pure; decides nothing about domains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tools.consent import says_yes
from tools.plaintext import plain_letters, visible

_KEPT_CHARS = 200_000  # of outside text; a call that reads more forgets the oldest
_HANDLES = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail addresses
    r"|(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|eu|de|uk|example|info|biz|ru|cn|xyz)\b\S*"  # web
    r"|\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,8}\b"  # bank accounts
    r"|\+?\d(?:[\s()./-]{0,2}\d){6,}"  # telephone, account and card numbers
    r"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b",  # identifiers
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_SPOKEN = (
    (r"\bat\b|\(at\)|\[at\]", "@"),
    (r"\bdot\b|\(dot\)|\[dot\]", "."),
    (r"\bunderscore\b", "_"),
    (r"\bdash\b", "-"),
)
_SAME_NAME = 0.75


@dataclass(slots=True)
class Provenance:
    """What was said and read in one call. Feed ``heard`` with every turn of the caller before its tools run."""

    heard: list[str] = field(default_factory=list[str])
    spoken: list[str] = field(default_factory=list[str])
    _outside: list[str] = field(default_factory=list[str])
    _asked: tuple[int, int] = (0, 0)  # how many turns of the caller and of the assistant there were before the question
    _approved: bool = False
    _trusted: list[str] = field(default_factory=list[str])
    just_read: bool = False  # something from outside, since the caller last spoke

    def hear(self, text: str) -> None:
        self.heard.append(visible(text))
        self.just_read = False

    def trust(self, text: str) -> None:
        """What the tenant wrote for its assistant (the persona's prompt): as good as said."""
        self._trusted.append(visible(text))

    def speak(self, text: str) -> None:
        self.spoken.append(visible(text))

    def read(self, *texts: str) -> None:
        """Text from outside entered the conversation."""
        self._outside += [plain_letters(visible(text)) for text in texts if text]
        self.just_read = True
        while len(self._outside) > 1 and sum(map(len, self._outside)) > _KEPT_CHARS:
            del self._outside[0]

    def ask(self) -> None:
        """A change is read back from here on; only what comes after counts as an answer to it."""
        self._asked, self._approved = (len(self.heard), len(self.spoken)), False

    def approve(self) -> None:
        """The caller pressed the button under the change itself: it needs no words."""
        self._approved = True

    def agreed(self, subject: str) -> bool:
        """Whether the caller said yes since the question, and the question named ``subject`` aloud."""
        if self._approved:
            return True
        turns, replies = self._asked
        if len(self.heard) <= turns or not says_yes(self.heard[-1]):
            return False
        told = " ".join([*self.spoken[replies:], self.heard[-1]]).casefold()
        named = re.findall(r"[^\W\d_]{4,}", subject.casefold()) or re.findall(r"\w+", subject.casefold())
        return not named or any(re.search(rf"\b{re.escape(word)}", told) for word in named)

    def foreign(self, values: Iterable[str], names: Iterable[str] = ()) -> list[str]:
        """What of ``values`` (addresses, numbers, links in them) and of ``names`` did not come from the caller.

        Nothing as long as no text was read: then there is nobody else it could come from.
        """
        if not self._outside:
            return []
        known = [*self.heard, *self._trusted]
        outside, heard = _squeezed(" \n ".join(self._outside)), _squeezed(" \n ".join(known))
        said = _words(" ".join(known))
        found = [
            match[0]
            for value in [*values, *names]
            for match in _HANDLES.finditer(_MOMENT.sub(" ", plain_letters(value)))
            if _squeezed(match[0]) not in heard
            and (_in_pieces(_squeezed(match[0]), outside) or not _said_in_parts(match[0], said, heard))
        ]
        read = " ".join(self._outside).casefold()
        folded = (plain_letters(name) for name in names if "@" not in name)
        return found + [name for name in folded if _known(name, read) and not _said(_words(name), said)]


def _in_pieces(handle: str, outside: str) -> bool:
    """Whether the text holds it, or of a number six digits on end that nobody said otherwise."""
    digits = re.sub(r"\D", "", handle)
    if handle in outside or len(digits) < max(7, len(handle) - 2):
        return handle in outside
    return any(digits[start : start + 6] in outside for start in range(len(digits) - 5))


def _said_in_parts(handle: str, said: list[str], heard: str) -> bool:
    """Numbers may be said as words, so they are not asked for; of an address each part was heard, more or less."""
    parts = re.findall(r"[^\W\d_]{3,}", re.sub(r"^(?:https?://|www\.)|\.[a-z]{2,}$", "", handle.casefold()))
    if "@" not in handle and not re.search(r"[^\W\d_]\.[^\W\d_]", handle):
        return True
    return bool(parts) and all(part in heard or _said([part], said) for part in parts)


def _squeezed(text: str) -> str:
    """Without spaces and separators, with "at" and "dot" as signs: one form for every way to write an address."""
    text = text.casefold()
    for pattern, sign in _SPOKEN:
        text = re.sub(rf"\s*(?:{pattern})\s*", sign, text)
    return re.sub(r"[\s()/\\\"'«»<>-]", "", text).rstrip(".,;:!?")


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]{3,}", text.casefold()) if word not in _EMPTY]


_EMPTY = frozenset("the and with for you your our from about tomorrow today meeting call appointment event".split())


def _known(name: str, read: str) -> bool:
    words = _words(name)
    return bool(words) and all(re.search(rf"\b{re.escape(word)}\b", read) for word in words)


def _said(words: list[str], heard: list[str]) -> bool:
    """Whether one of these words was heard, or one that sounds much like it."""
    return any(SequenceMatcher(None, word, other).ratio() >= _SAME_NAME for word in words for other in heard)
