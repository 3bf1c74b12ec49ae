"""References for other programs: BibTeX (LaTeX) and RIS (EndNote, Zotero, Mendeley). Pure.

RIS: https://en.wikipedia.org/wiki/RIS_(file_format); BibTeX entries as BibTeX 0.99d reads them, in UTF-8.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from tools.citations.model import Author, Source

_BIBTEX = {
    "article": "article",
    "book": "book",
    "chapter": "incollection",
    "report": "techreport",
    "thesis": "phdthesis",
}
_RIS = {
    "document": "GEN",
    "article": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "report": "RPRT",
    "thesis": "THES",
    "webpage": "ELEC",
    "recording": "SOUND",
    "letter": "PCOMM",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def bibtex(sources: Sequence[Source]) -> str:
    """One entry a source, with keys such as vaswani2017, told apart by letters where they would be the same."""
    taken: set[str] = set()
    return "\n".join(_entry(source, _key(source, taken)) for source in sources)


def _entry(source: Source, key: str) -> str:
    kind = _BIBTEX.get(source.kind, "misc")
    book_or_journal = "booktitle" if kind == "incollection" else "journal" if kind == "article" else "howpublished"
    house = {"techreport": "institution", "phdthesis": "school"}.get(kind, "publisher")
    fields = {
        "author": " and ".join(_bibtex_name(author) for author in source.authors),
        # braces keep the capitals that styles would take away
        "title": f"{{{_escaped(source.title)}}}",
        book_or_journal: _escaped(source.journal),
        "year": str(source.published[0]) if source.published else "",
        "volume": _escaped(source.volume),
        "number": _escaped(source.issue),
        "pages": re.sub(r"\s*[-–—]+\s*", "--", _escaped(source.pages)),
        house: _escaped(source.publisher),
        "doi": source.doi,
        "url": source.url.replace("%", r"\%").replace("{", "%7B").replace("}", "%7D"),
        "note": f"PMID: {source.pmid}" if source.pmid else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if len(source.published) > 1:
        lines.append(f"  month = {_MONTHS[source.published[1] - 1]},")
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _bibtex_name(author: Author) -> str:
    family, given = _escaped(author.family), _escaped(author.given)
    if author.is_group or not given:
        return f"{{{family}}}"
    given, _, suffix = given.partition(", ")
    return f"{family}, {suffix}, {given}" if suffix else f"{family}, {given}"


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)


def _key(source: Source, taken: set[str]) -> str:
    family = source.authors[0].family.split() if source.authors else []
    word = family[-1] if family else source.title.partition(" ")[0]  # a name of nothing but a comma has no last word
    ascii_word = unicodedata.normalize("NFKD", word)
    stem = re.sub(r"[^a-z0-9]", "", ascii_word.encode("ascii", "ignore").decode().lower()) or "source"
    stem += str(source.published[0]) if source.published else ""
    key, number = stem, 0
    while key in taken:
        number += 1
        key = f"{stem}{_letters(number)}"
    taken.add(key)
    return key


def _letters(number: int) -> str:
    """a, b … z, aa, ab …"""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def ris(sources: Sequence[Source]) -> str:
    """One record a source; lines end in CR LF as the format wants."""
    return "".join(f"{line}\r\n" for source in sources for line in _record(source))


def _record(source: Source) -> Iterator[str]:
    yield f"TY  - {_RIS[source.kind]}"
    for author in source.authors:
        yield f"AU  - {_line(author.family + (f', {author.given}' if author.given else ''))}"
    first, _, last = re.sub(r"\s*[-–—]+\s*", "-", source.pages).partition("-")
    published = [f"{part:02d}" for part in source.published]
    for tag, value in (
        ("TI", source.title),
        ("T2", source.journal),
        ("VL", source.volume),
        ("IS", source.issue),
        ("SP", first),
        ("EP", last),
        ("PB", source.publisher),
        ("PY", published[0] if published else ""),
        ("DA", "/".join([*published, *[""] * (3 - len(published))]) if published else ""),
        ("DO", source.doi),
        ("AN", source.pmid),
        ("UR", source.url),
    ):
        if value:
            yield f"{tag}  - {_line(value)}"
    yield "ER  - "
    yield ""


def _line(text: str) -> str:
    return " ".join(text.split())
