"""Pictures of a file's pages: the page a citation comes from, and a small one for lists."""

from __future__ import annotations

from typing import Annotated

from aiohttp import hdrs, web
from pydantic import Field

from ingest.documents.previews import Source, snapped
from ingest.keys import DATABASE, PREVIEWS
from ingest.routes import Body, Routes, id_of, identity_of, query_of
from store import documents
from store.documents import Document
from store.errors import NotFound

routes = Routes("Files")
WEBP = "image/webp"


class WidthQuery(Body):
    width: Annotated[int, Field(ge=16, le=4000, description="Pixels; the next of a few widths is given.")] = 960


@routes.add(
    "GET",
    "/api/files/{id}/pages/{number}/image",
    scope="documents:read",
    query=WidthQuery,
    answer=WEBP,
    also={304: WEBP},
    path_types={"number": "integer"},
    errors=(503,),
)
async def read_page_image(request: web.Request) -> web.Response:
    """A page of a PDF or a picture as it looks; 404 for kinds of files whose pages have no look of their own."""
    width = snapped(query_of(request, WidthQuery).width)
    document = await documents.read(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    number, tag = _number(request), f"{document.sha256[:32]}-{request.match_info['number']}-{width}"
    source = _source(request, document)
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].page(source, number, width))


@routes.add(
    "GET",
    "/api/files/{id}/thumbnail",
    scope="documents:read",
    answer=WEBP,
    also={304: WEBP},
    errors=(503,),
)
async def read_thumbnail(request: web.Request) -> web.Response:
    """The first page, no side longer than 320 pixels; 404 for kinds of files without pictures."""
    document = await documents.read(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    source, tag = _source(request, document), f"{document.sha256[:32]}-thumbnail"
    if source.has_pictures and _is_known(request, tag):
        return _answer(tag, None)
    return _answer(tag, await request.app[PREVIEWS].thumbnail(source))


def _source(request: web.Request, document: Document) -> Source:
    """Pages are counted once a file has been inspected and read, so nothing is drawn before."""
    pages = document.page_count if document.page_kind == "page" else 0
    tenant_id = identity_of(request).tenant_id
    return Source(tenant_id, document.id, document.storage_key, document.content_type, document.size_bytes, pages)


def _number(request: web.Request) -> int:
    text = request.match_info["number"]
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10):
        raise NotFound("The document has no such page.", code="page_not_found")
    return int(text)


def _is_known(request: web.Request, tag: str) -> bool:
    return any(one.value in {tag, "*"} for one in request.if_none_match or ())


def _answer(tag: str, picture: bytes | None) -> web.Response:
    """A document's bytes never change under its id; who may see it may, so caches keep it for minutes only."""
    headers = {hdrs.ETAG: f'"{tag}"', hdrs.CACHE_CONTROL: "private, max-age=600", "X-Content-Type-Options": "nosniff"}
    if picture is None:
        return web.Response(status=304, headers=headers, content_type=WEBP)
    return web.Response(body=picture, content_type=WEBP, headers=headers)
