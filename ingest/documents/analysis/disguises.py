"""What a text says once its disguise is taken off: odd letters, spaced letters, digits for letters, encodings. Pure.

Each disguise is a function text -> the plain text, or "" when nothing was disguised.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

from tools.plaintext import plain_letters

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_DIGITS = str.maketrans("0134578@$!", "oieastbasi")
_LEET_WORD = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[a-zA-Z])(?=[\w@$!]*[013457@$])[\w@$!]{4,}")
_SPACED = re.compile(r"(?<!\w)(?:\w(?: {1,2}|-|\.|_)){5,}\w(?!\w)")
# where one space parts letters and words alike, these are told apart again; enough for commands
_KNOWN = re.compile(
    "ignore|disregard|forget|previous|prior|instructions?|rules|prompt|assistant|delete|cancel|transfer|forward|reveal"
    "|send|tell|call|book|events?|bookings?|appointments?|messages|nothing|money|password|system|caller|user|every|all"
    "|your|the|and|say|you|are|now",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[ :]?){16,}(?![0-9A-Fa-f])")
_ROT13 = re.compile(r"\b(?:vtaber|qvfertneq|sbetrg|erirny|vafgehpgvbaf?|cebzcg|cerivbhf)\b", re.IGNORECASE)


def unmasked(text: str) -> Iterator[tuple[str, str]]:
    """(disguise, plain text) for every disguise that hid something in this stretch of text."""
    plain = visible(text)
    if plain != text:
        yield "letters", plain
    for name, take_off in (
        ("spaced letters", _joined),
        ("digits for letters", _leet),
        ("base64", _from_base64),
        ("hexadecimal", _from_hex),
        ("rot13", _from_rot13),
    ):
        if found := take_off(plain):
            yield name, found


def visible(text: str) -> str:
    """Without invisible characters (tag characters made readable), wide and foreign look-alike letters as plain"
    " ones."""
    text = _TAGS.sub(lambda match: " " + "".join(chr(ord(one) - 0xE0000) for one in match.group()) + " ", text)
    return plain_letters(_INVISIBLE.sub("", text))


def _joined(text: str) -> str:
    def join(match: re.Match[str]) -> str:
        spaced = match.group()
        if re.search(r"[-._]", spaced):  # then spaces part words
            return re.sub(r"[-._]", "", spaced)
        if "  " in spaced:
            return " ".join(part.replace(" ", "") for part in spaced.split("  "))
        return _KNOWN.sub(r" \g<0> ", spaced.replace(" ", ""))

    joined = _SPACED.sub(join, text)
    return " ".join(joined.split()) if joined != text else ""


def _leet(text: str) -> str:
    def word(match: re.Match[str]) -> str:
        found = match.group()
        return found if re.fullmatch(r"\d+[a-zA-Z]{1,3}|[a-zA-Z]{1,3}\d+", found) else found.translate(_DIGITS)

    changed = _LEET_WORD.sub(word, text)
    return changed if changed != text else ""


def _from_base64(text: str) -> str:
    return " ".join(filter(None, (_decoded64(match.group()) for match in _BASE64.finditer(text))))


def _decoded64(token: str) -> str:
    token = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(token + "=" * (-len(token) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _from_hex(text: str) -> str:
    found = (bytes.fromhex(re.sub("[ :]", "", match.group())[:4000]) for match in _HEX.finditer(text))
    return " ".join(filter(None, (_readable(one) for one in found)))


def _readable(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    return text if len(text) >= 12 and " " in text and all(one.isprintable() or one.isspace() for one in text) else ""


def _from_rot13(text: str) -> str:
    return codecs.encode(text, "rot13") if _ROT13.search(text) else ""
