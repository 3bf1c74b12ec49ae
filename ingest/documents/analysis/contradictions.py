"""The same thing said with different values: prices, times, numbers, dates, permissions. Pure.

Two sentences contradict each other only when, their values left out, they speak of exactly the same: any word that
is in one alone may be the reason for the difference ("on weekends", "for children"). Rows of one list never do.
Precision goes before completeness: a person is to read every one of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from ingest.documents.analysis.claims import Claim, claims_of, stems
from ingest.documents.analysis.corpus import Known
from ingest.documents.analysis.language import of_text
from ingest.documents.analysis.model import Contradiction, Statement
from ingest.documents.analysis.parsed import Sentence, parse
from ingest.documents.analysis.values import Kind, Value, same_time
from ingest.documents.model import Extracted
from ingest.documents.sentences import words_of
from store.pages import Page

MOST = 20
_MOST_SENTENCES = 8_000
_ABOVE: Final = {
    "dog": "pet",
    "cat": "pet",
    "hund": "haustier",
    "katze": "haustier",
    "chien": "animal",
    "perro": "mascota",
}
_MANY_DAYS = frozenset("close closed holiday holidays geschlossen feiertag fermé event events".split())


def find(
    sentences: Sequence[Sentence], title: str, language: str, others: Sequence[tuple[Known, Sequence[Page]]]
) -> tuple[Contradiction, ...]:
    """Within the document and against the others (only those in its language), at most twenty, in pages' order."""
    own = [claim for one in sentences[:_MOST_SENTENCES] for claim in claims_of(one, language)]
    found = [_told(kind, one, other, values, ("", title), ("", title)) for kind, one, other, values in _within(own)]
    table = _table(_telling(own))
    for known, pages in others:
        if known.language and known.language != language:
            continue
        there = parse(Extracted(tuple(pages), title=known.title))
        theirs = _telling([claim for one in there.sentences[:_MOST_SENTENCES] for claim in claims_of(one, language)])
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


def _telling(claims: Sequence[Claim]) -> list[Claim]:
    """Without rows of which one list has several with different values: a column that is not understood parts them."""
    several = {
        id(claim)
        for same in _table(claims).values()
        for one, other in combinations([claim for claim in same[:40] if claim.is_row], 2)
        if _different(one, other)
        for claim in (one, other)
    }
    return [claim for claim in claims if id(claim) not in several]


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
            alike = alike and not (one.is_row and other.is_row and one.sentence.heading == other.sentence.heading)
            if alike and (values := _different(one, other)):
                yield kind, one, other, values


def _one_heading(one: Sentence, other: Sentence) -> bool:
    return not one.heading or not other.heading or bool(_heading(one) & _heading(other))


def _same_place(one: Sentence, other: Sentence, about: frozenset[str]) -> bool:
    """“Adults 12 €” under “Pool” and “Sauna” are two things; with more words than one the heading may differ."""
    mine, theirs = _heading(one), _heading(other)
    if len(about) > 1 or not mine or not theirs:
        return True
    return bool(mine & (theirs | about)) or bool(theirs & about)


def _heading(sentence: Sentence) -> set[str]:
    return stems(words_of(sentence.heading), frozenset[str]())


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
