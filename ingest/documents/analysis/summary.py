"""Which sentences tell most of a document: a summary of a few, and key points that do not repeat each other. Pure.

Extractive: every sentence is the document's own. A thousand pages cost what fifty do: words choose `CANDIDATES`
sentences, and only these are compared with each other (by meaning where vectors are given, else by words).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.documents.analysis.parsed import Sentence, flat
from ingest.documents.analysis.stopwords import small_words

Embed = Callable[[Sequence[str]], Any]
CANDIDATES = 56
_SUMMARY_CHARACTERS = 700
_SHOWN = 300
_LEANS_BACK = re.compile(  # makes no sense without the sentence before it
    r"(?:it|he|she|they|this|these|those|that|however|therefore|thus|also|but|and|or|then|there|such|otherwise"
    r"|for example"
    r"|e\.g|see|er|sie|es|dies|diese|dieser|jedoch|daher|aber|und|oder|dann|zum beispiel|cela|ceci|il|elle|ils|mais"
    r"|et|donc"
    r"|esto|pero|y|además|questo|ma|dit|deze|maar|isso|mas|este)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gist:
    """``summary``: at most 700 characters; ``key_points``: at most six sentences, the most telling first."""

    summary: str
    key_points: tuple[str, ...]


def summarise(sentences: Sequence[Sentence], language: str, title: str, embed: Embed | None = None) -> Gist:
    """``embed``: texts -> unit vectors; without it sentences are compared by their words."""
    weights = _weights(sentences, language, title)
    chosen = _candidates(sentences, weights)
    if not chosen:
        return _of_lines(sentences)
    likeness = _likeness(chosen, weights, embed)
    scores = _scores(chosen, likeness, weights)
    picked = _diverse(scores, likeness, 8)
    return Gist(_summary(chosen, picked), tuple(flat(chosen[place].text)[:_SHOWN] for place in picked[:6]))


def _weights(sentences: Sequence[Sentence], language: str, title: str) -> dict[str, float]:
    """Word -> how much it tells: its frequency here, more when the title or a heading has it."""
    stop = small_words(language)
    counts = Counter(
        word for one in sentences for word in one.words if len(word) > 2 and word not in stop and not word.isdigit()
    )
    top = max(counts.values(), default=1)
    named = {word.lower() for word in re.findall(r"\w+", title)}
    named |= {word.lower() for one in sentences for word in re.findall(r"\w+", one.heading)}
    return {word: (count / top) ** 0.5 * (1.3 if word in named else 1.0) for word, count in counts.items()}


def _candidates(sentences: Sequence[Sentence], weights: dict[str, float]) -> list[Sentence]:
    """Whole sentences with the most telling words, in the document's order; each text once."""
    seen: set[str] = set()
    found: list[tuple[float, int]] = []
    for place, one in enumerate(sentences):
        key = " ".join(one.words)
        if not one.is_prose or len(one.words) > 45 or key in seen or one.text[-1:] == "?":
            continue
        seen.add(key)
        early = 1.25 if place < max(3, len(sentences) // 20) else 1.0
        found.append((early * _density(one, weights), place))
    best = sorted(found, key=lambda item: (-item[0], item[1]))[:CANDIDATES]
    return [sentences[place] for _, place in sorted(best, key=lambda item: item[1])]


def _density(sentence: Sentence, weights: dict[str, float]) -> float:
    telling = sum(weights.get(word, 0.0) for word in set(sentence.words))
    return telling / len(sentence.words) ** 0.6


def _likeness(chosen: Sequence[Sentence], weights: dict[str, float], embed: Embed | None) -> Any:
    """(n, n) cosines, none below zero."""
    if embed is not None:
        vectors = np.asarray(embed([one.text for one in chosen]), dtype=np.float32)
    else:
        places = {word: place for place, word in enumerate(sorted({word for one in chosen for word in one.words}))}
        vectors = np.zeros((len(chosen), max(1, len(places))), dtype=np.float32)
        for row, one in enumerate(chosen):
            for word in one.words:
                vectors[row, places[word]] += weights.get(word, 0.02)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return np.clip(vectors @ vectors.T, 0.0, 1.0)


def _scores(chosen: Sequence[Sentence], likeness: Any, weights: dict[str, float]) -> Any:
    """Central among the others (the walk of TextRank), with telling words, able to stand alone, rather early."""
    links = np.where(likeness > 0.1, likeness, 0.0)
    np.fill_diagonal(links, 0.0)
    links = links / np.maximum(links.sum(axis=1, keepdims=True), 1e-6)
    rank = np.full(len(chosen), 1.0 / len(chosen))
    for _ in range(30):
        rank = 0.15 / len(chosen) + 0.85 * (links.T @ rank)
    rank = rank / max(1e-9, float(rank.max()))
    density = np.array([_density(one, weights) for one in chosen])
    density = density / max(1e-9, float(density.max()))
    early = np.array([1.0 - place / len(chosen) for place in range(len(chosen))])
    alone = np.array([0.6 if _LEANS_BACK.match(one.text) else 1.0 for one in chosen])
    length = np.array([min(1.0, len(one.words) / 10) for one in chosen])
    return (0.5 * rank + 0.35 * density + 0.15 * early) * alone * length


def _diverse(scores: Any, likeness: Any, most: int) -> list[int]:
    """Maximal marginal relevance: the best one that is unlike those taken already."""
    taken: list[int] = []
    left = list(range(len(scores)))
    while left and len(taken) < most:
        gains = {
            place: 0.7 * float(scores[place]) - 0.3 * max((float(likeness[place, one]) for one in taken), default=0.0)
            for place in left
        }
        best = max(left, key=lambda place: (gains[place], -place))
        left.remove(best)
        if all(float(likeness[best, one]) < 0.8 for one in taken):
            taken.append(best)
    return taken


def _summary(chosen: Sequence[Sentence], picked: Sequence[int]) -> str:
    kept: list[int] = []
    length = 0
    for place in picked[:4]:
        size = len(chosen[place].text) + 1
        if kept and length + size > _SUMMARY_CHARACTERS:
            continue
        kept.append(place)
        length += size
    return " ".join(flat(chosen[place].text) for place in sorted(kept))[:_SUMMARY_CHARACTERS]


def _of_lines(sentences: Sequence[Sentence]) -> Gist:
    """A document without sentences, such as a table: its first lines, as they are."""
    lines = [one.text for one in sentences[:200] if any(letter.isalpha() for letter in one.text)]
    summary = "; ".join(line.rstrip(" .;") for line in lines[:6])[:_SUMMARY_CHARACTERS]
    return Gist(summary, tuple(line[:_SHOWN] for line in lines[:6]))
