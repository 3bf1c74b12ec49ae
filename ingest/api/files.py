"""Uploaded files on their way to being searchable: upload, analyse, confirm, correct, list, delete.

Their pages and bytes are in ``file_pages.py``, many at once in ``file_bulk.py``, jobs in ``jobs.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.file_shapes import Corrections, FileList, FileQuery, FileShape, file_shape, shown
from ingest.documents.statuses import ANALYSE
from ingest.keys import DATABASE, INBOX
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from ingest.uploads import Sent, take_file
from store import document_lists, documents
from store.document_lists import Filter
from store.documents import Document, Fields

routes = Routes("Files")


class Uploaded(Shape):
    upload_id: str
    filename: str
    file_size: int
    content_type: str
    status: str
    title: str
    job_id: str
    series_id: str
    version: int
    created_at: datetime


class WaitQuery(Body):
    wait: Annotated[float, Field(ge=0, le=120, description="Seconds to wait for the result.")] = 0


class Queued(Shape):
    job_id: str
    document_id: str


class Analysed(Shape):
    analysis: dict[str, Any]
    recommended_for_rag: bool
    job_id: str
    document_id: str


class Confirmation(Body):
    save_to_rag: bool


class Confirmed(Shape):
    """``job_id`` is null when the document was rejected."""

    document_id: str
    job_id: str | None
    status: str


@routes.add(
    "POST", "/api/files/upload", scope="documents:write", answer=Uploaded, status=201, upload=True, errors=(404,)
)
async def upload_file(request: web.Request) -> Uploaded:
    """Take a document, picture or recording (multipart field `file`; before it, optionally, `title` and `replaces`).

    With `replaces`, the id of a document here, it becomes that one's next version: what is searched stays the old one
    until the new one is confirmed. Which types are taken: docs/user/documents.md.
    """
    document, job_id = await receive_upload(request, ANALYSE)
    return Uploaded(
        upload_id=str(document.id),
        filename=document.filename,
        file_size=document.size_bytes,
        content_type=document.content_type,
        status=document.status,
        title=document.title,
        job_id=job_id,
        series_id=str(document.series_id),
        version=document.version,
        created_at=document.created_at,
    )


async def receive_upload(request: web.Request, kind: str) -> tuple[Document, str]:
    """Stream the multipart field ``file`` into the inbox. Raises what it raises, and Invalid for a broken body."""
    inbox, identity = request.app[INBOX], identity_of(request)

    async def keep(sent: Sent) -> tuple[Document, UUID]:
        return await inbox.receive(
            identity, sent.name, sent.pieces, title=sent.title, replaces=sent.replaces, kind=kind
        )

    document, job_id = await take_file(request, keep)
    return document, str(job_id)


@routes.add("GET", "/api/files", scope="documents:read", query=FileQuery, answer=FileList)
async def list_files(request: web.Request) -> FileList:
    """Files with their stage, newest first; filtered by status, category, tag, words or series.

    Of the analysis and metadata a list has what a row shows; outline, key points and reasons are at the file itself.
    """
    wanted = query_of(request, FileQuery)
    only = Filter(wanted.status, wanted.category, wanted.tag, wanted.q, wanted.series_id)
    return await list_shapes(request, wanted, only)


async def list_shapes(request: web.Request, page: PageQuery, only: Filter) -> FileList:
    found = await document_lists.list_documents(
        request.app[DATABASE], identity_of(request), limit=page.limit + 1, before=page.after, only=only, brief=True
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.document.created_at, one.document.id))
    return FileList(items=[file_shape(one) for one in shown], next_cursor=cursor)


@routes.add("GET", "/api/files/{id}", scope="documents:read", answer=FileShape)
async def read_file(request: web.Request) -> FileShape:
    """One file with its stage and analysis."""
    return await _shape(request, id_of(request, "document"))


async def _shape(request: web.Request, document_id: UUID) -> FileShape:
    return file_shape(await document_lists.read_listed(request.app[DATABASE], identity_of(request), document_id))


@routes.add("GET", "/api/files/{id}/versions", scope="documents:read", answer=FileList)
async def list_file_versions(request: web.Request) -> FileList:
    """All versions of the document that this file is one of, the newest first."""
    found = await document_lists.list_versions(request.app[DATABASE], identity_of(request), id_of(request, "document"))
    return FileList(items=[file_shape(one) for one in found], next_cursor=None)


@routes.add("PATCH", "/api/files/{id}", scope="documents:write", body=Corrections, answer=FileShape)
async def correct_file(request: web.Request) -> FileShape:
    """Correct title, category, tags, language or source; no later analysis changes what was corrected."""
    identity, document_id = identity_of(request), id_of(request, "document")
    wanted = await body_of(request, Corrections)
    fields = Fields(
        title=wanted.title,
        category=wanted.category,
        tags=tuple(dict.fromkeys(wanted.tags)),
        language=wanted.language,
        source=wanted.source.model_dump(mode="json", exclude_defaults=True),
    )
    await request.app[INBOX].correct(identity, document_id, fields, sorted(wanted.model_fields_set))
    return await _shape(request, document_id)


@routes.add("DELETE", "/api/files/{id}", scope="documents:write", status=204)
async def delete_file(request: web.Request) -> None:
    """Remove this version and everything made of it: pages, chunks, vectors, pictures of pages, jobs."""
    await request.app[INBOX].delete(identity_of(request), id_of(request, "document"))


@routes.add(
    "POST",
    "/api/files/{id}/analyze",
    scope="documents:write",
    query=WaitQuery,
    answer=Queued,
    status=202,
    also={200: Analysed},
)
async def analyze_file(request: web.Request) -> Shape | web.Response:
    """Start the analysis, or join the one under way; `?wait=SECONDS` answers 200 with the analysis itself.

    Of a document that was analysed already it is done again; a searchable one stays searchable meanwhile.
    """
    identity, inbox, wait = identity_of(request), request.app[INBOX], query_of(request, WaitQuery).wait
    document, job_id = await inbox.analyse(identity, id_of(request, "document"))
    if wait:
        job = await inbox.wait(identity, job_id, wait)
        document = await documents.read(request.app[DATABASE], identity, document.id)
        if job.status == "succeeded" and document.analysis is not None:
            answer = Analysed(
                analysis=shown(document.analysis),
                recommended_for_rag=bool(document.analysis.get("recommended_for_rag")),
                job_id=str(job_id),
                document_id=str(document.id),
            )
            return web.Response(text=answer.model_dump_json(), content_type="application/json")
    return Queued(job_id=str(job_id), document_id=str(document.id))


@routes.add(
    "POST",
    "/api/files/{id}/confirm-rag",
    scope="documents:write",
    body=Confirmation,
    query=WaitQuery,
    answer=Confirmed,
    status=202,
    also={200: Confirmed},
)
async def confirm_file(request: web.Request) -> web.Response:
    """Let an analysed file be searched (`true`, 202) or reject it (`false`, 200); `?wait=` until it is indexed.

    A version that was replaced becomes the current one again.
    """
    identity, inbox, document_id = identity_of(request), request.app[INBOX], id_of(request, "document")
    wait = query_of(request, WaitQuery).wait
    if not (await body_of(request, Confirmation)).save_to_rag:
        document = await inbox.reject(identity, document_id)
        answer = Confirmed(document_id=str(document_id), job_id=None, status=document.status)
        return web.Response(text=answer.model_dump_json(), content_type="application/json")
    job_id = await inbox.confirm(identity, document_id)
    if wait:
        await inbox.wait(identity, job_id, wait)
    document = await documents.read(request.app[DATABASE], identity, document_id)
    answer = Confirmed(document_id=str(document_id), job_id=str(job_id), status=document.status)
    status = 200 if document.status == "ready" and wait else 202
    return web.Response(text=answer.model_dump_json(), status=status, content_type="application/json")
