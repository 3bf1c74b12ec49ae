"""Which characters a text keeps: composed Unicode without NULs, controls and invisible ones. Pure."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")


# bytes of Windows-1252 that a careless program took for Latin-1: curly quotes, dashes, the euro sign
_MISTAKEN = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


def clean(text: str) -> str:
    """Composed Unicode without NULs, control and invisible characters; one kind of space."""
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.translate(_MISTAKEN).replace("\u00a0", " ")))
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character)[0] != "C")


def spelled_by_tags(text: str) -> tuple[str, ...]:
    """Words spelled with tag characters nobody sees; direction marks and joiners alone are ordinary."""
    tags = "".join(chr(ord(one) - 0xE0000) for one in text if 0xE0020 <= ord(one) <= 0xE007E)
    return (tags,) if tags else ()
