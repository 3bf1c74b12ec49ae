"""Does a document belong to what this tenant's assistant talks about? Pure.

Measured against the words and summaries of its ready documents and the kinds of its personas; the first document is
neutral, for there is nothing to compare it with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ingest.documents.analysis.corpus import Corpus
from ingest.documents.analysis.parsed import Sentence
from ingest.documents.analysis.stopwords import small_words
from ingest.documents.sentences import words_of

Embed = Callable[[Sequence[str]], Any]
NEUTRAL: Final = 0.5
_TOLD = 24  # summaries compared by meaning
_KINDS: Final = {
    "receptionist": ("handbook", "price list", "menu", "opening hours", "directory", "faq", "policy", "schedule"),
    "real-estate": ("real estate", "price list", "contract", "faq", "opening hours"),
    "clinical": ("medical", "opening hours", "directory", "faq", "policy", "price list"),
    "assistant": ("handbook", "manual", "policy", "minutes", "report", "directory", "schedule", "faq"),
}


def measure(
    sentences: Sequence[Sentence], summary: str, category: str, language: str, corpus: Corpus, embed: Embed | None
) -> tuple[float, str]:
    """(0-1, why in one sentence)."""
    fits = any(category in _KINDS.get(kind, ()) for kind in corpus.kinds)
    if not corpus.documents:
        if fits:
            return 0.6, "It is the first document, of a kind that an assistant like yours is often asked about."
        return NEUTRAL, "It is the first document, so there is nothing to compare it with."
    words = _by_words(sentences, language, corpus)
    meaning = _by_meaning(summary, corpus, embed) if embed is not None else words
    score = 0.15 + 0.45 * words + 0.4 * meaning + (0.1 if fits else 0.0)
    score = round(max(0.0, min(1.0, score)), 2)
    if score >= 0.6:
        return score, "It is about the same things as the documents you have."
    if score >= 0.4:
        return score, "It has something to do with the documents you have."
    return score, "It has little to do with the documents you have."


def _by_words(sentences: Sequence[Sentence], language: str, corpus: Corpus) -> float:
    """Share of its most frequent telling words that the corpus knows too, the frequent ones counting more."""
    stop = small_words(language)
    counts = Counter(word for one in sentences for word in one.words if len(word) > 3 and word not in stop)
    mine = counts.most_common(40)
    theirs: set[str] = set()
    for known in corpus.documents[:500]:
        theirs |= {word.lower() for word in words_of(f"{known.title} {' '.join(known.tags)} {known.summary}")}
    for _, pages in corpus.texts[:20]:
        theirs |= {word.lower() for page in pages for word in words_of(page.text[:20_000])}
    total = sum(count**0.5 for _, count in mine)
    return sum(count**0.5 for word, count in mine if word in theirs) / total if total else 0.0


def _by_meaning(summary: str, corpus: Corpus, embed: Embed) -> float:
    """The cosine with the nearest summaries, spread so that unrelated texts are near 0 and like ones near 1."""
    texts = [one.summary[:400] for one in corpus.documents if one.summary][:_TOLD]
    if not texts or not summary:
        return 0.3
    vectors = np.asarray(embed([summary[:600], *texts]), dtype=np.float32)
    cosines = np.sort(vectors[1:] @ vectors[0])[::-1]
    nearest = float(cosines[:3].mean())
    return max(0.0, min(1.0, (nearest - 0.05) / 0.5))
