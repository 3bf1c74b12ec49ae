"""A source as an item of the Citation Style Language (CSL-JSON 1.0), what style processors read."""

from __future__ import annotations

from typing import Any

from tools.citations.model import Author, Source

_TYPES = {
    "document": "document",
    "article": "article-journal",
    "book": "book",
    "chapter": "chapter",
    "report": "report",
    "thesis": "thesis",
    "webpage": "webpage",
    "recording": "speech",
    "letter": "personal_communication",
}


def csl_item(source: Source) -> dict[str, Any]:
    """CSL-JSON; what is not known is left out."""
    item: dict[str, Any] = {
        "id": source.id,
        "type": _TYPES[source.kind],
        "title": source.title,
        "author": [_name(author) for author in source.authors],
        "issued": _date(source.published),
        "accessed": _date(source.accessed),
        "container-title": source.journal,
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "publisher": source.publisher,
        "DOI": source.doi,
        "PMID": source.pmid,
        "URL": source.url,
    }
    return {name: value for name, value in item.items() if value}


def _name(author: Author) -> dict[str, str]:
    if author.is_group or not author.given:
        return {"literal": author.family}
    return {"family": author.family, "given": author.given}


def _date(parts: tuple[int, ...]) -> dict[str, Any] | None:
    return {"date-parts": [list(parts)]} if parts else None
