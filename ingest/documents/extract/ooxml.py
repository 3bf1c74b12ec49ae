"""The parts of an Office file: XML read without entities or network, and who refers to whom. Knows no document kind."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import IO, Any, Final

from ingest.documents.extract.characters import clean
from ingest.documents.model import BadDocument, Finding

Element = Any  # lxml has no types of its own
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/presentationml/main", P[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", S[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
_PART_BYTES: Final = 64 * 1024 * 1024
_PROPERTIES: Final = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "keywords": "keywords",
    "language": "language",
    "created": "created_at",
    "modified": "modified_at",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """``kind`` is the last word of its type; ``target`` a part's name."""

    id: str
    kind: str
    target: str


class Package:
    """An Office file whose directory was checked. Damaged parts raise BadDocument or what lxml and zipfile raise."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = {name.replace("\\", "/").lower(): name for name in self._archive.namelist()}

    def main(self) -> str:
        """The part the document begins with."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument":
                return relation.target
        raise BadDocument("This file is damaged and cannot be opened.", code="broken_file")

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def open(self, part: str) -> IO[bytes]:
        return self._archive.open(self._names[part.lower()])

    def xml(self, part: str) -> Element:
        """The root of a part. Raises BadDocument when there is none or it is too big."""
        if not self.has(part):
            raise BadDocument("This file is damaged: a part of it is missing.", code="broken_file")
        with self.open(part) as file:
            data = file.read(_PART_BYTES + 1)
        if len(data) > _PART_BYTES:
            raise BadDocument("This document holds more than can be read. Split it.", code="too_long")
        for theirs, ours in _STRICT:
            if theirs in data[:4000]:
                data = data.replace(theirs, ours)
        etree = lxml_etree()
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
        _refuse_entities(root)
        return root

    def elements(self, part: str, *tags: str) -> Iterator[Element]:
        """Those of a part, as they end; each is emptied once the next is asked for, so that a part of any size fits."""
        with self.open(part) as file:
            wanted = [f"{{*}}{tag}" for tag in tags]
            parser = lxml_etree().iterparse(file, ("end",), tag=wanted, resolve_entities=False, no_network=True)
            for count, (_, element) in enumerate(parser):
                if count == 0:
                    _refuse_entities(element)
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    def relations(self, part: str) -> list[Relation]:
        """Those to parts inside."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(path):
            return []
        return [
            Relation(
                one.get("Id", ""),
                one.get("Type", "").rsplit("/", 1)[-1],
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
            )
            for one in self.xml(path)
            if one.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> list[str]:
        return [one.target for one in self.relations(part) if one.kind == kind and self.has(one.target)]

    def metadata(self) -> dict[str, Any]:
        """What the file says of itself, under the names of ``Extracted.metadata``."""
        found: dict[str, Any] = {}
        for part in self.related("", "core-properties"):
            for one in self.xml(part):
                name = _PROPERTIES.get(str(one.tag).rsplit("}", 1)[-1], "")
                text = " ".join(clean(one.text or "").split())[:500]
                if name.endswith("_at"):
                    text = _instant(text)
                if name and text:
                    found[name] = text
        return found


def _refuse_entities(element: Element) -> None:
    """No Office program writes a document type; it serves to define entities that grow without end."""
    if element.getroottree().docinfo.doctype:
        raise BadDocument("This file defines entities, as no Office program does. Save it anew.", code="broken_file")


def pictures_not_read(count: int) -> Finding:
    what = "a picture; text in it is" if count == 1 else f"{count} pictures; text in them is"
    return Finding("pictures_not_read", "info", f"It holds {what} not read. Upload pictures of text on their own.")


def lxml_etree() -> Any:
    """Loaded when a document needs it; it has no types."""
    return import_module("lxml.etree")


def _instant(text: str) -> str:
    with suppress(ValueError):
        return datetime.fromisoformat(text).isoformat()
    return ""
