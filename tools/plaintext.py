"""Text from callers, models and documents is data: what could steer, hide or break a line is taken out. Pure."""

from __future__ import annotations

import re
import unicodedata

_LOOKALIKES = str.maketrans(
    "аеорсхуіјѕһԁԛԝАВЕКМНОРСТХУІЈЅ" + "αοερτυνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcxyijshdqwABEKMHOPCTXYIJS" + "aoeptuvikABEZHIKMNOPTYX",
)
_WORD = re.compile(r"[^\W\d_]+")
_KEPT = {"\n", "\t", " "}
_PLAIN = re.compile(r"[\n\t -~]*")


def clean_line(text: str, *, limit: int) -> str:
    """One line without control, invisible or direction characters, at most ``limit`` characters."""
    return " ".join(visible(text).split())[:limit].rstrip()


def clean_text(text: str, *, limit: int) -> str:
    """Like ``clean_line`` but line breaks stay."""
    lines = (" ".join(line.split()) for line in visible(text).splitlines())
    return "\n".join(lines).strip()[:limit].rstrip()


def visible(text: str) -> str:
    """Without control (Cc), format (Cf: zero width, bidirectional, tags), private and unassigned characters."""
    if _PLAIN.fullmatch(text):  # most texts; letter by letter takes a hundred times as long
        return text
    return "".join(
        char if char in _KEPT or not unicodedata.category(char).startswith("C") else " " if char in "\r\f\v" else ""
        for char in unicodedata.normalize("NFC", text)
    )


def plain_letters(text: str) -> str:
    """Wide letters, and foreign ones that look like Latin ones in a text that has Latin letters, as plain ones."""
    text = unicodedata.normalize("NFKC", text)
    return _WORD.sub(_latin, text) if not text.isascii() and re.search("[a-zA-Z]", text) else text


def _latin(match: re.Match[str]) -> str:
    """Only a word that is made of look-alikes altogether, or of two scripts; real Russian words have others."""
    word = match.group()
    plain = word if word.isascii() else word.translate(_LOOKALIKES)
    return plain if plain.isascii() else word
