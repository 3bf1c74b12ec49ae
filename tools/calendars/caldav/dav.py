"""WebDAV's XML: the questions as text, and the answers as values. Entities, DTDs and the network stay out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from tools.calendars.backend import CalendarUnavailable

D, C = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
CS, ICAL = "{http://calendarserver.org/ns/}", "{http://apple.com/ns/ical/}"
_PREFIXES = {D: "D", C: "C", CS: "CS", ICAL: "A"}
_NAMESPACES = " ".join(f'xmlns:{prefix}="{name[1:-1]}"' for name, prefix in _PREFIXES.items())
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer says of one resource. ``props`` are the elements that were found, by qualified name."""

    href: str
    status: int
    props: dict[str, Any] = field(default_factory=dict[str, Any])

    def text(self, name: str) -> str:
        found = self.props.get(name)
        return "" if found is None else (found.text or "").strip()

    def href_in(self, name: str) -> str:
        """The first href within a property."""
        found = self.props.get(name)
        return "" if found is None else (found.findtext(f"{D}href") or "").strip()


@dataclass(frozen=True, slots=True)
class Multistatus:
    """One 207 answer; ``sync_token`` is empty when the server tells none."""

    entries: tuple[Entry, ...]
    sync_token: str = ""


def propfind(*names: str) -> str:
    return f"{_HEAD}<D:propfind {_NAMESPACES}><D:prop>{_elements(names)}</D:prop></D:propfind>"


def calendar_query(start: str, end: str) -> str:
    """Events that may touch the time from ``start`` to ``end`` (UTC, ``20270101T000000Z``)."""
    return (
        f"{_HEAD}<C:calendar-query {_NAMESPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{start}" end="{end}"/>'
        "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def multiget(hrefs: Iterable[str]) -> str:
    wanted = "".join(f"<D:href>{_escaped(href)}</D:href>" for href in hrefs)
    return (
        f"{_HEAD}<C:calendar-multiget {_NAMESPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>"
        f"{wanted}</C:calendar-multiget>"
    )


def sync_collection(token: str) -> str:
    return (
        f"{_HEAD}<D:sync-collection {_NAMESPACES}><D:sync-token>{_escaped(token)}</D:sync-token>"
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


def multistatus(body: bytes) -> Multistatus:
    """Raises CalendarUnavailable for what is no multistatus."""
    root = parse(body)
    if root is None or root.tag != f"{D}multistatus":
        raise CalendarUnavailable("The calendar server answered something that is not CalDAV.")
    entries = tuple(_entry(one) for one in root.findall(f"{D}response"))
    return Multistatus(entries, (root.findtext(f"{D}sync-token") or "").strip())


def conditions(body: bytes) -> set[str]:
    """What an error's body names as not fulfilled, such as ``{DAV:}valid-sync-token``; empty for any other body."""
    root = parse(body) if b"error" in body[:2000] else None
    return {str(child.tag) for child in root} if root is not None and root.tag == f"{D}error" else set()


def parse(body: bytes) -> Any:
    """The root element; None for what is no XML, or has a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None or root.getroottree().docinfo.doctype else root


def _entry(response: Any) -> Entry:
    props: dict[str, Any] = {}
    for part in response.findall(f"{D}propstat"):
        if _status(part.findtext(f"{D}status")) == 200:
            props |= {prop.tag: prop for prop in part.findall(f"{D}prop/*")}
    return Entry((response.findtext(f"{D}href") or "").strip(), _status(response.findtext(f"{D}status")) or 200, props)


def _status(line: str | None) -> int:
    """``HTTP/1.1 404 Not Found`` as 404; 0 for nothing."""
    parts = (line or "").split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _elements(names: Iterable[str]) -> str:
    return "".join(f"<{_prefixed(name)}/>" for name in names)


def _prefixed(name: str) -> str:
    namespace, _, local = name.rpartition("}")
    return f"{_PREFIXES[namespace + '}']}:{local}"


def _escaped(text: str) -> str:
    clean = "".join(char for char in text if char >= " ")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
