"""The same thing said with different values: prices, times, numbers, dates, permissions. Pure.

Two sentences contradict each other only when, their values left out, they speak of exactly the same: any word that
is in one alone may be the reason for the difference ("on weekends", "for children"). Precision goes before
completeness: a person is to read every one of these.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from ingest.documents.analysis.corpus import Known
from ingest.documents.analysis.language import of_text
from ingest.documents.analysis.model import Contradiction, Statement
from ingest.documents.analysis.parsed import Sentence, parse
from ingest.documents.analysis.stopwords import STOPWORDS
from ingest.documents.analysis.values import FREE, NUMBER_WORD, Kind, Value, digits_for_words, same_time, values_of
from ingest.documents.model import Extracted
from ingest.documents.sentences import words_of
from store.pages import Page

MOST = 20
_MOST_SENTENCES = 8_000
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
_ABOVE: Final = {
    "dog": "pet",
    "cat": "pet",
    "hund": "haustier",
    "katze": "haustier",
    "chien": "animal",
    "perro": "mascota",
}
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
_MANY_DAYS = frozenset("close closed holiday holidays geschlossen feiertag fermé event events".split())


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of value said of one thing: ``about`` are the stems of all other words."""

    kind: Kind
    about: frozenset[str]
    values: tuple[Value, ...]
    sentence: Sentence
    past: bool
    conditional: bool


def find(
    sentences: Sequence[Sentence], title: str, language: str, others: Sequence[tuple[Known, Sequence[Page]]]
) -> tuple[Contradiction, ...]:
    """Within the document and against the others (only those in its language), at most twenty, in the order of"
    " pages."""
    own = [claim for one in sentences[:_MOST_SENTENCES] for claim in claims_of(one, language)]
    found = [_told(kind, one, other, values, ("", title), ("", title)) for kind, one, other, values in _within(own)]
    table = _table(own)
    for known, pages in others:
        if known.language and known.language != language:
            continue
        there = parse(Extracted(tuple(pages), title=known.title))
        theirs = (claim for one in there.sentences[:_MOST_SENTENCES] for claim in claims_of(one, language))
        for kind, one, other, values in _between(table, theirs):
            found.append(_told(kind, one, other, values, ("", title), (str(known.id), known.title)))
    return tuple(_unique(found)[:MOST])


def clash(one: Sentence, other: Sentence) -> tuple[Kind, str, str] | None:
    """(kind, value of one, value of the other) when two sentences contradict each other."""
    language, _ = of_text(f"{one.text} {other.text}")
    table = _table(claims_of(one, language))
    for kind, _, _, values in _between(table, claims_of(other, language)):
        return kind, *values
    return None


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
    stems = _stems(words_of(text), stop)
    if not stems - _WEAK_STEMS or sentence.words[:1] in {("it",), ("they",), ("this",), ("es",), ("sie",)}:
        stems |= _stems(words_of(sentence.heading), stop)
    telling = stems - _WEAK_STEMS
    return frozenset(telling or stems)


def _stems(words: Iterable[str], stop: frozenset[str]) -> set[str]:
    lowered = (word.lower() for word in words)
    return {_stem(_ALIKE.get(word, word)) for word in lowered if word not in stop and word not in _NEUTRAL}


def _stem(word: str) -> str:
    if len(word) > 4:
        word = re.sub(r"(?:'s|’s)$", "", word)
        word = re.sub(r"ies$", "y", word)
        return re.sub(r"(?<=[^s])s$|(?<=[a-zäöü]{4})(?:en|n|e)$", "", word)
    return re.sub(r"(?<=[^s]{3})s$", "", word)


_WEAK_STEMS: Final = frozenset(_stem(word) for word in _WEAK)


def _keys(claim: Claim) -> Iterator[tuple[Kind, frozenset[str]]]:
    yield claim.kind, claim.about
    if claim.kind == "permission":
        general = frozenset(_ABOVE.get(stem, stem) for stem in claim.about)
        if general != claim.about:
            yield claim.kind, general | {"above"}
        elif claim.about & set(_ABOVE.values()):
            yield claim.kind, claim.about | {"above"}


def _table(claims: Sequence[Claim]) -> dict[tuple[Kind, frozenset[str]], list[Claim]]:
    table: defaultdict[tuple[Kind, frozenset[str]], list[Claim]] = defaultdict(list)
    for claim in claims:
        for key in _keys(claim):
            table[key].append(claim)
    return table


_Pair = tuple[Kind, Claim, Claim, tuple[str, str]]


def _between(table: dict[tuple[Kind, frozenset[str]], list[Claim]], theirs: Iterable[Claim]) -> Iterator[_Pair]:
    for other in theirs:
        for key in _keys(other):
            for one in table.get(key, [])[:20]:
                special = "above" in key[1]
                if special and bool(one.about & set(_ABOVE)) == bool(other.about & set(_ABOVE)):
                    continue  # dogs and cats: neither is the other
                if (values := _different(one, other)) and _same_place(one.sentence, other.sentence, key[1]):
                    yield key[0], one, other, values


def _within(claims: Sequence[Claim]) -> Iterator[_Pair]:
    for (kind, about), same in _table(claims).items():
        for one, other in combinations(same[:12], 2):
            apart = (one.sentence.page, one.sentence.start) != (other.sentence.page, other.sentence.start)
            alike = apart and "above" not in about and _one_heading(one.sentence, other.sentence)
            if alike and (values := _different(one, other)):
                yield kind, one, other, values


def _one_heading(one: Sentence, other: Sentence) -> bool:
    return not one.heading or not other.heading or bool(_heading(one) & _heading(other))


def _same_place(one: Sentence, other: Sentence, about: frozenset[str]) -> bool:
    """“Adults 12 €” under “Pool” and under “Sauna” are two things; with more words than one the heading may"
    " differ."""
    mine, theirs = _heading(one), _heading(other)
    if len(about) > 1 or not mine or not theirs:
        return True
    return bool(mine & (theirs | about)) or bool(theirs & about)


def _heading(sentence: Sentence) -> set[str]:
    return _stems(words_of(sentence.heading), frozenset[str]())


def _different(one: Claim, other: Claim) -> tuple[str, str] | None:
    """The two values as shown, when they cannot both hold."""
    if one.past != other.past or one.conditional != other.conditional:
        return None
    if one.kind == "time":
        return _different_times(one.values, other.values)
    mine, theirs = one.values[0], other.values[0]
    if len(one.values) > 1 or len(other.values) > 1 or mine.role != theirs.role or mine.key == theirs.key:
        return None
    if one.kind == "price" and mine.key[1] and theirs.key[1] and mine.key[1] != theirs.key[1]:
        return None
    if one.kind == "date" and not _days_differ(one, other):
        return None
    if one.kind == "phone" and {str(mine.key[0])[-6:]} == {str(theirs.key[0])[-6:]}:
        return None
    return mine.shown, theirs.shown


def _days_differ(one: Claim, other: Claim) -> bool:
    mine, theirs = one.values[0].key, other.values[0].key
    text = f"{one.sentence.text} {other.sentence.text}".lower()
    return (
        mine[0] == theirs[0]
        and bool(mine[1] and theirs[1])
        and bool(mine[2]) == bool(theirs[2])
        and not any(word in _MANY_DAYS for word in words_of(text))
    )


def _different_times(one: Sequence[Value], other: Sequence[Value]) -> tuple[str, str] | None:
    mine, theirs = {value.role: value for value in one}, {value.role: value for value in other}
    if len(mine) != len(one) or len(theirs) != len(other):
        return None
    if len(mine) == len(theirs) == 1 and "at" in {*mine, *theirs}:  # "at" beside a lone beginning or end
        first, second = one[0], other[0]
        return None if same_time(first, second) else (first.shown, second.shown)
    for role in ("start", "end", "at"):
        if role in mine and role in theirs and not same_time(mine[role], theirs[role]):
            return mine[role].shown, theirs[role].shown
    return None


def _told(
    kind: Kind, one: Claim, other: Claim, values: tuple[str, str], here: tuple[str, str], there: tuple[str, str]
) -> Contradiction:
    place = f"“{there[1]}”" if there[0] else "the same document"
    page = f", page {other.sentence.page}" if other.sentence.page > 1 or not there[0] else ""
    text = f"It says “{values[0]}” where {place}{page} says “{values[1]}”: {other.sentence.text[:160]}"
    return Contradiction(
        kind,
        Statement(here[0], here[1], one.sentence.page, one.sentence.text[:300], values[0]),
        Statement(there[0], there[1], other.sentence.page, other.sentence.text[:300], values[1]),
        text,
    )


def _unique(found: Sequence[Contradiction]) -> list[Contradiction]:
    """One for each pair of sentences; a value said in many places is told with the first."""
    kept: dict[tuple[str, str, str], Contradiction] = {}
    for one in sorted(found, key=lambda item: (item.here.page, item.there.document_id, item.there.page)):
        kept.setdefault((one.here.text, one.there.document_id, one.there.text), one)
    return list(kept.values())
