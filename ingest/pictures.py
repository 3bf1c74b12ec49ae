"""Pictures of a stored file's pages as answers, with what caches may keep of them.

Whoever calls has read the row that allows it; drawing itself is ``documents/previews.py``.
"""

from __future__ import annotations

from typing import Annotated, Final

from aiohttp import hdrs, web
from pydantic import Field

from ingest.documents.previews import Source, snapped
from ingest.keys import PREVIEWS
from ingest.routes import Body, query_of
from store.errors import NotFound

WEBP: Final = "image/webp"


class WidthQuery(Body):
    width: Annotated[int, Field(ge=16, le=4000, description="Pixels; the next of a few widths is given.")] = 960


async def send_page(request: web.Request, source: Source, sha256: str) -> web.Response:
    """The page of the path's `number` at the query's `width`. Raises NotFound (no_preview, page_not_found), Busy."""
    width = snapped(query_of(request, WidthQuery).width)
    number, tag = _number(request), f"{sha256[:32]}-{request.match_info['number']}-{width}"
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].page(source, number, width))


async def send_thumbnail(request: web.Request, source: Source, sha256: str) -> web.Response:
    """The first page, small. Raises NotFound (no_preview), Busy."""
    tag = f"{sha256[:32]}-thumbnail"
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].thumbnail(source))


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
