"""PDF pages to text: pdfium for the text with sizes and places, pypdf for encryption. Child process only.

Lines become paragraphs by their gaps, headings by their size; lines repeated on most pages (headers, footers) go away.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.documents.extract.characters import clean
from ingest.documents.model import BadDocument, Extracted, Limits
from ingest.documents.textlines import Line, page_of

_HYPHEN = "\ufffe"  # pdfium's mark for a hyphen at a line's end
_INVISIBLE_MODE = 3
_BROKEN = "This PDF is damaged and cannot be opened."


@dataclass(frozen=True, slots=True)
class _Printed:
    """One printed line: ``size`` in points, ``top`` upwards from the page's foot, ``seen`` is false for hidden text."""

    text: str
    size: float
    top: float
    seen: bool


def extract_pdf(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: encrypted, broken_file, too_many_pages."""
    title = _check(content, limits)
    pages = [_printed_lines(page, limits) for page in _open_pages(content, limits)]
    pages = _without_repeats(pages)
    body = _body_size(pages)
    hidden = tuple(line.text for page in pages for line in page if not line.seen)
    ranks = _heading_sizes(pages, body)
    done = tuple(page_of(list(_paragraphs(page, body, ranks)), number) for number, page in enumerate(pages, start=1))
    return Extracted(done, clean(title).strip() or _first_heading(done), "page", hidden)


def _check(content: bytes, limits: Limits) -> str:
    """The title in the metadata, if it is one. Says plainly that a password is needed, or that there is too much."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadDocument("This PDF is protected by a password. Save it without one.", code="encrypted")
        if len(reader.pages) > limits.pages:
            raise BadDocument(f"It has more than {limits.pages} pages. Split it.", code="too_many_pages")
        return _usable_title(str((reader.metadata or {}).get("/Title") or ""))
    except (BadDocument, MemoryError):
        raise
    except (PyPdfError, Exception):  # noqa: BLE001  # pdfium opens much that pypdf stumbles over; it has the last word
        return ""


def _usable_title(title: str) -> str:
    title = re.sub(r"^Microsoft \w+ - ", "", title.replace("\0", "")).strip()
    bad = title.lower() in {"", "untitled", "document"} or re.search(r"\.\w{2,4}$", title)
    return "" if bad else title[:200]


def _open_pages(content: bytes, limits: Limits) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise BadDocument("This PDF is protected by a password. Save it without one.", code="encrypted") from error
        raise BadDocument(_BROKEN, code="broken_file") from error
    if count == 0:
        raise BadDocument(_BROKEN, code="broken_file")
    if count > limits.pages:
        raise BadDocument(f"It has more than {limits.pages} pages. Split it.", code="too_many_pages")
    for number in range(count):
        try:
            page = document[number]
        except pypdfium2.PdfiumError as error:
            raise BadDocument(f"Page {number + 1} of this PDF is damaged.", code="broken_file") from error
        yield page
        page.close()


def _printed_lines(page: Any, limits: Limits) -> list[_Printed]:
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    count = min(int(pdfium.FPDFText_CountChars(text_page)), limits.characters)
    lines: list[_Printed] = []
    letters: list[str] = []
    first = -1
    for index in range(count):
        code = int(pdfium.FPDFText_GetUnicode(text_page, index))
        character = chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
        if character in "\r\n" and character:
            _end_line(lines, letters, text_page, first)
            letters, first = [], -1
            continue
        if first < 0 and character.strip():
            first = index
        letters.append(character if character == _HYPHEN or code >= 32 else " ")
    _end_line(lines, letters, text_page, first)
    text_page.close()
    return lines


def _end_line(lines: list[_Printed], letters: list[str], text_page: Any, first: int) -> None:
    text = clean("".join(letters).replace(_HYPHEN, "\u2010"))
    if first >= 0 and text.strip():
        size, top, seen = _look(text_page, first)
        lines.append(_Printed(re.sub(r"[ \t]+", " ", text).strip(), size, top, seen))


def _look(text_page: Any, index: int) -> tuple[float, float, bool]:
    """Size, place and visibility of a character: drawn at all, bigger than dust, not white on white."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
    height = float(top.value - bottom.value)
    size = float(pdfium.FPDFText_GetFontSize(text_page, index))
    if size <= 1.01 and height > 1.5:  # some writers scale a font of size one
        size = height * 1.4
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha)
    white = min(red.value, green.value, blue.value) >= 250
    mode = pdfium.FPDFTextObj_GetTextRenderMode(pdfium.FPDFText_GetTextObject(text_page, index))
    return round(size, 1), float(top.value), mode != _INVISIBLE_MODE and size >= 2 and not white


def _without_repeats(pages: list[list[_Printed]]) -> list[list[_Printed]]:
    if len(pages) < 3:
        return pages
    edges = Counter(key for page in pages for key in {_shape(line) for line in (*page[:2], *page[-2:])})
    repeated = {key for key, count in edges.items() if count > 0.6 * len(pages)}
    return [
        [
            line
            for number, line in enumerate(page)
            if not (_shape(line) in repeated and (number < 2 or number >= len(page) - 2))
        ]
        for page in pages
    ]


def _shape(line: _Printed) -> str:
    return re.sub(r"\d+", "#", line.text)


def _body_size(pages: Sequence[Sequence[_Printed]]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_sizes(pages: Sequence[Sequence[_Printed]], body: float) -> dict[float, int]:
    """Sizes clearly above the body's, the biggest being level 1."""
    sizes = {line.size for page in pages for line in page if line.size >= 1.12 * body and len(line.text) <= 120}
    return {size: level for level, size in enumerate(sorted(sizes, reverse=True)[:6], start=1)}


def _paragraphs(page: Sequence[_Printed], body: float, ranks: dict[float, int]) -> Iterator[Line]:
    """Printed lines joined: a paragraph ends at a gap, a heading, a list item, or a short line that ends a sentence."""
    widest = max((len(line.text) for line in page), default=0)
    paragraph = ""
    above: _Printed | None = None
    for line in page:
        level = ranks.get(line.size, 0) if len(line.text) <= 120 else 0
        if above is not None and _breaks(above, line, body, widest, level):
            if paragraph:
                yield Line(paragraph, ranks.get(above.size, 0) if len(paragraph) <= 120 else 0)
                yield Line("")
            paragraph = ""
        paragraph = _joined(paragraph, line.text)
        above = line
    if paragraph and above is not None:
        yield Line(paragraph, ranks.get(above.size, 0) if len(paragraph) <= 120 else 0)


def _breaks(above: _Printed, line: _Printed, body: float, widest: int, level: int) -> bool:
    if abs(above.size - line.size) > 0.6:
        return True
    gap = above.top - line.top
    if gap > 1.9 * max(line.size, body) or gap < -2:
        return True
    if re.match(r"(?:[-•*‣◦]|\d{1,3}[.)])\s", line.text):
        return True
    ends = above.text.endswith((".", "!", "?", ":"))
    return level == 0 and ends and len(above.text) < 0.75 * widest


def _joined(paragraph: str, text: str) -> str:
    if paragraph.endswith("\u2010"):
        return paragraph[:-1] + text
    if re.search(r"[a-z]-$", paragraph) and text[:1].islower():
        return paragraph[:-1] + text
    return f"{paragraph} {text}" if paragraph else text


def _first_heading(pages: Sequence[Any]) -> str:
    return next((one.text for page in pages[:2] for one in page.headings if one.level == 1), "")
