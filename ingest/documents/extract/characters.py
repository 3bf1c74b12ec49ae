"""Which characters a text keeps: composed Unicode without NULs, controls and invisible ones. Pure."""

from __future__ import annotations

import re
import unicodedata

from ingest.documents.model import BadDocument, Limits

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")
# bytes of Windows-1252 that a careless program took for Latin-1: curly quotes, dashes, the euro sign
_MISTAKEN = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BLANKS = {0x00A0: " ", 0x2011: "-", **dict.fromkeys((0x000B, 0x000C, 0x2028, 0x2029), "\n")}
_PUT_RIGHT = {**_MISTAKEN, **_LIGATURES, **_BLANKS}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# joiners shape words of Arabic and Indic scripts; anywhere else they only hide
_JOINERS = "\u200c\u200d"
_SHAPING = re.compile(f"(?<=[\u0600-\u08ff\u0900-\u0dff])[{_JOINERS}](?=[\u0600-\u08ff\u0900-\u0dff])")


def bounded(text: str, limits: Limits) -> str:
    """The same text. Raises BadDocument when it is longer than allowed, before work goes into it."""
    if len(text) > limits.characters:
        raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
    return text


def raised(text: str) -> str:
    """Digits that stand raised, as characters that do: a note's mark behind a price is no digit of it."""
    return text.translate(_SUPERSCRIPTS)


def clean(text: str) -> str:
    """Composed Unicode without NULs, control and invisible characters; one kind of space, no Latin ligatures."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.translate(_PUT_RIGHT))
    kept = "\n\t"
    if any(joiner in text for joiner in _JOINERS):
        joining = {found.start() for found in _SHAPING.finditer(text)}
        text = "".join(one for at, one in enumerate(text) if one not in _JOINERS or at in joining)
        kept += _JOINERS
    text = _INVISIBLE.sub("", text)
    return "".join(one for one in text if one in kept or unicodedata.category(one)[0] != "C")


def spelled_by_tags(text: str) -> tuple[str, ...]:
    """Words spelled with tag characters nobody sees; direction marks and joiners alone are ordinary."""
    tags = "".join(chr(ord(one) - 0xE0000) for one in text if 0xE0020 <= ord(one) <= 0xE007E)
    return (tags,) if tags else ()
