"""Bytes of unknown encoding to text. Pure; knows no file formats."""

from __future__ import annotations

import codecs

import cchardet

from ingest.documents.model import BadDocument

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
# nearly always a wrong guess at a few Western letters: pages of DOS and old Macs, of Baltic and Celtic
_SELDOM = (
    "IBM",
    "CP8",
    "UTF-8",
    "ASCII",
    "MAC",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
)
_ORDINARY = frozenset({9, 10, 12, 13, 27})


def looks_like_text(data: bytes) -> bool:
    """False when there are NULs (outside UTF-16 and UTF-32) or many control characters."""
    if data.startswith(tuple(bom for bom, _ in _BOMS[1:])):
        return True
    control = sum(data.count(bytes([code])) for code in range(32) if code not in _ORDINARY)
    return b"\0" not in data and control <= len(data) // 50


def decode_text(content: bytes) -> str:
    """Text of unknown encoding: byte order mark, UTF-8, a guess, Windows-1252. Raises BadDocument for binary data."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _one_kind_of_line_end(content.decode(encoding, "replace"))
    if encoding := _utf16_without_mark(content):
        return _one_kind_of_line_end(content.decode(encoding, "replace"))
    if not looks_like_text(content):
        text = "This is no text: it holds binary data. Upload the document it was made from."
        raise BadDocument(text, code="binary_content")
    try:
        return _one_kind_of_line_end(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _one_kind_of_line_end(content.decode(_guess(content), "replace"))


def _utf16_without_mark(content: bytes) -> str:
    """The encoding, when every other byte of what should be text is zero; else ""."""
    sample = content[:4096]
    if len(sample) < 16 or len(content) % 2:
        return ""
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.7 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.05 else ""


def _guess(content: bytes) -> str:
    guess = str(cchardet.detect(content[:_SAMPLE]).get("encoding") or "").upper()
    if not guess or guess.startswith(_SELDOM):
        return "cp1252"
    if guess == "BIG5" and _is_korean(content[:_SAMPLE]):
        return "euc-kr"
    try:
        return codecs.lookup(guess).name
    except LookupError:
        return "cp1252"


def _is_korean(sample: bytes) -> bool:
    """Every letter beyond ASCII is Hangul when read as Korean, which Chinese never is."""
    letters = [one for one in sample.decode("euc-kr", "replace") if ord(one) > 127]
    return bool(letters) and sum("가" <= one <= "힣" for one in letters) >= 0.9 * len(letters)


def _one_kind_of_line_end(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
