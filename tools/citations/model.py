"""What a reference is made of: a published or kept source, and what of it was quoted. Values only.

``source_of`` reads what people typed and files say of themselves; whatever is wrong or missing is left out, never
guessed. To add a field: here, in ``csl.py``, in ``exports.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

KINDS: Final = ("document", "article", "book", "chapter", "report", "thesis", "webpage", "recording", "letter")
DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?", re.IGNORECASE)
# a name with one of these is an organisation's
_HOUSES = frozenset(
    "agency association authority board center centre clinic college commission committee company corp corporation "
    "council department foundation gmbh group hospital hotel inc institute library limited llc ltd ministry museum "
    "office organisation organization school service services society team trust union university verein".split()
)
_PARTICLES = frozenset("von van der den de la le du da di dos del ter ten zu zur af al bin ibn".split())


@dataclass(frozen=True, slots=True)
class Author:
    """A person's ``family`` and ``given`` names; of an organisation ``family`` alone, with ``is_group``."""

    family: str
    given: str = ""
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """``published`` and ``accessed``: year, or year and month, or all three. Empty text means not known.

    ``pages`` are the source's own in its journal or book ("12-19"); ``doi`` without address, ``pmid`` digits.
    """

    id: str
    kind: str
    title: str
    authors: tuple[Author, ...] = ()
    published: tuple[int, ...] = ()
    accessed: tuple[int, ...] = ()
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""


def source_of(source_id: str, title: str, fields: Mapping[str, Any], metadata: Mapping[str, Any]) -> Source:
    """The source with ``fields`` as people typed them; ``metadata`` (what the file says) fills in the author only.

    A file's own date is when it was written, not when it was published, so it is no date of publication.
    """

    def text(name: str, limit: int = 300) -> str:
        return " ".join(str(fields.get(name) or "").split())[:limit]

    authors = fields.get("authors") or _author_of_file(text("title") or title, metadata)
    kind = text("type")
    doi, pmid, url = bare_doi(text("doi")), text("pmid"), text("url", 2000)
    return Source(
        id=source_id,
        kind=kind if kind in KINDS else "article" if text("journal") else "document",
        title=text("title") or " ".join(title.split()),
        authors=tuple(author for one in authors if (author := author_of(one)) is not None),
        published=partial_date(text("published") or text("year")),
        accessed=partial_date(text("accessed")),
        journal=text("journal"),
        volume=text("volume"),
        issue=text("issue"),
        pages=text("pages"),
        publisher=text("publisher"),
        doi=doi if DOI.fullmatch(doi) else "",
        pmid=pmid if _PMID.fullmatch(pmid) else "",
        url=url if urlsplit(url).scheme in {"http", "https"} else "",
    )


def _author_of_file(title: str, metadata: Mapping[str, Any]) -> list[object]:
    """Who the file says wrote it. Whose name is in the title is no person: "Harbour House" of its own handbook."""
    name = " ".join(str(metadata.get("author") or "").split())
    if not name:
        return []
    return [{"literal": name} if name.lower() in title.lower() else name]


def author_of(value: object) -> Author | None:
    """From "Family, Given", "Given Family", or {family, given} / {literal}; None when there is no name in it."""
    if isinstance(value, Mapping):
        literal = str(value.get("literal") or value.get("name") or "").strip()
        if literal:
            return Author(literal, is_group=True)
        family, given = str(value.get("family") or "").strip(), str(value.get("given") or "").strip()
        return Author(family, given, is_group=not given) if family else None
    name = " ".join(str(value or "").split())
    if not name.strip(" ,"):
        return None
    family, comma, given = name.partition(",")
    if comma:
        return Author(family.strip(), given.strip()) if family.strip() and given.strip() else Author(name.strip(" ,"))
    words = name.split()
    is_house = any(word.strip(".").lower() in _HOUSES for word in words)
    if is_house or len(words) == 1 or len(words) > 4 or not all(_is_name(word) for word in words):
        return Author(name, is_group=True)
    return _person(words)


def _is_name(word: str) -> bool:
    return (word[0].isupper() and word[0].isalpha()) or word.lower() in _PARTICLES


def _person(words: list[str]) -> Author:
    suffix = f", {words.pop()}" if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    return Author(" ".join(words[first:]), " ".join(words[:first]) + suffix)


def bare_doi(text: str) -> str:
    """A DOI without the address or the word people put before it."""
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE)


def partial_date(text: str) -> tuple[int, ...]:
    """(2017,), (2017, 12) or (2017, 12, 4) from "2017", "2017-12", "2017-12-04"; empty when it is no date."""
    match = _PARTIAL_DATE.fullmatch(text.strip()[:10])
    if match is None:
        return ()
    parts = tuple(int(part) for part in match.groups() if part is not None)
    try:
        date(parts[0], *(parts[1:] or (1,)), *(() if len(parts) == 3 else (1,)))
    except ValueError:
        return ()
    return parts
