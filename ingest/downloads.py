"""Original bytes of a stored file as an answer: streamed, in parts where asked, saved and never shown.

Whoever calls has read the row that allows it; nothing here decides who may see what.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from aiohttp import hdrs, web

from ingest.errors import NoSuchRange
from ingest.keys import FILES
from store.errors import NotFound


class Original(Protocol):
    """The row of a stored file: under the name people know it by; ``sha256`` of its plain bytes."""

    @property
    def storage_key(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...


async def send(request: web.Request, original: Original) -> web.StreamResponse:
    """The whole file or the one `Range` of it. Raises NotFound when the file is gone, NoSuchRange."""
    if not original.storage_key:
        raise NotFound("This was never a file.", code="file_missing")
    start, end = _range(request, original.size_bytes)
    is_part = end - start < original.size_bytes
    response = web.StreamResponse(status=206 if is_part else 200, headers=_headers(original))
    if is_part:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{original.size_bytes}"
    response.content_length = end - start
    pieces = request.app[FILES].stream(original.storage_key, start, end)
    first = await anext(pieces, b"")  # a file that is gone is a 404 as long as nothing was sent
    await response.prepare(request)
    await response.write(first)
    async for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


def _headers(original: Original) -> dict[str, str]:
    """Saved, never shown: whatever stands in it runs nowhere near this page."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in original.filename)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(original.filename, safe='')}"
    return {
        hdrs.CONTENT_TYPE: original.content_type,
        hdrs.CONTENT_DISPOSITION: named,
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.ETAG: f'"{original.sha256}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }


def _range(request: web.Request, size: int) -> tuple[int, int]:
    """[start, end) of the bytes asked for: all, or one range of them. Raises NoSuchRange."""
    try:
        wanted = request.http_range
    except ValueError:
        return 0, size  # what is no range of bytes counts as none (RFC 9110, 14.2)
    start, end, _ = wanted.indices(size)
    if wanted.start is None and wanted.stop is None:
        return 0, size
    if start >= end:
        raise NoSuchRange(f"The file has {size} bytes.")
    return start, end
