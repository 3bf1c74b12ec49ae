"""Bytes of a known type to pages of clean text with headings. Runs in the child process only; knows no database.

To add a type: one function here and a row in `_EXTRACTORS`.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from ingest.documents.inspect import check_zip, decode_text
from ingest.documents.model import DOCX, MARKDOWN, PDF, PLAIN, BadDocument, Extracted, Limits
from ingest.documents.pdf import extract_pdf
from ingest.documents.textlines import Line, page_of, reflowed
from store.pages import Page

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")


def extract_bytes(content: bytes, content_type: str, limits: Limits) -> Extracted:
    """The document's text. Raises BadDocument when there is none, too much, or it cannot be read."""
    found = _EXTRACTORS[content_type](content, limits)
    if not any(page.text.strip() for page in found.pages):
        text = "No text was found. If it is a scan, run text recognition on it first and upload the result."
        raise BadDocument(text if content_type == PDF else "There is no text in this document.", code="no_text")
    if sum(len(page.text) for page in found.pages) > limits.characters:
        raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
    return found


def clean(text: str) -> str:
    """Composed Unicode without NULs, control and invisible characters; one kind of space."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\u00a0", " ")))
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character)[0] != "C")


def _plain(content: bytes, _limits: Limits) -> Extracted:
    text = decode_text(content)
    lines = [Line(clean(line), 1 if _is_capitals(line) else 0) for line in text.split("\n")]
    return Extracted((page_of(list(reflowed(lines))),), hidden=_hidden_characters(text))


def _is_capitals(line: str) -> bool:
    return 3 <= len(line.strip()) <= 80 and line.isupper() and sum(one.isalpha() for one in line) >= 3


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def _markdown(content: bytes, _limits: Limits) -> Extracted:
    text = decode_text(content)
    hidden = (*_hidden_characters(text), *(one.strip() for one in _COMMENT.findall(text) if len(one.split()) >= 4))
    lines = list(_markdown_lines(clean(_COMMENT.sub("", text)).split("\n")))
    title = next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(list(reflowed(lines))),), title, hidden=hidden)


def _markdown_lines(source: list[str]) -> Iterator[Line]:
    fenced = False
    for number, line in enumerate(source):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        below = source[number + 1].strip() if number + 1 < len(source) else ""
        if fenced:
            yield Line(line)
        elif match := _HEADING.match(line):
            yield Line(_unmarked(match.group(2)), len(match.group(1)))
        elif line.strip() and below and set(below) in ({"="}, {"-"}) and len(below) > 2:
            yield Line(_unmarked(line), 1 if below[0] == "=" else 2)
        elif not line.strip() or set(line.strip()) - set("=-*_|: "):
            yield Line(_unmarked(line))


def _unmarked(line: str) -> str:
    """Without emphasis, code marks and link targets: what would be read aloud."""
    line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"(\*\*|__|`+|~~)", "", line)
    return re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", line).replace("|", " | ").strip(" |")


def _docx(content: bytes, limits: Limits) -> Extracted:
    check_zip(content, limits)
    import docx

    try:
        document = docx.Document(io.BytesIO(content))
        hidden: list[str] = []
        lines = list(_docx_lines(document, hidden))
        title = clean(document.core_properties.title or "").strip()
    except MemoryError:
        raise
    except Exception as error:  # the parser meets damaged files with any exception there is
        raise BadDocument("This Word document is damaged and cannot be opened.", code="broken_file") from error
    heading = next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(lines),), title or heading, hidden=tuple(hidden))


def _docx_lines(document: Any, hidden: list[str]) -> Iterator[Line]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _table_lines(block)
            yield Line("")
            continue
        seen = "".join(run.text for run in _runs(block) if not run.font.hidden)
        hidden.extend(run.text for run in _runs(block) if run.font.hidden and run.text.strip())
        style = block.style.name if block.style is not None else ""
        bullet = "- " if style.startswith("List") else ""
        yield Line(bullet + clean(seen).replace("\n", " ").strip() if seen.strip() else "", _style_level(style))
        if not bullet:
            yield Line("")


def _runs(paragraph: Any) -> Iterator[Any]:
    for item in paragraph.iter_inner_content():
        yield from getattr(item, "runs", (item,))  # a hyperlink holds runs


def _style_level(style: str) -> int:
    if style == "Title":
        return 1
    match = re.match(r"Heading (\d)", style)
    return int(match.group(1)) if match else 0


def _table_lines(table: Any) -> Iterator[Line]:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = clean(cell.text).replace("\n", " ").strip()
            if text and text not in cells[-1:]:  # a merged cell is given once a column
                cells.append(text)
        if cells:
            yield Line(" | ".join(cells) + ".")


def _hidden_characters(text: str) -> tuple[str, ...]:
    """Tag characters spell invisible words; direction marks and joiners alone are ordinary."""
    tags = "".join(chr(ord(one) - 0xE0000) for one in text if 0xE0020 <= ord(one) <= 0xE007E)
    return (tags,) if tags else ()


def _pdf(content: bytes, limits: Limits) -> Extracted:
    found = extract_pdf(content, limits)
    pages = tuple(Page(page.number, page.text, page.headings) for page in found.pages)
    return Extracted(pages, clean(found.title).strip(), "page", found.hidden)


_EXTRACTORS: dict[str, Callable[[bytes, Limits], Extracted]] = {
    PLAIN: _plain,
    MARKDOWN: _markdown,
    DOCX: _docx,
    PDF: _pdf,
}
