"""Can questions be answered from this text at all? Length, sentences, letters against noise, repeats. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.documents.analysis.model import Note
from ingest.documents.analysis.parsed import Parsed, Sentence

_VOWELS = re.compile("[aeiouyäöüàáâãéèêëíìîïóòôõúùûåæøœıаеёиоуыэюяіїєαεηιουωάέήίόύώ]", re.IGNORECASE)


def judge(parsed: Parsed) -> tuple[float, tuple[Note, ...]]:
    """(score 0-1, what is wrong in plain words)."""
    lines = parsed.sentences
    words = [word for one in lines[:: max(1, len(lines) // 300)] for word in one.words]
    notes: list[Note] = []
    score = 1.0
    if parsed.word_count < 20:
        notes.append(Note("too_short", "It is very short.", "warning"))
        score = min(score, 0.4)
    elif parsed.word_count < 60:
        notes.append(Note("short", "It is short; only few questions can be answered from it."))
        score = min(score, 0.75)
    for worth, note in (_letters(parsed, words), _garbage(words, parsed.language), _repeats(lines)):
        score *= worth
        notes += [note] if note else []
    score *= _recognised(parsed, notes)
    return round(max(0.0, score), 2), tuple(notes)


def _letters(parsed: Parsed, words: Sequence[str]) -> tuple[float, Note | None]:
    """Tables of numbers hold little that can be said aloud."""
    numbers = sum(any(one.isdigit() for one in word) for word in words)
    if words and numbers > 0.6 * len(words):
        return 0.5, Note("mostly_numbers", "It is mostly numbers; the assistant will find little to say.", "warning")
    if parsed.told.certainty < 0.3 and parsed.word_count >= 20:
        return 0.8, Note("language_unknown", "Its language could not be told.")
    return 1.0, None


def _garbage(words: Sequence[str], language: str) -> tuple[float, Note | None]:
    """Words no one can read: without vowels, or letters and digits mixed. Asked only of alphabets that write"
    " vowels."""
    if language in {"zh", "ja", "ko", "ar", "fa", "he", "hi", "bn", "ta", "th", "ka", "hy"}:
        return 1.0, None
    longer = [word for word in words if len(word) >= 4 and not word.isdigit()]
    odd = sum(not _VOWELS.search(word) or bool(re.search(r"[^\W\d]\d[^\W\d]|(.)\1{3}", word)) for word in longer)
    if len(longer) >= 10 and odd > 0.25 * len(longer):
        return 0.3, Note(
            "garbled", "Much of the text cannot be read; the file may be damaged or badly scanned.", "warning"
        )
    return 1.0, None


def _repeats(lines: Sequence[Sentence]) -> tuple[float, Note | None]:
    """Headers and footers printed on every page, disclaimers, the same line again and again."""
    counts = Counter(one.text for one in lines if len(one.text) > 15)
    repeated = sum(count - 1 for count in counts.values() if count > 2)
    if len(lines) >= 20 and repeated > 0.4 * len(lines):
        return 0.7, Note("repetitive", "Much of it says the same again, such as headers and footers.")
    return 1.0, None


def _recognised(parsed: Parsed, notes: list[Note]) -> float:
    pages = parsed.found.pages
    read = sum(page.recognised for page in pages)
    if not read:
        return 1.0
    confidence = parsed.found.metadata.get("ocr_confidence")
    if isinstance(confidence, (int, float)) and confidence < 0.75:
        percent = round(100 * float(confidence))
        notes.append(
            Note(
                "badly_recognised",
                f"The text was read from pictures with {percent} % certainty; check it.",
                "warning",
            )
        )
        return 0.6
    what = "sound" if parsed.found.page_kind == "recording" else "pictures"
    notes.append(
        Note(
            "recognised", f"Text on {read} of {len(pages)} pages was read from {what}; names and numbers may be wrong."
        )
    )
    return 0.95
