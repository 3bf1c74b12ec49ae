"""A text with numbered references in it, [1] and [2], and the bibliography they point to. Pure.

The same document is one entry, however often it is quoted; a mark goes behind the sentence that carries the quotation,
or to the end of the text when the words are not the quotation's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[\"”')\]]*|\n|$)")
_ENOUGH_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Quoted:
    """What of which source was said."""

    source_id: str
    quote: str


def numbers_of(quoted: Sequence[Quoted]) -> dict[str, int]:
    """Source id to its number, from 1, in the order of first mention."""
    numbers: dict[str, int] = {}
    for one in quoted:
        numbers.setdefault(one.source_id, len(numbers) + 1)
    return numbers


def numbered(text: str, quoted: Sequence[Quoted]) -> str:
    """The text with a mark such as [1] before the full stop of each sentence that says what a source says."""
    numbers = numbers_of(quoted)
    spans = [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]
    marks: dict[int, list[int]] = {}
    for one in quoted:
        place = _place(text, spans, one.quote)
        found = marks.setdefault(place, [])
        if numbers[one.source_id] not in found:
            found.append(numbers[one.source_id])
    for place in sorted(marks, reverse=True):
        mark = "".join(f"[{number}]" for number in sorted(marks[place]))
        space = " " if place and not text[place - 1].isspace() else ""
        text = f"{text[:place]}{space}{mark}{text[place:]}"
    return text


def _place(text: str, spans: Sequence[tuple[int, int]], quote: str) -> int:
    """Where the mark goes: before the closing punctuation of the sentence that shares most with the quotation."""
    if not spans:
        return len(text)
    wanted = _words(quote)
    shares = [len(wanted & _words(text[start:end])) / max(1, min(len(wanted), 12)) for start, end in spans]
    best = max(range(len(spans)), key=lambda index: (shares[index], index))
    if shares[best] < _ENOUGH_SHARED:
        best = len(spans) - 1
    end = spans[best][1]
    body = text[spans[best][0] : end].rstrip().rstrip(".!?\"”')]").rstrip()
    return spans[best][0] + len(body)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 2}
