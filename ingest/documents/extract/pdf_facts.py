"""What a PDF says of itself and what it would do when opened, by pypdf: metadata, encryption, active content.

Never the text. pypdf may stumble over files pdfium reads well: everything it does not find stays empty.
"""

from __future__ import annotations

import io
import re
import signal
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.documents.extract.characters import clean
from ingest.documents.model import BadDocument, Finding, Limits

_CPU_S = 15.0
_MOST_ANNOTATIONS = 5000
_ACTIONS = {
    "/JavaScript": ("active_content", "It runs JavaScript when it is opened in a viewer; nothing is run here."),
    "/Launch": ("active_content", "It starts programs when it is opened in a viewer; nothing is started here."),
    "/SubmitForm": ("active_content", "It sends form data elsewhere; nothing is sent here."),
    "/ImportData": ("active_content", "It loads data from elsewhere; nothing is loaded here."),
    "/GoToR": ("external_reference", "It points to other files; they are not read."),
    "/GoToE": ("embedded_file", "It points to files inside of it; they are not read."),
    "/RichMedia": ("active_content", "It holds interactive media; they are ignored."),
    "/FileAttachment": ("embedded_file", "Other files are attached to its pages; they are not read."),
    "/XFA": ("active_content", "It holds an XFA form, which runs programs; only what is printed is read."),
}


@dataclass(slots=True)
class PdfFacts:
    """``layers_off``: names of the layers a reader does not see."""

    title: str = ""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    findings: list[Finding] = field(default_factory=list[Finding])
    layers_off: set[str] = field(default_factory=set[str])


class _OutOfTime(Exception):
    pass


def pdf_facts(content: bytes, limits: Limits) -> PdfFacts:
    """Raises BadDocument: encrypted (no empty password opens it), too_many_pages."""
    facts = PdfFacts()
    try:
        with _at_most(_CPU_S):
            _gather(content, limits, facts)
    except (BadDocument, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # pdfium opens much that pypdf stumbles over; it has the last word
        return facts
    return facts


def _gather(content: bytes, limits: Limits, facts: PdfFacts) -> None:
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        text = "This PDF is protected by a password. Save it without one and upload that."
        raise BadDocument(text, code="encrypted")
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        _note_metadata(reader, facts)
    root = _plain(reader.trailer["/Root"])
    facts.layers_off |= set(_layers_off(root))
    marks = set(_marks_of_catalog(root))
    if len(reader.pages) > limits.pages:
        raise BadDocument(f"It has more than {limits.pages} pages. Split it.", code="too_many_pages")
    marks |= set(_marks_of_pages(reader.pages))
    facts.findings += sorted({Finding(_ACTIONS[one][0], "warning", _ACTIONS[one][1]) for one in marks}, key=str)
    if _names(root, "/EmbeddedFiles"):
        facts.findings.append(Finding("embedded_file", "warning", "Other files are embedded in it; they are not read."))


def _note_metadata(reader: Any, facts: PdfFacts) -> None:
    said = reader.metadata
    if said is not None:
        facts.title = usable_title(_text(said.get("/Title")))
        for key, name in (("/Author", "author"), ("/Subject", "subject"), ("/Producer", "producer")):
            if text := _text(said.get(key)):
                facts.metadata[name] = text
        if text := _text(said.get("/Keywords")):
            facts.metadata["keywords"] = text
        for key, name in (("creation_date", "created_at"), ("modification_date", "modified_at")):
            with suppress(ValueError, TypeError):
                if isinstance(when := getattr(said, key), datetime):
                    facts.metadata[name] = when.isoformat()
    if facts.title:
        facts.metadata["title"] = facts.title
    if language := _text(_plain(reader.trailer["/Root"]).get("/Lang")):
        facts.metadata["language"] = language[:20]


def usable_title(title: str) -> str:
    """ "" for the leftovers of word processors and file names."""
    title = re.sub(r"^Microsoft \w+ - ", "", title).strip()
    bad = title.lower() in {"", "untitled", "untitled document", "document", "title"} or re.search(r"\.\w{2,4}$", title)
    return "" if bad else title[:200]


def _text(value: Any) -> str:
    return " ".join(clean(str(value)).split())[:500] if value is not None else ""


def _plain(value: Any) -> Any:
    """The object behind a reference; an empty dictionary for what is none."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, Mapping) else {}


def _layers_off(root: Mapping[str, Any]) -> Iterator[str]:
    shown = _plain(_plain(root.get("/OCProperties")).get("/D"))
    off = shown.get("/OFF")
    for layer in _items(off):
        if name := str(_plain(layer).get("/Name") or ""):
            yield name


def _items(value: Any) -> list[Any]:
    found = value.get_object() if hasattr(value, "get_object") else value
    return list(found)[:_MOST_ANNOTATIONS] if isinstance(found, list) else []


def _marks_of_catalog(root: Mapping[str, Any]) -> Iterator[str]:
    yield from _kinds(root.get("/OpenAction"))
    for action in _plain(root.get("/AA")).values():
        yield from _kinds(action)
    if _names(root, "/JavaScript"):
        yield "/JavaScript"
    if "/XFA" in _plain(root.get("/AcroForm")):
        yield "/XFA"


def _marks_of_pages(pages: Any) -> Iterator[str]:
    budget = _MOST_ANNOTATIONS
    for page in pages:
        for action in _plain(page.get("/AA")).values():
            yield from _kinds(action)
        for one in _items(page.get("/Annots"))[:budget]:
            budget -= 1
            annotation = _plain(one)
            if annotation.get("/Subtype") in _ACTIONS:
                yield str(annotation["/Subtype"])
            yield from _kinds(annotation.get("/A"))
            for action in _plain(annotation.get("/AA")).values():
                yield from _kinds(action)


def _kinds(action: Any, depth: int = 8) -> Iterator[str]:
    """What an action and those after it do, as far as that is worth knowing."""
    value = _plain(action)
    kind = value.get("/S")
    if kind in _ACTIONS:
        yield str(kind)
    if depth and "/Next" in value:
        following = _items(value["/Next"]) or [value["/Next"]]
        for one in following[:20]:
            yield from _kinds(one, depth - 1)


def _names(root: Mapping[str, Any], key: str) -> bool:
    tree = _plain(_plain(root.get("/Names")).get(key))
    return bool(_items(tree.get("/Names")) or _items(tree.get("/Kids")))


@contextmanager
def _at_most(seconds: float) -> Generator[None]:
    """Processor time for what is only nice to know: a file made to keep pypdf busy still gives its text."""

    def stop(_number: int, _frame: Any) -> None:
        raise _OutOfTime

    try:
        before = signal.signal(signal.SIGVTALRM, stop)
    except ValueError:  # not the main thread: the parent's clock alone counts
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
