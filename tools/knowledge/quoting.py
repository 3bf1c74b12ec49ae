"""The sentence of a chunk that answers a question, word for word. Pure.

A quotation is what a caller hears and a page shows, so it is never rewritten, only chosen and cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.plaintext import clean_line, visible

MAX_QUOTE_CHARS = 320
MAX_SENTENCES = 64
MAX_HIGHLIGHTS = 60
_BOUNDARY = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n{2,}|\n(?=\s*(?:[-*•]|\d+[.)])\s)|(?<=[.!?:])\s*\n"
)
_MARKS = "-*•#"
_GAP = re.compile(r"[\s\-*•#]+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Nr|vs|etc|approx|min|max|ca|a\.m|p\.m|e\.g|i\.e)\.|\b[A-Z]\.)$")
# "Can I …?", "Are … allowed?": a sentence that grants or refuses answers them, one that only names the thing does not
_ASKS_LEAVE = re.compile(
    r"^\W*(?:(?:can|may|could) (?:i|we)\b|(?:is|are) .*\b(?:allowed|welcome|permitted|ok|okay)\W*$)", re.IGNORECASE
)
_GIVES_LEAVE = re.compile(
    r"\b(?:may|can|cannot|can't|welcome|allowed|permitted|forbidden|agreement|permission|free)\b", re.IGNORECASE
)
_LEAVE_SHARE = 0.65  # of the best score; less, and the sentence speaks about something else
_SIGNS = re.compile(r"[<>{}\[\]|«»\"`#*=\\]+")
_ENDS = re.compile(r"(?<!\b[A-Z])(?<!\bDr)(?<!\bMr)(?<!\bSt)(?<!\bNo)(?<!\bMs)(?<!\bMrs)[.!?]+(?=\s)")
_LEANS_BACK = re.compile(
    r"^(?:it|they|this|that|these|those|he|she|then|there|both|otherwise|however)\b", re.IGNORECASE
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each on one line; list items and paragraphs end one too."""
    parts: list[str] = []  # only the first MAX_SENTENCES
    for part in _BOUNDARY.split(visible(text)):
        line = clean_line(part, limit=2000).lstrip("-*•# ").strip()
        if not line:
            continue
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {line}"
        else:
            parts.append(line)
    return parts[:MAX_SENTENCES]


def overlap(wanted: Sequence[str], rarities: Sequence[float], sentence: str) -> float:
    """The share of the wanted stems in a sentence, rare ones counting more (0-1). Stems match as prefixes."""
    begins = _begins(wanted)
    lower = sentence.lower()
    words = [
        word
        for word in re.findall(r"[^\W_]+-[^\W_]+", lower) + re.findall(r"[^\W_]+", lower)
        if word.startswith(begins)
    ]
    total = sum(rarities)
    found = sum(
        weight for stem, weight in zip(wanted, rarities, strict=True) if any(has_stem(stem, word) for word in words)
    )
    return found / total if total else 0.0


def best_quote(found: Sequence[str], scores: Sequence[float], question: str = "") -> str:
    """The sentence with the highest score, the first of equals; what it leans on or leads to comes along with it.

    A question for permission gets a sentence that grants or refuses: the best if it does, else the first that fits.
    """
    if not found:
        return ""
    best = _best(found, scores, question)
    first = last = best
    if _leads_on(found[best]) and best + 1 < len(found):
        last = best + 1  # a question or a heading: what follows is the answer
    elif _LEANS_BACK.match(found[best]) and best > 0 and not _leads_on(found[best - 1]):
        first = best - 1
    quote = " ".join(found[first : last + 1])
    if len(quote) > MAX_QUOTE_CHARS and first < best:
        quote = found[best]
    return shorten(quote)


def _best(found: Sequence[str], scores: Sequence[float], question: str) -> int:
    best = max(range(len(found)), key=lambda index: (scores[index], -index))
    if scores[best] <= 0 or not _ASKS_LEAVE.search(question) or _GIVES_LEAVE.search(found[best]):
        return best
    enough = scores[best] * _LEAVE_SHARE
    telling = (index for index, one in enumerate(found) if scores[index] >= enough and _GIVES_LEAVE.search(one))
    return next(telling, best)


def shorten(quote: str, limit: int = MAX_QUOTE_CHARS) -> str:
    """Cut at a word, marked by an ellipsis."""
    return quote if len(quote) <= limit else quote[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def label(text: str, limit: int = 100) -> str:
    """A title, heading, file name or author as it may stand outside of quotation marks: one short line that can
    neither end a sentence, open a mark or a tag, nor look like another speaker's turn."""
    line = _SIGNS.sub(" ", clean_line(text, limit=4 * limit))
    line = _ENDS.sub(",", line).replace(": ", ", ")
    return clean_line(line, limit=limit).strip(" ,;:")


def locate(quote: str, text: str) -> tuple[int, int]:
    """Where a quotation stands in the text it was taken from, [start, end); (0, 0) when it cannot be found again."""
    words = [word for word in (one.lstrip(_MARKS) for one in quote.rstrip("…").split()) if word]
    start = text.find(words[0]) if words else -1
    while start >= 0:  # by hand: a pattern of its own for every quotation takes milliseconds to compile
        end = _end_of(words, text, start)
        if end:
            return start, end
        start = text.find(words[0], start + 1)
    return 0, 0


def _end_of(words: Sequence[str], text: str, start: int) -> int:
    """Where the words end that stand one after another from ``start`` on, only marks between them; 0 if they do not."""
    end = start + len(words[0])
    for word in words[1:]:
        gap = _GAP.match(text, end)
        if gap is None or not text.startswith(word, gap.end()):
            return 0
        end = gap.end() + len(word)
    return end


def highlights(text: str, stems: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """[start, end) of the words of a text that have one of the stems, in order."""
    begins = _begins(stems)
    known: dict[str, bool] = {}
    spans: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\W_]+", text):
        word = match.group().lower()
        if word not in known:
            known[word] = word.startswith(begins) and any(has_stem(stem, word) for stem in stems)
        if known[word]:
            spans.append(match.span())
    return tuple(spans[:MAX_HIGHLIGHTS])


def _leads_on(sentence: str) -> bool:
    return sentence.endswith(("?", ":")) or (len(sentence.split()) <= 5 and sentence[-1] not in ".!;")


def _begins(stems: Sequence[str]) -> tuple[str, ...]:
    """What every word that has one of the stems begins with: asked first, since few words do."""
    return tuple(stem[:-1] if len(stem) >= 3 and stem.endswith("i") else stem for stem in stems)


def has_stem(stem: str, word: str) -> bool:
    """Whether ``word`` has the stem; English stems may end in i for y ("polici")."""
    if len(stem) < 3:
        return word == stem
    return word.startswith(stem) or (stem.endswith("i") and word.startswith(stem[:-1]) and len(word) <= len(stem) + 3)
