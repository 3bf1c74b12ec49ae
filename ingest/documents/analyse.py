"""What a document is about, by counting alone: summary, key points, category, tags, language, and whether to take it.

Keyless and extractive: every sentence it gives is one of the document's own. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ingest.documents.model import Extracted
from ingest.documents.sentences import Span, paragraphs, sentences, words_of
from ingest.documents.words import CATEGORIES, INSTRUCTIONS, STOPWORDS

_SHOWN = 300


def analyse(found: Extracted) -> dict[str, Any]:
    """JSON: summary, key_points, category, tags, confidence_score (0-1), counts, language, relevance_score (0-1),
    recommended_for_rag with reasons, and warnings about hidden or instruction-like text."""
    texts = [page.text for page in found.pages]
    whole = "\n\n".join(texts)
    spans = [one for text in texts for one in sentences(text)]
    words = words_of(whole)
    language, certainty = detect_language(words)
    weights = _weights(words, language)
    ranked = _ranked(spans, weights)
    category, fit = _category(whole, found.title)
    warnings = _warnings(found)
    relevance, reasons = _relevance(words, spans, certainty, warnings)
    return {
        "summary": _summary(spans, ranked),
        "key_points": _key_points(spans, ranked),
        "category": category,
        "tags": _tags(words, weights),
        "confidence_score": round(min(0.95, 0.35 + 0.3 * certainty + 0.3 * fit), 2),
        "word_count": len(words),
        "sentence_count": len(spans),
        "paragraph_count": sum(len(paragraphs(text)) for text in texts),
        "page_count": len(found.pages),
        "language": language,
        "relevance_score": relevance,
        "recommended_for_rag": relevance >= 0.5,
        "reasons": reasons,
        "warnings": warnings,
    }


def detect_language(words: Sequence[str]) -> tuple[str, float]:
    """ISO code by the most frequent small words, and how sure (0-1); ``und`` when nothing fits."""
    lowered = [word.lower() for word in words[:5000]]
    if not lowered:
        return "und", 0.0
    shares = {code: sum(word in known for word in lowered) / len(lowered) for code, known in STOPWORDS.items()}
    best = max(shares, key=lambda code: shares[code])
    if shares[best] < 0.08:
        return "und", 0.1
    return best, min(1.0, shares[best] / 0.35)


def _weights(words: Sequence[str], language: str) -> dict[str, float]:
    stop = STOPWORDS.get(language, STOPWORDS["en"])
    counts = Counter(
        word.lower() for word in words if len(word) > 3 and word.lower() not in stop and not word.isdigit()
    )
    top = max(counts.values(), default=1)
    return {word: count / top for word, count in counts.items() if count > 1 or len(counts) < 200}


def _ranked(spans: Sequence[Span], weights: dict[str, float]) -> list[int]:
    """Indexes of sentences, the most telling first: many weighty words, not too short or long, rather early."""

    def score(index: int) -> float:
        found = words_of(spans[index].text)
        if not 6 <= len(found) <= 45:
            return 0.0
        density = sum(weights.get(word.lower(), 0.0) for word in found) / len(found) ** 0.7
        return density * (1.25 if index < max(3, len(spans) // 10) else 1.0)

    return sorted((index for index in range(len(spans)) if score(index) > 0), key=score, reverse=True)


def _summary(spans: Sequence[Span], ranked: Sequence[int]) -> str:
    chosen = sorted(ranked[:3]) or list(range(min(2, len(spans))))
    return " ".join(_flat(spans[index].text) for index in chosen)[:1000]


def _key_points(spans: Sequence[Span], ranked: Sequence[int]) -> list[str]:
    points: list[str] = []
    seen: list[set[str]] = []
    for index in ranked:
        own = {word.lower() for word in words_of(spans[index].text)}
        if all(len(own & other) < 0.6 * len(own | other) for other in seen):
            seen.append(own)
            points.append(_flat(spans[index].text)[:_SHOWN])
        if len(points) == 5:
            break
    return points


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).lstrip("-•* ").strip()


def _category(text: str, title: str) -> tuple[str, float]:
    """The category whose words are most frequent (the title counting more), and how clearly (0-1)."""
    lowered = f"{title} {title} {title} {text[:50_000]}".lower()
    total = max(1, len(lowered.split()))
    scores = {
        name: sum(len(re.findall(rf"\b{re.escape(word)}", lowered)) for word in known)
        for name, known in CATEGORIES.items()
    }
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < 2:
        return "general", 0.2
    others = sorted(scores.values(), reverse=True)[1]
    clear = (scores[best] - others) / scores[best]
    return best, min(1.0, 0.4 + 0.4 * clear + min(0.2, 20 * scores[best] / total))


def _tags(words: Sequence[str], weights: dict[str, float]) -> list[str]:
    lowered = [word.lower() for word in words]
    pairs = Counter(f"{one} {two}" for one, two in pairwise(lowered) if one in weights and two in weights)
    tags = [pair for pair, count in pairs.most_common(3) if count >= 3]
    for word in sorted(weights, key=lambda word: weights[word], reverse=True):
        if len(tags) == 8:
            break
        if not any(word in tag.split() or word.rstrip("s") == tag.rstrip("s") for tag in tags):
            tags.append(word)
    return tags


def _warnings(found: Extracted) -> list[dict[str, Any]]:
    warnings: list[dict[str, Any]] = []
    for text in found.hidden[:10]:
        warnings.append({"kind": "hidden_text", "page": None, "text": _flat(text)[:_SHOWN]})
    hidden = "\n".join(found.hidden)
    places = [(None, hidden), *((page.number, page.text) for page in found.pages)]
    for number, text in places:
        for match in INSTRUCTIONS.finditer(text):
            start = max(0, match.start() - 40)
            shown = _flat(text[start : match.end() + 80])[:_SHOWN]
            warnings.append({"kind": "instruction_like_text", "page": number, "text": shown})
            if len(warnings) >= 20:
                return warnings
    return warnings


def _relevance(
    words: Sequence[str], spans: Sequence[Span], certainty: float, warnings: Sequence[dict[str, Any]]
) -> tuple[float, list[str]]:
    """How useful it would be to answer from (0-1), and the reasons in words for the person who decides."""
    reasons: list[str] = []
    size = min(1.0, len(words) / 150)
    prose = sum(5 <= one.words <= 60 for one in spans) / max(1, len(spans))
    score = 0.25 * size + 0.35 * prose + 0.4 * certainty
    if len(words) < 20:
        reasons.append("It is very short.")
        score = min(score, 0.45)
    if prose < 0.4:
        reasons.append("Much of it is not in sentences.")
    if certainty < 0.3:
        reasons.append("Its language could not be told.")
    if any(one["kind"] == "instruction_like_text" for one in warnings):
        reasons.append("It holds text that gives instructions to an assistant.")
        score = min(score, 0.3)
    elif warnings:
        reasons.append("It holds hidden text.")
        score = min(score, 0.6)
    if score >= 0.5:
        reasons.insert(0, "It reads as text that questions can be answered from.")
    return round(score, 2), reasons
