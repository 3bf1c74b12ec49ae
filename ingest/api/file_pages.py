"""What stands in a file: its pages as text with their places, and the original bytes, safely."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import hdrs, web

from ingest.errors import NoSuchRange
from ingest.keys import DATABASE, FILES
from ingest.routes import Routes, Shape, id_of, identity_of
from store import document_content, documents
from store.documents import Document
from store.errors import NotFound

routes = Routes("Files")


class PageLineShape(Shape):
    """``label``: what people call it when it is no number; ``recognised``: read from a picture or from sound."""

    number: int
    label: str
    characters: int
    recognised: bool


class PageList(Shape):
    items: list[PageLineShape]


class HeadingShape(Shape):
    offset: int
    level: int
    text: str


class RegionShape(Shape):
    """[start, end) of the text; ``box`` left, top, right, bottom as shares of the page; ``seconds`` of a recording."""

    start: int
    end: int
    box: list[float] | None
    seconds: list[float] | None


class PageShape(Shape):
    number: int
    label: str
    text: str
    headings: list[HeadingShape]
    regions: list[RegionShape]
    recognised: bool


@routes.add("GET", "/api/files/{id}/pages", scope="documents:read", answer=PageList)
async def list_file_pages(request: web.Request) -> PageList:
    """The pages (slides, sheets) of a file; a text without pages is one."""
    found = await document_content.list_pages(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    return PageList(
        items=[
            PageLineShape(number=one.number, label=one.label, characters=one.characters, recognised=one.recognised)
            for one in found
        ]
    )


@routes.add(
    "GET", "/api/files/{id}/pages/{number}", scope="documents:read", answer=PageShape, path_types={"number": "integer"}
)
async def read_file_page(request: web.Request) -> PageShape:
    """One page: its text as it was read, with headings and where each stretch stands."""
    page = await document_content.read_page(
        request.app[DATABASE], identity_of(request), id_of(request, "document"), _number(request)
    )
    return PageShape(
        number=page.number,
        label=page.label,
        text=page.text,
        headings=[HeadingShape(offset=one.offset, level=one.level, text=one.text) for one in page.headings],
        regions=[
            RegionShape(
                start=one.start,
                end=one.end,
                box=list(one.box) if one.box else None,
                seconds=list(one.seconds) if one.seconds else None,
            )
            for one in page.regions
        ],
        recognised=page.recognised,
    )


def _number(request: web.Request) -> int:
    text = request.match_info["number"]
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10):
        raise NotFound("The document has no such page.", code="page_not_found")
    return int(text)


@routes.add(
    "GET",
    "/api/files/{id}/content",
    scope="documents:read",
    answer="*/*",
    also={206: "*/*"},
    errors=(416,),
    timeout_s=0,
)
async def download_file(request: web.Request) -> web.StreamResponse:
    """The original file as it was uploaded, to be saved: always an attachment. `Range` gives a part of it (206)."""
    document = await documents.read(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    if not document.storage_key:
        raise NotFound("This document was never a file.", code="file_missing")
    start, end = _range(request, document.size_bytes)
    is_part = end - start < document.size_bytes
    response = web.StreamResponse(status=206 if is_part else 200, headers=_headers(document))
    if is_part:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{document.size_bytes}"
    response.content_length = end - start
    pieces = request.app[FILES].stream(document.storage_key, start, end)
    first = await anext(pieces, b"")  # a file that is gone is a 404 as long as nothing was sent
    await response.prepare(request)
    await response.write(first)
    async for piece in pieces:
        await response.write(piece)
    await response.write_eof()
    return response


def _headers(document: Document) -> dict[str, str]:
    """Saved, never shown: whatever stands in it runs nowhere near this page."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in document.filename)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(document.filename, safe='')}"
    return {
        hdrs.CONTENT_TYPE: document.content_type,
        hdrs.CONTENT_DISPOSITION: named,
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.ETAG: f'"{document.sha256}"',
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
