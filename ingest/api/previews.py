"""Pictures of a file's pages: the page a citation comes from, and a small one for lists."""

from __future__ import annotations

from aiohttp import web

from ingest.keys import DATABASE
from ingest.pictures import WEBP, WidthQuery, send_page, send_thumbnail
from ingest.routes import Routes, id_of, identity_of
from store import documents

routes = Routes("Files")


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
    document = await documents.read(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    return await send_page(request, document)


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
    return await send_thumbnail(request, document)
