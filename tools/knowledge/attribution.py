"""How a source is said aloud: document, place, author, and what to say when two sources agree or differ. Pure.

A quotation is told word for word; only what stands around it is phrased here. To add a kind of place: one row in _AT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tools.knowledge.model import SearchResult
from tools.knowledge.quoting import label, sentences
from tools.plaintext import clean_line
from tools.spoken import listed, ordinal

_ENDING = re.compile(
    r"\.(?:pdf|docx?|txt|md|markdown|html?|csv|xlsx?|pptx?|png|jpe?g|tiff?|webp|mp3|wav|m4a|ogg|flac)$", re.I
)
_OF_FILES = re.compile(r"(?:[\s(]+(?:final|copy|v\d+|rev\d*|\d)\)?)+\s*$", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|a|an|our|my|your|der|die|das|le|la|les|el|il)\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*(?:\s?[ap]\.?m\b)?", re.IGNORECASE)
_DIGITS = {
    word: str(number)
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_SAME_MATTER = 0.5  # of the telling words of both quotations
_EMPTY = frozenset(
    # what is said about any matter: small words, prices, units
    "the and for are was were has have with from that this per our your all each you may can not cost costs price "
    "prices euro euros dollar dollars pound pounds hour hours minute minutes day days week percent "
    "until between".split()
)


@dataclass(frozen=True, slots=True)
class Cited:
    """One source as it was told: ``card`` is what the page shows, ``passage`` the text around the quotation.

    ``place``: "page 4", "slide 3", "sheet Prices", "minute 1:23", or empty where there is none worth saying.
    """

    card: dict[str, Any]
    passage: str
    place: str

    @property
    def quote(self) -> str:
        return str(self.card["quote"])

    @property
    def title(self) -> str:
        title = spoken_title(str(self.card["title"]))
        return f"{title} you sent" if self.card.get("source_type") == "attachment" else title

    @property
    def document_id(self) -> str:
        return str(self.card["document_id"])

    @property
    def relevance(self) -> int:
        return int(self.card["relevance"])


def cited(result: SearchResult, number: int) -> Cited:
    card = result.citation(number).as_json()
    only = result.chunk.page_count <= 1 and card["page_kind"] == "page"  # nobody asks for the page of a leaflet
    return Cited(card, result.chunk.text, "" if only else label(str(card["place"]), 60))


def attributed(source: Cited) -> str:
    """'According to the Harbour House handbook, page 2: "Breakfast is served from 7 to 10."'"""
    return f"{opening(source)}: {quoted(source.quote)}"


def opening(source: Cited) -> str:
    """What is said before the quotation: "According to the handbook, page 2", "On slide 3 of the sales deck"."""
    kind, _, rest = source.place.partition(" ")
    match kind:
        case "slide" | "sheet":
            return f"On {_the(kind)}{rest} of {source.title}"
        case "minute":
            return f"At minute {rest} of the recording {_bare(source.title)}"
        case _:
            return f"According to {whereabouts(source)}"


def whereabouts(source: Cited) -> str:
    """ "the Harbour House handbook, page 2", "slide 3 of the sales deck"."""
    kind, _, rest = source.place.partition(" ")
    match kind:
        case "slide" | "sheet":
            return f"{_the(kind)}{rest} of {source.title}"
        case "minute":
            return f"minute {rest} of the recording {_bare(source.title)}"
        case _:
            return f"{source.title}, {source.place}" if source.place else source.title


def quoted(text: str) -> str:
    """In quotation marks of its own, ended like a sentence."""
    text = text.replace('"', "'").rstrip()
    return f'"{text}"' if text.endswith((".", "!", "?", "…")) else f'"{text}."'


def authorship(source: Cited) -> str:
    """ "It was written by Ada Lovelace in March 2024.", or that the document does not say."""
    authors = _names(source.card.get("author"))
    when = spoken_date(str(source.card.get("published") or ""))
    if authors:
        return f"{spoken_start(source.title)} was written by {listed(authors)}{f', {when}' if when else ''}."
    if when:
        return f"{spoken_start(source.title)} does not say who wrote it; it is from {when}."
    return f"{spoken_start(source.title)} does not say who wrote it."


def certainty(source: Cited) -> str:
    """How well the passage fits the question, without a pretence of exactness."""
    if source.relevance >= 85:
        told = "Quite sure: that is what it says, word for word"
    elif source.relevance >= 65:
        told = "Fairly sure: the passage fits your question well"
    else:
        told = "Not entirely: the passage speaks about it, but perhaps not about exactly what you asked"
    return f"{told}. It stands in {whereabouts(source)}."


def paragraph(source: Cited) -> str:
    """The lines around the quotation up to the next empty line; the quotation alone when it is not found there."""
    opener = " ".join(source.quote.rstrip("…").split()[:6])
    for block in re.split(r"\n\s*\n", source.passage):
        line = " ".join(sentences(block))
        if opener in line:
            return line
    whole = " ".join(sentences(source.passage))
    return whole if opener in whole else source.quote


def in_phrases(text: str) -> str:
    """The same words with a pause every few of them, for who asks to hear it slowly."""
    phrases: list[list[str]] = [[]]
    for word in text.split():
        if len(phrases[-1]) >= 5 or (len(phrases[-1]) >= 3 and word.lower() in _PAUSES):
            phrases.append([])
        phrases[-1].append(word)
        if word[-1] in ",.;:!?":
            phrases.append([])
    told = [" ".join(phrase) for phrase in phrases if phrase]
    return " ".join(part if part[-1] in ",.;:!?" else f"{part}," for part in told[:-1]) + f" {told[-1]}" if told else ""


_PAUSES = frozenset("and or but from to until for with in on at if when because which who that by per of".split())


def rival(first: Cited, others: Sequence[Cited]) -> tuple[Cited, bool] | None:
    """Another document that speaks of the same matter with figures: and whether it says the same. None without one."""
    figures, words = _figures(first.quote), _matter(first.quote)
    for other in others:
        its_figures, its_words = _figures(other.quote), _matter(other.quote)
        if other.document_id == first.document_id or not figures or not its_figures:
            continue
        shared = len(words & its_words) / max(1, len(words | its_words))
        if shared >= _SAME_MATTER:
            agrees = figures <= its_figures or its_figures <= figures
            return other, agrees
    return None


def spoken_title(title: str) -> str:
    """A title as said in a sentence: without file ending and underscores, with an article unless it has one."""
    name = label(_ENDING.sub("", clean_line(title, limit=200)), 120).replace("_", " ")
    if " " not in name.strip():
        name = name.replace("-", " ")
    name = clean_line(_OF_FILES.sub("", name), limit=120)
    if not name:
        return "the document"
    if _ARTICLE.match(name):
        return name[0].lower() + name[1:]
    return name if re.match(r"\w+['’]s\b", name) else f"the {name}"


def spoken_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def spoken_date(text: str) -> str:
    """ "2024-03-05" as "March 5th, 2024", "2024-03" as "March 2024"; anything else as it is, on one short line."""
    match = _MONTH_YEAR.fullmatch(text.strip()[:10])
    if match is None or not match[2]:
        return clean_line(text, limit=40)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return match[1]
    return f"{day:%B} {ordinal(day.day)}, {day.year}" if match[3] else f"{day:%B} {day.year}"


def _the(kind: str) -> str:
    return "the sheet " if kind == "sheet" else f"{kind} "


def _bare(title: str) -> str:
    return title.removeprefix("the ")


def _names(author: Any) -> list[str]:
    """One name or several, as a list of clean lines."""
    names = author if isinstance(author, list | tuple) else [author]  # pyright: ignore[reportUnknownVariableType]
    return [line for name in names if name and (line := label(str(name), 80))]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _figures(text: str) -> frozenset[str]:
    spelled = re.sub(r"[a-z]+", lambda word: _DIGITS.get(word[0], word[0]), text.lower())
    return frozenset(re.sub(r"[\s.]", "", match) for match in _NUMBER.findall(spelled))


def _matter(text: str) -> frozenset[str]:
    """The telling words, cut to their beginnings so that "cost" and "costs" are one."""
    return frozenset(
        word[:5] for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in _EMPTY and word not in _DIGITS
    )
