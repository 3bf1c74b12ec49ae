"""What the assistant knows: add in one step, search, list, remove."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.file_shapes import FileList
from ingest.api.files import WaitQuery, list_shapes, receive_upload
from ingest.documents.statuses import INGEST
from ingest.instants import Instant
from ingest.keys import INBOX, KNOWLEDGE
from ingest.paging import PageQuery
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store.document_lists import Filter
from store.errors import NotAllowed
from store.identity import Identity
from tools.knowledge.model import SearchFilters, SearchOutcome, SearchResult

routes = Routes("Knowledge")
_EDITORS = {"owner", "admin", "editor"}


class Added(Shape):
    upload_id: str
    document_id: str
    job_id: str
    status: str


class TextDocument(Body):
    """More than white space, both of them."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    text: Annotated[str, Field(min_length=1, max_length=900_000, pattern=r"\S")]


class Filters(Body):
    """Empty means no restriction; the dates ([from, to)) are the documents'."""

    document_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    category: Annotated[str, Field(max_length=100)] = ""
    tags: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    created_from: Instant | None = None
    created_to: Instant | None = None
    series_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    language: Annotated[str, Field(max_length=10)] = ""


class SearchRequest(Body):
    query: Annotated[str, Field(min_length=1, max_length=1000)]
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    filters: Filters = Filters()


class CitationShape(Shape):
    """`place` is what is shown and said ("page 4"); `boxes` are shares (0-1) of the page: left, top, right, bottom."""

    id: str
    number: int
    document_id: str
    title: str
    version: int
    page: int
    page_kind: str
    place: str
    heading: str
    quote: str
    relevance: int
    boxes: list[list[float]]
    seconds: list[float] | None
    image_url: str
    author: str
    published: str


class ResultMetadata(Shape):
    document_id: str
    title: str
    page: int
    heading: str
    page_count: int
    char_start: int
    char_end: int


class Result(Shape):
    """``document`` is the text found; ``highlights`` ([start, end]) are the words in it that were asked for."""

    id: str
    document: str
    score: float
    metadata: ResultMetadata
    citation: CitationShape
    highlights: list[list[int]]


class SearchAnswer(Shape):
    """``answered``: whether the first result is good enough to be told as an answer; ``refused``: that it is not.

    ``degraded``: only words were searched, because the sentence model did not answer.
    """

    results: list[Result]
    query_id: str
    execution_time_ms: float
    answered: bool
    refused: bool
    degraded: bool


def _require_editor(identity: Identity) -> None:
    if identity.role not in _EDITORS:
        raise NotAllowed("Adding to the knowledge in one step needs the role editor.", code="editor_needed")


@routes.add(
    "POST",
    "/api/knowledge/upload",
    scope="documents:write",
    query=WaitQuery,
    answer=Added,
    status=202,
    upload=True,
    errors=(404,),
)
async def upload_knowledge(request: web.Request) -> Added:
    """Upload, analyse and confirm a file in one step (editors); `?wait=` until it can be searched."""
    _require_editor(identity_of(request))
    wait = query_of(request, WaitQuery).wait
    document, job_id = await receive_upload(request, INGEST)
    return await _added(request, str(document.id), job_id, wait)


@routes.add(
    "POST",
    "/api/knowledge/ingest",
    scope="documents:write",
    body=TextDocument,
    query=WaitQuery,
    answer=Added,
    status=202,
    errors=(415,),
)
async def ingest_text(request: web.Request) -> Added:
    """Add a plain or Markdown text in one step (editors); `?wait=` until it can be searched."""
    identity = identity_of(request)
    _require_editor(identity)
    wait = query_of(request, WaitQuery).wait
    new = await body_of(request, TextDocument)
    document, job_id = await request.app[INBOX].receive(
        identity, f"{' '.join(new.title.split())} (text).md", _once(new.text.encode()), title=new.title, kind=INGEST
    )
    return await _added(request, str(document.id), str(job_id), wait)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    await asyncio.sleep(0)
    yield content


async def _added(request: web.Request, document_id: str, job_id: str, wait: float) -> Added:
    status = "queued"
    if wait:
        status = (await request.app[INBOX].wait(identity_of(request), UUID(job_id), wait)).status
    return Added(upload_id=document_id, document_id=document_id, job_id=job_id, status=status)


@routes.add("POST", "/api/knowledge/search", scope="documents:read", body=SearchRequest, answer=SearchAnswer)
async def search_knowledge(request: web.Request) -> SearchAnswer:
    """Search confirmed documents by meaning and by words together."""
    wanted = await body_of(request, SearchRequest)
    filters = SearchFilters(
        document_ids=wanted.filters.document_ids,
        category=wanted.filters.category,
        tags=wanted.filters.tags,
        created_from=wanted.filters.created_from,
        created_to=wanted.filters.created_to,
        series_ids=wanted.filters.series_ids,
        language=wanted.filters.language,
    )
    return search_answer(
        await request.app[KNOWLEDGE].search(identity_of(request), wanted.query, limit=wanted.limit, filters=filters)
    )


def search_answer(outcome: SearchOutcome) -> SearchAnswer:
    """What was found, as it is sent."""
    return SearchAnswer(
        results=[_result(one, number) for number, one in enumerate(outcome.results, start=1)],
        query_id=str(outcome.query_id),
        execution_time_ms=outcome.execution_time_ms,
        answered=outcome.answered,
        refused=outcome.refused,
        degraded=outcome.degraded,
    )


def _result(one: SearchResult, number: int) -> Result:
    chunk = one.chunk
    return Result(
        id=str(chunk.id),
        document=chunk.text,
        score=round(one.score, 4),
        metadata=ResultMetadata(
            document_id=str(chunk.document_id),
            title=chunk.title,
            page=chunk.page,
            heading=chunk.heading,
            page_count=chunk.page_count,
            char_start=chunk.char_start,
            char_end=chunk.char_end,
        ),
        citation=CitationShape.model_validate(one.citation(number).as_json()),
        highlights=[list(span) for span in one.highlights],
    )


@routes.add("GET", "/api/knowledge/documents", scope="documents:read", query=PageQuery, answer=FileList)
async def list_knowledge(request: web.Request) -> FileList:
    """The documents that can be searched, newest first."""
    return await list_shapes(request, query_of(request, PageQuery), Filter(status="ready"))


@routes.add("DELETE", "/api/knowledge/documents/{id}", scope="documents:write", status=204)
async def delete_knowledge(request: web.Request) -> None:
    """Remove a document with its chunks, vectors and file."""
    await request.app[INBOX].delete(identity_of(request), id_of(request, "document"))
