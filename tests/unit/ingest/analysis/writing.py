"""Documents as the tests write them: lines that begin with # are headings, a line of === begins a new page."""

from __future__ import annotations

from typing import Any

from ingest.documents.analysis.parsed import Parsed, Sentence, parse
from ingest.documents.model import Extracted
from store.pages import Heading, Page


def document(text: str, title: str = "", **more: Any) -> Extracted:
    pages = tuple(_page(number, one) for number, one in enumerate(text.split("\n===\n"), 1))
    return Extracted(pages, title=title, **more)


def parsed(text: str, title: str = "") -> Parsed:
    return parse(document(text, title))


def sentence(text: str) -> Sentence:
    [one, *_] = parsed(text).sentences
    return one


def _page(number: int, text: str) -> Page:
    headings: list[Heading] = []
    shown = ""
    for line in text.strip().split("\n"):
        if line.startswith("# "):
            headings.append(Heading(len(shown), 2, line[2:]))
        shown += f"{line.removeprefix('# ')}\n"
    return Page(number, shown, tuple(headings))
