"""What stands in a conversation's file: the original bytes, and pictures of its pages."""

from __future__ import annotations

from aiohttp import web

from ingest.downloads import send
from ingest.keys import DATABASE
from ingest.pictures import WEBP, WidthQuery, send_page, send_thumbnail
from ingest.routes import Routes, id_of, identity_of
from store import attachments
from store.attachments import Attachment

routes = Routes("Conversations")


@routes.add(
    "GET",
    "/api/attachments/{id}/download",
    scope="conversations:read",
    answer="*/*",
    also={206: "*/*"},
    errors=(416,),
    timeout_s=0,
)
async def download_attachment(request: web.Request) -> web.StreamResponse:
    """The file as it was attached, to be saved: always an attachment. `Range` gives a part of it (206)."""
    return await send(request, await _wanted(request))


@routes.add(
    "GET",
    "/api/attachments/{id}/pages/{number}/image",
    scope="conversations:read",
    query=WidthQuery,
    answer=WEBP,
    also={304: WEBP},
    path_types={"number": "integer"},
    errors=(503,),
)
async def read_attachment_page_image(request: web.Request) -> web.Response:
    """A page of an attached PDF or picture as it looks; 404 for files whose pages have no look of their own."""
    return await send_page(request, await _wanted(request))


@routes.add(
    "GET",
    "/api/attachments/{id}/thumbnail",
    scope="conversations:read",
    answer=WEBP,
    also={304: WEBP},
    errors=(503,),
)
async def read_attachment_thumbnail(request: web.Request) -> web.Response:
    """The first page, no side longer than 320 pixels; 404 for kinds of files without pictures."""
    return await send_thumbnail(request, await _wanted(request))


async def _wanted(request: web.Request) -> Attachment:
    return await attachments.read(request.app[DATABASE], identity_of(request), id_of(request, "attachment"))
