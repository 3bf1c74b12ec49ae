"""Web pages: headings, paragraphs, lists and tables of the content; scripts, navigation and what nobody sees left out.

To leave out an element: its name in `_LEFT_OUT`; to see through another trick of hiding: ``html_hidden.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import clean, raised, spelled_by_tags
from ingest.documents.extract.html_hidden import Hiding
from ingest.documents.extract.ooxml import Element, lxml_etree
from ingest.documents.extract.rows import rows_as_text
from ingest.documents.extract.spans import Cell, plain_rows
from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.textlines import Line, page_of

_LEFT_OUT = set(
    "script style noscript template nav aside footer form button select input textarea iframe object embed svg canvas "
    "video audio map dialog head menu applet math".split()
)
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert", "menu"}
_BLOCKS = set(
    "p div section article main header h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr td th caption blockquote pre hr "
    "figure figcaption address details summary body br center fieldset".split()
)
_TIGHT = {"li", "br", "td", "th", "tr", "dt"}
_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]+(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DOCTYPE = re.compile(
    r"<!doctype[^\[>]{0,500}\[.{0,20000}?\]\s*>", re.IGNORECASE | re.DOTALL
)  # with entities of its own
_METADATA = {
    "author": "author",
    "description": "subject",
    "keywords": "keywords",
    "article:published_time": "created_at",
    "article:modified_time": "modified_at",
    "date": "created_at",
    "generator": "producer",
}
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_MOST_ATTRIBUTES = 5000
_MARKUP = 4  # bytes of a page for each character of text that is allowed
_MOST_ROWS = 100_000
_HEAD = 40_000  # characters in which a document type may stand
_LEAST_MAIN = 200  # characters: a shorter <main> is a shell that scripts would fill


def extract_html(content: bytes, limits: Limits) -> Extracted:
    if len(content) > _MARKUP * limits.characters:
        raise BadDocument("This page is too large to be read. Save it as a PDF, or split it.", code="too_long")
    text = decode_html(content)
    if any(len(tag[0].split()) > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise BadDocument("This page is made to keep its readers busy. Save it as a PDF.", code="broken_file")
    text = _DOCTYPE.sub("", text[:_HEAD], count=1) + text[_HEAD:]
    etree = lxml_etree()
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if any("Excessive depth" in str(entry.message) for entry in parser.error_log):
        text = "This page nests its parts too deep to be read. Save it as a PDF and upload that."
        raise BadDocument(text, code="too_deep")
    if root is None:
        raise BadDocument("There is no text in this document.", code="no_text")
    hiding = Hiding(root)
    metadata = _metadata(root)
    blocks = _Blocks(hiding)
    blocks.read(_content(root))
    lines = list(blocks.lines)
    hidden = (*spelled_by_tags(text), *hiding.texts)
    words = "It holds text that a browser does not show; it is left out."
    findings = (Finding("hidden_text", "warning", words),) if hiding.texts else ()
    title = str(metadata.get("title", "")) or next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(lines),), title, hidden=hidden, metadata=metadata, findings=findings)


def decode_html(content: bytes) -> str:
    """By byte order mark, UTF-8 when it is that, what the page says of itself, or a guess."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return decode_text(content)
    said = _CHARSET.search(content[:4096])
    name = said[1].decode("ascii", "replace").lower() if said else ""
    if not name.startswith("iso-2022"):
        try:
            return content.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            pass
    try:
        # browsers read Latin-1 as Windows-1252, which holds what people type
        name = "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name
        return content.decode(name, "replace").replace("\0", "") if name and "utf" not in name else decode_text(content)
    except LookupError:
        return decode_text(content)


def _content(root: Element) -> Element:
    """The main part where a page names one, else its body."""
    found = [*root.iter("main"), *root.xpath("//*[@role='main']"), *root.iter("article")]
    if (
        found
        and len("".join(found[0].itertext()).strip()) >= _LEAST_MAIN
        and (found[0].tag != "article" or len(found) == 1)
    ):
        return found[0]
    body = root.find("body")
    return body if body is not None else root


class _Blocks:
    """Walks the tree without recursion, because pages nest as deep as they like."""

    def __init__(self, hiding: Hiding) -> None:
        self._hiding = hiding
        self.lines: list[Line] = []
        self._letters: list[str] = []
        self._mark = ""
        self._counters: list[int] = []
        self._preformatted = 0

    def read(self, root: Element) -> None:
        walk = lxml_etree().iterwalk(root, events=("start", "end"))
        skipped = None
        for event, element in walk:
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._letters.append(element.tail or "")
                continue
            if event == "start":
                if element is not root and self._is_left_out(element):
                    walk.skip_subtree()
                    skipped = element
                    continue
                if element.tag == "table" and _is_data(element):
                    self._table(element)
                    walk.skip_subtree()
                    skipped = element
                    continue
                self._begin(element)
            else:
                self._finish(element, is_root=element is root)
        self._flush()

    def _is_left_out(self, element: Element) -> bool:
        if element.tag in _LEFT_OUT or element.get("role") in _ROLES:
            return True
        return self._hiding.hides(element)

    def _begin(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        if tag in {"ul", "ol"}:
            self._counters.append(_whole(element.get("start"), 1) if tag == "ol" else 0)
        elif tag == "li":
            self._mark = "- "
            if self._counters and self._counters[-1]:
                self._mark = f"{self._counters[-1]}. "
                self._counters[-1] += 1
        elif tag == "pre":
            self._preformatted += 1
        self._letters.append(_own_text(element))

    def _finish(self, element: Element, *, is_root: bool) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            level = int(tag[1]) if re.fullmatch(r"h[1-6]", str(tag)) else 0
            self._flush(level)
            is_inner_list = tag in {"ul", "ol"} and len(self._counters) > 1
            if tag not in _TIGHT and not is_inner_list:
                self.lines.append(Line(""))
        if tag in {"ul", "ol"} and self._counters:
            self._counters.pop()
        elif tag == "pre":
            self._preformatted -= 1
        if not is_root:
            self._letters.append(element.tail or "")

    def _flush(self, level: int = 0) -> None:
        text, self._letters = clean("".join(self._letters)), []
        parts = text.split("\n") if self._preformatted else [text]
        for part in parts:
            if words := " ".join(part.split()):
                self.lines.append(Line(self._mark + words if not level else words, level))
                self._mark = ""

    def _table(self, table: Element) -> None:
        self._flush()
        rows = [[self._spanning(cell) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
        caption = table.find("caption")
        if caption is not None and (words := self._cell(caption)):
            self.lines.append(Line(words))
        self.lines += (Line(text) for text in rows_as_text(plain_rows(rows)))
        self.lines.append(Line(""))

    def _spanning(self, cell: Element) -> Cell:
        down = _whole(cell.get("rowspan"), 1) or _MOST_ROWS  # 0: to the end of the table
        return Cell(self._cell(cell), _whole(cell.get("colspan"), 1), down)

    def _cell(self, cell: Element) -> str:
        letters: list[str] = []
        walk = lxml_etree().iterwalk(cell, events=("start", "end"))
        for event, element in walk:
            if event == "start" and self._is_left_out(element):
                walk.skip_subtree()
            elif event == "start":
                letters += [" " if element.tag in _BLOCKS else "", _own_text(element)]
            if event == "end" and element is not cell:
                letters.append(element.tail or "")
        return " ".join(clean("".join(letters)).split())


def _own_text(element: Element) -> str:
    text, above = element.text or "", element.getparent()
    is_raised = element.tag == "sup" or (above is not None and above.tag == "sup")
    return raised(text) if is_raised else text


def _is_data(table: Element) -> bool:
    """A table of values, not one that lays out a page."""
    if table.get("role") in {"presentation", "none"}:
        return False
    cells = 0
    for one in table.iterdescendants():
        if one.tag in {"table", "h1", "h2", "h3", "ul", "ol", "form", "article"}:
            return False
        cells += one.tag in {"td", "th"}
    return cells > 1


def _metadata(root: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in _metas(root):
        key = _METADATA.get(str(one.get("name") or one.get("property") or "").lower(), "")
        value = " ".join(clean(one.get("content") or "").split())[:500]
        if key and value:
            found.setdefault(key, value)
    title = next(iter(root.xpath("//head/title|//title")), None)
    if title is not None and (words := " ".join(clean(title.text or "").split())[:200]):
        found["title"] = words
    if language := (root.get("lang") or "").strip()[:20]:
        found["language"] = language
    return found


def _metas(root: Element) -> Iterator[Element]:
    for count, one in enumerate(root.iter("meta")):
        if count > 200:
            return
        yield one


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else otherwise
