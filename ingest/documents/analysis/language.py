"""Which language a text is in: by its script, else by its small words and own letters. Pure.

A document in several languages names all that have a tenth of its sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents.analysis.stopwords import STOPWORDS
from ingest.documents.sentences import words_of

UNKNOWN = "und"
_SCRIPTS = {
    code: re.compile(f"[{letters}]")
    for code, letters in {
        "ru": "\u0400-\u04ff",
        "el": "\u0370-\u03ff\u1f00-\u1fff",
        "ar": "\u0600-\u06ff\u0750-\u077f",
        "he": "\u0590-\u05ff",
        "hi": "\u0900-\u097f",
        "bn": "\u0980-\u09ff",
        "ta": "\u0b80-\u0bff",
        "th": "\u0e00-\u0e7f",
        "ka": "\u10a0-\u10ff",
        "hy": "\u0530-\u058f",
        "ko": "\uac00-\ud7af\u1100-\u11ff",
        "ja": "\u3040-\u30ff",
        "zh": "\u4e00-\u9fff\u3400-\u4dbf",
    }.items()
}
_OWN_LETTERS = {
    "de": "ßäöü",
    "es": "ñ¿¡",
    "fr": "çœêèàùîô",
    "pt": "ãõç",
    "it": "ìòàèù",
    "pl": "łąęśżźćń",
    "sv": "åäö",
    "da": "æøå",
    "nb": "æøå",
    "fi": "äö",
    "cs": "ěřůčšžď",
    "tr": "ğışçİ",
    "ro": "șțăâ",
    "hu": "őű",
}
_LEAST = 0.1  # share of small words below which Latin letters are no language known here


@dataclass(frozen=True, slots=True)
class Told:
    """``language``: ISO 639-1 or "und"; ``certainty`` 0-1; ``shares``: language -> share of the letters looked at."""

    language: str
    certainty: float
    shares: dict[str, float]

    @property
    def mixed(self) -> bool:
        return len(self.shares) > 1


def tell(sentences: Sequence[str]) -> Told:
    """Of a whole document; at most 400 sentences, spread evenly, are looked at."""
    step = max(1, len(sentences) // 400)
    weights: Counter[str] = Counter()
    whole, certainty = of_text(" ".join(sentences[::step]))
    for block in _blocks(sentences[::step]):
        language, sure = of_text(block)
        weights[language if sure >= 0.5 else whole] += len(block)
    total = sum(weights.values())
    if not total:
        return Told(UNKNOWN, 0.0, {})
    shares = {code: round(count / total, 2) for code, count in weights.most_common(5) if count >= 0.1 * total}
    main = max(shares, key=lambda code: shares[code])
    return Told(main, certainty if main == whole else certainty / 2, shares)


def of_text(text: str) -> tuple[str, float]:
    """The language of one stretch of text and how sure (0-1)."""
    letters = sum(one.isalpha() for one in text)
    if not letters:
        return UNKNOWN, 0.0
    if text.isascii():
        return _latin(text)
    counts = {code: len(pattern.findall(text)) for code, pattern in _SCRIPTS.items()}
    if counts["ja"] > 0.05 * letters:  # Japanese is written with Chinese characters too
        counts["ja"] += counts["zh"]
    best = max(counts, key=lambda code: counts[code])
    if counts[best] > 0.5 * letters:
        return _within_script(best, text), min(1.0, 0.5 + counts[best] / letters / 2)
    return _latin(text)


def _within_script(language: str, text: str) -> str:
    if language == "ru":
        if re.search("[іїєґІЇЄҐ]", text):
            return "uk"
        return "bg" if "ъ" in text and not re.search("[ыэёЫЭЁ]", text) and len(text) > 80 else "ru"
    if language == "ar":
        return "fa" if re.search("[پچژگ]", text) else "ar"
    return language


def _latin(text: str) -> tuple[str, float]:
    words = [word.lower() for word in words_of(text)]
    if not words:
        return UNKNOWN, 0.0
    lowered = text.lower()
    letters = Counter(lowered)
    counted = Counter(words)
    foreign = sum(count for one, count in letters.items() if one > "\x7f" and one.isalpha()) / len(words)
    scores: dict[str, float] = {}
    for code, small in STOPWORDS.items():
        share = sum(count for word, count in counted.items() if word in small) / len(words)
        own = sum(letters[one] for one in _OWN_LETTERS.get(code, "")) / len(words)
        strange = max(0.0, foreign - own)  # letters this language does not write
        scores[code] = share * (1 + min(0.5, 2 * own)) - 0.5 * min(0.5, strange)
    ordered = sorted(scores, key=lambda code: scores[code], reverse=True)
    best, second = ordered[0], ordered[1]
    if scores[best] < _LEAST:
        return UNKNOWN, 0.1
    lead = (scores[best] - scores[second]) / scores[best]
    length = min(1.0, len(words) / 8)
    return best, round(min(1.0, scores[best] / 0.3) * (0.5 + 0.5 * min(1.0, 3 * lead)) * (0.4 + 0.6 * length), 3)


def _blocks(sentences: Sequence[str]) -> list[str]:
    """Neighbours put together until they are long enough to be told apart."""
    blocks: list[str] = []
    current = ""
    for sentence in sentences:
        current = f"{current} {sentence}".strip()
        if len(current) >= 80:
            blocks.append(current)
            current = ""
    if current:
        blocks.append(current)
    return blocks
