"""Width and height of a picture, read from its header without decoding a pixel. Pure.

To add a format: a function from bytes to (width, height) and a row in `_READERS`.
"""

from __future__ import annotations

import struct

from ingest.documents.model import GIF, JPEG, PNG, TIFF, WEBP

_NOT_FRAMES = {0xC4, 0xC8, 0xCC}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}


def picture_size(content: bytes, content_type: str) -> tuple[int, int]:
    """Pixels; (0, 0) when the header cannot be read. Of a TIFF: the biggest of its pages."""
    try:
        return _READERS[content_type](content)
    except (struct.error, IndexError, ValueError):
        return 0, 0


def _png(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return int(width), int(height)


def _gif(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", content, 6)
    return int(width), int(height)


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            at += 1
            continue
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return int(width), int(height)
        if marker == 0xFF:
            at += 1
        else:
            at += 2 if marker in _STANDALONE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 0, 0


def _webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _tiff(content: bytes) -> tuple[int, int]:
    order = "<" if content[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", content, 4)
    biggest, seen = (0, 0), set[int]()
    while at and at not in seen and len(seen) < 1000:
        seen.add(at)
        (count,) = struct.unpack_from(order + "H", content, at)
        values = {256: 0, 257: 0}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", content, entry)
            if tag in values:
                (values[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), content, entry + 8)
        biggest = max(biggest, (values[256], values[257]), key=lambda size: size[0] * size[1])
        (at,) = struct.unpack_from(order + "I", content, at + 2 + 12 * count)
    return biggest


_READERS = {PNG: _png, GIF: _gif, JPEG: _jpeg, WEBP: _webp, TIFF: _tiff}
