"""What speaks for a chunk answering a question, as numbers from the figures that come with it. Pure; no text is read.

To add one: a name in ``Evidence``, its computing here, its weight in ``ranking.py`` (see ``bench.retrieval.fit``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tools.knowledge.embedding import Vectors
from tools.knowledge.model import Candidate, Word, WordStatistics

_K1, _B = 1.2, 0.75  # BM25's usual constants
_WINDOW = 18  # words: about a sentence
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred|thousand|million|billion|half|free)\b"
)
_DATE = (
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|morning|noon|evening|daily|century)\b"
)
_PERSON = r"\b[A-Z]\w+ [A-Z]\w+|\b(?:president|manager|king|minister|team|people|staff)\b"
_SPOT = r"\b(?:in|at|on|near|behind|beside|next to|from) (?:the )?[A-Z]|\b(?:floor|room|street|building|lobby)\b"
# what is asked for, and how the text looks that says it
_CUES = (
    (
        re.compile(r"\b(?:when|what (?:year|date|time|day)|how (?:late|early))\b", re.IGNORECASE),
        re.compile(_DATE, re.IGNORECASE),
    ),
    (
        re.compile(r"\bhow (?:many|much|long|far|old|big|high|often|tall)\b|\b(?:cost|price|fee)\b", re.IGNORECASE),
        re.compile(_NUMBER, re.IGNORECASE),
    ),
    (re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE), re.compile(_PERSON)),
    (re.compile(r"\bwhere\b", re.IGNORECASE), re.compile(_SPOT)),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """0-1 each, but the cosines (-1 to 1; None: not known)."""

    cosine: float | None
    sentence: float | None  # the best sentence's cosine
    bm25: float  # share of the best score the question can have
    coverage: float  # share of the question's rarity that the chunk has
    window: float  # the same within about a sentence
    pairs: float  # words that stand side by side in both
    cue: float  # a date for "when", a number for "how many"

    def numbers(self) -> list[float]:
        """In the order of the fields; a cosine that is not known is 0."""
        return [
            *(self.cosine or 0.0, self.sentence or 0.0, self.bm25, self.coverage),
            *(self.window, self.pairs, self.cue),
        ]


def weigh(candidate: Candidate, statistics: WordStatistics, question: str, vector: Vectors | None) -> Evidence:
    """The evidence of one candidate. ``vector``: the question's, of unit length."""
    words = statistics.words
    total = sum(word.rarity for word in words) or 1.0
    placed = [_places(candidate, word) for word in words]
    covered = sum(word.rarity for word, places in zip(words, placed, strict=True) if places)
    return Evidence(
        cosine=candidate.cosine,
        sentence=_best_sentence(candidate, vector),
        bm25=_bm25(candidate, statistics, placed) / (total * (_K1 + 1)),
        coverage=covered / total,
        window=_window(words, placed) / total,
        pairs=_pairs(words, placed),
        cue=_cue(question, candidate.chunk.text),
    )


def _places(candidate: Candidate, word: Word) -> list[int]:
    if len(word.stems) == 1:
        return list(candidate.places.get(word.stems[0], ()))
    return sorted({place for stem in word.stems for place in candidate.places.get(stem, ())})


def _best_sentence(candidate: Candidate, vector: Vectors | None) -> float | None:
    packed = candidate.sentence_vectors
    if vector is None or not packed or len(packed) % len(vector):
        return None
    rows = np.frombuffer(packed, dtype=np.int8).reshape(-1, len(vector)).astype(np.float32)
    return float((rows @ vector).max()) / 127.0


def _bm25(candidate: Candidate, statistics: WordStatistics, placed: Sequence[Sequence[int]]) -> float:
    chunk = candidate.chunk
    length = (chunk.char_end - chunk.char_start) / (statistics.mean_length or 1.0)
    damp = _K1 * (1 - _B + _B * length)
    return sum(
        word.rarity * len(places) * (_K1 + 1) / (len(places) + damp)
        for word, places in zip(statistics.words, placed, strict=True)
    )


def _window(words: Sequence[Word], placed: Sequence[Sequence[int]]) -> float:
    """The most rarity within ``_WINDOW`` words."""
    hits = sorted((place, number) for number, places in enumerate(placed) for place in places)
    counts = [0] * len(words)
    best = now = 0.0
    first = 0
    for place, number in hits:
        if not counts[number]:
            now += words[number].rarity
        counts[number] += 1
        while hits[first][0] <= place - _WINDOW:
            gone = hits[first][1]
            counts[gone] -= 1
            if not counts[gone]:
                now -= words[gone].rarity
            first += 1
        best = max(best, now)
    return best


def _pairs(words: Sequence[Word], placed: Sequence[Sequence[int]]) -> float:
    """Of the neighbours in the question, the share (by rarity) that are neighbours here, in this order."""
    order = sorted(range(len(words)), key=lambda number: words[number].place)
    total = found = 0.0
    for left, right in pairwise(order):
        gap = words[right].place - words[left].place
        if gap > 3:
            continue
        weight = min(words[left].rarity, words[right].rarity)
        total += weight
        after = set(placed[right])
        if any(place + step in after for place in placed[left] for step in range(1, gap + 1)):
            found += weight
    return found / total if total else 0.0


def _cue(question: str, text: str) -> float:
    for asked, given in _CUES:
        if asked.search(question):
            return 1.0 if given.search(text) else 0.0
    return 0.5
