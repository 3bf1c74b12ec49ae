"""What stands in a file: its pages as text with their places, and the original bytes, safely."""

from __future__ import annotations

from aiohttp import web

from ingest.downloads import send
from ingest.keys import DATABASE
from ingest.routes import Routes, Shape, id_of, identity_of
from store import document_content, documents
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
    return await send(request, document)
