"""Which documents are largely the same as a new one, and whether it looks like a newer version of one. Pure.

Fingerprints choose, the texts themselves are counted: the shares told to people are exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher

from ingest.documents.analysis.corpus import Known
from ingest.documents.analysis.fingerprint import shingles
from ingest.documents.analysis.model import Duplicate
from store.pages import Page

_LEAST = 0.25  # of the new document's text found in the other
_VERSION = re.compile(
    r"\b(?:v(?:ersion)?[ ._]?\d+(?:\.\d+)*|(?:19|20)\d\d|rev(?:ision)?[ ._]?\d+|final|draft|new|neu|copy|kopie|\d+)\b"
)


def find(
    own: frozenset[int],
    title: str,
    written_at: datetime,
    texts: Sequence[tuple[Known, Sequence[Page]]],
    *,
    series_id: object = None,
) -> tuple[Duplicate, ...]:
    """At most five, the most alike first. ``series_id``: whose older versions are no duplicates."""
    found = [
        one
        for known, pages in texts
        if known.series_id != series_id and (one := _compare(own, title, written_at, known, pages)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (-one.similarity, one.document_id))[:5])


def _compare(
    own: frozenset[int], title: str, written_at: datetime, known: Known, pages: Sequence[Page]
) -> Duplicate | None:
    theirs = shingles(pages)
    shared = len(own & theirs)
    if not shared or len(own) < 10:
        return None
    similarity = shared / len(own | theirs)
    contained = shared / len(own)
    alike_titles = _alike(title, known.title)
    if contained < _LEAST and not (alike_titles and contained >= 0.1):
        return None
    newer = "this" if written_at >= known.written_at else "other"
    percent = round(100 * contained)
    if similarity >= 0.97:
        text = f"It says the same as “{known.title}”, which the assistant knows already."
        return Duplicate(str(known.id), known.title, round(similarity, 2), round(contained, 2), "same", newer, text)
    if newer == "this" and (similarity >= 0.5 or (alike_titles and similarity >= 0.15)):
        text = f"It looks like a new version of “{known.title}”: {percent} % of it stands there too. Replace that one?"
        return Duplicate(str(known.id), known.title, round(similarity, 2), round(contained, 2), "replaces", newer, text)
    if contained >= 0.97:
        text = f"All of it stands in “{known.title}” too."
        return Duplicate(str(known.id), known.title, round(similarity, 2), round(contained, 2), "same", newer, text)
    older = " It is older than that one." if newer == "other" else ""
    text = f"{percent} % of it stands in “{known.title}” too.{older}"
    return Duplicate(str(known.id), known.title, round(similarity, 2), round(contained, 2), "overlaps", newer, text)


def _alike(one: str, other: str) -> bool:
    """The same title but for a version, a year or a word."""
    first, second = (re.sub(r"[\W_]+", " ", _VERSION.sub(" ", title.lower())).strip() for title in (one, other))
    return bool(first and second) and SequenceMatcher(None, first, second).ratio() >= 0.85
