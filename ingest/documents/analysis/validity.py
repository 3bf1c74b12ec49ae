"""Until when a document says it is valid, and whether that day is past. Pure; today is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ingest.documents.analysis.dates import dates_in
from ingest.documents.analysis.model import Note
from ingest.documents.analysis.parsed import Sentence

_UNTIL = re.compile(
    r"\b(?:valid (?:until|till|through|to|up to)|expires?(?: on)?|expir(?:y|ation) date|best before|effective until"
    r"|offer ends|applies until|ends on"
    r"|gültig bis|läuft ab am|valable jusqu'au|válid[oa] hasta|valid[oa] fino al?|geldig tot"
    r"|válido até)\b[\s:]*(?P<rest>[^.!?\n;]{0,40}(?:\.\d[^.!?\n;]{0,20}){0,2})",
    re.IGNORECASE,
)
_FOR_YEAR = re.compile(
    r"\b(?:price list|prices|rates|menu|tariffs?|programme|schedule|timetable|fees|preisliste|preise|tarife"
    r"|programm|tarifs|precios)\b[^.\n]{0,20}?\b(20\d\d)\b",
    re.IGNORECASE,
)


def outdated(sentences: Sequence[Sentence], title: str, today: date) -> tuple[Note, ...]:
    """A warning for each validity that is over, at most five."""
    notes: list[Note] = []
    for one in sentences[:8000]:
        for match in _UNTIL.finditer(one.text):
            found = dates_in(match["rest"])
            if found and (end := found[0].last_day(today)) is not None and end < today:
                notes.append(_note(one, f"It says it was valid until {_said(end)}; that is past."))
    year = _FOR_YEAR.search(title)
    if (
        year
        and int(year[1]) < today.year
        and not re.search(rf"{year[1]}\s*[-/–]\s*(?:{today.year}|{today.year % 100})", title)
    ):
        notes.append(Note("outdated", f"Its title names the year {year[1]}, which is past.", "warning"))
    return tuple(notes[:5])


def _note(sentence: Sentence, text: str) -> Note:
    return Note("outdated", text, "warning", sentence.page, sentence.text[:300])


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
