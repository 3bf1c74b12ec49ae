"""Which Office document a zip really is, and what in it is not text: macros, embedded files, outside references. Pure.

To add a kind: a row in `_KINDS`. Macros and templates are refused with what to do; the rest are findings.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence

from ingest.documents.archives import check_archive, read_entry
from ingest.documents.model import DOCX, PPTX, XLSX, BadDocument, Finding, Limits

_CONTENT_TYPES = "[Content_Types].xml"
_KINDS = (
    ("wordprocessingml.document.main", "word/document.xml", DOCX),
    ("spreadsheetml.sheet.main", "xl/workbook.xml", XLSX),
    ("presentationml.presentation.main", "ppt/presentation.xml", PPTX),
)
_NAMES = {DOCX: "a Word document (.docx)", XLSX: "a spreadsheet (.xlsx)", PPTX: "a presentation (.pptx)"}
_OTHERS = (
    (b"wordprocessingml.template", "a Word template. Save it as a document (.docx)"),
    (b"spreadsheetml.template", "a spreadsheet template. Save it as a workbook (.xlsx)"),
    (b"presentationml.template", "a presentation template. Save it as a presentation (.pptx)"),
    (b"presentationml.slideshow", "a slide show. Save it as a presentation (.pptx)"),
    (b"ms-excel.sheet.binary", "a binary spreadsheet. Save it as a workbook (.xlsx)"),
)
_MACROS = re.compile(r"(?:^|/)(?:vba(?:project|data)[^/]*\.(?:bin|xml)|macrosheets/.*|xlmacro.*)$", re.IGNORECASE)
_EMBEDDED = re.compile(r"/embeddings/[^/]+$|oleobject\d*\.bin$", re.IGNORECASE)
_CONTROLS = re.compile(r"/activex/", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_OUTSIDE_KINDS = {
    "attachedTemplate": "a template",
    "oleObject": "an object",
    "frame": "a frame",
    "subDocument": "a part of the text",
    "externalLinkPath": "another workbook",
    "image": "a picture",
    "audio": "a sound",
    "video": "a video",
}


def office_kind(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> str:
    """DOCX, XLSX or PPTX. Raises BadDocument: macros, or what it is instead of those."""
    names = {entry.filename for entry in entries}
    types = read_entry(content, _CONTENT_TYPES) if _CONTENT_TYPES in names else b""
    if b"macroEnabled" in types or any(_MACROS.search(name) for name in names):
        text = "This file holds macros (programs). Save it without them (as .docx, .xlsx or .pptx) and upload that."
        raise BadDocument(text, code="macros")
    for mark, name in _OTHERS:
        if mark in types:
            raise BadDocument(f"This is {name} and upload that.", code="unsupported_type")
    for mark, part, kind in _KINDS:
        if mark.encode() in types or (types and part in names):
            return kind
    what = "an e-book or an OpenDocument file" if "mimetype" in names else "a zip archive"
    text = f"This is {what}. Upload the documents themselves, as PDF, Word, Excel or PowerPoint files."
    raise BadDocument(text, code="unsupported_type")


def inspect_office(content: bytes, content_type: str, limits: Limits) -> tuple[Finding, ...]:
    """Findings of an Office file that may be read. Raises BadDocument for one that is never opened."""
    entries = check_archive(content, limits)
    kind = office_kind(content, entries)
    if kind != content_type:
        text = (
            f"The name says {_NAMES[content_type]}, but the content is {_NAMES[kind]}. Upload it under its real name."
        )
        raise BadDocument(text, code="mislabelled")
    return tuple(_findings(content, entries))


def _findings(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> Iterator[Finding]:
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        yield Finding("ambiguous_archive", "warning", "Parts of this file are there twice; programs may show either.")
    if embedded := sum(1 for name in names if _EMBEDDED.search(name)):
        yield Finding("embedded_file", "warning", f"{embedded} other files are embedded; their content is not read.")
    if any(_CONTROLS.search(name) for name in names):
        yield Finding("active_content", "warning", "It holds ActiveX controls; they are ignored.")
    for kind in sorted(set(_outside(content, names))):
        severity = "danger" if kind == "attachedTemplate" else "warning"
        text = f"It asks for {_OUTSIDE_KINDS[kind]} from outside when it is opened; nothing is fetched."
        yield Finding("external_reference", severity, text)


def _outside(content: bytes, names: Sequence[str]) -> Iterator[str]:
    """Kinds of relations to other places; links a reader may click are ordinary."""
    budget = 8 * 1024 * 1024
    for name in names:
        if not name.endswith(".rels") or budget <= 0:
            continue
        data = read_entry(content, name)
        budget -= len(data)
        for relation in _RELATION.findall(data):
            kind = re.search(rb'Type\s*=\s*["\'][^"\']*/(\w+)["\']', relation)
            outside = re.search(rb'TargetMode\s*=\s*["\']External["\']', relation)
            if kind and outside and kind[1].decode() in _OUTSIDE_KINDS:
                yield kind[1].decode()
