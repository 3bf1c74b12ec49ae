"""What a document is about in a few phrases of its own. Pure.

Phrases are the words between small words and punctuation (as in RAKE), scored by how often they occur, how many
sentences have them, and whether the title or a heading does. Letters keep their case where the text keeps it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.documents.analysis.parsed import Sentence
from ingest.documents.analysis.stopwords import small_words

MOST = 8
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|\n")
_WEAK_END = re.compile(r"(?:ly|ing|ed)$")
_FILE_NAME = re.compile(
    r"\.[a-z][a-z0-9]{1,4}$|_|^\S*\d\S*$|\b(?:final|copy|kopie|draft|scan|img|dsc|v\d+)\b|\(\d\)$", re.IGNORECASE
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(slots=True)
class _Phrase:
    words: tuple[str, ...]
    count: int = 0
    shapes: Counter[str] = field(default_factory=Counter[str])
    named: float = 0.0


def tags_of(sentences: Sequence[Sentence], headings: Sequence[str], title: str, language: str) -> tuple[str, ...]:
    """At most eight, the most telling first."""
    stop = small_words(language)
    found: defaultdict[tuple[str, ...], _Phrase] = defaultdict(lambda: _Phrase(()))
    for one in sentences[:6000]:
        _collect(one.text, stop, found, 0.0)
    for line in headings[:200]:
        _collect(line, stop, found, 1.5)
    if not _FILE_NAME.search(title):
        _collect(title, stop, found, 2.0)
    singles = {words[0]: phrase.count for words, phrase in found.items() if len(words) == 1}
    scored = [(_score(phrase, singles), phrase) for phrase in found.values() if _fits(phrase, language)]
    scored.sort(key=lambda item: (-item[0], item[1].words))
    return tuple(_distinct([phrase for _, phrase in scored]))


def _collect(text: str, stop: frozenset[str], found: defaultdict[tuple[str, ...], _Phrase], named: float) -> None:
    for run, starts in _runs(text, stop):
        for size in (1, 2, 3):
            for begin in range(len(run) - size + 1):
                part = run[begin : begin + size]
                phrase = found[tuple(word.lower() for word in part)]
                phrase.words = tuple(word.lower() for word in part)
                phrase.count += 1
                phrase.named += named / size**0.5 if size < len(run) else named
                if not (starts and begin == 0) or part[0].isupper():  # a sentence's first capital says nothing
                    phrase.shapes[" ".join(part)] += 1


def _runs(text: str, stop: frozenset[str]) -> Iterator[tuple[list[str], bool]]:
    """Stretches of telling words, and whether the stretch begins the sentence."""
    run: list[str] = []
    first = True
    starts = True
    for token in [*_TOKEN.findall(text), "."]:
        telling = token[0].isalnum() and token.lower() not in stop and len(token) > 2 and not token[0].isdigit()
        if telling:
            starts = first if not run else starts
            run.append(token)
        elif run:
            yield run, starts
            run = []
        first = False
    return


def _fits(phrase: _Phrase, language: str) -> bool:
    text = " ".join(phrase.words)
    if _CJK.search(text):
        return 2 <= len(text) <= 12 and phrase.count > 1
    if len(phrase.words) == 1 and (len(text) < 4 or (language == "en" and _WEAK_END.search(text))):
        return phrase.named > 0 and len(text) >= 3
    if len(set(phrase.words)) < len(phrase.words):
        return False
    if language == "en" and re.search(r"ly$", phrase.words[-1]):
        return False
    return len(text) <= 40 and (phrase.count > 1 or phrase.named > 0)


def _score(phrase: _Phrase, singles: dict[str, int]) -> float:
    """Often, long phrases only when their words mostly stand together."""
    size = len(phrase.words)
    together = min(phrase.count / max(1, singles.get(word, phrase.count)) for word in phrase.words)
    frequency = phrase.count**0.7
    bonus = 1.0 + min(2.0, phrase.named / 2)
    if size == 1:
        return frequency * bonus * (1.0 if len(phrase.words[0]) > 4 else 0.7)
    if phrase.count < 2 and phrase.named < 1.5:
        return 0.0
    return frequency * bonus * (0.6 + 0.9 * together) * (1.35 if size == 2 else 1.25)


def _distinct(phrases: Sequence[_Phrase]) -> list[str]:
    """Without those that say again what a better one says; as written most often, in lower case where it may be.

    A word gives way to the phrase it mostly stands in ("Harbour House" instead of "Harbour" and "house").
    """
    best = list(phrases[:60])
    longer = [one for one in best if len(one.words) > 1]
    taken: list[_Phrase] = []
    for phrase in best:
        own = {_stem(word) for word in phrase.words}
        if len(own) == 1 and any(_within(phrase, own, one) for one in longer):
            continue
        if all(len(own & _stems(other)) * 2 < min(len(own), len(other.words)) for other in taken):
            taken.append(phrase)
        if len(taken) == MOST:
            break
    return [_written(phrase) for phrase in taken]


def _within(single: _Phrase, own: set[str], phrase: _Phrase) -> bool:
    return own <= _stems(phrase) and phrase.count * 4 >= single.count and phrase.count > 1


def _stems(phrase: _Phrase) -> set[str]:
    return {_stem(word) for word in phrase.words}


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|n|en|er)$", "", word) if len(word) > 4 else word.rstrip("s")


def _written(phrase: _Phrase) -> str:
    lower = " ".join(phrase.words)
    if not phrase.shapes or phrase.shapes[lower] * 3 >= phrase.shapes.total():
        return lower
    shape = max(phrase.shapes, key=lambda one: (phrase.shapes[one], one))
    return shape.title() if shape.isupper() and len(shape) > 5 else shape
