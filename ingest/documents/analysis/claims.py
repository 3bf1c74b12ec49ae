"""What a sentence claims: a value said of a thing, the thing being all its other telling words. Pure.

``contradictions`` compares claims. To add a word that says nothing about the thing: `_NEUTRAL`; a synonym: `_ALIKE`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.documents.analysis.parsed import Sentence
from ingest.documents.analysis.stopwords import STOPWORDS
from ingest.documents.analysis.values import FREE, NUMBER_WORD, Kind, Value, digits_for_words, values_of
from ingest.documents.sentences import words_of

_NEUTRAL: Final = frozenset(
    "open opens opened opening close closes closed closing serve served serves start starts begin begins end ends"
    " cost costs"
    " price prices fee fees rate rates charge charges charged amount pay pays paid priced available possible call"
    " phone"
    " telephone tel number numbers reach dial contact please daily every day o'clock clock about around"
    " approximately take"
    " takes place last lasts seat seats hold holds staff staffed hour hours time times get gets give gives given"
    " come comes"
    " allow allowed permit permitted welcome accept accepted include included prohibit prohibited forbidden forbid"
    " use used"
    " uhr täglich geöffnet kostet kosten beträgt preis gibt öffnet schließt serviert möglich erlaubt gestattet"
    " verboten"
    " coûte prix servi ouvert tous jours horaires cuesta precio abierto sirve costa prezzo aperto kost prijs"
    " geopend custa"
    " preço always usually now currently each also extra additional total not never no nicht kein keine keinen pas"
    " non niet não may can must cannot darf dürfen verfügbar inbegriffen enthalten autorisé inclus permitido incluido"
    " stay stays default defaults".split()
)
_WEAK: Final = frozenset(
    "house hotel guest guests visitor visitors customer customers kitchen people we hotels"
    " gast gäste haus client clients".split()
)
_KEPT: Final = frozenset(
    "before after under over without other own new other again off out up down below above first second third next"
    " old former"
    " vor nach ohne unter über avant après sans antes después sin prima dopo voor".split()
)
_ALIKE: Final = {
    "wifi": "internet", "wi-fi": "internet", "wlan": "internet", "check-in": "checkin", "check-out": "checkout",
    "breakfasts": "breakfast", "departure": "checkout", "lobby": "reception", "bookings": "booking",
    "cancellations": "cancellation", "cancel": "cancellation", "cancelled": "cancellation",
    "bike": "bicycle", "bikes": "bicycle",
}  # fmt: skip
_CONDITION = re.compile(
    r"\b(?:if|unless|except|only|but|otherwise|depending|depends|sometimes|usually|example|wenn|falls|außer|nur"
    r"|sofern|sauf|seulement|excepto|solo|salvo"
    r"|alleen|behalve|exceto|older|younger|extra)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|used to|formerly|previously|bisher|früher|war|waren|était|fue|eran|old|former|until now)\b",
    re.IGNORECASE,
)
_ALLOW = re.compile(
    r"\b(?:allowed|permitted|welcome|accept(?:ed|s)?|available|possible|may|can|cannot|can't|must not|mustn't"
    r"|forbidden|prohibited|erlaubt"
    r"|gestattet|willkommen|möglich|verfügbar|dürfen|darf|verboten|untersagt|autorisée?s?|interdite?s?"
    r"|permitid[oa]s?|prohibid[oa]s?|consentit[oi]"
    r"|vietat[oa]|toegestaan|verboden)\b",
    re.IGNORECASE,
)
_INCLUDE = re.compile(r"\b(?:included|inbegriffen|enthalten|inclus|incluid[oa]s?|incluso|inbegrepen)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|never|no|cannot|can't|mustn't|forbidden|prohibited|nicht|kein\w*|verboten|untersagt|pas|interdite?s?"
    r"|prohibid[oa]s?|vietat[oa]|niet"
    r"|verboden|não|unavailable)\b|n't\b",
    re.IGNORECASE,
)
_SAYS = re.compile(  # one cheap look: without any of these there is no value
    rf"\d|@|{NUMBER_WORD.pattern}|{FREE.pattern}|{_ALLOW.pattern}|{_INCLUDE.pattern}|\bnoon\b|\bmidnight\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[,;]\s+|\s+(?:and|und|et|y|e|en|while|but|aber)\s+")
_ROW = re.compile(r"\s\|\s|^[^:.!?]{1,60}: \S[^.!?]*\.?$|; [^;:]{1,40}: |\t")


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of value said of one thing: ``about`` are the stems of all other words."""

    kind: Kind
    about: frozenset[str]
    values: tuple[Value, ...]
    sentence: Sentence
    past: bool
    conditional: bool

    @property
    def is_row(self) -> bool:
        """A line of a table or list: what tells it from the next line may stand in a column that is not understood."""
        text = self.sentence.text
        return bool(_ROW.search(text)) or text[-1:] not in ".!?…"


def claims_of(sentence: Sentence, language: str) -> list[Claim]:
    """What a sentence claims; nothing for questions."""
    if sentence.text.endswith(("?", "？")) or not 1 <= len(sentence.words) <= 60 or not _SAYS.search(sentence.text):
        return []
    text = re.sub(r"\bcheck(?:ed|ing)?[ -](in|out)\b", r"check\1", digits_for_words(sentence.text), flags=re.IGNORECASE)
    claims = list(_of_values(text, sentence, language))
    return [*claims, *_of_permission(text, sentence, language)]


def _of_values(text: str, sentence: Sentence, language: str) -> Iterator[Claim]:
    values = values_of(text)
    if not values:
        return
    if _is_single(values):
        yield from _claims(text, values, sentence, language)
        return
    for number, (begin, end) in enumerate(_clauses(text)):
        part = text[begin:end]
        inner = values_of(part)
        if inner and _is_single(inner):
            for claim in _claims(part, inner, sentence, language):
                if number == 0 or len(claim.about) > 1:
                    yield claim


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SPLIT.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _is_single(values: Sequence[Value]) -> bool:
    """No kind says two values in the same role: then it is clear what is said of what."""
    seen: set[tuple[str, str]] = set()
    for one in values:
        key = (one.kind, "" if one.kind != "time" else one.role)
        if one.kind == "amount":
            key = (one.kind, str(one.key[1]))
        if key in seen:
            return False
        seen.add(key)
    roles = {one.role for one in values if one.kind == "time"}
    return not ("at" in roles and len(roles) > 1)


def _claims(text: str, values: Sequence[Value], sentence: Sentence, language: str) -> Iterator[Claim]:
    by_kind: defaultdict[tuple[Kind, str], list[Value]] = defaultdict(list)
    for one in values:
        by_kind[one.kind, str(one.key[1]) if one.kind == "amount" else ""].append(one)
    for (kind, unit), mine in by_kind.items():
        rest = text
        for one in mine:
            rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
        for one in values:
            if one not in mine:  # a value of another kind belongs to what is spoken of
                shown = f" {one.kind}{'_'.join(str(part) for part in one.key)} ".replace(".", "p").replace("@", "a")
                rest = (
                    rest[: one.start]
                    + shown.replace(" ", "\x01")[: one.end - one.start].ljust(one.end - one.start)
                    + rest[one.end :]
                )
        about = _about(rest.replace("\x01", " "), sentence, language)
        if unit:
            about |= {f"unit:{unit}"}
        if any(len(one) > 2 and one[0].isalpha() and not one.startswith("unit:") for one in about):
            yield Claim(kind, about, tuple(mine), sentence, bool(_PAST.search(text)), bool(_CONDITION.search(text)))


def _of_permission(text: str, sentence: Sentence, language: str) -> Iterator[Claim]:
    if len(sentence.words) > 16:
        return
    for name, pattern in (("allow", _ALLOW), ("include", _INCLUDE)):
        match = pattern.search(text)
        if match is None:
            continue
        negative = bool(_NOT.search(text))
        about = _about(text, sentence, language) | {f"unit:{name}"}
        if len(about) > 1:
            value = Value("permission", ("no" if negative else "yes",), "", "no" if negative else "yes", *match.span())
            yield Claim(
                "permission", about, (value,), sentence, bool(_PAST.search(text)), bool(_CONDITION.search(text))
            )


def _about(text: str, sentence: Sentence, language: str) -> frozenset[str]:
    """Stems of what is spoken of. A sentence that names nothing itself speaks of its heading."""
    stop = STOPWORDS.get(language, STOPWORDS["en"]) - _KEPT
    found = stems(words_of(text), stop)
    if not found - _WEAK_STEMS or sentence.words[:1] in {("it",), ("they",), ("this",), ("es",), ("sie",)}:
        found |= stems(words_of(sentence.heading), stop)
    telling = found - _WEAK_STEMS
    return frozenset(telling or found)


def stems(words: Iterable[str], stop: frozenset[str]) -> set[str]:
    lowered = (word.lower() for word in words)
    return {_stem(_ALIKE.get(word, word)) for word in lowered if word not in stop and word not in _NEUTRAL}


def _stem(word: str) -> str:
    if len(word) > 4:
        word = re.sub(r"(?:'s|’s)$", "", word)
        word = re.sub(r"ies$", "y", word)
        return re.sub(r"(?<=[^s])s$|(?<=[a-zäöü]{4})(?:en|n|e)$", "", word)
    return re.sub(r"(?<=[^s]{3})s$", "", word)


_WEAK_STEMS: Final = frozenset(_stem(word) for word in _WEAK)
