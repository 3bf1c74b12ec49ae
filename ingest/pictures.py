"""Pictures of a stored file's pages as answers, with what caches may keep of them.

Whoever calls has read the row that allows it; drawing itself is ``documents/previews.py``.
"""

from __future__ import annotations

from typing import Annotated, Final, Protocol
from uuid import UUID

from aiohttp import hdrs, web
from pydantic import Field

from ingest.documents.previews import Source, snapped
from ingest.downloads import Original
from ingest.keys import PREVIEWS
from ingest.routes import Body, identity_of, query_of
from store.errors import NotFound

WEBP: Final = "image/webp"


class WidthQuery(Body):
    width: Annotated[int, Field(ge=16, le=4000, description="Pixels; the next of a few widths is given.")] = 960


class Paged(Original, Protocol):
    """The row of a stored file whose pages may have a look of their own."""

    @property
    def id(self) -> UUID: ...
    @property
    def page_kind(self) -> str: ...
    @property
    def page_count(self) -> int: ...


async def send_page(request: web.Request, row: Paged) -> web.Response:
    """The page of the path's `number` at the query's `width`. Raises NotFound (no_preview, page_not_found), Busy."""
    width, source = snapped(query_of(request, WidthQuery).width), _source(request, row)
    number, tag = _number(request), f"{row.sha256[:32]}-{request.match_info['number']}-{width}"
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].page(source, number, width))


async def send_thumbnail(request: web.Request, row: Paged) -> web.Response:
    """The first page, small. Raises NotFound (no_preview), Busy."""
    source, tag = _source(request, row), f"{row.sha256[:32]}-thumbnail"
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].thumbnail(source))


def _source(request: web.Request, row: Paged) -> Source:
    """Pages are counted once a file has been inspected and read, so nothing is drawn before."""
    pages = row.page_count if row.page_kind == "page" else 0
    return Source(identity_of(request).tenant_id, row.id, row.storage_key, row.content_type, row.size_bytes, pages)


def _number(request: web.Request) -> int:
    text = request.match_info["number"]
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10):
        raise NotFound("The document has no such page.", code="page_not_found")
    return int(text)


def _is_known(request: web.Request, tag: str) -> bool:
    return any(one.value in {tag, "*"} for one in request.if_none_match or ())


def _answer(tag: str, picture: bytes | None) -> web.Response:
    """A file's bytes never change under its id; who may see it may, so caches keep it for minutes only."""
    headers = {hdrs.ETAG: f'"{tag}"', hdrs.CACHE_CONTROL: "private, max-age=600", "X-Content-Type-Options": "nosniff"}
    if picture is None:
        return web.Response(status=304, headers=headers, content_type=WEBP)
    return web.Response(body=picture, content_type=WEBP, headers=headers)
